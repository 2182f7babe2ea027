"""Comments on a hazard, and following it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import current_actor
from accounts.queries import PersonLabel, person_labels
from accounts.views.handing_in import Done
from core.db import db, unit_of_work
from core.models import Event
from core.web import now
from hazards.case import Loaded
from hazards.forms.talking import CommentForm
from hazards.models import Hazard, HazardNote
from hazards.operations import talking
from hazards.presenting.record import is_masked
from hazards.presenting.words import moment_text
from hazards.queries import hazard_by_number
from hazards.views.blueprint import blueprint
from hazards.views.opening import draft_key, hand_in, open_hazard

LONGEST = 200
NOBODY = PersonLabel("—", "", "")


@dataclass(frozen=True, slots=True)
class Said:
    """One comment as it is shown."""

    id: int
    who: str
    organisation: str
    at: str
    iso: str
    text: str


@blueprint.route("/<number>/comments", methods=["GET", "POST"])
def comments(number: str) -> ResponseReturnValue:
    """What was said, newest first, and the form to say more."""
    form = CommentForm()
    loaded = open_hazard(number)
    form.offer_people(talking.people_to_mention(loaded, current_actor()))
    draft = draft_key("comment", number)
    if request.method == "POST" and form.validate():
        typed = form.text.data or ""
        answer = hand_in(form, number, lambda hazard: _comment(hazard, form), what="评论", typed=typed, draft=draft)
        if answer is not None:
            return answer
    if request.method == "GET":
        form.begin(loaded.hazard)
    page = render_template(
        "hazards/comments.html",
        form=form,
        number=loaded.hazard.number,
        subject=loaded.hazard.description[:80],
        firm=loaded.hazard.enterprise.name,
        said=_said(loaded),
        follows=talking.is_following(loaded.hazard, current_actor().person_id),
        followers=loaded.hazard.watchers,
        draft=draft,
    )
    return page, form.status if request.method == "POST" else 200


def _comment(hazard: Hazard, form: CommentForm) -> Done:
    told = talking.comment(hazard, form.text.data or "", form.mentioned, by=current_actor(), now=now())
    return Done(f"评论已写入经过。{f'已告知 {told} 人。' if told else ''}", _url(hazard.number))


@blueprint.post("/<number>/follow")
def follow(number: str) -> ResponseReturnValue:
    """Follow the hazard, or follow it no longer."""
    with unit_of_work():
        hazard = hazard_by_number(number)
        if request.form.get("do") == "leave":
            talking.leave(hazard, by=current_actor())
            said = "已取消关注。"
        else:
            talking.follow(hazard, by=current_actor(), now=now())
            said = "已关注。状态变动和新评论会在「待办」里告知您。"
    flash(said, "good")
    return redirect(_url(number))


def _said(loaded: Loaded) -> list[Said]:
    """The newest comments; an enterprise does not read when a complaint's officer was at work."""
    hazard = loaded.hazard
    wanted = select(Event).where(Event.subject_kind == "hazard", Event.subject_id == hazard.id, Event.kind == "comment")
    events = list(db.session.scalars(wanted.order_by(Event.seq.desc()).limit(LONGEST)))
    notes = select(HazardNote.id, HazardNote.text).where(
        HazardNote.hazard_id == hazard.id, HazardNote.id.in_([event.content["note"] for event in events])
    )
    texts = {row.id: row.text for row in db.session.execute(notes)} if events else {}
    names = person_labels({event.actor_id for event in events if event.actor_id is not None})
    hidden = {hazard.reporter_id} if is_masked(hazard, current_actor()) else set()
    return [
        Said(
            id=event.id,
            who="监管部门" if event.actor_id in hidden else label.name,
            organisation="" if event.actor_id in hidden else label.organisation,
            at=moment_text(event.at),
            iso=event.at.isoformat(),
            text=texts.get(event.content["note"], ""),
        )
        for event in events
        for label in [names.get(event.actor_id or 0, NOBODY)]
    ]


def _url(number: str) -> str:
    return url_for("hazards.comments", number=number)
