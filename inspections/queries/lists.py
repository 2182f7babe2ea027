"""The 日周月季 lists: how many stand where, and the hazards of one list, by key.

Counts read the rows of the scope once; beyond `MOST` of them they are lower bounds and said to be (「以上」).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Date, Integer, Select, String, bindparam, case, func, select, tuple_

from accounts.models import Enterprise, OrgUnit
from core.db import among, ids_text
from core.prepared import Prepared, PreparedByShape
from core.scope import end_of_subtree
from hazards.models import Hazard, HazardStanding, TierMove
from hazards.models.partial import OPEN
from workflows.colours import SOON_DAYS, Tone
from workflows.deadlines import RUNNING
from workflows.vocabulary import Category, Grade, State, Tier

PAGE: Final = 50
MOST: Final = 50_000
GROUPS: Final = 50
READ_AT_ONCE: Final = 500
WHOLE: Final = 0  # the unit of what belongs to no department

_STATES: Final = tuple(state for state in State if state in RUNNING)
_TODAY: Final = bindparam("today", type_=Date)
_SOON: Final = bindparam("soon", type_=Date)
# the first row that fits, as `workflows.colours.COLOURS` has them
tone_of_row: Final = case(
    (Hazard.deadline < _TODAY, Tone.RED.value),
    (HazardStanding.tier == Tier.QUARTER, Tone.RED.value),
    (Hazard.deadline <= _SOON, Tone.ORANGE.value),
    (HazardStanding.tier == Tier.MONTH, Tone.ORANGE.value),
    (Hazard.grade == Grade.MAJOR, Tone.ORANGE.value),
    (HazardStanding.tier == Tier.WEEK, Tone.YELLOW.value),
    else_=Tone.BLUE.value,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: all that is left open counts. `units` are a department with those under it; 0 those of none.

    `own_only`: of a region what lies in it itself, in none of its parts.
    """

    tier: Tier | None = None
    tone: Tone | None = None
    category: Category | None = None
    region_path: str = ""
    own_only: bool = False
    sector: str = ""
    enterprise_id: int | None = None
    unit_id: int | None = None
    owner_id: int | None = None
    units: tuple[int, ...] = field(default=(), compare=False)

    def shape(self) -> Asked:
        """What the text of a statement depends on."""
        return replace(
            self,
            region_path="/" if self.region_path else "",
            own_only=False,
            sector="?" if self.sector else "",
            enterprise_id=None if self.enterprise_id is None else 0,
            unit_id=self.unit_id if self.unit_id in (None, WHOLE) else 1,
            owner_id=None if self.owner_id is None else 0,
            units=(),
        )

    def values(self, today: date) -> dict[str, Any]:
        """The values of its parameters."""
        # the path of a part goes on with a digit, so that 0 is the first of them
        region_end = f"{self.region_path}0" if self.own_only else end_of_subtree(self.region_path)
        return {
            "today": today,
            "soon": today + timedelta(days=SOON_DAYS),
            "region": self.region_path,
            "region_end": region_end if self.region_path else "",
            "in_sector": self.sector,
            "firm": self.enterprise_id,
            "units": ids_text(self.units),
            "owner": self.owner_id,
        }


class Key(NamedTuple):
    """The last entry of a page: its deadline (or none) and id."""

    deadline: date | None
    id: int


def _conditions(asked: Asked) -> list[Any]:
    where: list[Any] = [Hazard.state.in_(OPEN), Hazard.state.in_(_STATES)]
    if asked.tier is not None:
        where.append(HazardStanding.tier == asked.tier)
    if asked.tone is not None:
        where.append(tone_of_row == asked.tone.value)
    if asked.category is not None:
        where.append(Hazard.category == asked.category)
    if asked.region_path:
        ends = bindparam("region", type_=String), bindparam("region_end", type_=String)
        where += [Hazard.region_path >= ends[0], Hazard.region_path < ends[1]]
    if asked.sector:
        where.append(Hazard.sector == bindparam("in_sector", type_=String))
    if asked.enterprise_id is not None:
        where.append(Hazard.enterprise_id == bindparam("firm"))
    if asked.unit_id is not None:
        where.append(Hazard.unit_id.is_(None) if asked.unit_id == WHOLE else among(Hazard.unit_id, "units"))
    if asked.owner_id is not None:
        where.append(HazardStanding.list_owner_id == bindparam("owner"))
    return where


