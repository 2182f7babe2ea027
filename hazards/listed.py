"""Who answers for the 日周月季 lists of some enterprises, and when their units work: read once, asked often.

Past the scope: on which list a hazard stands does not depend on who is looking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import String, select, type_coerce

from accounts.models import Grant, OrgUnit, Person
from accounts.queries.shifts import ShiftBook, shift_book
from accounts.roles import BY_CODE
from core.db import among, ids_text
from core.prepared import Prepared
from core.scope import everything
from core.shifts import Shifts
from workflows.cadence import TIERS, Member, Standing, list_owner, may_own, moves_at, moves_until
from workflows.vocabulary import Tier

_ROLES: Final = sorted({role for row in TIERS.values() for role in row.owners})


class Lists:
    """The shifts and the people of some enterprises at this moment."""

    def __init__(self, enterprise_ids: Iterable[int], *, has_units: bool = True) -> None:
        ids = sorted(set(enterprise_ids))
        self._book: ShiftBook = shift_book(ids)
        self._members: dict[int, list[Member]] = defaultdict(list)
        self._above: dict[int, tuple[int | None, bool]] = {}
        self._lines: dict[int | None, tuple[int, ...]] = {None: ()}
        self._owners: dict[tuple[Tier, int, int | None], int | None] = {}
        self._until: dict[tuple[int, Standing], datetime | None] = {}
        self._steps: dict[tuple[int, Standing, datetime], tuple[Standing, ...]] = {}
        firms = ids_text(ids)
        with everything("who answers for a list"):
            for row in _people.all(firms=firms):
                self._members[row.enterprise_id].append(Member(row.id, BY_CODE[row.role], row.unit_id))
            if has_units:
                self._above = {row.id: (row.parent_id, row.active) for row in _units.all(firms=firms)}

    def shifts(self, enterprise_id: int, unit_id: int | None) -> Shifts:
        """When the unit works."""
        return self._book.of(enterprise_id, unit_id)

    def until(self, standing: Standing, enterprise_id: int, unit_id: int | None) -> datetime | None:
        """The instant at which a hazard that stands so moves up."""
        shifts = self.shifts(enterprise_id, unit_id)
        key = (id(shifts), standing)
        if key not in self._until:
            self._until[key] = moves_at(standing, shifts)
        return self._until[key]

    def steps(
        self, standing: Standing, enterprise_id: int, unit_id: int | None, until: datetime
    ) -> tuple[Standing, ...]:
        """Every standing it comes to until a moment, in order."""
        shifts = self.shifts(enterprise_id, unit_id)
        key = (id(shifts), standing, until)
        if key not in self._steps:
            self._steps[key] = tuple(moves_until(standing, shifts, until))
        return self._steps[key]

    def owner(self, tier: Tier, enterprise_id: int, unit_id: int | None) -> int | None:
        """Who answers for this list of a unit; None where nobody does."""
        key = (tier, enterprise_id, unit_id)
        if key not in self._owners:
            self._owners[key] = list_owner(tier, self._line(unit_id), self._of(enterprise_id))
        return self._owners[key]

    def may_own(self, person_id: int, tier: Tier, enterprise_id: int, unit_id: int | None) -> bool:
        """Whether a person still holds a role that answers for this list, there or above."""
        return may_own(person_id, tier, self._line(unit_id), self._of(enterprise_id))

    def _of(self, enterprise_id: int) -> Collection[Member]:
        return self._members.get(enterprise_id, ())

    def _line(self, unit_id: int | None) -> tuple[int, ...]:
        """The unit and those above it that are not closed, the nearest first."""
        if unit_id not in self._lines:
            seen: list[int] = []
            line: list[int] = []
            at = unit_id
            while at is not None and at in self._above and at not in seen:
                seen.append(at)
                parent, is_active = self._above[at]
                line += [at] if is_active else []
                at = parent
            self._lines[unit_id] = tuple(line)
        return self._lines[unit_id]


_people = Prepared(
    lambda: (
        select(Person.enterprise_id, Person.id, Person.unit_id, type_coerce(Grant.role, String).label("role"))
        .join(Grant, Grant.person_id == Person.id)
        .where(among(Person.enterprise_id, "firms"), Person.active)
        .where(Grant.ended_at.is_(None), Grant.role.in_(_ROLES))
    )
)
_units = Prepared(
    lambda: select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.active).where(among(OrgUnit.enterprise_id, "firms"))
)
