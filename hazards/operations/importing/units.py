"""Which department or team of its enterprise a row names (排查部门/班组): one of the register, or a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from accounts.models import OrgUnit
from core.db import db
from core.sheets import squeeze
from hazards.operations.importing.enterprises import Owner

AT_ONCE: Final = 500
LONGEST_NAME: Final = 60
PROPOSED: Final = 3  # similar units for each unknown one


@dataclass(slots=True, eq=False)
class Team:
    """A unit of the register (`id`), or one to be added with this import (`id` None)."""

    id: int | None
    name: str
    owner: Owner


@dataclass(slots=True)
class Teams:
    """The units of the enterprises that the rows belong to, read at once, and those that the file makes known."""

    _by_name: dict[tuple[int, str], Team] = field(default_factory=dict)
    _of: dict[int, list[Team]] = field(default_factory=dict)
    _by_id: dict[int, Team] = field(default_factory=dict)

    def read(self, owners: Collection[Owner]) -> None:
        """Read the units in use of these enterprises; where two bear one name, the first is meant."""
        known = {owner.id: owner for owner in owners if owner.id is not None}
        wanted = select(OrgUnit.id, OrgUnit.name, OrgUnit.enterprise_id).where(OrgUnit.active, ~OrgUnit.hidden)
        for some in _pages(sorted(known)):
            for row in db.session.execute(wanted.where(OrgUnit.enterprise_id.in_(some)).order_by(OrgUnit.id)):
                self._keep(Team(row.id, row.name, known[row.enterprise_id]))

    def _keep(self, team: Team) -> None:
        self._by_name.setdefault((id(team.owner), squeeze(team.name)), team)
        self._of.setdefault(id(team.owner), []).append(team)
        if team.id is not None:
            self._by_id[team.id] = team

    def named(self, owner: Owner, name: str) -> Team | None:
        """The unit of this name."""
        return self._by_name.get((id(owner), squeeze(name)))

    def decided(self, owner: Owner, unit_id: str) -> Team | None:
        """The unit of this id, where it is the enterprise's."""
        found = self._by_id.get(int(unit_id)) if unit_id.isdecimal() else None
        return found if found is not None and found.owner is owner else None

    def add(self, owner: Owner, name: str) -> Team:
        """A new unit of this name."""
        made = Team(None, name[:LONGEST_NAME], owner)
        self._keep(made)
        return made

    def similar(self, owner: Owner, name: str, most: int) -> list[tuple[str, str]]:
        """Units of the enterprise whose names share something with this one; id and name."""
        plain = set(squeeze(name)) - set("部门班组车间科室队")
        scored = [(len(plain & set(squeeze(team.name))), team) for team in self._of.get(id(owner), ())]
        near = sorted((pair for pair in scored if pair[0] and pair[1].id is not None), key=lambda pair: -pair[0])
        return [(str(team.id), team.name) for _, team in near[:most]]


def _pages(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
