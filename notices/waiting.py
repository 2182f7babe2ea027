"""Which notices wait for a person's next step, and whether a message about one is still true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import g
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from accounts.access import Actor
from core.db import db
from core.outbox import Told
from core.scope import everything
from notices.models import Notice
from notices.queries import IN_LISTS
from notices.rules import WAITING, kinds_taken
from workflows.notices import NOTICES, NoticeStatus, Receipt

ABOUT: Final = "notice"
SHOWN: Final = 50
COUNTED: Final = 100


def of_office(issued: bool) -> ColumnElement[bool]:
    """An office's notices, or the forms that enterprises finish by themselves."""
    return Notice.office_id.is_not(None) if issued else Notice.office_id.is_(None)


def to_serve(actor: Actor) -> ColumnElement[bool]:
    """Issued by the person's office, and its addressee has neither signed for it nor refused."""
    served = [kind for kind, row in NOTICES.items() if row.served]
    return and_(Notice.office_id == actor.regulator_id, Notice.kind.in_(served), Notice.receipt == Receipt.WAITING)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """To review, to issue, or sent back to me; never what I drafted or reviewed myself."""
    if actor.regulator_id is None:
        return false()
    others = and_(
        Notice.drafted_by_id != actor.person_id,
        or_(Notice.reviewed_by_id.is_(None), Notice.reviewed_by_id != actor.person_id),
    )
    steps = [
        and_(Notice.status == status, Notice.kind.in_(kinds_taken(actor.roles, status)), others)
        for status in (NoticeStatus.REVIEWING, NoticeStatus.REVIEWED)
    ]
    back = and_(
        Notice.status == NoticeStatus.DRAFT,
        Notice.drafted_by_id == actor.person_id,
        Notice.returned_reason != "",
    )
    return and_(Notice.office_id == actor.regulator_id, or_(*steps, back))


def waiting_for(actor: Actor) -> list[Notice]:
    """The notices whose next step is this person's, the oldest first; a short list also says how many wait."""
    if not _has_steps(actor):
        return []
    wanted = select(Notice).where(waits_for(actor)).options(*IN_LISTS).order_by(Notice.id).limit(SHOWN)
    found = list(db.session.scalars(wanted))
    if len(found) < SHOWN:
        g.notices_waiting = (actor.person_id, len(found))
    return found


def waiting_for_bar(actor: Actor) -> int:
    """How many wait, for the top bar; asked once a request, and not where the page has just read them."""
    kept: tuple[int, int] | None = g.get("notices_waiting")
    if kept is None or kept[0] != actor.person_id:
        kept = (actor.person_id, count_waiting(actor))
        g.notices_waiting = kept
    return kept[1]


def _has_steps(actor: Actor) -> bool:
    """Whether any notice could wait for this person; nobody else is asked for."""
    return actor.regulator_id is not None and any(kinds_taken(actor.roles, status) for status in WAITING)


def count_waiting(actor: Actor) -> int:
    """How many wait; counting stops at a hundred."""
    if not _has_steps(actor):
        return 0
    inner = select(Notice.id).where(waits_for(actor)).limit(COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def still_waiting(told: Sequence[Told], _now: datetime) -> Mapping[int, str]:
    """The messages about notices that still stand where they stood."""
    ids = {one.about.id for one in told}
    with everything("whether a notice still waits"):
        rows = db.session.execute(select(Notice.id, Notice.status).where(Notice.id.in_(ids)))
        now_at = {row.id: row.status.value for row in rows}
    return {one.message_id: one.text for one in told if now_at.get(one.about.id) == one.about.mark}
