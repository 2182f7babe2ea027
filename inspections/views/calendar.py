"""A month of inspecting at a glance: /inspections/calendar, of one unit day by day, of an enterprise unit by unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise, get_unit, unit_lines
from accounts.queries.shifts import shift_book
from accounts.roles import Side
from core.days import shanghai_day
from core.scope import current_viewer
from core.web import now
from inspections.queries.facts import WHOLE_LABEL
from inspections.queries.tasks import Task, states_of, tasks_of
from inspections.views.blueprint import blueprint
from inspections.views.facts import asked_month, reader
from inspections.views.firm import number_asked
from workflows.cadence import TaskState

UNITS_A_PAGE: Final = 50
# the mark of a task in a narrow cell; its word stands in the legend and beside it where there is room
MARKS: Final[dict[TaskState, tuple[str, str]]] = {
    TaskState.DONE: ("✓", "good"),
    TaskState.DONE_LATE: ("补", "soon"),
    TaskState.MISSED: ("未", "late"),
    TaskState.LATE: ("逾", "late"),
    TaskState.DUE: ("待", "soon"),
    TaskState.OPEN: ("待", "open"),
    TaskState.UPCOMING: ("·", "none"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One task of a day."""

    mark: str
    tone: str
    words: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid."""

    day: date
    in_month: bool
    is_today: bool
    rest: str
    entries: tuple[Entry, ...]


@blueprint.get("/calendar")
def calendar() -> ResponseReturnValue:
    """The month of one unit; without a unit the month of all units, fifty a page."""
    actor, month = reader(), asked_month()
    if actor.side is not Side.ENTERPRISE and number_asked("enterprise") is None:
        flash("先选一家企业，再看它的排查日历。", "note")
        return redirect(url_for("inspections.facts_page", by="enterprise"))
    firm = _enterprise(actor)
    unit = number_asked("unit")
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    common: dict[str, Any] = {
        "firm": firm,
        "month": month,
        "before": _url(firm, unit, (month - timedelta(days=1)).replace(day=1)),
        "after": _url(firm, unit, last + timedelta(days=1)) if last < shanghai_day(now()) else None,
        "unit": unit,
        "marks": MARKS,
        "states": TaskState,
    }
    if unit is None:
        return _all_units(firm, month, last, common)
    name = WHOLE_LABEL if unit == 0 else get_unit(firm.id, unit).name
    tasks = tasks_of(firm.id, unit_id=unit or None, first=month, last=last, now=now())
    weeks = _weeks(firm, unit or None, month, last, tasks)
    return render_template("inspections/calendar.html", name=name, weeks=weeks, **common)


def _enterprise(actor: Actor) -> Enterprise:
    own = actor.enterprise_id if actor.side is Side.ENTERPRISE else number_asked("enterprise")
    assert own is not None, "asked before"
    return get_enterprise(own)


def _url(firm: Enterprise, unit: int | None, month: date, **more: Any) -> str:
    return url_for("inspections.calendar", enterprise=firm.id, unit=unit, month=f"{month:%Y-%m}", **more)


def _entry(task: Task) -> Entry:
    mark, tone = MARKS[task.state]
    return Entry(
        mark,
        tone,
        task.state.label,
        task.plan.name or f"{task.plan.tier.label}排查",
        url_for("inspections.inspection", inspection_id=task.inspection_id) if task.inspection_id else None,
    )


# --- one unit --------------------------------------------------------------------------------------------------


def _weeks(firm: Enterprise, unit: int | None, month: date, last: date, tasks: list[Task]) -> list[list[Cell]]:
    """Whole weeks from Monday; a task stands on the last day of its period."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for task in tasks:
        by_day[task.period.last].append(_entry(task))
    shifts, today = shift_book((firm.id,)).of(firm.id, unit), shanghai_day(now())
    first = month - timedelta(days=month.weekday())
    days = [first + timedelta(days=n) for n in range((last - first).days + 7 - last.weekday())]
    cells = []
    for day in days:
        stop = shifts.stop_on(day)
        rest = f"停产：{stop.reason}" if stop else "" if shifts.is_working(day) else "休"
        inside = month <= day <= last
        cells.append(Cell(day, inside, day == today, rest if inside else "", tuple(by_day.get(day, ()))))
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


# --- all units -------------------------------------------------------------------------------------------------


def _all_units(firm: Enterprise, month: date, last: date, common: dict[str, Any]) -> str:
    """One line for each unit, one column for each day: the day's worst mark of that unit."""
    seen = current_viewer()
    own = seen.unit_ids if seen is not None else None
    lines = [line for line in unit_lines(firm.id) if own is None or line.id in own]
    whole: list[tuple[int | None, str, int]] = [(None, WHOLE_LABEL, 0)] if own is None else []
    listed = [*whole, *lines]
    start = min(number_asked("from") or 0, max(0, len(listed) - 1))
    shown = listed[start : start + UNITS_A_PAGE]
    found: dict[tuple[int | None, date], TaskState] = {}
    for unit, day, state in states_of(firm.id, {unit for unit, _, _ in shown}, month, last, now=now()):
        found[unit, day] = _worse(found.get((unit, day)), state)
    days = [month + timedelta(days=n) for n in range((last - month).days + 1)]
    rows = [
        (
            name,
            depth,
            _url(firm, unit or 0, month),
            [MARKS.get(found[unit, day]) if (unit, day) in found else None for day in days],
        )
        for unit, name, depth in shown
    ]
    more = None
    if start + UNITS_A_PAGE < len(listed):
        more = _url(firm, None, month, **{"from": start + UNITS_A_PAGE})
    return render_template("inspections/calendar_units.html", rows=rows, days=days, more=more, **common)


_SEVERITY: Final = (
    TaskState.MISSED,
    TaskState.LATE,
    TaskState.DUE,
    TaskState.DONE_LATE,
    TaskState.OPEN,
    TaskState.DONE,
    TaskState.UPCOMING,
    TaskState.OFF,
)


def _worse(one: TaskState | None, other: TaskState) -> TaskState:
    return other if one is None else min(one, other, key=_SEVERITY.index)
