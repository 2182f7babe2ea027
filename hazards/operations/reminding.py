"""Reminders of what is due and overdue: one message for each person and day, made once, true when it leaves the house.

Of the deadline of a hazard the responsible person and the owner of its list are reminded, of any other act (受理, 复查,
签批 …) whoever holds it now. Read in chunks of organisations, a handful of statements each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select

from accounts.models import Grant, Person
from accounts.roles import Role
from core.days import SHANGHAI, shanghai_day
from core.db import among, db, ids_text, unit_of_work
from core.jobs import claim_run
from core.models import JobRun
from core.outbox import About, Note, Told, tell_each
from core.scope import everything
from hazards.models import Hazard, HazardStanding, Waiting
from workflows.deadlines import RUNNING
from workflows.reminding import FROM_HOUR, dates_reminded, how_far
from workflows.vocabulary import OPEN_STATES

CHUNK: Final = 500  # organisations
SHOWN: Final = 5  # hazards named in a message
JOB: Final = "reminders"
SUBJECT: Final = "reminder"


@dataclass(frozen=True, slots=True)
class Line:
    """Something due: of which hazard, what, when."""

    number: str
    place: str
    act: str
    due: date

    def said(self, today: date) -> str:
        """YH-2026-0001（熔炼车间）整改，逾期 8 天."""
        place = f"（{self.place[:20]}）" if self.place else ""
        return f"{self.number}{place}{self.act}，{how_far(self.due, today)}"


@dataclass(slots=True)
class Reminder:
    """What one person is reminded of: the most urgent lines, and how many there are of each date."""

    first: list[Line] = field(default_factory=list)
    of_date: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    hazards: set[int] = field(default_factory=set)

    def add(self, hazard_id: int, line: Line) -> None:
        """One more, unless it is there already."""
        if hazard_id in self.hazards:
            return
        self.hazards.add(hazard_id)
        self.of_date[line.due] += 1
        self.first = sorted([*self.first, line], key=lambda one: (one.due, one.number))[:SHOWN]

    def note(self, person_id: int, key: str, mark: str, today: date) -> Note:
        """The message."""
        is_late = min(self.of_date) < today
        url = f"/hazards/{self.first[0].number}" if len(self.hazards) == 1 else "/"
        about = About(SUBJECT, person_id, mark)
        return Note(person_id, "overdue" if is_late else "due", self.text(today), key, url, about)

    def text(self, today: date) -> str:
        """What it says on this day."""
        named = "；".join(line.said(today) for line in self.first)
        total = len(self.hazards)
        if total == 1:
            return f"{named}。"
        late = sum(number for due, number in self.of_date.items() if due < today)
        parts = [f"逾期 {late} 条"] * bool(late) + [f"快到期 {total - late} 条"] * bool(total - late)
        return f"{'，'.join(parts)}：{named}{f'；等 {total} 条' if total > len(self.first) else ''}。"


def remind(now: datetime) -> None:
    """Make the reminders of today, once a day from eight in the morning on; twice or late does no harm."""
    today = shanghai_day(now)
    if now.astimezone(SHANGHAI).hour < FROM_HOUR or _is_done(today):
        return
    after = _last_done(today) or today - timedelta(days=1)
    dates, mark = dates_reminded(after, today), f"{after}/{today}"
    for column in (Person.enterprise_id, Person.regulator_id):
        for low, high in _ranges(column):
            with everything("reminders of what is due"):
                made = _reminders(_Part(column, low, high, dates))
            notes = [one.note(person, f"due:{today}", mark, today) for person, one in sorted(made.items())]
            with unit_of_work():  # nobody waits while it is read
                tell_each(notes, now=now)
    with unit_of_work():
        if (run := claim_run(JOB, today.isoformat(), now)) is not None:
            run.finished_at = now


def _is_done(today: date) -> bool:
    return db.session.scalar(select(JobRun.id).where(JobRun.job == JOB, JobRun.key == today.isoformat())) is not None


def _last_done(today: date) -> date | None:
    """The last day before this one whose reminders were made; a day that a wrong clock dreamt of is behind."""
    newest = select(func.max(JobRun.key)).where(JobRun.job == JOB, JobRun.key < today.isoformat())
    found = db.session.scalar(newest)
    return date.fromisoformat(found) if found else None


def _ranges(column: Any) -> Iterator[tuple[int, int]]:
    """Ranges of ids of organisations that have people, the same whoever asks."""
    low = -1
    while True:
        with everything("reminders of what is due"):
            following = db.session.scalar(select(func.min(column)).where(column > low))
        if following is None:
            return
        low = following // CHUNK * CHUNK - 1
        yield low, low + CHUNK
        low += CHUNK


# --- who is reminded of what -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of everything: people of these organisations (`low` < id ≤ `high`), of these dates, or some alone."""

    column: Any
    low: int
    high: int
    dates: Sequence[date]
    only: Collection[int] | None = None

    def has(self, column: Any) -> Any:
        return (column > self.low) & (column <= self.high)


