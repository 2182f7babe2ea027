"""Administration of people: made, granted, reset, deactivated: /admin/people and below an organisation."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow, grantable, may_keep_person, may_reset
from accounts.deputies import MAY_DEPUTISE, may_set_deputies
from accounts.forms.base import carry_out
from accounts.forms.people import EditPersonForm, LoginNameForm, NewPersonForm, RoleForm
from accounts.models import Enterprise, Person, Regulator
from accounts.people import (
    NewPerson,
    add_person,
    change_person,
    deactivate,
    end_role,
    give_login,
    grant_role,
    reactivate,
    reset_password,
    unlock,
)
from accounts.person_panels import panels_of
from accounts.personal import may_look
from accounts.queries import deputations_of, get_person, get_regulator, person_labels, sign_ins_of, units_tree
from accounts.queries.security import factor_since
from accounts.roles import BY_CODE, Role
from accounts.rules import SCOPE_LABELS
from accounts.second_factor import may_remove
from accounts.signing_in import OUTCOME_LABELS
from accounts.views import administration
from accounts.views.enterprises import enterprise_to_administer
from core.db import unit_of_work
from core.refusals import Invalid
from core.web import now


def _in_order(roles: frozenset[Role]) -> list[Role]:
    return [role for role in Role if role in roles]


# --- new people ------------------------------------------------------------------------------------------------


@administration.route("/enterprises/<int:enterprise_id>/people/new", methods=["GET", "POST"])
def new_enterprise_person(enterprise_id: int) -> ResponseReturnValue:
    """Add a person to an enterprise."""
    return _new_person(enterprise_to_administer(enterprise_id), None)


@administration.route("/regulators/<int:regulator_id>/people/new", methods=["GET", "POST"])
def new_regulator_person(regulator_id: int) -> ResponseReturnValue:
    """Add a person to an office."""
    return _new_person(None, get_regulator(regulator_id))


def _new_person(enterprise: Enterprise | None, regulator: Regulator | None) -> ResponseReturnValue:
    actor = current_actor()
    roles = grantable(actor, enterprise=enterprise, regulator=regulator)
    allow(bool(roles), "在这个单位增加人员", "本企业安全管理人员、监管部门或系统管理员")
    form = NewPersonForm()
    form.offer_roles(_in_order(roles))
    if enterprise is not None:
        form.offer_units(units_tree(enterprise.id))

    def act() -> NewPerson:
        return add_person(
            form.details(form.login.data),
            by=actor,
            now=now(),
            enterprise=enterprise,
            regulator=regulator,
            roles=form.roles_chosen(),
        )

    if made := carry_out(form, act):
        return _made(made)
    page = render_template("accounts/person_new.html", form=form, enterprise=enterprise, regulator=regulator)
    return page, 422 if form.errors else 200


def _made(made: NewPerson) -> ResponseReturnValue:
    if made.one_time_password is None:
        flash("人员已增加，没有登录名，只能由别人代录其纸质签署。", "good")
        return redirect(url_for("administration.person", person_id=made.person.id))
    return _show_once(made.person, made.one_time_password)


def _show_once(person: Person, password: str) -> ResponseReturnValue:
    """The one-time password, on the answer itself: it stands in no cookie and no address."""
    return render_template("accounts/one_time.html", person=person, password=password)


# --- one person ------------------------------------------------------------------------------------------------


@administration.get("/people/<int:person_id>")
def person(person_id: int) -> ResponseReturnValue:
    """A person with roles and log-in, and what may be done about them."""
    return _page(get_person(person_id), RoleForm(), LoginNameForm())


def _page(found: Person, role_form: RoleForm, login_form: LoginNameForm) -> ResponseReturnValue:
    actor = current_actor()
    mine = grantable(actor, enterprise=found.enterprise, regulator=found.regulator)
    mine = mine if found.id != actor.person_id else frozenset()
    role_form.offer(_in_order(mine - found.roles))
    deputies = deputations_of(found.id, now=now())
    granters = {grant.granted_by_id for grant in found.grants if grant.granted_by_id}
    page = render_template(
        "accounts/person.html",
        person=found,
        role_form=role_form,
        login_form=login_form,
        endable=mine & found.roles,
        may_keep=may_keep_person(actor, found),
        may_reset=may_reset(actor, found),
        may_look=may_look(actor, found) and bool(found.phone),
        factor_since=factor_since(found.id),
        may_remove_factor=may_remove(actor, found),
        is_locked=found.locked_until is not None and found.locked_until > now(),
        names=person_labels(granters | {one.deputy_id for one in deputies}),
        deputies=deputies,
        scopes=SCOPE_LABELS,
        may_have_deputies=bool(found.roles & MAY_DEPUTISE),
        may_set_deputies=may_set_deputies(actor, found),
        sign_ins=sign_ins_of(found.id),
        outcomes=OUTCOME_LABELS,
        panels=list(panels_of(found, actor)),
    )
    return page, 422 if role_form.errors or login_form.errors else 200


@administration.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
def edit_person(person_id: int) -> ResponseReturnValue:
    """Change name, unit, title, certificate and telephone."""
    actor, found = current_actor(), get_person(person_id)
    allow(may_keep_person(actor, found), "修改这个人的信息", "所在单位的管理人员")
    form = EditPersonForm(obj=found)
    if found.enterprise is not None:
        form.offer_units(units_tree(found.enterprise.id))
    if request.method == "GET":
        form.unit_id.data = found.unit_id or 0
        form.phone.data = ""

    def act() -> bool:
        change_person(found, form.details_of(found), by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("人员信息已修改。", "good")
        return redirect(url_for("administration.person", person_id=person_id))
    return render_template("accounts/person_edit.html", form=form, person=found), 422 if form.errors else 200


@administration.post("/people/<int:person_id>/roles")
def give_role(person_id: int) -> ResponseReturnValue:
    """Give one more role."""
    actor, found, form = current_actor(), get_person(person_id), RoleForm()
    mine = grantable(actor, enterprise=found.enterprise, regulator=found.regulator)
    form.offer(_in_order(mine))

    def act() -> bool:
        grant_role(found, BY_CODE[form.role.data], by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("角色已授予。", "good")
        return redirect(url_for("administration.person", person_id=person_id))
    return _page(found, form, LoginNameForm(formdata=None))


@administration.post("/people/<int:person_id>/roles/<role>/end")
def take_role(person_id: int, role: str) -> ResponseReturnValue:
    """Take a role back."""
    if role not in BY_CODE:
        raise Invalid("没有这个角色。请回到人员页核对。")
    return _do(person_id, lambda found, actor: end_role(found, BY_CODE[role], by=actor, now=now()), "角色已收回。")


@administration.post("/people/<int:person_id>/deactivate")
def deactivate_person(person_id: int) -> ResponseReturnValue:
    """Somebody has left."""
    said = "人员已停用，登录已退出。已作的签批照常有效。"
    return _do(person_id, lambda found, actor: deactivate(found, by=actor, now=now()), said)


@administration.post("/people/<int:person_id>/reactivate")
def reactivate_person(person_id: int) -> ResponseReturnValue:
    """Somebody is back."""
    said = "人员已恢复。请重新授予角色。"
    return _do(person_id, lambda found, actor: reactivate(found, by=actor, now=now()), said)


@administration.post("/people/<int:person_id>/unlock")
def unlock_person(person_id: int) -> ResponseReturnValue:
    """Lift a lock."""
    return _do(person_id, lambda found, actor: unlock(found, by=actor, now=now()), "已解锁，可以再登录。")


def _do(person_id: int, act: Callable[[Person, Actor], None], said: str) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work():
        act(get_person(person_id), actor)
    flash(said, "good")
    return redirect(url_for("administration.person", person_id=person_id))


@administration.post("/people/<int:person_id>/reset")
def reset_person(person_id: int) -> ResponseReturnValue:
    """Replace a forgotten password."""
    actor = current_actor()
    with unit_of_work():
        found = get_person(person_id)
        password = reset_password(found, by=actor, now=now())
    return _show_once(found, password)


@administration.post("/people/<int:person_id>/login")
def open_login(person_id: int) -> ResponseReturnValue:
    """Let somebody known from paper log in."""
    actor, found, form = current_actor(), get_person(person_id), LoginNameForm()

    def act() -> str:
        return give_login(found, form.login.data, by=actor, now=now())

    if password := carry_out(form, act):
        return _show_once(found, password)
    return _page(found, RoleForm(formdata=None), form)
