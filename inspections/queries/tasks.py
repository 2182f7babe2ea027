"""Tasks: what plans ask for, worked out from plan, period and shifts, with what was done or missed. Nothing is stored.

A period is due under the plan in force on its last day. What was done or missed belongs to the duty and its period, and
is shown even where the plan has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, literal_column, select

from accounts.access import Actor
from accounts.queries.shifts import shift_book
from core.days import shanghai_day
from core.db import among, db, ids_text
from core.prepared import Prepared
from core.refusals import Conflict, NotAllowed, NotFound
from core.scope import current_viewer, everything, is_unscoped
from core.shifts import LONGEST_REST
from inspections.models import Inspection, InspectionPlan, MissedDuty
from inspections.queries.plans import COLUMNS, PlanRow, plans_between
from inspections.queries.staff import Answers, Staff
from inspections.queries.timing import Slot, Timing
from inspections.rules import InspectionState
from workflows.cadence import STAND_INS, Period, TaskState, Window, period_from_key

ALL: Final = frozenset[int | None]({-1})  # of every unit and of the enterprise as a whole
OPEN: Final = frozenset({TaskState.OPEN, TaskState.DUE, TaskState.LATE})
LOOKED_BACK: Final = timedelta(days=100)  # a quarter and its grace: plans that ended before ask for nothing more
LONGEST_KEY: Final = 20
NO_TASK: Final = "找不到这次排查，或者不由您办理。请回到「排查」，从列表里打开。"


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
        return self.inspection_state in (InspectionState.RUNNING, InspectionState.PAUSED)


# --- many ------------------------------------------------------------------------------------------------------


def tasks_of(
    enterprise_id: int,
    *,
    unit_id: int | Collection[int | None] | None = ALL,
    first: date,
    last: date,
    now: datetime,
) -> list[Task]:
    """Every task whose period ends from `first` to `last`, in the order of plans and days; eleven queries at most.

    Of one unit, of several (None among them: the enterprise as a whole), or of ALL that the viewer sees.
    """
    units = None if unit_id is ALL else frozenset([unit_id] if unit_id is None or isinstance(unit_id, int) else unit_id)
    plans = plans_between(enterprise_id, first - LOOKED_BACK, last, units)
    desk = _Desk(enterprise_id, plans, now, since=min(first, shanghai_day(now)) - LOOKED_BACK)
    return desk.tasks(lambda plan: desk.timing.between(plan, first, last))


def tasks_for(actor: Actor, *, now: datetime) -> list[Task]:
    """What this person has to carry out now: open, due or late, begun or not; the most urgent first."""
    return _open_tasks(actor, lambda answers: actor.person_id in answers.people, now)


class Today(NamedTuple):
    """What somebody has to inspect now, in figures; `first` is the most urgent."""

    open: int
    due: int
    late: int
    running: int
    first: Task


def today_for(actor: Actor, now: datetime) -> Today | None:
    """The same as `tasks_for` in figures, for a line of a page; None where nothing is to be inspected.

    No query for regulators, one where the enterprise has no plans.
    """
    tasks = tasks_for(actor, now=now)
    if not tasks:
        return None
    states = Counter(task.state for task in tasks)
    running = sum(task.is_running for task in tasks)
    return Today(states[TaskState.OPEN], states[TaskState.DUE], states[TaskState.LATE], running, tasks[0])


def stand_in_tasks(actor: Actor, *, now: datetime) -> list[Task]:
    """What others have not carried out yet and this person may in their place: due today or late."""
    if not actor.holds(*STAND_INS):
        return []
    others = _open_tasks(actor, lambda answers: actor.person_id not in answers.people, now)
    return [task for task in others if task.state in (TaskState.DUE, TaskState.LATE)]


def pressing_tasks(enterprise_id: int, *, now: datetime) -> list[Task]:
    """What an enterprise has not carried out yet and must today or is late with, whoever looks; for its reminders."""
    today = shanghai_day(now)
    with everything("whose inspection it is"):
        plans = plans_between(enterprise_id, today - timedelta(days=LONGEST_REST), today)
        if not plans:
            return []
        desk = _Desk(enterprise_id, plans, now, since=today - LOOKED_BACK)
        return [one for one in desk.tasks(desk.timing.running) if one.state in (TaskState.DUE, TaskState.LATE)]


def _open_tasks(actor: Actor, wanted: Callable[[Answers], bool], now: datetime) -> list[Task]:
    """Past the scope of units: a substitute may belong to another team."""
    if actor.enterprise_id is None:
        return []
    today = shanghai_day(now)
    with everything("whose inspection it is"):
        plans = plans_between(actor.enterprise_id, today - timedelta(days=LONGEST_REST), today)
        if not plans:
            return []
        desk = _Desk(actor.enterprise_id, plans, now, since=today - LOOKED_BACK)
        tasks = desk.tasks(desk.timing.running, wanted=wanted)
    return sorted((task for task in tasks if task.state in OPEN), key=lambda task: (task.window.ends, task.plan.id))


class _Desk:
    """The plans of one enterprise with all that says how their tasks stand."""

    def __init__(self, enterprise_id: int, plans: list[PlanRow], now: datetime, *, since: date) -> None:
        self.plans = plans
        self.now = now
        self.timing = Timing(shift_book((enterprise_id,)), enterprise_id, now)
        self.staff = Staff.of(enterprise_id, since)

    def tasks(
        self, slots_of: Callable[[PlanRow], tuple[Slot, ...]], *, wanted: Callable[[Answers], bool] | None = None
    ) -> list[Task]:
        """The tasks of these slots; only those whose answer is wanted, where that is asked."""
        rows = [(plan, slots_of(plan)) for plan in self.plans]
        if wanted is not None:
            rows = [(plan, slots) for plan, slots in rows if wanted(self.staff.answers(plan, self.timing.today(plan)))]
        duties = {plan.duty_id for plan, slots in rows if slots}
        shared = {id(slots): slots for _, slots in rows}  # plans of one kind have the same slots
        found = _Found(duties, {slot.key for slots in shared.values() for slot in slots})
        due = {(plan.duty_id, slot.key) for plan, slots in rows for slot in slots if _is_due(plan, slot)}
        return [
            self._task(plan, slot, found)
            for plan, slots in rows
            for slot in slots
            if _is_due(plan, slot)
            or (found.plan_of(plan.duty_id, slot.key) == plan.id and (plan.duty_id, slot.key) not in due)
        ]

    def _task(self, plan: PlanRow, slot: Slot, found: _Found) -> Task:
        period, key, frame, state = slot
        done = found.inspections.get((plan.duty_id, key))
        missed = found.missed.get((plan.duty_id, key))
        if done is not None and done.finished_at is not None:
            in_time = done.finished_at <= frame.ends if done.in_time is None else done.in_time
            state = TaskState.DONE if in_time else TaskState.DONE_LATE
        elif missed is not None or state is TaskState.OFF:
            state = TaskState.MISSED
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
        given = {"duties": ids_text(sorted(duties)), "keys": sorted(keys)}
        if given["keys"]:
            with everything("what became of planned inspections"):
                self.inspections = {(row.duty_id, row.period_key): row for row in _begun.all(**given)}
                self.missed = {(row.duty_id, row.period_key): row.plan_id for row in _missed.all(**given)}

    def plan_of(self, duty: int, key: str) -> int | None:
        """Under which plan it was begun, done or missed."""
        begun = self.inspections.get((duty, key))
        return begun.plan_id if begun is not None else self.missed.get((duty, key))


def _begun_inspections() -> Any:
    columns = (
        Inspection.id,
        Inspection.duty_id,
        Inspection.period_key,
        Inspection.plan_id,
        Inspection.state,
        Inspection.finished_at,
        Inspection.in_time,
    )
    return select(*columns).where(
        Inspection.duty_id.is_not(None),
        Inspection.state != literal_column("'given_up'"),  # in words, so that the partial index is used
        among(Inspection.duty_id, "duties"),
        Inspection.period_key.in_(bindparam("keys", expanding=True)),
    )


_begun = Prepared(_begun_inspections)
_missed = Prepared(
    lambda: (
        select(MissedDuty.duty_id, MissedDuty.period_key, MissedDuty.plan_id)
        .where(among(MissedDuty.duty_id, "duties"))
        .where(MissedDuty.period_key.in_(bindparam("keys", expanding=True)))
    )
)


# --- one -------------------------------------------------------------------------------------------------------


def task(plan_id: int, period_key: str, *, now: datetime) -> Task:
    """One task; `NotFound` where there is none, or where it is neither the viewer's nor seen by them."""
    with everything("whose inspection it is"):
        row = db.session.execute(
            select(*COLUMNS).where(InspectionPlan.id == plan_id, InspectionPlan.duty_id.is_not(None))
        ).first()
        plan = PlanRow(*row) if row is not None else None
        period = _period(plan, period_key) if plan is not None else None
        if plan is None or period is None:
            raise NotFound(NO_TASK)
        desk = _Desk(plan.enterprise_id, [plan], now, since=min(period.first, shanghai_day(now)) - LOOKED_BACK)
        slots = desk.timing.between(plan, period.last, period.last)
        found = desk.tasks(lambda _plan: tuple(slot for slot in slots if slot.key == period_key))
    if not found or not _may_see(found[0]):
        raise NotFound(NO_TASK)
    return found[0]


