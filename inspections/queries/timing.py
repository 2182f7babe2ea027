"""When the inspections of plans are due: worked out once for each kind of plan and each way of working."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from accounts.queries.shifts import ShiftBook
from core.shifts import LONGEST_REST, Shifts
from inspections.queries.plans import PlanRow
from workflows.cadence import Frequency, Period, TaskState, Window, period_of, periods_between, task_state, window
from workflows.vocabulary import Tier

_Kind = tuple[int, Tier, Frequency, int]


class Slot(NamedTuple):
    """One period of a kind of plan; how it stands if nobody has inspected."""

    period: Period
    key: str
    window: Window
    state: TaskState


class Timing:
    """The windows of one enterprise's periods as they stand at one moment."""

    def __init__(self, book: ShiftBook, enterprise_id: int, now: datetime) -> None:
        self._book = book
        self._enterprise_id = enterprise_id
        self._now = now
        self._between: dict[tuple[_Kind, date, date], tuple[Slot, ...]] = {}
        self._running: dict[_Kind, tuple[Slot, ...]] = {}
        self._days: dict[int, date] = {}

    def shifts(self, plan: PlanRow) -> Shifts:
        """When the plan's unit works."""
        return self._book.of(self._enterprise_id, plan.unit_id)

    def today(self, plan: PlanRow) -> date:
        """Which of the unit's days it is."""
        shifts = self.shifts(plan)
        if id(shifts) not in self._days:
            self._days[id(shifts)] = shifts.day_of(self._now)
        return self._days[id(shifts)]

    def between(self, plan: PlanRow, first: date, last: date) -> tuple[Slot, ...]:
        """Every period of the plan's frequency that ends from first to last, off ones too."""
        shifts = self.shifts(plan)
        kind = (id(shifts), plan.tier, plan.frequency, plan.per_day)
        found = self._between.get((kind, first, last))
        if found is None:
            periods = periods_between(plan.frequency, first, last, slots=plan.per_day)
            found = tuple(self._slot(plan.tier, period, shifts) for period in periods)
            self._between[kind, first, last] = found
        return found

    def running(self, plan: PlanRow) -> tuple[Slot, ...]:
        """The periods whose window is open at this moment, the oldest first."""
        shifts = self.shifts(plan)
        kind = (id(shifts), plan.tier, plan.frequency, plan.per_day)
        found = self._running.get(kind)
        if found is None:
            found = self._running[kind] = tuple(sorted(self._open(plan, shifts), key=lambda slot: slot.window.opens))
        return found

    def _open(self, plan: PlanRow, shifts: Shifts) -> Iterator[Slot]:
        """From this period backwards: late ones remain open for the grace, which a stop or holidays make longer."""
        day = earliest = self.today(plan)
        earliest -= timedelta(days=LONGEST_REST)
        slots = plan.per_day if plan.frequency is Frequency.DAY else 1
        while day >= earliest:
            period = period_of(plan.frequency, day)
            parts = [
                self._slot(plan.tier, period_of(plan.frequency, day, slot=part, slots=slots), shifts)
                for part in range(slots)
            ]
            if parts[0].state is not TaskState.OFF and parts[0].window.closes <= self._now:
                return
            yield from (part for part in parts if part.state not in (TaskState.OFF, TaskState.UPCOMING))
            day = period.first - timedelta(days=1)

    def _slot(self, tier: Tier, period: Period, shifts: Shifts) -> Slot:
        frame = window(tier, period, shifts)
        state = task_state(tier, period, shifts, now=self._now)
        return Slot(period, period.key, frame or _whole(period, shifts), state)


def _whole(period: Period, shifts: Shifts) -> Window:
    """The window of a period in which the unit does not work: what was done or missed in it all the same is shown."""
    end = shifts.end_of(period.last)
    return Window(shifts.end_of(period.first - timedelta(days=1)), end, end, period.last)
