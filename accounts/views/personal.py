"""The whole telephone number of a person: asked for with a reason, shown on the answer, and written down."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.forms.people import ReasonForm
from accounts.personal import look_at_phone, may_look
from accounts.queries import get_person
from accounts.views import administration
from accounts.views.private import keep_private
from core.web import now


@administration.route("/people/<int:person_id>/phone", methods=["GET", "POST"])
def phone(person_id: int) -> ResponseReturnValue:
    """Why, then the number."""
    actor, found, form = current_actor(), get_person(person_id), ReasonForm()
    allow(may_look(actor, found), "查看别人的电话", "本单位的管理人员")
    if shown := carry_out(form, lambda: look_at_phone(found, form.reason.data, by=actor, now=now())):
        return keep_private(render_template("accounts/phone.html", person=found, phone=shown), 200)
    page = render_template(
        "accounts/reason.html",
        form=form,
        title="查看电话",
        person=found,
        intro="您的姓名、时间和理由会记下来，本人和审计管理员都能看到。",
        verb="查看电话",
        hint="例如：通知参加 11 月 23 日的现场复查",
    )
    return page, 422 if form.errors else 200
