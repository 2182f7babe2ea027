"""What waits for a person now: hazards whose next act is theirs, by role or by name, earliest due first.

Rows of table `waiting` are worked out after each operation (recording.py); here they are only read. A deputy sees what
waits for the deputised by name; what waits for a role is seen by whoever holds it, since a deputy signs by an own role.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, exists, false, func, or_, select, true, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from accounts.access import Actor
from accounts.models import Deputation, Enterprise
from accounts.roles import Role
from core.db import db, is_sqlite
from hazards.models import Hazard, Waiting
from hazards.rules import WaitingFor
from workflows.vocabulary import Action, Grade, State, Tier

PAGE = 50
COUNTED = 1000  # beyond it a count says "1,000 以上"


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One hazard that waits for somebody; `instead_of` is the person deputised, where it is not one's own."""

    number: str
    description: str
    place: str
    enterprise_name: str
    state: State
    grade: Grade
    tier: Tier
    deadline: date | None
    provisional: bool
    what: WaitingFor
    action: Action
    step_label: str
    role: Role | None
    due_on: date | None
    since: datetime
    sender_id: int | None
    instead_of: int | None


def deputised(person_id: int, *, now: datetime) -> tuple[int, ...]:
    """For whom this person acts at this moment."""
    in_force = (Deputation.starts_at <= now) & (Deputation.ends_at > now)
    wanted = select(Deputation.person_id).where(Deputation.deputy_id == person_id, in_force)
    return tuple(sorted(set(db.session.scalars(wanted))))


def waiting_for(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[WaitingItem]:
    """What waits for this person, earliest due first; at most `limit`, one more tells that there is more."""
    behind = deputised(actor.person_id, now=now)
    wanted = (
        select(Waiting, Hazard, Enterprise.name)
        .join(Hazard, Hazard.id == Waiting.hazard_id)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .where(is_theirs(actor, behind))
        .order_by(Waiting.due_on.is_(None), Waiting.due_on, Waiting.since, Waiting.hazard_id, Waiting.id)
    )
    items: dict[int, WaitingItem] = {}
    for row, hazard, name in db.session.execute(wanted.limit(limit * 2)):
        items.setdefault(row.hazard_id, _item(row, hazard, name or "", actor))
    return list(items.values())[:limit]


def count_waiting_for(actor: Actor, *, now: datetime, most: int = COUNTED) -> int:
    """How many hazards wait for this person; stops counting one beyond `most`."""
    behind = deputised(actor.person_id, now=now)
    mine: Select[Any] = select(Waiting.hazard_id).where(is_theirs(actor, behind)).distinct().limit(most + 1)
    return db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def _item(row: Waiting, hazard: Hazard, enterprise_name: str, actor: Actor) -> WaitingItem:
    return WaitingItem(
        number=hazard.number,
        description=hazard.description,
        place=hazard.place,
        enterprise_name=enterprise_name,
        state=hazard.state,
        grade=hazard.grade,
        tier=hazard.tier,
        deadline=hazard.deadline,
        provisional=hazard.deadline_provisional,
        what=row.what,
        action=row.action,
        step_label=row.step_label,
        role=row.role,
        due_on=row.due_on,
        since=row.since,
        sender_id=row.sender_id,
        instead_of=row.person_id if row.person_id != actor.person_id else None,
    )


def is_theirs(actor: Actor, behind: Collection[int]) -> ColumnElement[bool]:
    """By name, or by a role held in the organisation asked, and not barred from the step."""
    by_name = Waiting.person_id.in_([actor.person_id, *behind])
    return or_(by_name, and_(_by_role(actor), _not_barred(actor.person_id)))


def _by_role(actor: Actor) -> ColumnElement[bool]:
    roles = sorted(actor.roles)
    if not roles:
        return false()
    if actor.enterprise_id is not None:
        return and_(Waiting.enterprise_id == actor.enterprise_id, Waiting.role.in_(roles))
    if actor.regulator_id is not None:
        return and_(Waiting.regulator_id == actor.regulator_id, Waiting.role.in_(roles))
    return false()


def _not_barred(person_id: int) -> ColumnElement[bool]:
    """Whether the list of barred persons does not hold this one; each database reads JSON in its own words."""
    if is_sqlite():
        barred = func.json_each(Waiting.barred).table_valued(column("value"), name="barred_person")
        return ~exists(select(true()).select_from(barred).where(barred.c.value == person_id).correlate(Waiting))
    return ~type_coerce(Waiting.barred, JSONB).contains([person_id])
