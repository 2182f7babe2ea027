"""The list of hazards: the rows of a page, and how many there are.

Pages are cut by key, not by offset: a page begins after the last row seen, by the sort column and the id. Hazards
without a value in the sort column stand last in either direction, on both databases, because a second query reads them.
Counts stop at 1,000 and are then written 「1,000 以上」.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy import Integer, Select, and_, bindparam, case, func, literal, select, true, tuple_

from accounts.models import Enterprise
from core.db import among, db, ids_text
from core.prepared import PreparedByShape
from hazards.conditions import Conditions, Looking, SortBy, View, conditions_on, shape_of, shape_of_looking, values_of
from hazards.models import Hazard, HazardStanding, Waiting
from hazards.waiting import is_theirs, signs_alone, their_values

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
    HazardStanding.tier,
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
    found = _rows(asked, who, start, limit + 1, tuple(column.key for column in columns))
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
    where, values = conditions_on(asked, who), values_of(who, asked)
    column, forwards = _SORTED[asked.sort], not asked.descending
    query = (
        select(*shown)
        .select_from(Hazard)
        .join(Hazard.standing)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
    )
    for lacking in (False, True):
        part = query.where(*where, column.is_(None) if lacking else column.is_not(None))
        order = (Hazard.id,) if lacking else (column, Hazard.id)
        part = part.order_by(*(one if forwards else one.desc() for one in order))
        yield from db.session.execute(part.execution_options(yield_per=READ_AT_ONCE), values)


def _rows(asked: Conditions, who: Looking, start: Key | None, most: int, more: tuple[str, ...]) -> list[Any]:
    """Read those with a value and those without, in the direction of the page, until it is full."""
    backwards = start is not None and start.backwards
    parts = [True, False] if backwards else [False, True]  # whether the rows lack the value
    if start is not None and (start.value is None) != parts[0]:
        parts = parts[1:]
    values = values_of(who, asked)
    shape, looking = shape_of(asked), shape_of_looking(who)
    rows: list[Any] = []
    for lacking in parts:
        if len(rows) < most:
            key = start if start is not None and (start.value is None) == lacking else None
            if key is not None:
                values |= {"key_value": key.value, "key_id": key.id}
            part = _parts.of(shape, looking, lacking, key is not None, asked.descending is backwards, more)
            rows += part.all(most=most - len(rows), **values)
    return rows


def _part(
    asked: Conditions, who: Looking, lacking: bool, has_key: bool, forwards: bool, more: tuple[str, ...]
) -> Select[Any]:
    """The ids of the page from an index alone, then the rows of those ids with `more` columns than usual."""
    column = _SORTED[asked.sort]
    where = [*conditions_on(asked, who), column.is_(None) if lacking else column.is_not(None)]
    order = (Hazard.id,) if lacking else (column, Hazard.id)
    if has_key:
        key = bindparam("key_id", type_=Hazard.id.type)
        there = tuple_(key) if lacking else tuple_(bindparam("key_value", type_=column.type), key)
        where.append(tuple_(*order) > there if forwards else tuple_(*order) < there)
    page = (
        select(Hazard.id, column.label("sorted"))
        .where(*where)
        .order_by(*(part if forwards else part.desc() for part in order))
        .limit(bindparam("most", type_=Integer))
        .subquery("page")
    )
    shown = select(*_SHOWN, *(getattr(Hazard, name) for name in more)).join_from(page, Hazard, Hazard.id == page.c.id)
    shown = shown.join(Hazard.standing).outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
    as_read = (page.c.id,) if lacking else (page.c.sorted, page.c.id)
    return shown.order_by(*(part if forwards else part.desc() for part in as_read))


_parts = PreparedByShape(_part)


def waiting_for_me(hazard_ids: Iterable[int], who: Looking) -> Mapping[int, bool]:
    """Which of these hazards wait for the person who looks, each with whether it waits for a signature alone."""
    if who.mine is not None:
        return who.mine.signs
    asked = _mine.of(shape_of_looking(who))
    found: dict[int, bool] = {}
    for row in asked.all(page=ids_text(hazard_ids), **their_values(who.actor, who.behind)):
        found[row.hazard_id] = found.get(row.hazard_id, False) or bool(row.signs)
    return found


def _mine_among(who: Looking) -> Any:
    wanted = select(Waiting.hazard_id, case((signs_alone(), 1), else_=0).label("signs"))
    return wanted.where(among(Waiting.hazard_id, "page"), is_theirs(who.actor))


_mine = PreparedByShape(_mine_among)


# --- how many --------------------------------------------------------------------------------------------------


def counts_of(asked: Sequence[Conditions], who: Looking, most: int = COUNTED) -> list[int]:
    """How many rows each of these lists has; one more than `most` means more than that. At most two queries.

    They must be parts of one question: what two of them ask of the same field is the same.
    """
    if not asked:
        return []
    values = values_of(who, *asked) | {"most": most + 1}
    shapes, looking = tuple(shape_of(one) for one in asked), shape_of_looking(who)
    figures = _counts.of(shapes, looking).first(**values)
    if figures.read > most:
        figures = _counts_apart.of(shapes, looking).first(**values)
    return [min(int(figure or 0), most + 1) for figure in figures[: len(asked)]]


def _counted(asked: tuple[Conditions, ...], who: Looking) -> Select[Any]:
    """Figures of what words found, or of open hazards, from reading them once; `read` tells where there are too many.

    What is not open, which nobody reads through for a figure, is counted apart; so is what stands alone.
    """
    are_found = all(one.words for one in asked)
    together = [place for place, one in enumerate(asked) if are_found or one.view not in (View.ALL, View.CLOSED)]
    if len(together) < 2:
        return _counted_apart(asked, who)
    common = _in_common([asked[place] for place in together])
    marks = [
        case((and_(true(), *conditions_on(_beyond(common, asked[place]), who)), 1), else_=0).label(f"n{place}")
        for place in together
    ]
    rows = select(*marks).where(*conditions_on(common, who)).limit(bindparam("most", type_=Integer)).subquery()
    figures = [
        func.sum(rows.c[f"n{place}"]) if place in together else _bounded(one, who) for place, one in enumerate(asked)
    ]
    return select(*(figure.label(f"n{place}") for place, figure in enumerate(figures)), func.count().label("read"))


def _in_common(asked: Sequence[Conditions]) -> Conditions:
    """What all of these ask: words, or else open hazards."""
    first = asked[0]
    different = {
        name: getattr(_ANYTHING, name)
        for name in _FIELDS
        if any(getattr(one, name) != getattr(first, name) for one in asked)
    }
    common = replace(first, **different)
    return common if common.words or common.view is not View.ALL else replace(common, view=View.OPEN)


def _beyond(common: Conditions, asked: Conditions) -> Conditions:
    """What is asked beyond what all ask."""
    same = [name for name in _FIELDS if getattr(asked, name) == getattr(common, name)]
    return replace(asked, **{name: getattr(_ANYTHING, name) for name in same})


def _counted_apart(asked: tuple[Conditions, ...], who: Looking) -> Select[Any]:
    figures = [_bounded(one, who).label(f"n{place}") for place, one in enumerate(asked)]
    return select(*figures, literal(0).label("read"))


def _bounded(asked: Conditions, who: Looking) -> Any:
    rows = select(Hazard.id).where(*conditions_on(asked, who)).limit(bindparam("most", type_=Integer)).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


_ANYTHING: Final = Conditions(view=View.ALL)
_FIELDS: Final = tuple(one.name for one in fields(Conditions))
_counts_apart = PreparedByShape(_counted_apart)
_counts = PreparedByShape(_counted)


def count_words(figure: int, most: int = COUNTED) -> str:
    """118, or 1,000 以上."""
    return f"{most:,} 以上" if figure > most else f"{figure:,}"
