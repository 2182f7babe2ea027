"""Column titles of ledgers: /admin/header-titles, kept by the system administrator, read by all who administer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.roles import Role, Side
from accounts.views import administration
from core.db import unit_of_work
from core.web import now
from hazards.forms.header_titles import HeaderTitleForm
from hazards.header_titles import SHOWN, add_title, added_titles, remove_title
from hazards.ledger import RULES


@administration.route("/header-titles", methods=["GET", "POST"])
def header_titles() -> ResponseReturnValue:
    """The added titles with who added and removed them, the form for a further one, and the built-in table."""
    actor = current_actor()
    allow(actor.side is Side.SYSTEM, "打开台账表头用语", "系统管理员")
    form = HeaderTitleForm()
    if form.is_submitted():
        allow(_may_keep(actor), "添加表头", "系统管理员")
    made = carry_out(form, lambda: add_title(form.title.data, form.meaning(), by=actor, now=now()).title)
    if made is not None:
        flash(f"已添加「{made}」，以后导入时按它认列。", "good")
        return redirect(url_for("administration.header_titles"))
    page = render_template(
        "hazards/header_titles.html",
        form=form,
        may_keep=_may_keep(actor),
        added=added_titles(),
        removed=added_titles(removed=True, limit=SHOWN),
        rules=RULES,
    )
    return page, form.status if form.errors else 200


@administration.post("/header-titles/<int:title_id>/remove")
def remove_header_title(title_id: int) -> ResponseReturnValue:
    """Take an added title away."""
    actor = current_actor()
    allow(_may_keep(actor), "移除表头", "系统管理员")
    with unit_of_work():
        title = remove_title(title_id, by=actor, now=now()).title
    flash(f"已移除「{title}」，以后导入时不再按它认列。", "good")
    return redirect(url_for("administration.header_titles"))


def _may_keep(actor: Actor) -> bool:
    return actor.holds(Role.SYSTEM_ADMIN)