# --- entries ---------------------------------------------------------------------------------------------------

_SHOWN: Final = (
    Hazard.id,
    Hazard.number,
    Hazard.enterprise_id,
    Hazard.unit_id,
    func.substr(Hazard.description, 1, 200).label("description"),
    Hazard.place,
    Hazard.category,
    Hazard.grade,
    Hazard.state,
    HazardStanding.tier,
    HazardStanding.tier_since,
    HazardStanding.tier_until,
    HazardStanding.list_owner_id,
    Hazard.holder,
    Hazard.responsible_person,
    Hazard.deadline,
    Enterprise.name.label("enterprise_name"),
    OrgUnit.name.label("unit_name"),
)


def page_of(asked: Asked, today: date, after: Key | None, limit: int = PAGE) -> tuple[list[Any], Key | None]:
    """The entries behind a key, what is due soonest first and what has no deadline last; and the next key."""
    rows: list[Any] = []
    for lacking in (False, True):
        if len(rows) > limit or (after is not None and after.deadline is None and not lacking):
            continue
        key = after if after is not None and (after.deadline is None) == lacking else None
        given = asked.values(today) | {"most": limit + 1 - len(rows)}
        given |= {"key_deadline": key.deadline, "key_id": key.id} if key is not None else {}
        rows += _parts.of(asked.shape(), lacking, key is not None).all(**given)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return rows[:limit], Key(last.deadline, last.id) if last is not None else None


def _part(asked: Asked, lacking: bool, has_key: bool) -> Select[Any]:
    where = [*_conditions(asked), Hazard.deadline.is_(None) if lacking else Hazard.deadline.is_not(None)]
    if has_key and lacking:
        where.append(Hazard.id > bindparam("key_id"))
    elif has_key:
        there = tuple_(bindparam("key_deadline", type_=Date), bindparam("key_id", type_=Hazard.id.type))
        where += [Hazard.deadline >= bindparam("key_deadline", type_=Date)]
        where.append(tuple_(Hazard.deadline, Hazard.id) > there)
    order = (Hazard.id,) if lacking else (Hazard.deadline, Hazard.id)
    page = (
        select(Hazard.id)
        .join(Hazard.standing)
        .where(*where)
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .subquery("page")
    )
    return _with_names(select(*_SHOWN).join_from(page, Hazard, Hazard.id == page.c.id).join(Hazard.standing)).order_by(
        *order
    )


def _with_names(query: Select[Any]) -> Select[Any]:
    query = query.outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
    return query.outerjoin(OrgUnit, OrgUnit.id == Hazard.unit_id)


_parts = PreparedByShape(_part)


def every_entry(asked: Asked, today: date) -> Iterator[list[Any]]:
    """All entries in the same order, piece by piece: for a file of any length."""
    after: Key | None = None
    while True:
        rows, after = page_of(asked, today, after, READ_AT_ONCE)
        if rows:
            yield rows
        if after is None:
            return


def came_from(hazard_ids: Iterable[int]) -> dict[int, Tier]:
    """From which list each of these came onto the one it stands on; those that began there are left out."""
    return {row.hazard_id: row.from_tier for row in _from.all(page=ids_text(hazard_ids))}


_from = Prepared(
    lambda: (
        select(TierMove.hazard_id, TierMove.from_tier)
        .where(among(TierMove.hazard_id, "page"))
        .order_by(TierMove.hazard_id, TierMove.id)
    )
)


