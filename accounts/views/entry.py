"""Coming in and going out: /login, /login/code, /logout."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import sessions
from accounts.access import actor_if_any
from accounts.authority import side_of
from accounts.doors import own_path
from accounts.forms.account import CodeForm, LoginForm
from accounts.models import Person
from accounts.queries import person_by_id
from accounts.roles import Side
from accounts.second_factor import settle_code
from accounts.signing_in import SIGNED_IN, Outcome, examine, settle
from accounts.views import accounts
from core.db import unit_of_work
from core.web import now


@accounts.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """One card; wrong tries say how many are left, in the same words for logins that do not exist."""
    if actor_if_any() is not None:
        return redirect(own_path(request.args.get("next")))
    form = LoginForm(next=request.args.get("next", ""))
    refused = ""
    if form.validate_on_submit():
        person, asks_code, refused = _let_in(form)
        if person is not None and asks_code:
            sessions.begin_half(person, now(), own_path(form.next.data))
            return redirect(url_for("accounts.login_code"))
        if person is not None:
            sessions.begin(person, now())
            return redirect(_where_to(person, own_path(form.next.data)))
    code = 422 if refused or form.errors else 200
    return render_template("accounts/login.html", form=form, refused=refused), code


def _let_in(form: LoginForm) -> tuple[Person | None, bool, str]:
    attempt = examine(form.login.data, form.password.data)
    with unit_of_work():
        settled = settle(attempt, address=request.remote_addr or "", now=now())
    if settled.outcome in (Outcome.OK, Outcome.HALF) and settled.person_id is not None:
        return person_by_id(settled.person_id), settled.outcome is Outcome.HALF, ""
    return None, False, settled.sentence("登录名或密码不对。", "现在不能登录。")


@accounts.route("/login/code", methods=["GET", "POST"])
def login_code() -> ResponseReturnValue:
    """The second half of a log-in: the code of the phone, or a recovery code."""
    if actor_if_any() is not None:
        return redirect("/")
    waiting = sessions.half_way(now())
    if waiting is None:
        flash("密码已验证超过 5 分钟，或者还没有填密码。请重新登录。", "note")
        return redirect(url_for("accounts.login"))
    person, came_for = waiting
    form = CodeForm()
    refused = ""
    if form.validate_on_submit():
        refused = _take_code(person, form.code.data)
        if not refused:
            sessions.begin(person, now(), with_factor=True)
            return redirect(_where_to(person, came_for))
    return render_template(
        "accounts/login_code.html", form=form, refused=refused
    ), 422 if refused or form.errors else 200


def _take_code(person: Person, code: str) -> str:
    with unit_of_work():
        settled = settle_code(person, code, address=request.remote_addr or "", now=now())
    if settled.outcome in SIGNED_IN:
        return ""
    return settled.sentence("口令不对，或者已经用过。", "现在不能登录。")


def _where_to(person: Person, wanted: str) -> str:
    if person.must_change:
        return url_for("accounts.password", next=wanted)
    return url_for("administration.index") if wanted == "/" and side_of(person) is Side.SYSTEM else wanted


@accounts.post("/logout")
def logout() -> ResponseReturnValue:
    """Leave this browser; sessions elsewhere go on."""
    sessions.end()
    flash("已退出登录。", "note")
    return redirect(url_for("accounts.login"))
