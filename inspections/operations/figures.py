"""The figures kept of inspecting, of units and of places: added to in the transaction of what they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from accounts.models import Enterprise
from core.bulk import add_to_rows
from core.db import among, db, ids_text
from inspections.models import DutyFigure, RegionFigure
from workflows.vocabulary import Tier

COUNTS = ("due", "in_time", "late", "missed", "found", "found_major", "on_the_spot", "overlooked", "moved_up")
WHOLE = 0  # the unit of figures that belong to the enterprise as a whole


class Place(NamedTuple):
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
    places: dict[tuple[date, str, str, Tier], Counter[str]] = {}
    for at, more in changes.items():
        places.setdefault((at.month, at.region_path, at.sector, at.tier), Counter()).update(more)
    units = [(*at[:4], *_counts(more), at.region_path, at.sector) for at, more in sorted(changes.items(), key=_by_key)]
    sums = [(*at, *_counts(more)) for at, more in sorted(places.items(), key=_by_key)]
    add_to_rows(DutyFigure, ("month", "enterprise_id", "unit_id", "tier"), COUNTS, units)
    add_to_rows(RegionFigure, ("month", "region_path", "sector", "tier"), COUNTS, sums)


def _counts(more: Mapping[str, int]) -> tuple[int, ...]:
    return tuple([more.get(name, 0) for name in COUNTS])


def _by_key(item: tuple[tuple[Any, ...], Any]) -> tuple[Any, ...]:
    return item[0]


def firms(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Where these enterprises lie and of which sector they are, for the figures."""
    wanted = select(Enterprise.id, Enterprise.region_path, Enterprise.sector).where(among(Enterprise.id, "firms"))
    return {row.id: (row.region_path, row.sector) for row in db.session.execute(wanted, {"firms": ids_text(ids)})}
