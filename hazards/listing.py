"""The list of hazards: the rows of a page, and how many there are.

Pages are cut by key, not by offset: a page begins after the last row seen, by the sort column and the id. Hazards
without a value in the sort column stand last in either direction, on both databases, because a second query reads them.
Counts stop at 1,000 and are then written 「1,000 以上」.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from accounts.models import Enterprise
from core.db import db
from hazards.conditions import Conditions, Looking, SortBy, conditions_on
from hazards.models import Hazard, Waiting
from hazards.rules import SIGNED_AS_OPENED, WaitingFor
from hazards.waiting import is_theirs

PAGE: Final = 50
COUNTED: Final = 1000
READ_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page begins: the sort value (None where the row has none) and the id of a row, and on which side."""

    value: Any
    id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows of a page, and the keys of the pages before and after where there are any."""

    rows: tuple[Any, ...]
    before: Key | None
    after: Key | None


# --- rows ------------------------------------------------------------------------------------------------------

_SORTED: dict[SortBy, Any] = {
    SortBy.DEADLINE: Hazard.deadline,
    SortBy.FOUND: Hazard.found_on,
    SortBy.NUMBER: Hazard.number,
}

_SHOWN = (
    Hazard.id,
    Hazard.number,
    Hazard.enterprise_id,
    func.substr(Hazard.description, 1, 200).label("description"),
    Hazard.place,
    Hazard.grade,
    Hazard.state,
    Hazard.tier,
    Hazard.deadline,
    Hazard.deadline_provisional,
    Hazard.deadline_text,
    Hazard.found_on,
    Hazard.holder,
    Hazard.listed_level,
    Hazard.delisted_on,
    Hazard.changed_since_signed,
    Hazard.imported,
    Enterprise.name.label("enterprise_name"),
)


def page_of(
    asked: Conditions, who: Looking, start: Key | None = None, limit: int = PAGE, columns: Sequence[Any] = ()
) -> ListPage:
    """One page of the list: at most two queries; `columns` are further ones of a hazard's row."""
    backwards = start is not None and start.backwards
    found = _rows(asked, conditions_on(asked, who), start, limit + 1, (*_SHOWN, *columns))
    more, rows = len(found) > limit, found[:limit]
    if backwards:
        rows.reverse()
    before, after = (more, True) if backwards else (start is not None, more)
    if not rows:
        return ListPage((), None, None)
    return ListPage(
        tuple(rows),
        _key(asked, rows[0], backwards=True) if before else None,
        _key(asked, rows[-1]) if after else None,
    )


def _key(asked: Conditions, row: Any, *, backwards: bool = False) -> Key:
    value = {SortBy.DEADLINE: row.deadline, SortBy.FOUND: row.found_on, SortBy.NUMBER: row.number}[asked.sort]
    return Key(value, row.id, backwards)


def every_row(asked: Conditions, who: Looking, shown: Sequence[Any]) -> Iterator[Any]:
    """All rows of the list in its order, these columns of each, read piece by piece: for a file of any length."""
    where = conditions_on(asked, who)
    for lacking in (False, True):
        query = _part(asked, lacking, None, shown, forwards=not asked.descending).where(*where)
        yield from db.session.execute(query.execution_options(yield_per=READ_AT_ONCE))


def _rows(
    asked: Conditions, where: list[ColumnElement[bool]], start: Key | None, most: int, shown: Sequence[Any]
) -> list[Any]:
    """Read those with a value and those without, in the direction of the page, until it is full."""
    backwards = start is not None and start.backwards
    parts = [True, False] if backwards else [False, True]  # whether the rows lack the value
    if start is not None and (start.value is None) != parts[0]:
        parts = parts[1:]
    rows: list[Any] = []
    for lacking in parts:
        if len(rows) < most:
            key = start if start is not None and (start.value is None) == lacking else None
            query = _part(asked, lacking, key, shown, forwards=asked.descending is backwards).where(*where)
            rows += db.session.execute(query.limit(most - len(rows))).all()
    return rows


def _part(asked: Conditions, lacking: bool, key: Key | None, shown: Sequence[Any], *, forwards: bool) -> Select[Any]:
    column = _SORTED[asked.sort]
    query = select(*shown).select_from(Hazard).outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
    query = query.where(column.is_(None) if lacking else column.is_not(None))
    order = (Hazard.id,) if lacking else (column, Hazard.id)
    if key is not None:
        here, there = tuple_(*order), tuple_(*((key.id,) if lacking else (key.value, key.id)))
        query = query.where(here > there if forwards else here < there)
    return query.order_by(*(part if forwards else part.desc() for part in order))


def waiting_for_me(hazard_ids: Iterable[int], who: Looking) -> Mapping[int, bool]:
    """Which of these hazards wait for the person who looks, each with whether it waits for a signature alone."""
    wanted = select(Waiting.hazard_id, Waiting.what, Waiting.action)
    wanted = wanted.where(Waiting.hazard_id.in_(list(hazard_ids)), is_theirs(who.actor, who.behind))
    found: dict[int, bool] = {}
    for row in db.session.execute(wanted):
        signs = row.what is WaitingFor.SIGN or row.action in SIGNED_AS_OPENED
        found[row.hazard_id] = found.get(row.hazard_id, False) or signs
    return found


# --- how many --------------------------------------------------------------------------------------------------


def counts_of(asked: Sequence[Conditions], who: Looking, most: int = COUNTED) -> list[int]:
    """How many rows each of these lists has, in one query; one more than `most` means more than that."""
    if not asked:
        return []
    figures = [_bounded(conditions_on(one, who), most).label(f"n{place}") for place, one in enumerate(asked)]
    return [int(figure) for figure in db.session.execute(select(*figures)).one()]


def _bounded(where: list[ColumnElement[bool]], most: int) -> Any:
    rows = select(Hazard.id).where(*where).limit(most + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def count_words(figure: int, most: int = COUNTED) -> str:
    """118, or 1,000 以上."""
    return f"{most:,} 以上" if figure > most else f"{figure:,}"
