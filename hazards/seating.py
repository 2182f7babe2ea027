"""Who sits where around hazards: the people of their enterprises, towns and offices in the roles that matter.

Read for many hazards at once, so that an import or a job asks no more queries than a page that shows one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, cast, literal, null, or_, select, union_all

from accounts.models import Deputation, Enterprise, Grant, Person, Regulator
from accounts.roles import Role
from accounts.rules import OfficeLevel
from core.db import Id, among, ids_text
from core.prepared import Prepared
from core.scope import everything
from hazards.models import Hazard
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, TOWN_BESIDE, Seat

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
    """One person acted for another until a moment."""

    deputy: int
    person: int
    until: datetime


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
    """The people of these hazards' enterprises and their towns, and of the lines of their offices (two queries).

    `receiving` are the offices that hazards are handed over to; `actor_id` is asked for too.
    """
    starts = {start for hazard in hazards if (start := start_of(hazard)) is not None} | set(receiving)
    firms = {hazard.enterprise_id for hazard in hazards}
    asked = frozenset(
        person for person in (actor_id, *(hazard.responsible_person_id for hazard in hazards)) if person is not None
    )
    people = People({}, {}, asked)
    with everything("who may sign a step"):
        for enterprise_id, *values in sorted(
            _offices.all(starts=ids_text(starts), firms=ids_text(firms)), key=lambda row: row.id
        ):
            office = people.offices.setdefault(values[0], Office(*values))
            if enterprise_id is not None:
                people.towns.setdefault(enterprise_id, []).append(office)
        rows = _people.all(
            firms=ids_text(firms), offices=ids_text(people.offices), asked=ids_text(sorted(asked)), now=now
        )
    for row in rows:
        _put(people, row, firms)
    return people


def _put(people: People, row: Any, firms: Collection[int]) -> None:
    if row.id in people.asked and row.enterprise_id in firms:
        people.members.setdefault(row.enterprise_id, set()).add(row.id)
        if not row.active:
            people.gone.add(row.id)
    if row.role is None or not row.active or not row.logs_in:
        return
    if row.deputed is not None:
        people.deputed.add(Deputed(row.id, row.deputed, row.ends_at))
    if row.enterprise_id in firms:
        there = people.of_enterprises.setdefault(row.enterprise_id, [])
        level = None
    elif row.regulator_id in people.offices:
        there = people.of_offices.setdefault(row.regulator_id, [])
        level = people.offices[row.regulator_id].level
    else:  # who acts, and sits elsewhere
        return
    seat = SeatRow(row.id, row.name, row.role, row.enterprise_id, row.regulator_id, level)
    if seat not in there[-len(SEATED) :]:  # once, however many the person acts for
        there.append(seat)


def _offices_around() -> Any:
    office, up, firm = Regulator.__table__, Regulator.__table__.alias("up"), Enterprise.__table__
    line: Any = select(office.c.id, office.c.parent_id, literal(1).label("length")).where(among(office.c.id, "starts"))
    line = line.cte("line", recursive=True)
    higher = select(up.c.id, up.c.parent_id, line.c.length + 1).join(line, up.c.id == line.c.parent_id)
    line = line.union(higher.where(line.c.length < LONGEST_LINE))
    columns = [office.c[name] for name in Office._fields]
    above = select(cast(null(), Id).label("of_enterprise"), *columns).where(office.c.id.in_(select(line.c.id)))
    of_town = (office.c.region_code == firm.c.town_code) & (office.c.level == OfficeLevel.TOWN)
    towns = select(firm.c.id.label("of_enterprise"), *columns).select_from(firm).join(office, of_town)
    return union_all(above, towns.where(among(firm.c.id, "firms")))


def _people_around() -> Any:
    person, grant, deputed = Person.__table__, Grant.__table__, Deputation.__table__
    held = and_(grant.c.person_id == person.c.id, grant.c.ended_at.is_(None), grant.c.role.in_(SEATED))
    acted = and_(deputed.c.deputy_id == person.c.id, deputed.c.starts_at <= bindparam("now"))
    is_seated = and_(grant.c.role.is_not(None), person.c.active, person.c.login.is_not(None))
    return (
        select(
            *(person.c[name] for name in ("id", "name", "enterprise_id", "regulator_id", "active")),
            person.c.login.is_not(None).label("logs_in"),
            grant.c.role,
            deputed.c.person_id.label("deputed"),
            deputed.c.ends_at,
        )
        .select_from(person)
        .outerjoin(grant, held)
        .outerjoin(deputed, acted)
        .where(
            or_(
                and_(among(person.c.enterprise_id, "firms"), is_seated),
                and_(among(person.c.regulator_id, "offices"), is_seated),
                among(person.c.id, "asked"),
            )
        )
        .order_by(person.c.id, grant.c.id)
    )


_offices, _people = Prepared(_offices_around), Prepared(_people_around)


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
