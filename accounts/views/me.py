"""My account: roles, password, sessions, tries to log in, deputies: /me."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import sessions
from accounts.access import current_actor, current_person
from accounts.authority import may_read_organisations
from accounts.deputies import MAY_DEPUTISE
from accounts.doors import own_path
from accounts.forms.account import PasswordForm
from accounts.forms.base import carry_out
from accounts.models import Person
from accounts.passwords import KINDS_WANTED, SHORTEST
from accounts.personal import LOOKED_AT
from accounts.queries import deputations_by, deputations_of, person_labels, sign_ins_of
from accounts.queries.security import LOOKS_SHOWN_FOR, factor_since, looks_at, person_notes
from accounts.rules import SCOPE_LABELS
from accounts.second_factor import codes_left, must_have
from accounts.signing_in import (
    OUTCOME_LABELS,
    WrongPassword,
    change_password,
    check_password,
    end_session,
    end_sessions,
    end_sessions_but,
)
from accounts.views import accounts
from core.db import unit_of_work
from core.web import now, settings


@accounts.get("/me")
def me() -> ResponseReturnValue:
    """What I hold and what happened to my log-in."""
    person = current_person()
    deputies, acting_for = deputations_of(person.id, now=now()), deputations_by(person.id, now=now())
    shown = (
        {d.deputy_id for d in deputies}
        | {d.person_id for d in acting_for}
        | {g.granted_by_id for g in person.grants if g.granted_by_id}
    )
    looks = looks_at(person.id, now() - LOOKS_SHOWN_FOR)
    shown |= {look.actor_id for look in looks if look.actor_id is not None}
    return render_template(
        "accounts/me.html",
        person=person,
        factor_since=factor_since(person.id),
        recovery_left=codes_left(person.id),
        must_have_factor=must_have(person.roles, settings().second_factor),
        running=sessions.running(person, now()),
        here=sessions.own_id(),
        looks=looks,
        looked=LOOKED_AT,
        reasons=person_notes(look.content["note"] for look in looks if "note" in look.content),
        grants=[grant for grant in person.grants if grant.ended_at is None],
        deputies=deputies,
        acting_for=acting_for,
        scopes=SCOPE_LABELS,
        names=person_labels(shown),
        sign_ins=sign_ins_of(person.id),
        outcomes=OUTCOME_LABELS,
        may_have_deputies=bool(person.roles & MAY_DEPUTISE),
        may_administer=may_read_organisations(current_actor()),
    )


@accounts.route("/me/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Set my own password; the only page for somebody with a one-time one."""
    person = current_person()
    form = PasswordForm()
    first_time = person.must_change
    if form.validate_on_submit() and _changed(form, person):
        sessions.renew(person, now())
        flash("密码已修改。其他设备上的登录都已退出。", "good")
        return redirect(own_path(request.args.get("next")) if first_time else url_for("accounts.me"))
    rules = f"至少 {SHORTEST} 个字符；大写、小写、数字、其他符号中至少 {KINDS_WANTED} 种；不含登录名和姓名。"
    page = render_template("accounts/password.html", form=form, first_time=first_time, rules=rules)
    return page, 422 if form.errors else 200


def _changed(form: PasswordForm, person: Person) -> bool:
    def act() -> bool:
        change_password(person, form.new.data, now=now())
        return True

    try:
        check_password(person, form.current.data, now(), undone="密码没有修改")
    except WrongPassword as refusal:
        form.current.errors = [refusal.sentence]
        return False
    return bool(carry_out(form, act))


@accounts.post("/me/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End all my sessions, this one too."""
    with unit_of_work():
        end_sessions(current_person(), now=now())
    sessions.end()
    flash("所有设备上的登录都已退出。请重新登录。", "good")
    return redirect(url_for("accounts.login"))


@accounts.post("/me/sessions/<int:session_id>/end")
def end_my_session(session_id: int) -> ResponseReturnValue:
    """End one of my sessions elsewhere."""
    with unit_of_work():
        end_session(current_person(), session_id, now=now())
    flash("那台设备上的登录已退出。", "good")
    return redirect(url_for("accounts.me"))


@accounts.post("/me/sessions/end-others")
def end_my_other_sessions() -> ResponseReturnValue:
    """End all my sessions but this one."""
    with unit_of_work():
        end_sessions_but(current_person(), sessions.own_id() or 0, now=now())
    flash("其他设备上的登录都已退出，本机不变。", "good")
    return redirect(url_for("accounts.me"))


@accounts.get("/me/still-here")
def still_here() -> ResponseReturnValue:
    """Somebody is at work on a page: the request itself keeps the session (static/idle.js)."""
    sessions.note_here(now())
    return "", 204
