"""Who sits where around hazards: the people of their enterprises, towns and offices in the roles that matter.

Read for many hazards at once, so that an import or a job asks no more queries than a page that shows one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    String,
    and_,
    bindparam,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    type_coerce,
    union,
    union_all,
)

from accounts.models import Deputation, Enterprise, Grant, Person, Regulator
from accounts.roles import BY_CODE, Role
from accounts.rules import DeputyScope, OfficeLevel
from core.db import among, ids_text
from core.prepared import Prepared
from core.scope import everything
from hazards.models import Hazard
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, TOWN_BESIDE, Seat
from workflows.vocabulary import Grade

# roles that stand somewhere in a route, record paper or are told; workers and team leaders sign nothing
SEATED = (
    Role.SAFETY_MANAGER,
    Role.PLANT_MANAGER,
    Role.PRINCIPAL,
    Role.DEPARTMENT_HEAD,
    Role.TOWN_OFFICER,
    Role.TOWN_HEAD,
    Role.INSPECTOR,
    Role.REVIEWER,
    Role.APPROVER,
    Role.COMMITTEE_CLERK,
)

LONGEST_LINE: Final = 5  # offices, the one that answers counted


class Office(NamedTuple):
    """An office as a case needs it."""

    id: int
    parent_id: int | None
    name: str
    short_name: str
    level: OfficeLevel


class SeatRow(NamedTuple):
    """Somebody active, who can log in, in one role of one organisation."""

    person: int
    name: str
    role: Role
    enterprise_id: int | None
    regulator_id: int | None
    level: OfficeLevel | None


class Deputed(NamedTuple):
    """One person acted for another until a moment, for hazards of some grade or all."""

    deputy: int
    person: int
    until: datetime
    scope: DeputyScope


@dataclass(frozen=True, slots=True)
class People:
    """Everybody around some hazards, with the offices above them and those of each enterprise's street or town.

    Of the people `asked` for (who acts, who answers for the rectification), `members` says who belongs to which
    enterprise, whatever the role, and `gone` who has left. `deputed` says for whom the seated act, or ever acted.
    """

    offices: dict[int, Office]
    towns: dict[int, list[Office]]
    asked: frozenset[int]
    of_enterprises: dict[int, list[SeatRow]] = field(default_factory=dict)
    of_offices: dict[int, list[SeatRow]] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    deputed: set[Deputed] = field(default_factory=set)

    def line(self, start: int | None) -> tuple[Office, ...]:
        """An office and the next higher ones, at most five, nearest first."""
        found: list[Office] = []
        office = self.offices[start] if start is not None else None
        while office is not None and len(found) < LONGEST_LINE:
            found.append(office)
            office = self.offices.get(office.parent_id) if office.parent_id is not None else None
        return tuple(found)

    def office_of(self, person: int) -> str:
        """The office in which somebody around sits; empty for the people of an enterprise."""
        seats = (row for rows in self.of_offices.values() for row in rows if row.person == person)
        return next((self.offices[row.regulator_id].name for row in seats if row.regulator_id is not None), "")

    def deputised_by(self, person: int, grade: Grade, *, now: datetime) -> set[int]:
        """For whom somebody seated acts at this moment."""
        scopes = (DeputyScope.ALL, DeputyScope(grade.value))
        return {one.person for one in self.deputed if one.deputy == person and one.until > now and one.scope in scopes}

    def around(self, hazard: Hazard, offices: Collection[Office]) -> list[SeatRow]:
        """The rows of one hazard: its enterprise, these offices, its town; by person."""
        ids = dict.fromkeys(office.id for office in (*offices, *self.towns.get(hazard.enterprise_id, ())))
        rows = list(self.of_enterprises.get(hazard.enterprise_id, ()))
        for office_id in ids:
            rows += self.of_offices.get(office_id, ())
        return sorted(rows, key=lambda row: row.person)


def start_of(hazard: Hazard) -> int | None:
    """The office that answers for the hazard, where its line begins; a town's own order begins at the town."""
    return hazard.issuing_office_id if hazard.town_order else hazard.responsible_office_id


def people_around(
    hazards: Sequence[Hazard], receiving: Collection[int], *, now: datetime, actor_id: int | None = None
) -> People:
    """The people of these hazards' enterprises and their towns, and of the lines of their offices (one query).

    `receiving` are the offices that hazards are handed over to; `actor_id` is asked for too.
    """
    starts = {start for hazard in hazards if (start := start_of(hazard)) is not None} | set(receiving)
    firms = {hazard.enterprise_id for hazard in hazards}
    asked = frozenset(
        person for person in (actor_id, *(hazard.responsible_person_id for hazard in hazards)) if person is not None
    )
    people = People({}, {}, asked)
    with everything("who may sign a step"):
        rows = _around.all(starts=ids_text(starts), firms=ids_text(firms), asked=ids_text(sorted(asked)), now=now)
    rows.sort(key=lambda row: (row.is_person, row.id, row.grant_id or 0))  # offices first
    for row in rows:
        if row.is_person:
            _put(people, row, firms)
            continue
        office = Office(row.id, row.office_id, row.name, row.short_name, OfficeLevel(row.code))
        people.offices[row.id] = office
        if row.enterprise_id is not None:
            people.towns.setdefault(row.enterprise_id, []).append(office)
    return people


