"""When units work, as the rules read it: a unit's own calendar, else that of the unit above, else the enterprise's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, String, literal_column, null, select, type_coerce, union_all

from accounts.models import OrgUnit
from accounts.shift_models import WorkCalendar, WorkStop
from core.calendar import load_calendar
from core.days import WorkingDays, shanghai_day
from core.db import among, db, ids_text
from core.prepared import Prepared
from core.refusals import NotFound
from core.scope import everything
from core.shifts import Shifts, Stop


@dataclass(slots=True)
class ShiftBook:
    """The shifts of all units of some enterprises; read once, asked often."""

    days: WorkingDays
    parents: Mapping[int, int | None]
    calendars: Mapping[tuple[int, int | None], list[Any]]  # rows of WorkCalendar, in the order they were set
    stops: dict[tuple[int, int | None], list[Stop]]
    _known: dict[tuple[int, int | None], Shifts] = field(default_factory=dict)
    # units that work alike share one object, so that whoever reckons with it reckons once for all of them
    _alike: dict[tuple[tuple[tuple[date, int], ...], tuple[Stop, ...]], Shifts] = field(default_factory=dict)

    def of(self, enterprise_id: int, unit_id: int | None) -> Shifts:
        """The shifts of a unit, or of the enterprise as a whole."""
        key = (enterprise_id, unit_id)
        if key not in self._known:
            self._known[key] = self._made(enterprise_id, self._line(unit_id))
        return self._known[key]

    def _line(self, unit_id: int | None) -> list[int | None]:
        line: list[int | None] = []
        while unit_id is not None and unit_id not in line:
            line.append(unit_id)
            unit_id = self.parents.get(unit_id)
        return [*line, None]

    def _made(self, enterprise_id: int, line: list[int | None]) -> Shifts:
        """Each calendar holds from its day on; where several could, that of the nearest unit."""
        known = [self.calendars.get((enterprise_id, unit), []) for unit in line]
        days = sorted({begins(row) for rows in known for row in rows})
        held = [(day, next(row for rows in known for row in reversed(rows) if begins(row) <= day)) for day in days]
        stops = tuple(stop for unit in line for stop in self.stops.get((enterprise_id, unit), ()))
        alike = (tuple((day, row.id) for day, row in held), stops)
        if alike not in self._alike:
            made = Shifts(stops=stops, days=self.days)
            for day, row in held:
                made = self._from(day, row, stops, made)
            self._alike[alike] = made
        return self._alike[alike]

    def _from(self, day: date, row: Any, stops: tuple[Stop, ...], before: Shifts) -> Shifts:
        return Shifts(
            kind=row.kind,
            pattern=row.pattern,
            starts_on=row.starts_on,
            keeps_holidays=row.keeps_holidays,
            day_ends=row.day_ends,
            late_from=row.late_from,
            stops=stops,
            days=self.days,
            since=day,
            before=before,
        )


def begins(row: Any) -> date:
    """The first day on which a calendar holds: the day after it was set, so that no day under way becomes free."""
    return shanghai_day(row.made_at) + timedelta(days=1)


def shift_book(enterprise_ids: Collection[int]) -> ShiftBook:
    """The shifts of these enterprises and all their units (two queries, however many they are)."""
    firms = {"firms": ids_text(sorted(set(enterprise_ids)))}
    calendars: dict[tuple[int, int | None], list[Any]] = defaultdict(list)
    stops: dict[tuple[int, int | None], list[Stop]] = defaultdict(list)
    with everything("when units work, for the rules"):
        for one in _ways.all(**firms):
            if one.is_stop:
                stops[one.enterprise_id, one.unit_id].append(Stop(one.starts_on, one.last_on, one.reason))
            else:
                calendars[one.enterprise_id, one.unit_id].append(one)
        units = {unit for _, unit in (*calendars, *stops) if unit is not None}
        parents: dict[int, int | None] = {}
        if units:
            parents = {row.id: row.parent_id for row in _tree.all(**firms)}
    return ShiftBook(load_calendar(), parents, calendars, stops)


def _calendars_and_stops() -> Any:
    """Both in one answer, since every page of tasks asks for them: as they were set, and stops by their days."""
    of_both = ("id", "enterprise_id", "unit_id")
    ways = ("starts_on", "made_at", "kind", "pattern", "keeps_holidays", "day_ends", "late_from")
    calendars = select(
        literal_column("0").label("is_stop"),
        type_coerce(null(), Date).label("order"),
        *[getattr(WorkCalendar, name) for name in of_both + ways],
        type_coerce(null(), Date).label("last_on"),
        type_coerce(null(), String).label("reason"),
    ).where(among(WorkCalendar.enterprise_id, "firms"))
    stops = select(
        literal_column("1"),
        WorkStop.first_on,
        *[getattr(WorkStop, name) for name in of_both],
        *[WorkStop.first_on, WorkStop.made_at, null(), null(), null(), null(), null()],
        *[WorkStop.last_on, WorkStop.reason],
    ).where(among(WorkStop.enterprise_id, "firms"), WorkStop.withdrawn_at.is_(None))
    return union_all(calendars, stops).order_by("is_stop", "order", "id")


_ways = Prepared(_calendars_and_stops)
_tree = Prepared(lambda: select(OrgUnit.id, OrgUnit.parent_id).where(among(OrgUnit.enterprise_id, "firms")))


def shifts_of(enterprise_id: int, unit_id: int | None) -> Shifts:
    """When one unit works, or the enterprise as a whole."""
    return shift_book((enterprise_id,)).of(enterprise_id, unit_id)


@dataclass(frozen=True, slots=True)
class ShiftRows:
    """What an enterprise has registered: the calendar in force of each unit, and stops, the newest first."""

    calendars: list[WorkCalendar]
    stops: list[WorkStop]


def shift_rows(enterprise_id: int, limit: int = 100) -> ShiftRows:
    """What stands on the page of an enterprise's shifts."""
    made = select(WorkCalendar).where(WorkCalendar.enterprise_id == enterprise_id).order_by(WorkCalendar.id)
    newest = {row.unit_id: row for row in db.session.scalars(made)}
    stops = select(WorkStop).where(WorkStop.enterprise_id == enterprise_id)
    return ShiftRows(
        sorted(newest.values(), key=lambda row: row.unit_id or 0),
        list(db.session.scalars(stops.order_by(WorkStop.id.desc()).limit(limit))),
    )


def get_stop(enterprise_id: int, stop_id: int) -> WorkStop:
    """One stop of an enterprise; `NotFound` where there is none."""
    found = db.session.scalar(select(WorkStop).where(WorkStop.id == stop_id, WorkStop.enterprise_id == enterprise_id))
    if found is None:
        raise NotFound("找不到这次停产。请回到班次与停产页核对。")
    return found
