"""Who has to carry out an inspection: the person the plan names, a substitute, or whoever holds the tier's role.

Past the scope: whose inspection it is does not depend on who is looking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import String, bindparam, select, type_coerce

from accounts.models import Grant, OrgUnit, Person
from accounts.roles import BY_CODE, Role
from core.prepared import Prepared
from core.scope import everything
from inspections.models import Absence
from inspections.queries.plans import PlanRow
from workflows.cadence import OF_UNITS, TIERS
from workflows.vocabulary import Tier


class Answers(NamedTuple):
    """Who has to carry it out (any one of them), and in whose place; nobody where the enterprise has no one."""

    people: tuple[int, ...]
    instead_of: int | None = None


class Away(NamedTuple):
    """Somebody's absence, with the substitute if one was named."""

    first_on: date
    last_on: date
    substitute_id: int | None


@dataclass(slots=True)
class Staff:
    """The active people of one enterprise with their units, roles and absences; read once, asked often."""

    units: dict[int, int | None]  # of each person
    holders: dict[Role, list[int]]
    of_unit: dict[tuple[Role, int | None], list[int]]
    parents: dict[int, int | None]
    absences: dict[int, list[Away]]
    names: dict[int, str] = field(default_factory=dict)
    unit_names: dict[int, str] = field(default_factory=dict)
    _known: dict[tuple[Tier, int | None, int | None, int | None, date | None], Answers] = field(default_factory=dict)

    @classmethod
    def of(cls, enterprise_id: int, since: date) -> Staff:
        """Two queries, however many people and units there are; absences that ended before `since` are left out."""
        holders: dict[Role, list[int]] = defaultdict(list)
        of_unit: dict[tuple[Role, int | None], list[int]] = defaultdict(list)
        absences: dict[int, dict[int, Away]] = defaultdict(dict)
        with everything("whose inspection it is"):
            people = _people.all(enterprise=enterprise_id, since=since)
            tree = _tree.all(enterprise=enterprise_id)
        for row in people:
            if row.absence is not None:
                absences[row.id][row.absence] = Away(row.first_on, row.last_on, row.substitute_id)
        for person, unit, role in dict.fromkeys((row.id, row.unit_id, row.role) for row in people):
            if role is not None:
                holders[BY_CODE[role]].append(person)
                of_unit[BY_CODE[role], unit].append(person)
        return cls(
            {row.id: row.unit_id for row in people},
            dict(holders),
            dict(of_unit),
            {row.id: row.parent_id for row in tree},
            {person: list(recorded.values()) for person, recorded in absences.items()},
            {row.id: row.name for row in people},
            {row.id: row.name for row in tree},
        )

    def answers(self, plan: PlanRow, day: date) -> Answers:
        """Who has to carry out this plan's inspection on a day."""
        asked = (plan.tier, plan.unit_id, plan.person_id, plan.substitute_id, day if self.absences else None)
        if asked not in self._known:
            self._known[asked] = self._answers(plan, day)
        return self._known[asked]

    def _answers(self, plan: PlanRow, day: date) -> Answers:
        named = plan.person_id
        if named is None:
            return self._by_role(plan.tier, plan.unit_id, day)
        if self._is_here(named, day):
            return Answers((named,))
        instead_of = named if named in self.units else None  # who has left is not stood in for
        for substitute in (self._substitute(named, day), plan.substitute_id):
            if substitute is not None and self._is_here(substitute, day):
                return Answers((substitute,), instead_of)
        found = self._by_role(plan.tier, plan.unit_id, day)
        return Answers(found.people, instead_of or found.instead_of)

    def _by_role(self, tier: Tier, unit_id: int | None, day: date) -> Answers:
        """The first role that somebody holds who is here: those who inspect, then those who answer for the list."""
        away: int | None = None
        for holders in self._in_turn(tier, unit_id):
            if here := tuple(person for person in holders if self._is_here(person, day)):
                return Answers(here, away)
            for person in holders:
                away = away or person
                substitute = self._substitute(person, day)
                if substitute is not None and self._is_here(substitute, day):
                    return Answers((substitute,), person)
        return Answers((), away)

    def _in_turn(self, tier: Tier, unit_id: int | None) -> Iterator[list[int]]:
        row = TIERS[tier]
        for role in dict.fromkeys((*row.inspectors, *row.owners)):
            if role not in OF_UNITS:
                yield self.holders.get(role, [])
                continue
            for unit in self.line(unit_id):
                yield self.of_unit.get((role, unit), [])

    def line(self, unit_id: int | None) -> list[int | None]:
        """A unit, those above it, and last the enterprise as a whole."""
        line: list[int | None] = []
        while unit_id is not None and unit_id not in line:
            line.append(unit_id)
            unit_id = self.parents.get(unit_id)
        return [*line, None]

    def _is_here(self, person: int, day: date) -> bool:
        return person in self.units and self._away(person, day) is None

    def _away(self, person: int, day: date) -> Away | None:
        recorded = self.absences.get(person)
        return (recorded and next((one for one in recorded if one.first_on <= day <= one.last_on), None)) or None

    def _substitute(self, person: int, day: date) -> int | None:
        away = self._away(person, day)
        return away.substitute_id if away is not None else None


_ROLES = sorted({role for row in TIERS.values() for role in (*row.inspectors, *row.owners)})
_HELD = (Grant.person_id == Person.id) & Grant.ended_at.is_(None) & Grant.role.in_(_ROLES)
_AWAY = (Absence.person_id == Person.id) & (Absence.last_on >= bindparam("since")) & Absence.withdrawn_at.is_(None)
_people = Prepared(
    lambda: (
        select(
            *(Person.id, Person.unit_id, Person.name, type_coerce(Grant.role, String).label("role")),
            *(Absence.id.label("absence"), Absence.first_on, Absence.last_on, Absence.substitute_id),
        )
        .select_from(Person)
        .outerjoin(Grant, _HELD)
        .outerjoin(Absence, _AWAY)
        .where(Person.enterprise_id == bindparam("enterprise"), Person.active)
        .order_by(Person.id, Absence.id)
    )
)
_tree = Prepared(
    lambda: select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.name).where(OrgUnit.enterprise_id == bindparam("enterprise"))
)
