"""How tasks are put together: plans and periods, with what was begun, done or missed, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, literal_column, null, select, union_all

from accounts.queries.shifts import shift_book
from core.db import among, ids_text
from core.prepared import Prepared
from core.scope import everything
from inspections.models import Inspection, MissedDuty
from inspections.queries.plans import PlanRow
from inspections.queries.staff import Answers, Staff
from inspections.queries.timing import Slot, Timing
from inspections.rules import UNFINISHED, InspectionState
from workflows.cadence import Period, TaskState, Window

OPEN: Final = frozenset({TaskState.OPEN, TaskState.DUE, TaskState.LATE})


class Task(NamedTuple):
    """One inspection that a plan asks for: of which period, from when to when, how it stands, whose it is.

    `inspection_id` is the one that was begun or finished, if any. Any one of `responsible` carries it out, in the place
    of `instead_of` where that person is away.
    """

    plan: PlanRow
    period: Period
    period_key: str
    window: Window
    state: TaskState
    inspection_id: int | None
    inspection_state: InspectionState | None
    responsible: tuple[int, ...]
    instead_of: int | None

    @property
    def is_running(self) -> bool:
        """Whether somebody has begun it and not yet finished."""
        return self.inspection_state in UNFINISHED


class Desk:
    """The plans of one enterprise with all that says how their tasks stand."""

    def __init__(self, enterprise_id: int, plans: list[PlanRow], now: datetime, *, since: date) -> None:
        self.plans = plans
        self.now = now
        self.timing = Timing(shift_book((enterprise_id,)), enterprise_id, now)
        self._whose = (enterprise_id, since)

    @cached_property
    def staff(self) -> Staff:
        """Who is there; read where it is asked whose a task is."""
        return Staff.of(*self._whose)

    def tasks(
        self, slots_of: Callable[[PlanRow], tuple[Slot, ...]], *, wanted: Callable[[Answers], bool] | None = None
    ) -> list[Task]:
        """The tasks of these slots; only those whose answer is wanted, where that is asked."""
        rows = [(plan, slots_of(plan)) for plan in self.plans]
        if wanted is not None:
            rows = [(plan, slots) for plan, slots in rows if wanted(self.staff.answers(plan, self.timing.today(plan)))]
        found = _Found.of(rows)
        return [self._task(plan, slot, found) for plan, slot in _asked_for(rows, found)]

    def states(self, slots_of: Callable[[PlanRow], tuple[Slot, ...]]) -> Iterator[tuple[PlanRow, Slot, TaskState]]:
        """How the tasks of these slots stand, without whose they are: for a month of many units at a glance."""
        rows = [(plan, slots_of(plan)) for plan in self.plans]
        found = _Found.of(rows)
        for plan, slot in _asked_for(rows, found):
            yield plan, slot, found.state_of(plan, slot)

    def _task(self, plan: PlanRow, slot: Slot, found: _Found) -> Task:
        period, key, frame, _ = slot
        done = found.inspections.get((plan.duty_id, key))
        state = found.state_of(plan, slot)
        answers = self.staff.answers(plan, self._day(plan, period, state))
        return Task(
            plan,
            period,
            key,
            frame,
            state,
            done.id if done else None,
            done.state if done else None,
            answers.people,
            answers.instead_of,
        )

    def _day(self, plan: PlanRow, period: Period, state: TaskState) -> date:
        """Whose it is says today while it can be carried out, else the nearest day of its period."""
        today = self.timing.today(plan)
        return today if state in OPEN else min(max(today, period.first), period.last)


Rows = list[tuple[PlanRow, tuple[Slot, ...]]]


def _asked_for(rows: Rows, found: _Found) -> Iterator[tuple[PlanRow, Slot]]:
    """What the plans ask for, and what was done or missed under a plan that asks for it no more."""
    due = {(plan.duty_id, slot.key) for plan, slots in rows for slot in slots if _is_due(plan, slot)}
    for plan, slots in rows:
        for slot in slots:
            key = (plan.duty_id, slot.key)
            if _is_due(plan, slot) or (key not in due and found.plan_of(*key) == plan.id):
                yield plan, slot


def _is_due(plan: PlanRow, slot: Slot) -> bool:
    """Whether the plan asks for it; what was done or missed of others is shown all the same."""
    return slot.state is not TaskState.OFF and plan.covers(slot.period.last)


class _Found:
    """What was begun, done and missed of some duties in some periods.

    Past the scope: the duties are of plans that were read in it, and its filter would lead past the index of duties.
    """

    def __init__(self, duties: Iterable[int], keys: Iterable[str]) -> None:
        self.inspections: dict[tuple[int, str], Any] = {}
        self.missed: dict[tuple[int, str], int] = {}
        given: dict[str, Any] = {"duties": ids_text(sorted(duties)), "keys": sorted(keys)}
        if given["keys"]:
            with everything("what became of planned inspections"):
                for row in _became.all(**given):
                    key = (row.duty_id, row.period_key)
                    if row.id is not None:
                        self.inspections[key] = row
                    else:
                        self.missed[key] = row.plan_id

    @classmethod
    def of(cls, rows: Rows) -> _Found:
        """What became of the duties of these plans in these periods."""
        shared = {id(slots): slots for _, slots in rows}  # plans of one kind have the same slots
        keys = {slot.key for slots in shared.values() for slot in slots}
        return cls({plan.duty_id for plan, slots in rows if slots}, keys)

    def state_of(self, plan: PlanRow, slot: Slot) -> TaskState:
        """How a task stands: as its period says, unless it was done or missed."""
        done = self.inspections.get((plan.duty_id, slot.key))
        if done is not None and done.finished_at is not None:
            in_time = done.finished_at <= slot.window.ends if done.in_time is None else done.in_time
            return TaskState.DONE if in_time else TaskState.DONE_LATE
        was_missed = slot.state is TaskState.OFF or (plan.duty_id, slot.key) in self.missed
        return TaskState.MISSED if was_missed else slot.state

    def plan_of(self, duty: int, key: str) -> int | None:
        """Under which plan it was begun, done or missed."""
        begun = self.inspections.get((duty, key))
        return begun.plan_id if begun is not None else self.missed.get((duty, key))


def _begun_and_missed() -> Any:
    """Both in one answer; what was missed has no id."""
    begun = (
        Inspection.duty_id,
        Inspection.period_key,
        Inspection.plan_id,
        Inspection.id,
        Inspection.state,
        Inspection.finished_at,
        Inspection.in_time,
    )
    missed = (MissedDuty.duty_id, MissedDuty.period_key, MissedDuty.plan_id, null(), null(), null(), null())
    return union_all(
        select(*begun).where(
            Inspection.duty_id.is_not(None),
            Inspection.state != literal_column("'given_up'"),  # in words, so that the partial index is used
            *_asked_of(Inspection),
        ),
        select(*missed).where(*_asked_of(MissedDuty)),
    )


def _asked_of(model: Any) -> tuple[Any, ...]:
    return among(model.duty_id, "duties"), model.period_key.in_(bindparam("keys", expanding=True))


_became = Prepared(_begun_and_missed)
