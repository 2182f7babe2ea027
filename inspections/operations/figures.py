"""The figures kept of inspecting, of units and of places: added to in the transaction of what they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from accounts.models import Enterprise
from core.bulk import add_to_rows
from core.db import among, db, ids_text
from inspections.models import DutyFigure, RegionFigure
from workflows.vocabulary import Tier

COUNTS = ("due", "in_time", "late", "missed", "found", "found_major", "on_the_spot", "overlooked", "moved_up")
WHOLE = 0  # the unit of figures that belong to the enterprise as a whole


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a figure is of: a unit (or `WHOLE`) and tier in a month, with where it lay then."""

    month: date
    enterprise_id: int
    unit_id: int
    tier: Tier
    region_path: str
    sector: str


def month_of(day: date) -> date:
    """The month a day is counted in, by its first day."""
    return day.replace(day=1)


def add(changes: Mapping[Place, Mapping[str, int]]) -> None:
    """Add to the kept figures of units and of places, inside the running unit of work; in one order, so none waits
    for another crosswise."""
    if not changes:
        return
    units = [
        {"month": at.month, "enterprise_id": at.enterprise_id, "unit_id": at.unit_id, "tier": at.tier}
        | {"region_path": at.region_path, "sector": at.sector}
        | {name: more.get(name, 0) for name in COUNTS}
        for at, more in sorted(changes.items())
    ]
    places: dict[tuple[date, str, str, Tier], Counter[str]] = {}
    for at, more in changes.items():
        places.setdefault((at.month, at.region_path, at.sector, at.tier), Counter()).update(more)
    sums = [
        {"month": month, "region_path": path, "sector": sector, "tier": tier}
        | {name: more.get(name, 0) for name in COUNTS}
        for (month, path, sector, tier), more in sorted(places.items())
    ]
    _put(DutyFigure, ("month", "enterprise_id", "unit_id", "tier"), units)
    _put(RegionFigure, ("month", "region_path", "sector", "tier"), sums)


def _put(model: Any, keys: Sequence[str], rows: list[dict[str, Any]]) -> None:
    names = [*keys, *COUNTS]
    names += [column.name for column in model.__table__.columns if column.name not in names]
    add_to_rows(model, keys, COUNTS, [tuple(row[name] for name in names) for row in rows])


def firms(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Where these enterprises lie and of which sector they are, for the figures."""
    wanted = select(Enterprise.id, Enterprise.region_path, Enterprise.sector).where(among(Enterprise.id, "firms"))
    return {row.id: (row.region_path, row.sector) for row in db.session.execute(wanted, {"firms": ids_text(ids)})}