def _period(plan: PlanRow, key: str) -> Period | None:
    """The period of a key, if the plan has such periods and the key is written as `Period.key` writes it."""
    try:
        period = period_from_key(key[: LONGEST_KEY + 1], slots=plan.per_day)
        return period if period.frequency is plan.frequency and period.key == key else None
    except (ValueError, OverflowError):
        return None


def _may_see(found: Task) -> bool:
    viewer = current_viewer()
    if is_unscoped():
        return True
    if viewer is None or (viewer.enterprise_id is not None and viewer.enterprise_id != found.plan.enterprise_id):
        return False
    if viewer.person_id in (*found.responsible, found.plan.person_id):
        return True
    return db.session.scalar(select(InspectionPlan.id).where(InspectionPlan.id == found.plan.id)) is not None


def may_carry_out(wanted: Task, actor: Actor) -> int | None:
    """Let somebody carry out a task, and say in whose place (None: in nobody's).

    Raises `NotAllowed` for whoever has no part in it, `Conflict` where it is not the time, or done.
    """
    if actor.person_id in wanted.responsible:
        instead_of = wanted.instead_of
    elif actor.person_id == wanted.plan.person_id or actor.person_id == wanted.instead_of:
        instead_of = None  # back earlier than expected
    elif actor.enterprise_id == wanted.plan.enterprise_id and actor.holds(*STAND_INS):
        instead_of = wanted.instead_of or (wanted.responsible[0] if wanted.responsible else None)
    else:
        raise NotAllowed("这次排查不由您办理。请由排查计划里的人、代替的人或本企业安全管理人员排查。")
    if wanted.state in OPEN:
        return instead_of
    raise Conflict(_NOT_NOW.get(wanted.state, _NOT_NOW[TaskState.DONE]).format(period=wanted.period.label))


_NOT_NOW: Final = {
    TaskState.UPCOMING: "{period}的排查还没有开始。到时间后会出现在「排查」里。",
    TaskState.MISSED: "{period}的排查已过补查时间，记为未开展，不能再补。发现的隐患请另行上报。",
    TaskState.DONE: "{period}的排查已经完成，不必再做。",
}
