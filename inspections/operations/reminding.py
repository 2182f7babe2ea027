"""Reminders of inspections: once a day, in the afternoon, one line for each person who has not done theirs.

Enterprises are taken in ranges of ids, each range once a day by a claim: a run that breaks off is taken up where it
was, and two runners share the ranges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, or_, select

from accounts.models import Person
from core.days import SHANGHAI, shanghai_day
from core.db import among, db, ids_text, unit_of_work
from core.jobs import claim_run
from core.models import JobRun
from core.outbox import About, Note, Told, tell_each
from core.scope import everything
from inspections.models import InspectionPlan
from inspections.queries.tasks import Task, pressing_tasks
from workflows.cadence import TaskState

JOB: Final = "inspection-reminders"
SUBJECT: Final = "inspections"
FROM_HOUR: Final = 14  # Shanghai: late enough to have been done, early enough to be done [usual]
RANGE: Final = 200  # ids of enterprises claimed and told together
NAMED: Final = 3


def remind(now: datetime) -> None:
    """Tell whoever has an inspection due today or late and not done; twice or late does no harm."""
    today = shanghai_day(now)
    if now.astimezone(SHANGHAI).hour < FROM_HOUR:
        return
    for low, enterprises in _ranges(today):
        key = f"{today}:{low}"
        if _is_done(key):
            continue
        notes = [note for enterprise_id in enterprises for note in _notes(enterprise_id, today, now)]
        with unit_of_work():
            if (run := claim_run(JOB, key, now)) is not None:
                tell_each(notes, now=now)
                run.finished_at = now


def _ranges(today: date) -> Iterator[tuple[int, list[int]]]:
    """Enterprises that have plans now, in ranges that are the same whoever asks."""
    running = or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= today)
    low = -1
    while True:
        with everything("inspections not done today"):
            following = db.session.scalar(
                select(func.min(InspectionPlan.enterprise_id)).where(InspectionPlan.enterprise_id > low, running)
            )
            if following is None:
                return
            low = following // RANGE * RANGE
            inside = (InspectionPlan.enterprise_id >= low) & (InspectionPlan.enterprise_id < low + RANGE)
            wanted = select(InspectionPlan.enterprise_id).where(inside, running).distinct()
            found = list(db.session.scalars(wanted.order_by(InspectionPlan.enterprise_id)))
        yield low, found
        low += RANGE - 1


def _is_done(key: str) -> bool:
    return db.session.scalar(select(JobRun.id).where(JobRun.job == JOB, JobRun.key == key)) is not None


def _notes(enterprise_id: int, today: date, now: datetime) -> list[Note]:
    theirs = _by_person(enterprise_id, now)
    active = _active(theirs)
    return [
        Note(
            person,
            "inspection",
            said(tasks),
            f"inspect:{today}",
            "/inspections/",
            About(SUBJECT, person, today.isoformat()),
        )
        for person, tasks in sorted(theirs.items())
        if person in active
    ]


def _by_person(enterprise_id: int, now: datetime) -> dict[int, list[Task]]:
    """What is due today or late at an enterprise, by those who have to carry it out."""
    theirs: dict[int, list[Task]] = defaultdict(list)
    for task in pressing_tasks(enterprise_id, now=now):
        for person in task.responsible:
            theirs[person].append(task)
    return theirs


def _active(persons: Mapping[int, object]) -> set[int]:
    with everything("inspections not done today"):
        wanted = select(Person.id).where(among(Person.id, "persons"), Person.active)
        return set(db.session.scalars(wanted, {"persons": ids_text(persons)}))


def said(tasks: Sequence[Task]) -> str:
    """今天还有 2 项排查未做：电炉日排查、车间周排查（逾期 1 项）."""
    late = sum(1 for task in tasks if task.state is TaskState.LATE)
    named = "、".join(dict.fromkeys(task.plan.name for task in tasks[:NAMED]))
    more = f"等，其中逾期 {late} 项" if len(tasks) > NAMED and late else "等" if len(tasks) > NAMED else ""
    if late and not more:
        more = f"（逾期 {late} 项）"
    return f"今天还有 {len(tasks)} 项排查未做：{named}{more}。"


def still_undone(told: Sequence[Told], now: datetime) -> Mapping[int, str]:
    """What each reminder says now; those whose inspections are done, and those of another day, are left out.

    Each enterprise is looked at once, however many of its people are told.
    """
    of_today = [one for one in told if one.about.mark == shanghai_day(now).isoformat()]
    wanted = select(Person.id, Person.enterprise_id).where(
        Person.id.in_({one.person_id for one in of_today}), Person.active, Person.enterprise_id.is_not(None)
    )
    with everything("inspections not done today"):
        firms = {row.id: row.enterprise_id for row in db.session.execute(wanted)}
    undone = {firm: _by_person(firm, now) for firm in sorted(set(firms.values()))}
    left: dict[int, str] = {}
    for one in of_today:
        if one.person_id in firms and (tasks := undone[firms[one.person_id]].get(one.person_id)):
            left[one.message_id] = said(tasks)
    return left
