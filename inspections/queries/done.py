"""Finished inspections, listed: an enterprise's own, a regulator's region; narrowed, and paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, tuple_

from accounts.models import Enterprise, OrgUnit
from core.days import start_of_day
from core.db import db
from core.scope import current_viewer, subtree
from inspections.models import Inspection
from inspections.rules import InspectionState
from workflows.vocabulary import Tier

PAGE: Final = 50
EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which finished inspections are wanted; `before` is where the page before ended (moment and id)."""

    unit_id: int | None = None
    tier: Tier | None = None
    month: date | None = None
    with_findings: bool = False
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class DoneRow:
    """One line of the list."""

    inspection: Inspection
    unit: str
    enterprise: str


def done(sought: Sought, *, limit: int = PAGE) -> list[DoneRow]:
    """Finished inspections the viewer sees, the newest first; one more than a page tells that there are older ones."""
    wanted = (
        select(Inspection, OrgUnit.name, Enterprise.name)
        .outerjoin(OrgUnit, OrgUnit.id == Inspection.unit_id)
        .join(Enterprise, Enterprise.id == Inspection.enterprise_id)
        .where(Inspection.state == InspectionState.FINISHED, *_narrowed(sought))
        .order_by(Inspection.finished_at.desc(), Inspection.id.desc())
        .limit(limit + 1)
    )
    return [DoneRow(row[0], row[1] or "", row[2]) for row in db.session.execute(wanted)]


def _narrowed(sought: Sought) -> list[Any]:
    """Besides what was asked the viewer's own bounds, so that an index is read in the order of the list."""
    viewer = current_viewer()
    found: list[Any] = []
    if viewer is not None and viewer.enterprise_id is not None:
        found.append(Inspection.enterprise_id == viewer.enterprise_id)
    elif viewer is not None and viewer.region_path is not None:
        found.append(subtree(Inspection.region_path, viewer.region_path))
    if sought.unit_id is not None:
        found.append(Inspection.unit_id == sought.unit_id)
    if sought.tier is not None:
        found.append(Inspection.tier == sought.tier)
    if sought.month is not None:
        following = (sought.month.replace(day=28) + timedelta(days=4)).replace(day=1)
        found.append(Inspection.finished_at >= start_of_day(sought.month))
        found.append(Inspection.finished_at < start_of_day(following))
    if sought.with_findings:
        found.append(Inspection.items_failed > 0)
    if sought.before is not None:
        found.append(tuple_(Inspection.finished_at, Inspection.id) < sought.before)
    return found


def cursor_text(inspection: Inspection) -> str:
    """Where a page ends, for the address of the next."""
    assert inspection.finished_at is not None
    return f"{(inspection.finished_at - EPOCH) // timedelta(microseconds=1)}-{inspection.id}"


def cursor_of(text: str) -> tuple[datetime, int] | None:
    """The end of a page, from an address; None for whatever is none."""
    micros, dash, last = text.partition("-")
    plain = dash and all(part.isascii() and part.isdigit() and len(part) < 18 for part in (micros, last))
    if not plain:
        return None
    try:
        moment = EPOCH + timedelta(microseconds=int(micros))
    except OverflowError:
        return None
    return moment, int(last)
