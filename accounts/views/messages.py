"""One's own messages: /me/messages."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.doors import own_path
from accounts.messages import (
    COUNTED,
    count_unread,
    get_message,
    mark_all_read,
    mark_read,
    messages_of,
)
from accounts.telling_rules import topic_of
from accounts.views import accounts
from core.db import unit_of_work
from core.web import now


@accounts.get("/me/messages")
def messages() -> ResponseReturnValue:
    """Everything I was told, the unread first."""
    actor, after = current_actor(), request.args.get("after", "")[:20]
    return render_template(
        "accounts/messages.html",
        shown=messages_of(actor.person_id, after),
        unread=count_unread(actor.person_id),
        counted=COUNTED,
        topic_of=topic_of,
        after=after,
    )


@accounts.get("/me/messages/<int:message_id>")
def message(message_id: int) -> ResponseReturnValue:
    """Follow a message: it is read now, and leads to what it tells of."""
    actor = current_actor()
    with unit_of_work():
        url = get_message(actor.person_id, message_id).url
        mark_read([message_id], by=actor, now=now())
    return redirect(own_path(url) if url else url_for("accounts.messages"))


@accounts.post("/me/messages/<int:message_id>/read")
def message_read(message_id: int) -> ResponseReturnValue:
    """Take one as read without following it."""
    actor = current_actor()
    with unit_of_work():
        get_message(actor.person_id, message_id)
        mark_read([message_id], by=actor, now=now())
    return redirect(url_for("accounts.messages"))


@accounts.post("/me/messages/read-all")
def all_messages_read() -> ResponseReturnValue:
    """Take all as read that were there when the page was shown; a newer one stays unread."""
    newest = request.form.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        with unit_of_work():
            mark_all_read(int(newest), by=current_actor(), now=now())
        flash("消息都已标为已读。", "good")
    return redirect(url_for("accounts.messages"))