# --- figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """How many stand on each list in each colour; lower bounds where `is_cut`."""

    cells: Mapping[tuple[Tier, Tone], int]
    is_cut: bool = False

    def of(self, tier: Tier | None = None, tone: Tone | None = None) -> int:
        """How many of a list, a colour, both, or all."""
        return sum(
            number
            for (one, colour), number in self.cells.items()
            if (tier is None or one is tier) and (tone is None or colour is tone)
        )


class Group(NamedTuple):
    """One part (a unit, category, place or enterprise): how many on each list, and how many of them are red."""

    key: Any
    numbers: Mapping[Tier, int]
    red: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.numbers.values())


def figures_of(asked: Asked, today: date) -> Figures:
    """Lists by colours, whatever list and colour are chosen, in one query."""
    whole = replace(asked, tier=None, tone=None, units=asked.units)
    rows = _figures.of(whole.shape()).all(**whole.values(today), most=MOST)
    cells = {(Tier(row.tier), Tone(row.tone)): int(row.number) for row in rows}
    return Figures(cells, sum(cells.values()) >= MOST)


def _scanned(asked: Asked, *keys: Any) -> Any:
    shown = select(*keys, HazardStanding.tier.label("tier"), tone_of_row.label("tone"))
    shown = shown.select_from(Hazard).join(Hazard.standing).where(*_conditions(asked))
    return shown.limit(bindparam("most", type_=Integer)).subquery("seen")


def _counted(asked: Asked) -> Select[Any]:
    seen = _scanned(asked)
    return select(seen.c.tier, seen.c.tone, func.count().label("number")).group_by(seen.c.tier, seen.c.tone)


_figures = PreparedByShape(_counted)

KEYS: Final[dict[str, Any]] = {
    "unit": Hazard.unit_id,
    "category": Hazard.category,
    "region": Hazard.region_path,
    "enterprise": Hazard.enterprise_id,
}


def groups_of(asked: Asked, by: str, today: date) -> list[Group]:
    """The chosen list by units, categories, places or enterprises, in one query."""
    found: dict[Any, dict[Tier, int]] = {}
    red: dict[Any, int] = {}
    for row in _grouped.of(asked.shape(), by).all(**asked.values(today), most=MOST):
        numbers = found.setdefault(row.key, {})
        numbers[row.tier] = numbers.get(row.tier, 0) + int(row.number)
        red[row.key] = red.get(row.key, 0) + int(row.red or 0)
    return [Group(key, numbers, red[key]) for key, numbers in found.items()]


def _grouping(asked: Asked, by: str) -> Select[Any]:
    seen = _scanned(asked, KEYS[by].label("key"))
    late = func.sum(case((seen.c.tone == Tone.RED.value, 1), else_=0)).label("red")
    query = select(seen.c.key, seen.c.tier, func.count().label("number"), late)
    return query.group_by(seen.c.key, seen.c.tier)


_grouped = PreparedByShape(_grouping)


# --- units -----------------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A department or team that the viewer sees."""

    id: int
    name: str
    parent_id: int | None


def units_of(enterprise_id: int) -> list[Unit]:
    """Every unit of an enterprise, closed ones too: their hazards still stand on lists."""
    return [Unit(row.id, row.name, row.parent_id) for row in _units.all(enterprise=enterprise_id)]


_units = Prepared(
    lambda: (
        select(OrgUnit.id, OrgUnit.name, OrgUnit.parent_id)
        .where(OrgUnit.enterprise_id == bindparam("enterprise"), ~OrgUnit.hidden)
        .order_by(OrgUnit.id)
    )
)


def with_those_under(unit_id: int, units: Iterable[Unit]) -> tuple[int, ...]:
    """A unit and all under it."""
    below: dict[int | None, list[int]] = {}
    for one in units:
        below.setdefault(one.parent_id, []).append(one.id)
    found, left = [], [unit_id]
    while left:
        at = left.pop()
        if at not in found:
            found.append(at)
            left += below.get(at, [])
    return tuple(found)
