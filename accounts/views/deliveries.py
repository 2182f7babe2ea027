"""Sending as the system administrator sees it: /admin/deliveries."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow
from accounts.deliveries import COUNTED, PAGE, WAYS, given_up, send_again, ways_now
from accounts.roles import Role
from accounts.views import administration
from core.db import unit_of_work
from core.web import now, settings


def _allowed() -> None:
    allow(current_actor().holds(Role.SYSTEM_ADMIN), "打开发送情况", "系统管理员")


@administration.get("/deliveries")
def deliveries() -> ResponseReturnValue:
    """What waits, what was given up and why; no text and no address."""
    _allowed()
    text = request.args.get("before", "")
    rows = given_up(int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None)
    return render_template(
        "accounts/deliveries.html",
        ways=ways_now(),
        labels=WAYS,
        counted=COUNTED,
        rows=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        has_mail=bool(settings().mail_url),
    )


@administration.post("/deliveries/<int:delivery_id>/again")
def delivery_again(delivery_id: int) -> ResponseReturnValue:
    """Try it again."""
    _allowed()
    with unit_of_work():
        send_again(delivery_id, by=current_actor(), now=now())
    flash("已放回发送，一分钟内再试。", "good")
    return redirect(url_for("administration.deliveries"))