def _reminders(part: _Part) -> dict[int, Reminder]:
    """What each active person of these organisations is reminded of, by person."""
    found: dict[int, Reminder] = defaultdict(Reminder)
    if part.column is Person.enterprise_id:
        _add_deadlines(found, part)
    _add_acts(found, part)
    wanted = set(found) if part.only is None else set(found) & set(part.only)
    active = _active(wanted)
    return {person: one for person, one in found.items() if person in active}


def _add_deadlines(found: dict[int, Reminder], part: _Part) -> None:
    rows = (
        select(
            Hazard.id,
            Hazard.number,
            Hazard.place,
            Hazard.deadline,
            Hazard.responsible_person_id,
            HazardStanding.list_owner_id,
        )
        .join(Hazard.standing)
        .where(part.has(Hazard.enterprise_id), Hazard.state.in_(sorted(RUNNING)), Hazard.deadline.in_(part.dates))
        .where(Hazard.hidden.is_(False))
        .order_by(Hazard.deadline, Hazard.id)
    )
    if part.only is not None:
        rows = rows.where(or_(Hazard.responsible_person_id.in_(part.only), HazardStanding.list_owner_id.in_(part.only)))
    for row in db.session.execute(rows.execution_options(yield_per=1000)):
        for person in {row.responsible_person_id, row.list_owner_id} - {None}:
            found[person].add(row.id, Line(row.number, row.place, "整改", row.deadline))


_ACTS = (
    Waiting.hazard_id,
    Waiting.person_id,
    Waiting.role,
    Waiting.enterprise_id,
    Waiting.regulator_id,
    Waiting.barred,
    Waiting.due_on,
    Waiting.action,
    Hazard.number,
    Hazard.place,
)


def _waiting(part: _Part) -> Any:
    acts = select(*_ACTS).join(Hazard, Hazard.id == Waiting.hazard_id)
    acts = acts.where(Waiting.due_on.in_(part.dates), Hazard.hidden.is_(False))
    return acts.where(Hazard.state.in_(sorted(OPEN_STATES))).order_by(Waiting.due_on, Waiting.id)


def _add_acts(found: dict[int, Reminder], part: _Part) -> None:
    """Acts that wait for a person by name, and those that wait for whoever holds a role and is not barred."""
    named = _waiting(part).join(Person, Person.id == Waiting.person_id).where(part.has(part.column))
    if part.only is not None:
        named = named.where(Waiting.person_id.in_(part.only))
    for row in db.session.execute(named.execution_options(yield_per=1000)):
        found[row.person_id].add(row.hazard_id, _act(row))
    of_enterprises = part.column is Person.enterprise_id
    whose = Waiting.enterprise_id if of_enterprises else Waiting.regulator_id
    holders = _holders(part)
    by_role = _waiting(part).where(part.has(whose), Waiting.role.is_not(None))
    if part.only is not None:
        by_role = by_role.where(Waiting.role.in_(sorted({role for _organisation, role in holders})))
    for row in db.session.execute(by_role.execution_options(yield_per=1000)):
        organisation = row.enterprise_id if of_enterprises else row.regulator_id
        for person in holders.get((organisation, row.role), ()):
            if person not in row.barred:
                found[person].add(row.hazard_id, _act(row))


def _act(row: Any) -> Line:
    return Line(row.number, row.place, row.action.label, row.due_on)


def _holders(part: _Part) -> dict[tuple[int, Role], list[int]]:
    """Who holds which role, by organisation and role."""
    rows = select(part.column, Grant.role, Person.id).join(Grant, Grant.person_id == Person.id)
    rows = rows.where(part.has(part.column), Person.active, Grant.ended_at.is_(None))
    if part.only is not None:
        rows = rows.where(Person.id.in_(part.only))
    holders: dict[tuple[int, Role], list[int]] = defaultdict(list)
    for organisation, role, person in db.session.execute(rows):
        holders[organisation, role].append(person)
    return holders


def _active(persons: Collection[int]) -> set[int]:
    wanted = select(Person.id).where(among(Person.id, "persons"), Person.active)
    return set(db.session.scalars(wanted, {"persons": ids_text(persons)}))


# --- whether it is still so ------------------------------------------------------------------------------------


def still_due(told: Sequence[Told], now: datetime) -> Mapping[int, str]:
    """What each reminder says now, of what is still due of it; those of which nothing is are left out."""
    today, said = shanghai_day(now), dict[int, str]()
    with everything("reminders of what is due"):
        where = select(Person.id, Person.enterprise_id, Person.regulator_id)
        rows = db.session.execute(where.where(Person.id.in_({one.person_id for one in told}), Person.active))
        places = {row.id: row for row in rows}
        for one in told:
            row = places.get(one.person_id)
            if row is None:
                continue
            column = Person.enterprise_id if row.enterprise_id is not None else Person.regulator_id
            organisation = row.enterprise_id or row.regulator_id or 0
            first, _, last = one.about.mark.partition("/")
            dates = dates_reminded(date.fromisoformat(first), date.fromisoformat(last))
            part = _Part(column, organisation - 1, organisation, dates, (one.person_id,))
            if (left := _reminders(part).get(one.person_id)) is not None:
                said[one.message_id] = left.text(today)
    return said
