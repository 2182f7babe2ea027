"""Administration of enterprises, their units and links: /admin/enterprises."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import Actor, current_actor
from accounts.authority import (
    allow,
    grantable,
    may_add_enterprises,
    may_keep_contacts,
    may_keep_enterprise,
    may_read_organisations,
)
from accounts.forms.base import RenameForm, carry_out, clean
from accounts.forms.enterprises import ContactsForm, EnterpriseForm, LinkForm, UnitForm
from accounts.models import Enterprise, EnterpriseLink
from accounts.organisations import (
    add_enterprise,
    add_link,
    add_unit,
    change_contacts,
    change_enterprise,
    change_unit,
    close_unit,
    end_link,
)
from accounts.queries import (
    districts,
    enterprise_by_uscc,
    get_enterprise,
    get_unit,
    links_of,
    people_of,
    region_names,
    search_enterprises,
    units_tree,
)
from accounts.roles import Side
from accounts.rules import LINK_LABELS
from accounts.views import administration
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.refusals import Invalid, NotFound
from core.uscc import is_valid_uscc
from core.web import now


def enterprise_to_administer(enterprise_id: int) -> Enterprise:
    """An enterprise whose page this person has: a linked one, of which only the name is seen, is another's."""
    actor = current_actor()
    found = get_enterprise(enterprise_id)
    if not may_read_organisations(actor) or (actor.side is Side.ENTERPRISE and actor.enterprise_id != found.id):
        raise NotFound("找不到这家企业，或者不在您的管理范围内。请核对。")
    return found


@administration.get("/enterprises/")
def enterprises() -> ResponseReturnValue:
    """The enterprises of one's scope, by a part of the name or the beginning of the code."""
    actor = current_actor()
    if actor.side is Side.ENTERPRISE:
        return redirect(url_for("administration.enterprise", enterprise_id=actor.enterprise_id))
    sought = clean(request.args.get("q", ""))[:100]
    page = search_enterprises(sought, _key(clean(request.args.get("after"))))
    after = f"{page.next_after[1]}|{page.next_after[0]}" if page.next_after else None
    return render_template(
        "accounts/enterprises.html", page=page, q=sought, after=after, may_add=may_add_enterprises(actor)
    )


def _key(text: str) -> tuple[str, int] | None:
    number, _, name = text.partition("|")
    return (name[:200], int(number)) if name and number.isascii() and number.isdigit() and len(number) < 12 else None


@administration.route("/enterprises/new", methods=["GET", "POST"])
def new_enterprise() -> ResponseReturnValue:
    """Register an enterprise."""
    actor = current_actor()
    allow(may_add_enterprises(actor), "登记企业", "监管部门或系统管理员")
    form = EnterpriseForm()
    form.offer(districts())

    def act() -> int:
        return add_enterprise(form.details(), form.contacts(), by=actor, now=now()).id

    if made := carry_out(form, act):
        _remark_code(form)
        flash("企业已登记。接着设部门、增加人员。", "good")
        return redirect(url_for("administration.enterprise", enterprise_id=made))
    return render_template("accounts/enterprise_form.html", form=form, enterprise=None), 422 if form.errors else 200


def _remark_code(form: EnterpriseForm) -> None:
    code = form.uscc.data
    if code and not is_valid_uscc(code.upper()):
        flash(f"统一社会信用代码 {code} 的校验位不符。已照录，请核对营业执照。", "warn")


@administration.get("/enterprises/<int:enterprise_id>")
def enterprise(enterprise_id: int) -> ResponseReturnValue:
    """An enterprise with its units, people and links."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    return render_template(
        "accounts/enterprise.html",
        enterprise=found,
        region=region_names(found.region_path),
        units=units_tree(found.id),
        people=people_of(enterprise_id=found.id, active=False),
        links=links_of(found.id),
        link_labels=LINK_LABELS,
        today=shanghai_day(now()),
        **_buttons(actor, found),
    )


def _buttons(actor: Actor, found: Enterprise) -> dict[str, bool]:
    return {
        "may_edit": may_keep_contacts(actor, found),
        "may_keep": may_keep_enterprise(actor, found),
        "may_add": bool(grantable(actor, enterprise=found, regulator=None)),
    }


@administration.route("/enterprises/<int:enterprise_id>/edit", methods=["GET", "POST"])
def edit_enterprise(enterprise_id: int) -> ResponseReturnValue:
    """Change an enterprise: all of it, or what its own safety manager keeps."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_contacts(actor, found), "修改企业信息", "本企业安全管理人员或监管部门")
    if may_keep_enterprise(actor, found):
        return _edit_all(actor, found)
    form = ContactsForm(obj=found)

    def act() -> bool:
        change_contacts(found, form.contacts(), by=actor, now=now())
        return True

    if carry_out(form, act):
        return _edited(enterprise_id)
    return render_template("accounts/contacts_form.html", form=form, enterprise=found), 422 if form.errors else 200


