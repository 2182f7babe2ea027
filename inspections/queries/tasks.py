"""Tasks: what plans ask for, worked out from plan, period and shifts, with what was done or missed. Nothing is stored.

A period is due under the plan in force on its last day. What was done or missed belongs to the duty and its period, and
is shown even where the plan has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from core.days import shanghai_day
from core.db import db
from core.refusals import Conflict, NotAllowed, NotFound
from core.scope import current_viewer, everything, is_unscoped
from core.shifts import LONGEST_REST
from inspections.models import InspectionPlan
from inspections.queries.desk import OPEN, Desk, Task
from inspections.queries.plans import COLUMNS, PlanRow, plans_between
from inspections.queries.staff import Answers
from workflows.cadence import STAND_INS, Period, TaskState, period_from_key

__all__ = [
    "ALL",
    "OPEN",
    "AtHand",
    "Task",
    "late_points",
    "may_carry_out",
    "pressing_tasks",
    "task",
    "tasks_at_hand",
    "tasks_for",
    "tasks_of",
    "todays_states",
    "todays_tasks",
]

ALL: Final = frozenset[int | None]({-1})  # of every unit and of the enterprise as a whole
LOOKED_BACK: Final = timedelta(days=100)  # a quarter and its grace: plans that ended before ask for nothing more
LONGEST_KEY: Final = 20
NO_TASK: Final = "找不到这次排查，或者不由您办理。请回到「排查」，从列表里打开。"


# --- many ------------------------------------------------------------------------------------------------------


def tasks_of(
    enterprise_id: int,
    *,
    unit_id: int | Collection[int | None] | None = ALL,
    first: date,
    last: date,
    now: datetime,
) -> list[Task]:
    """Every task whose period ends from `first` to `last`, in the order of plans and days; eight queries at most.

    Of one unit, of several (None among them: the enterprise as a whole), or of ALL that the viewer sees.
    """
    units = None if unit_id is ALL else frozenset([unit_id] if unit_id is None or isinstance(unit_id, int) else unit_id)
    plans = plans_between(enterprise_id, first - LOOKED_BACK, last, units)
    desk = Desk(enterprise_id, plans, now, since=min(first, shanghai_day(now)) - LOOKED_BACK)
    return desk.tasks(lambda plan: desk.timing.between(plan, first, last))


def states_of(
    enterprise_id: int, units: Collection[int | None], first: date, last: date, *, now: datetime
) -> Iterator[tuple[int | None, date, TaskState]]:
    """Unit, last day and state of every task of these units whose period ends from `first` to `last`."""
    plans = plans_between(enterprise_id, first - LOOKED_BACK, last, frozenset(units))
    desk = Desk(enterprise_id, plans, now, since=first - LOOKED_BACK)
    for plan, slot, state in desk.states(lambda plan: desk.timing.between(plan, first, last)):
        yield plan.unit_id, slot.period.last, state


def todays_states(enterprise_id: int, *, now: datetime) -> Counter[TaskState]:
    """How what the viewer's units have to inspect now stands, done ones too; three queries, none of people."""
    today = shanghai_day(now)
    plans = plans_between(enterprise_id, today - timedelta(days=LONGEST_REST), today)
    if not plans:
        return Counter()
    desk = Desk(enterprise_id, plans, now, since=today)
    return Counter(state for _, _, state in desk.states(desk.timing.running))


def todays_tasks(enterprise_id: int, *, now: datetime) -> AtHand:
    """What `todays_states` counts, one by one, the first to end first; all of them stand in `mine`."""
    today = shanghai_day(now)
    plans = plans_between(enterprise_id, today - timedelta(days=LONGEST_REST), today)
    if not plans:
        return AtHand()
    desk = Desk(enterprise_id, plans, now, since=today - LOOKED_BACK)
    with everything("whose inspection it is"):  # a substitute may belong to another team
        tasks = desk.tasks(desk.timing.running)
        return AtHand(sorted(tasks, key=_ending), [], desk.staff.unit_names, desk.staff.names)


def _ending(one: Task) -> tuple[datetime, int]:
    return one.window.ends, one.plan.id


def late_points(enterprise_id: int, *, now: datetime) -> Counter[int]:
    """Risk points whose inspection is late just now and can still be made up for, with how many."""
    today = shanghai_day(now)
    plans = plans_between(enterprise_id, today - timedelta(days=LONGEST_REST), today)
    plans = [plan for plan in plans if plan.risk_point_id is not None]
    if not plans:
        return Counter()
    desk = Desk(enterprise_id, plans, now, since=today)
    states = desk.states(desk.timing.running)
    return Counter(plan.risk_point_id for plan, _, state in states if state is TaskState.LATE and plan.risk_point_id)


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a person has to carry out now, and what of others' is due today or late and may be done in their place."""

    mine: list[Task] = field(default_factory=list)
    others: list[Task] = field(default_factory=list)
    unit_names: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)  # of the active people of the enterprise


def tasks_for(actor: Actor, *, now: datetime) -> list[Task]:
    """What this person has to carry out now: open, due or late, begun or not; the most urgent first."""
    return _open_tasks(_desk_of(actor, now), lambda answers: actor.person_id in answers.people)


def tasks_at_hand(actor: Actor, *, now: datetime) -> AtHand:
    """`tasks_for` and, for whoever may stand in, what presses of others; with the names for both."""
    desk = _desk_of(actor, now)
    if desk is None:
        return AtHand()
    stands_in = actor.holds(*STAND_INS)
    every = _open_tasks(desk, lambda answers: stands_in or actor.person_id in answers.people)
    mine = [task for task in every if actor.person_id in task.responsible]
    pressing = (TaskState.DUE, TaskState.LATE)
    others = [task for task in every if actor.person_id not in task.responsible and task.state in pressing]
    return AtHand(mine, others, desk.staff.unit_names, desk.staff.names)


def pressing_tasks(enterprise_id: int, *, now: datetime) -> list[Task]:
    """What an enterprise has not carried out yet and must today or is late with, whoever looks; for its reminders."""
    today = shanghai_day(now)
    with everything("whose inspection it is"):
        plans = plans_between(enterprise_id, today - timedelta(days=LONGEST_REST), today)
        if not plans:
            return []
        desk = Desk(enterprise_id, plans, now, since=today - LOOKED_BACK)
        return [one for one in desk.tasks(desk.timing.running) if one.state in (TaskState.DUE, TaskState.LATE)]


def _desk_of(actor: Actor, now: datetime) -> Desk | None:
    """The plans of the person's enterprise; past the scope of units, since a substitute may belong to another team."""
    if actor.enterprise_id is None:
        return None
    today = shanghai_day(now)
    with everything("whose inspection it is"):
        plans = plans_between(actor.enterprise_id, today - timedelta(days=LONGEST_REST), today)
        return Desk(actor.enterprise_id, plans, now, since=today - LOOKED_BACK) if plans else None


def _open_tasks(desk: Desk | None, wanted: Callable[[Answers], bool]) -> list[Task]:
    if desk is None:
        return []
    with everything("whose inspection it is"):
        tasks = desk.tasks(desk.timing.running, wanted=wanted)
    return sorted((task for task in tasks if task.state in OPEN), key=_ending)


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
        desk = Desk(plan.enterprise_id, [plan], now, since=min(period.first, shanghai_day(now)) - LOOKED_BACK)
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
