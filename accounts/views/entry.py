"""Coming in and going out: /login, /logout."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import sessions
from accounts.access import actor_if_any
from accounts.authority import side_of
from accounts.doors import own_path
from accounts.forms.account import LoginForm
from accounts.models import Person
from accounts.queries import person_by_id
from accounts.roles import Side
from accounts.signing_in import Outcome, examine, settle
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
        person, refused = _let_in(form)
        if person is not None:
            sessions.begin(person, now())
            return redirect(_where_to(person, form))
    code = 422 if refused or form.errors else 200
    return render_template("accounts/login.html", form=form, refused=refused), code


def _let_in(form: LoginForm) -> tuple[Person | None, str]:
    attempt = examine(form.login.data, form.password.data)
    with unit_of_work():
        settled = settle(attempt, address=request.remote_addr or "", now=now())
    if settled.outcome is Outcome.OK and settled.person_id is not None:
        return person_by_id(settled.person_id), ""
    return None, settled.sentence("登录名或密码不对。", "现在不能登录。")


def _where_to(person: Person, form: LoginForm) -> str:
    if person.must_change:
        return url_for("accounts.password", next=own_path(form.next.data))
    wanted = own_path(form.next.data)
    return url_for("administration.index") if wanted == "/" and side_of(person) is Side.SYSTEM else wanted


@accounts.post("/logout")
def logout() -> ResponseReturnValue:
    """Leave this browser; sessions elsewhere go on."""
    sessions.end()
    flash("已退出登录。", "note")
    return redirect(url_for("accounts.login"))
