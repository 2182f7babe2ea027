"""Who sits where around hazards: the people of their enterprises, towns and offices in the roles that matter.

Read for many hazards at once, so that an import or a job asks no more queries than a page that shows one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import lazyload

from accounts.models import Deputation, Enterprise, Grant, Person, Regulator
from accounts.roles import Role
from accounts.rules import OfficeLevel
from core.db import db
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


class SeatRow(NamedTuple):
    """Somebody active, who can log in, in one role of one organisation."""

    person: int
    name: str
    role: Role
    enterprise_id: int | None
    regulator_id: int | None
    level: OfficeLevel | None


@dataclass(frozen=True, slots=True)
class People:
    """Everybody seated around some hazards; `towns` holds the offices of each enterprise's street or town."""

    of_enterprises: dict[int, list[SeatRow]]
    of_offices: dict[int, list[SeatRow]]
    towns: dict[int, list[Regulator]]

    def around(self, hazard: Hazard, offices: Collection[Regulator]) -> list[SeatRow]:
        """The rows of one hazard: its enterprise, these offices, its town; by person."""
        ids = dict.fromkeys(office.id for office in (*offices, *self.towns.get(hazard.enterprise_id, ())))
        rows = list(self.of_enterprises.get(hazard.enterprise_id, ()))
        for office_id in ids:
            rows += self.of_offices.get(office_id, ())
        return sorted(rows, key=lambda row: row.person)


def people_around(hazards: Sequence[Hazard], office_ids: Collection[int]) -> People:
    """The people of these hazards' enterprises and their towns, and of these offices (two queries)."""
    enterprises = {hazard.enterprise_id for hazard in hazards}
    people = People({}, {}, {})
    with everything("who may sign a step"):
        for enterprise_id, office in db.session.execute(_towns(enterprises)):
            people.towns.setdefault(enterprise_id, []).append(office)
        towns = {office.id for offices in people.towns.values() for office in offices}
        for found in db.session.execute(_seated(enterprises, {*office_ids, *towns})):
            row = SeatRow(*found)
            if row.enterprise_id is not None:
                people.of_enterprises.setdefault(row.enterprise_id, []).append(row)
            elif row.regulator_id is not None:
                people.of_offices.setdefault(row.regulator_id, []).append(row)
    return people


def _towns(enterprises: Collection[int]) -> Select[int, Regulator]:
    of_town = (Regulator.region_code == Enterprise.town_code) & (Regulator.level == OfficeLevel.TOWN)
    return (
        select(Enterprise.id, Regulator)
        .join(Regulator, of_town)
        .where(Enterprise.id.in_(enterprises))
        .order_by(Regulator.id)
        .options(lazyload(Regulator.competences))
    )


def _seated(
    enterprises: Collection[int], offices: Collection[int]
) -> Select[int, str, Role, int | None, int, OfficeLevel]:
    return (
        select(Person.id, Person.name, Grant.role, Person.enterprise_id, Regulator.id, Regulator.level)
        .join(Grant, Grant.person_id == Person.id)
        .join(Regulator, Regulator.id == Person.regulator_id, isouter=True)
        .where(Grant.ended_at.is_(None), Person.active, Grant.role.in_(SEATED), Person.login.is_not(None))
        .where(or_(Person.enterprise_id.in_(enterprises), Person.regulator_id.in_(offices)))
        .order_by(Person.id)
    )


def seats_of(
    hazard: Hazard, rows: Sequence[SeatRow], offices: Sequence[Regulator], receiving: Sequence[Regulator]
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


class Among(NamedTuple):
    """Of some people: who belongs to which enterprise, whatever the role, and who has left."""

    members: dict[int, frozenset[int]]
    gone: frozenset[int]


def members_among(hazards: Sequence[Hazard], actor_id: int | None) -> Among:
    """Of the actor and the responsible persons, who belongs to which enterprise, and who has left."""
    asked = {hazard.responsible_person_id for hazard in hazards} | {actor_id}
    persons = sorted(person for person in asked if person is not None)
    found: dict[int, set[int]] = {}
    gone: set[int] = set()
    if persons:
        enterprises = {hazard.enterprise_id for hazard in hazards}
        own = select(Person.id, Person.enterprise_id, Person.active).where(
            Person.id.in_(persons), Person.enterprise_id.in_(enterprises)
        )
        with everything("who may sign a step"):
            for person, enterprise_id, is_active in db.session.execute(own):
                found.setdefault(enterprise_id or 0, set()).add(person)
                gone |= set() if is_active else {person}
    return Among({enterprise_id: frozenset(members) for enterprise_id, members in found.items()}, frozenset(gone))


class Deputed(NamedTuple):
    """One person acted for another until a moment."""

    deputy: int
    person: int
    until: datetime


def deputations_of(people: People, *, now: datetime) -> list[Deputed]:
    """For whom these people act, or ever acted."""
    persons = {row.person for rows in (*people.of_enterprises.values(), *people.of_offices.values()) for row in rows}
    if not persons:
        return []
    wanted = select(Deputation.deputy_id, Deputation.person_id, Deputation.ends_at).where(
        Deputation.starts_at <= now, Deputation.deputy_id.in_(sorted(persons))
    )
    return [Deputed(*row) for row in db.session.execute(wanted)]
