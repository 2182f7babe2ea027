"""动态口令 of one's own account: /me/second-factor; and its removal for somebody who lost the device."""

from __future__ import annotations

from collections.abc import Callable

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import sessions
from accounts.access import current_actor, current_person
from accounts.authority import allow
from accounts.doors import own_path
from accounts.forms.account import FactorForm, ProofForm
from accounts.forms.base import carry_out
from accounts.forms.people import ReasonForm
from accounts.models import Person
from accounts.queries import get_person, has_factor
from accounts.second_factor import (
    address_of,
    codes_left,
    give_up,
    may_remove,
    must_have,
    new_offer,
    offered_secret,
    remove,
    renew_codes,
    set_up,
    written,
)
from accounts.signing_in import WrongPassword, check_password
from accounts.views import accounts, administration
from accounts.views.private import keep_private
from core.db import db
from core.refusals import Invalid
from core.web import now, settings


@accounts.route("/me/second-factor/set-up", methods=["GET", "POST"])
def set_up_factor() -> ResponseReturnValue:
    """Scan, type the first code, and get the recovery codes: also for a new phone."""
    person, form = current_person(), FactorForm()
    if request.method == "GET":
        form.offer.data = new_offer(person.id)
    came_for = own_path(request.args.get("next"))
    if form.validate_on_submit() and _is_person(form, person, "动态口令没有设置"):
        secret = _offered(form, person)

        def act() -> list[str]:
            return set_up(person, secret, form.code.data, now=now()) if secret else []

        if secret and (codes := carry_out(form, act)):
            sessions.note_factor()
            return _show_codes(codes, came_for)
    secret = _offered(form, person) or _new_secret(form, person)
    page = render_template(
        "accounts/factor_set_up.html",
        form=form,
        picture=segno.make(address_of(secret, person.login or ""), error="m").svg_data_uri(scale=5, border=2),
        written=written(secret),
        is_needed=must_have(current_actor().roles, settings().second_factor) and not sessions.has_shown_factor(),
        has_one=has_factor(person.id),
    )
    return keep_private(page, 422 if form.errors else 200)


def _offered(form: FactorForm, person: Person) -> bytes:
    try:
        return offered_secret(person.id, form.offer.data or "")
    except Invalid as refusal:
        if request.method == "POST" and not form.form_errors:
            form.form_errors.append(refusal.sentence)
        return b""


def _new_secret(form: FactorForm, person: Person) -> bytes:
    form.offer.data = new_offer(person.id)
    return offered_secret(person.id, form.offer.data)


def _is_person(form: FactorForm | ProofForm, person: Person, undone: str) -> bool:
    try:
        check_password(person, form.password.data, now(), undone=undone)
    except WrongPassword as refusal:
        form.password.errors = [refusal.sentence]
        return False
    return True


def _show_codes(codes: list[str], came_for: str) -> ResponseReturnValue:
    """The recovery codes, on the answer itself: they stand in no cookie and no address."""
    return keep_private(render_template("accounts/recovery_codes.html", codes=codes, came_for=came_for), 200)


@accounts.route("/me/second-factor/codes", methods=["GET", "POST"])
def new_recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones count no longer."""

    def act(person: Person) -> ResponseReturnValue:
        return _show_codes(renew_codes(person, now=now()), url_for("accounts.me"))

    left = codes_left(current_person().id)
    intro = f"现有的恢复码还剩 {left} 个没有用过。换新后，旧的都作废。"
    return _proved("换新的恢复码", intro, "换新恢复码", "恢复码没有换", act)


@accounts.route("/me/second-factor/off", methods=["GET", "POST"])
def factor_off() -> ResponseReturnValue:
    """Do without a second factor again, where one may."""

    def act(person: Person) -> ResponseReturnValue:
        give_up(person, policy=settings().second_factor, now=now())
        flash("动态口令已停用，以后登录只凭密码。", "good")
        return redirect(url_for("accounts.me"))

    intro = "停用后，知道您密码的人就能登录并签批。换手机的不必停用，重新设置即可。"
    return _proved("停用动态口令", intro, "停用动态口令", "动态口令没有停用", act)


def _proved(
    title: str, intro: str, verb: str, undone: str, act: Callable[[Person], ResponseReturnValue]
) -> ResponseReturnValue:
    """A page that asks the password and then does one thing."""
    person, form = current_person(), ProofForm()
    allow(has_factor(person.id), "办理这一项，因为您还没有设动态口令", "设了动态口令的人")
    if form.validate_on_submit() and _is_person(form, person, undone):
        db.session.expire(person)
        answer = carry_out(form, lambda: act(person))
        if answer is not None:
            return answer
    page = render_template("accounts/proof.html", form=form, title=title, intro=intro, verb=verb)
    return page, 422 if form.errors else 200


@administration.route("/people/<int:person_id>/remove-factor", methods=["GET", "POST"])
def remove_factor(person_id: int) -> ResponseReturnValue:
    """For somebody who lost phone and recovery codes; the security administrator's alone."""
    actor, found, form = current_actor(), get_person(person_id), ReasonForm()
    allow(may_remove(actor, found), "移除动态口令", "安全管理员（系统管理人员的由操作员在命令行）")

    def act() -> bool:
        remove(found, form.reason.data, by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("动态口令已移除，原有登录已退出，本人会收到通知。", "good")
        return redirect(url_for("administration.person", person_id=person_id))
    page = render_template(
        "accounts/reason.html",
        form=form,
        title="移除动态口令",
        person=found,
        intro="先核实确是本人（当面，或打登记的电话），再移除。本人会收到通知，这一步和理由记入经过。",
        verb="移除动态口令",
        hint="例如：手机丢失，恢复码也不在，已当面核对工作证",
    )
    return page, 422 if form.errors else 200
