"""What of the register stands in a person's calendar: acts that wait for them, and deadlines they answer for.

A number, an act and a day; no description and no place, since a calendar is copied to many devices.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.feeds import Entry
from core.days import shanghai_day
from core.db import db
from hazards.models import Hazard
from hazards.waiting import waiting_for
from workflows.deadlines import RUNNING

MOST: Final = 500


def entries_of(actor: Actor, now: datetime) -> Iterator[Entry]:
    """Each act once; the deadline of a hazard whose next act is the same person's stands there already."""
    today, told = shanghai_day(now), set[str]()
    for item in waiting_for(actor, now=now, limit=MOST):
        told.add(item.number)
        if item.due_on is not None:
            late = "（逾期）" if item.due_on < today else ""
            yield Entry(
                uid=f"hazard-{item.number}-{item.action.value}",
                title=f"{item.number} {item.action.label}{late}",
                url=f"/hazards/{item.number}",
                changed_at=item.since,
                day=item.due_on,
            )
    mine = (
        select(Hazard.number, Hazard.deadline, Hazard.reported_at)
        .where(Hazard.responsible_person_id == actor.person_id, Hazard.deadline.is_not(None))
        .where(Hazard.state.in_(sorted(RUNNING)), Hazard.hidden.is_(False))
        .order_by(Hazard.deadline, Hazard.id)
        .limit(MOST)
    )
    for row in db.session.execute(mine):
        if row.number not in told:
            late = "（逾期）" if row.deadline < today else ""
            yield Entry(
                uid=f"hazard-{row.number}-deadline",
                title=f"{row.number} 整改期限{late}",
                url=f"/hazards/{row.number}",
                changed_at=row.reported_at,
                day=row.deadline,
            )
