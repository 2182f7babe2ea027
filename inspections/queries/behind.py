"""The lists behind the figures of one enterprise: exactly what was counted, line by line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, literal, null, select, tuple_, union_all

from accounts.models import OrgUnit, Person
from core.days import shanghai_day, start_of_day
from core.db import db
from hazards.models import Hazard, TierMove
from inspections.models import Finding, Inspection, MissedDuty, Overlooked
from inspections.queries.facts import Asked, Fact
from inspections.rules import InspectionState
from workflows.vocabulary import Grade, Tier

PAGE: Final = 50
OF_DUTIES: Final = frozenset({Fact.DUE, Fact.IN_TIME, Fact.LATE, Fact.MISSED})
DONE, MISSED = "done", "missed"


class Duty(NamedTuple):
    """One settled duty: by which inspection, or missed."""

    kind: str
    id: int
    period_last: date
    period_key: str
    tier: Tier
    unit: str
    person: str
    at: Any
    in_time: bool | None


class Found(NamedTuple):
    """One hazard behind a figure, and on which day it was counted."""

    id: int
    on: date
    number: str
    description: str
    place: str
    grade: Grade
    tier: Tier
    unit: str


# --- duties ----------------------------------------------------------------------------------------------------


def duties(fact: Fact, asked: Asked, after: tuple[date, str, int] | None = None, limit: int = PAGE) -> list[Duty]:
    """Settled duties, the newest period first; one more than a page tells that there are more."""
    found = _duties(fact, asked).subquery()
    wanted = (
        select(found, OrgUnit.name.label("unit"), Person.name.label("person"))
        .outerjoin(OrgUnit, OrgUnit.id == found.c.unit_id)
        .outerjoin(Person, Person.id == found.c.person_id)
        .order_by(found.c.period_last.desc(), found.c.kind.desc(), found.c.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(tuple_(found.c.period_last, found.c.kind, found.c.id) < after)
    return [
        Duty(r.kind, r.id, r.period_last, r.period_key, r.tier, r.unit or "", r.person or "", r.at, r.in_time)
        for r in db.session.execute(wanted)
    ]


def _duties(fact: Fact, asked: Asked) -> Any:
    done, missed = _done(asked), _missed(asked)
    match fact:
        case Fact.IN_TIME:
            return done.where(Inspection.in_time.is_(True))
        case Fact.LATE:
            return done.where(Inspection.in_time.is_(False))
        case Fact.MISSED:
            return missed
        case _:
            return union_all(done, missed)


def _done(asked: Asked) -> Any:
    """Finished inspections of duties; not those that came after their period was settled as missed."""
    settled = (
        select(MissedDuty.id)
        .where(MissedDuty.duty_id == Inspection.duty_id, MissedDuty.period_key == Inspection.period_key)
        .exists()
    )
    return select(
        literal(DONE).label("kind"),
        Inspection.id.label("id"),
        Inspection.period_last.label("period_last"),
        Inspection.period_key.label("period_key"),
        Inspection.tier.label("tier"),
        Inspection.unit_id.label("unit_id"),
        Inspection.inspector_id.label("person_id"),
        Inspection.finished_at.label("at"),
        Inspection.in_time.label("in_time"),
    ).where(
        Inspection.state == InspectionState.FINISHED,
        Inspection.duty_id.is_not(None),
        ~settled,
        *_of(Inspection, asked),
        Inspection.period_last >= asked.month,
        Inspection.period_last < asked.next_month,
    )


def _missed(asked: Asked) -> Any:
    return select(
        literal(MISSED).label("kind"),
        MissedDuty.id.label("id"),
        MissedDuty.period_last.label("period_last"),
        MissedDuty.period_key.label("period_key"),
        MissedDuty.tier.label("tier"),
        MissedDuty.unit_id.label("unit_id"),
        MissedDuty.person_id.label("person_id"),
        null().label("at"),
        null().label("in_time"),
    ).where(*_of(MissedDuty, asked), MissedDuty.period_last >= asked.month, MissedDuty.period_last < asked.next_month)


# --- hazards ---------------------------------------------------------------------------------------------------


def hazards(fact: Fact, asked: Asked, before: int | None = None, limit: int = PAGE) -> list[Found]:
    """Hazards behind a figure, the newest first; one more than a page tells that there are more."""
    found = _hazards(fact, asked).subquery()
    wanted = (
        select(found, Hazard.number, Hazard.description, Hazard.place, Hazard.grade, OrgUnit.name.label("unit"))
        .join(Hazard, Hazard.id == found.c.hazard_id)
        .outerjoin(OrgUnit, OrgUnit.id == found.c.unit_id)
        .order_by(found.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(found.c.id < before)
    return [
        Found(r.id, _day(r.on_day), r.number, r.description, r.place, r.grade, r.tier, r.unit or "")
        for r in db.session.execute(wanted)
    ]


def _day(at: date | datetime) -> date:
    return shanghai_day(at) if isinstance(at, datetime) else at


def _hazards(fact: Fact, asked: Asked) -> Any:
    if fact is Fact.OVERLOOKED:
        columns = _columns(Overlooked, Overlooked.found_on, Overlooked.tier)
        return select(*columns).where(*_of(Overlooked, asked), *_within(Overlooked.found_on, asked))
    if fact is Fact.MOVED_UP:
        return _moved(asked)
    of_inspection = select(*_columns(Finding, Inspection.finished_at, Inspection.tier, Inspection.unit_id))
    found = (
        of_inspection.join(Inspection, Inspection.id == Finding.inspection_id)
        .join(Hazard, Hazard.id == Finding.hazard_id)
        .where(*_of(Inspection, asked))
        .where(Inspection.finished_at >= start_of_day(asked.month))
        .where(Inspection.finished_at < start_of_day(asked.next_month))
    )
    if fact is Fact.FOUND_MAJOR:
        return found.where(Hazard.proposed_grade == Grade.MAJOR)
    return found.where(Hazard.on_the_spot) if fact is Fact.ON_THE_SPOT else found


def _moved(asked: Asked) -> Any:
    """What was not cleared in its period; counted for the list it left, in the month of the last day on it."""
    return select(*_columns(TierMove, TierMove.on_day, TierMove.from_tier)).where(
        TierMove.run_id.is_not(None),
        TierMove.on_day > asked.month,
        TierMove.on_day <= asked.next_month,
        *_of(TierMove, asked, tier=TierMove.from_tier),
    )


def _columns(model: Any, on: Any, tier: Any, unit: Any = None) -> list[Any]:
    unit = model.unit_id if unit is None else unit
    return [
        model.id.label("id"),
        model.hazard_id.label("hazard_id"),
        on.label("on_day"),
        tier.label("tier"),
        unit.label("unit_id"),
    ]


def _within(column: Any, asked: Asked) -> list[ColumnElement[bool]]:
    return [column >= asked.month, column < asked.next_month]


def _of(model: Any, asked: Asked, *, tier: Any = None) -> list[ColumnElement[bool]]:
    assert asked.enterprise_id is not None, "the lists behind the figures are one enterprise's"
    found: list[ColumnElement[bool]] = [model.enterprise_id == asked.enterprise_id]
    if asked.unit_id is not None:
        found.append(model.unit_id.is_(None) if asked.unit_id == 0 else model.unit_id == asked.unit_id)
    if asked.tier is not None:
        found.append((model.tier if tier is None else tier) == asked.tier)
    return found
