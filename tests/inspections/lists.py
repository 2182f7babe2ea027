"""Hazards that stand on the lists, put down by the operations of the register, for tests of moving up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from accounts.models import Person
from core.days import SHANGHAI
from core.db import db
from core.models import Event, OutboxMessage
from core.scope import everything
from hazards.models import Hazard, TierMove
from tests.hazards.city import City, reported
from workflows.vocabulary import Tier


def on(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def found(city: City, now: datetime, count: int = 1, by: str = "manager", **changes: Any) -> list[str]:
    """That many hazards of the smelting team, reported at a moment; their numbers."""
    values = {"unit_id": city.units["smelting"]} | changes
    return [reported(city, by, now, description=f"第 {n + 1} 处防护缺失", **values) for n in range(count)]


def standings(numbers: Sequence[str]) -> list[tuple[Tier, str, str]]:
    """List, since when, and who answers for it, of each."""
    with everything("test lists"):
        db.session.expire_all()
        wanted = select(Hazard).where(Hazard.number.in_(numbers)).order_by(Hazard.number)
        rows = list(db.session.scalars(wanted))
        return [(row.tier, row.tier_since.isoformat() if row.tier_since else "", owner_of(row)) for row in rows]


def owner_of(hazard: Hazard) -> str:
    """The login of the list's owner."""
    person = db.session.get(Person, hazard.list_owner_id) if hazard.list_owner_id else None
    return person.login or "" if person else ""


def moves(number: str) -> list[tuple[str, str, str]]:
    """From, to and on which day, of one hazard, in order."""
    with everything("test lists"):
        wanted = select(TierMove).join(Hazard, Hazard.id == TierMove.hazard_id).where(Hazard.number == number)
        rows = db.session.scalars(wanted.order_by(TierMove.id))
        return [(row.from_tier.value, row.to_tier.value, row.on_day.isoformat()) for row in rows]


def move_events(number: str) -> list[dict[str, Any]]:
    """The contents of the entries of its moves."""
    with everything("test lists"):
        hazard_id = db.session.scalars(select(Hazard.id).where(Hazard.number == number)).one()
        wanted = select(Event).where(Event.subject_id == hazard_id, Event.kind == "moved_up").order_by(Event.seq)
        return [event.content for event in db.session.scalars(wanted)]


def told(city: City, key: str) -> list[str]:
    """What a person was told of lists."""
    wanted = select(OutboxMessage.text).where(OutboxMessage.person_id == city.people[key])
    return list(db.session.scalars(wanted.where(OutboxMessage.kind == "lists").order_by(OutboxMessage.id)))