def _put(people: People, row: Any, firms: Collection[int]) -> None:
    if row.id in people.asked and row.enterprise_id in firms:
        people.members.setdefault(row.enterprise_id, set()).add(row.id)
        if not row.active:
            people.gone.add(row.id)
    if row.code is None or not (row.active and row.logs_in):
        return
    if row.deputed is not None:
        people.deputed.add(Deputed(row.id, row.deputed, row.ends_at, row.scope))
    level = None
    if row.enterprise_id in firms:
        there = people.of_enterprises.setdefault(row.enterprise_id, [])
    elif row.office_id in people.offices:
        there = people.of_offices.setdefault(row.office_id, [])
        level = people.offices[row.office_id].level
    else:  # who acts, and sits elsewhere
        return
    seat = SeatRow(row.id, row.name, BY_CODE[row.code], row.enterprise_id, row.office_id, level)
    if seat not in there[-len(SEATED) :]:  # once, however many the person acts for
        there.append(seat)


def _read_around() -> Any:
    """People with their roles, and offices, as rows of one shape: `code` is a person's role or an office's level."""
    line, town = _line(), _towns()
    offices = union(select(line.c.id), select(town.c.id))
    office = Regulator.__table__.c
    named = office.id, office.name, office.parent_id, type_coerce(office.level, String), office.short_name
    unasked: list[Any] = [true(), true(), null(), null(), null(), null(), literal_column("0")]
    above = select(*named, null(), *unasked).where(office.id.in_(select(line.c.id)))
    beside = select(*named, town.c.enterprise_id, *unasked).join(town, town.c.id == office.id)
    return union_all(_people(offices), above, beside)


def _line() -> Any:
    """The offices that begin a line, and those above each."""
    office, up = Regulator.__table__, Regulator.__table__.alias("up")
    first = select(office.c.id, office.c.parent_id, literal(1).label("length")).where(among(office.c.id, "starts"))
    line: Any = first.cte("line", recursive=True)
    higher = select(up.c.id, up.c.parent_id, line.c.length + 1).join(line, up.c.id == line.c.parent_id)
    return line.union(higher.where(line.c.length < LONGEST_LINE))


def _towns() -> Any:
    """The offices of the enterprises' streets and towns."""
    office, firm = Regulator.__table__, Enterprise.__table__
    there = (office.c.region_code == firm.c.town_code) & (office.c.level == OfficeLevel.TOWN)
    wanted = select(office.c.id, firm.c.id.label("enterprise_id")).join_from(firm, office, there)
    return wanted.where(among(firm.c.id, "firms")).cte("town")


def _people(offices: Any) -> Any:
    """Who sits in the enterprises and in these offices, one row for each role and each deputation; and who is asked."""
    person, grant, deputed = Person.__table__, Grant.__table__, Deputation.__table__
    held = and_(grant.c.person_id == person.c.id, grant.c.ended_at.is_(None), grant.c.role.in_(SEATED))
    acted = and_(deputed.c.deputy_id == person.c.id, deputed.c.starts_at <= bindparam("now"))
    is_seated = and_(grant.c.role.is_not(None), person.c.active, person.c.login.is_not(None))
    within = [among(person.c.enterprise_id, "firms"), person.c.regulator_id.in_(offices)]
    return (
        select(
            person.c.id,
            person.c.name,
            person.c.regulator_id.label("office_id"),
            type_coerce(grant.c.role, String).label("code"),
            literal_column("''").label("short_name"),
            person.c.enterprise_id,
            person.c.active,
            person.c.login.is_not(None).label("logs_in"),
            deputed.c.person_id.label("deputed"),
            deputed.c.ends_at,
            deputed.c.scope,
            grant.c.id.label("grant_id"),
            literal_column("1").label("is_person"),
        )
        .select_from(person)
        .outerjoin(grant, held)
        .outerjoin(deputed, acted)
        .where(or_(*(and_(there, is_seated) for there in within), among(person.c.id, "asked")))
    )


_around = Prepared(_read_around)


def seats_of(
    hazard: Hazard, rows: Sequence[SeatRow], offices: Sequence[Office], receiving: Sequence[Office]
) -> tuple[Seat, ...]:
    """The rows as the rules read them; `receiving` is the line of the office a transfer goes to."""
    rungs = {office.id: rung for rung, office in enumerate(offices, RESPONSIBLE_OFFICE)}
    there = {office.id: rung for rung, office in enumerate(receiving, RESPONSIBLE_OFFICE)}
    seats: list[Seat] = []
    for row in rows:
        office_id = row.regulator_id or 0
        if row.enterprise_id == hazard.enterprise_id:
            seats.append(Seat(row.person, row.role, ENTERPRISE))
        elif office_id in rungs:
            seats.append(Seat(row.person, row.role, rungs[office_id]))
        elif row.level is OfficeLevel.TOWN and office_id not in there:
            seats.append(Seat(row.person, row.role, TOWN_BESIDE))
        if office_id in there:
            seats.append(Seat(row.person, row.role, there[office_id], receiving=True))
    return tuple(seats)
