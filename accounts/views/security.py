"""The security administrator's pages, which the auditor reads too: locks, tries to log in, idle time."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow
from accounts.forms.account import IdleForm
from accounts.forms.base import carry_out, clean
from accounts.history import record_own
from accounts.queries import locked_people, newest_sign_ins, search_people
from accounts.queries.people import PAGE
from accounts.roles import Role
from accounts.second_factor import POLICY_LABELS
from accounts.sessions import IDLE_SETTING, idle_minutes
from accounts.signing_in import OUTCOME_LABELS
from accounts.views import administration
from core.db import db
from core.models import OfficeSetting
from core.web import now, settings


@administration.get("/security")
def security() -> ResponseReturnValue:
    """Find a person to reset or unlock; who is locked now; the newest tries to log in."""
    allow(current_actor().holds(Role.SECURITY_ADMIN, Role.AUDITOR), "打开登录与锁定", "安全管理员")
    sought = clean(request.args.get("q"))[:60]
    before = request.args.get("before", "")
    tries = newest_sign_ins(int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None)
    return render_template(
        "accounts/security.html",
        q=sought,
        found=search_people(sought),
        locked=locked_people(now()),
        tries=tries[:PAGE],
        before=tries[PAGE - 1].id if len(tries) > PAGE else None,
        outcomes=OUTCOME_LABELS,
        idle=idle_minutes(),
        policy=POLICY_LABELS[settings().second_factor],
        may_set=current_actor().holds(Role.SECURITY_ADMIN),
    )


@administration.route("/security/idle", methods=["GET", "POST"])
def idle() -> ResponseReturnValue:
    """After how long a session without a request ends; for those who log in from now on."""
    actor = current_actor()
    allow(actor.holds(Role.SECURITY_ADMIN), "修改退出时间", "安全管理员")
    form = IdleForm(minutes=idle_minutes())

    def act() -> bool:
        _set_idle(form.minutes.data, actor, now())
        return True

    if carry_out(form, act):
        flash("退出时间已修改，对以后登录的人生效。", "good")
        return redirect(url_for("administration.security"))
    return render_template("accounts/idle.html", form=form), 422 if form.errors else 200


def _set_idle(minutes: int, by: Actor, at: datetime) -> None:
    row = db.session.get(OfficeSetting, IDLE_SETTING) or OfficeSetting(name=IDLE_SETTING)
    row.value, row.changed_at, row.changed_by_id = str(minutes), at, by.person_id
    db.session.add(row)
    record_own(by, "setting_changed", now=at, setting=IDLE_SETTING, value=minutes)