def _edit_all(actor: Actor, found: Enterprise) -> ResponseReturnValue:
    form = EnterpriseForm(obj=found)
    form.offer(districts())
    if request.method == "GET":
        form.take(found)
    enterprise_id = found.id

    def act() -> bool:
        details, contacts = form.details(), form.contacts()
        change_contacts(found, contacts, by=actor, now=now())
        change_enterprise(found, details, by=actor, now=now())
        return True

    if carry_out(form, act):
        _remark_code(form)
        return _edited(enterprise_id)
    return render_template("accounts/enterprise_form.html", form=form, enterprise=found), 422 if form.errors else 200


def _edited(enterprise_id: int) -> ResponseReturnValue:
    flash("企业信息已修改。", "good")
    return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))


# --- units -----------------------------------------------------------------------------------------------------


@administration.route("/enterprises/<int:enterprise_id>/units/new", methods=["GET", "POST"])
def new_unit(enterprise_id: int) -> ResponseReturnValue:
    """Add a department or team."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_contacts(actor, found), "增改部门、班组", "本企业安全管理人员")
    form = UnitForm()
    form.offer(units_tree(found.id))

    def act() -> int:
        return add_unit(found, form.name.data, form.parent_id.data or None, by=actor, now=now()).id

    if carry_out(form, act):
        flash("部门、班组已增加。", "good")
        return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))
    return render_template("accounts/unit_form.html", form=form, enterprise=found), 422 if form.errors else 200


@administration.route("/enterprises/<int:enterprise_id>/units/<int:unit_id>", methods=["GET", "POST"])
def unit(enterprise_id: int, unit_id: int) -> ResponseReturnValue:
    """Rename a department or team, or close it."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_contacts(actor, found), "增改部门、班组", "本企业安全管理人员")
    here = get_unit(found.id, unit_id)
    form = RenameForm(obj=here)

    def act() -> bool:
        if "close" in request.form:
            close_unit(found, here, by=actor, now=now())
        else:
            change_unit(found, here, form.name.data, by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("部门、班组已关闭，原有记录不变。" if "close" in request.form else "名称已修改。", "good")
        return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))
    page = render_template("accounts/unit.html", form=form, enterprise=found, unit=here)
    return page, 422 if form.errors else 200


# --- links -----------------------------------------------------------------------------------------------------


@administration.route("/enterprises/<int:enterprise_id>/links/new", methods=["GET", "POST"])
def new_link(enterprise_id: int) -> ResponseReturnValue:
    """Say how this enterprise stands to another."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_enterprise(actor, found), "登记企业间的关系", "监管部门")
    form = LinkForm()

    def act() -> int:
        return add_link(found, _other(form.other.data), form.details(), by=actor, now=now()).id

    if carry_out(form, act):
        flash("关系已登记。", "good")
        return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))
    return render_template("accounts/link_form.html", form=form, enterprise=found), 422 if form.errors else 200


def _other(text: str) -> int:
    found = enterprise_by_uscc(text) or db.session.scalar(
        select(Enterprise).where(Enterprise.name == text).order_by(Enterprise.id).limit(1)
    )
    if found is None:
        raise Invalid(
            "没有这家企业。", fields={"other": "您的管理范围内没有这家企业。请核对信用代码或全称，或先登记。"}
        )
    return found.id


@administration.post("/enterprises/<int:enterprise_id>/links/<int:link_id>/end")
def end_link_today(enterprise_id: int, link_id: int) -> ResponseReturnValue:
    """Let a link end today."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    with unit_of_work():
        wanted = select(EnterpriseLink).where(EnterpriseLink.id == link_id, EnterpriseLink.enterprise_id == found.id)
        link = db.session.scalar(wanted)
        if link is None:
            raise NotFound("找不到这项关系。请回到企业页核对。")
        end_link(found, link, shanghai_day(now()), by=actor, now=now())
    flash("关系今天结束，原有记录不变。", "good")
    return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))
