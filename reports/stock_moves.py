"""How the stock of major hazards moved in a period, counted by the database: each hazard looked at twice.

As it stood when the period began, and at its last instant. One row of sums for each pair of places and 行业领域 that
any hazard had at the two: most of them had the same at both, so there are about as many rows as places with hazards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from core.db import db
from reports.rules import Period
from reports.standing import VERSION, VERSIONS, LedgerScope, is_open, of_scope, sector_of, stood_before
from workflows.deadlines import RUNNING
from workflows.vocabulary import Channel, Grade, State

AMOUNTS: Final = (
    *("fresh", "closed", "removed", "stock", "on_time", "overdue"),
    *("self_found", "untold", "penalised", "timed", "days"),
)
"""What is summed of the hazards of a pair: each of those of its end."""

_END_OF_DAY: Final = "T16:00:00"  # of a Shanghai day, as moments of a version's content are written (UTC)


class At(NamedTuple):
    """Where a hazard lay: its region's path and its 行业领域."""

    path: str
    sector: str


class Moved(NamedTuple):
    """The hazards that lay at `before` when the period began and at `after` at its end.

    `before` is None for those that were not in stock; each is None where it is not of what the ledger covers.
    `at_start` says how many were in stock when it began, wherever they lay.
    """

    before: At | None
    after: At | None
    at_start: int
    amounts: dict[str, int]


def moves(period: Period, scope: LedgerScope, last_day: date) -> Iterator[Moved]:
    """Every pair of places, with its sums; `last_day` is the day to which overdue is counted."""
    each = _each(period, scope, last_day).subquery()
    keys = (each.c.was_path, each.c.was_kind, each.c.was_here, each.c.path, each.c.kind, each.c.here)
    names = ("at_start", *AMOUNTS)
    wanted = select(*keys, *(func.sum(each.c[name]).label(name) for name in names)).group_by(*keys)
    for row in db.session.execute(wanted.order_by(*keys)):
        yield Moved(
            At(row.was_path, row.was_kind) if row.was_here else None,
            At(row.path, row.kind) if row.here else None,
            int(row.at_start),
            {name: int(getattr(row, name)) for name in AMOUNTS},
        )


def _each(period: Period, scope: LedgerScope, last_day: date) -> Any:
    """One row for each hazard in stock when the period began or at any moment of it."""
    was, is_major = VERSIONS.alias("was").c, VERSION.grade == Grade.MAJOR
    there = and_(is_major, or_(is_open(VERSION), VERSION.ended_at >= period.begins))
    at_start = was.id.is_not(None)
    here, was_here = of_scope(VERSION, scope), and_(at_start, of_scope(was, scope))
    flags = _flags(at_start, is_major, last_day) | {"at_start": at_start, "here": here, "was_here": was_here}
    closed_with_day = and_(flags["closed"], _found.is_not(None))
    days = func.coalesce(DaysSince(VERSION.ended_at, _found), 0)
    in_stock_then = and_(
        was.hazard_id == VERSION.hazard_id,
        was.valid_from < period.begins,
        or_(was.valid_to.is_(None), was.valid_to >= period.begins),
        was.grade == Grade.MAJOR,
        is_open(was),
    )
    return (
        select(
            was.region_path.label("was_path"),
            case((at_start, sector_of(was)), else_=None).label("was_kind"),
            VERSION.region_path.label("path"),
            sector_of(VERSION).label("kind"),
            case((closed_with_day, 1), else_=0).label("timed"),
            case((closed_with_day, days), else_=0).label("days"),
            *(case((flag, 1), else_=0).label(name) for name, flag in flags.items()),
        )
        .select_from(VERSIONS.outerjoin(was.id.table, in_stock_then))
        .where(stood_before(VERSION, period.ends), or_(at_start, there), or_(here, was_here))
    )


_content: Final[Any] = VERSION.content
_found: Final[Any] = _content["found_on"].as_string()


def _flags(at_start: Any, is_major: Any, last_day: date) -> dict[str, Any]:
    """What each hazard counts for. Only those in stock at the start or within the period are asked."""
    deadline, done = _content["deadline"].as_string(), _content["completed_on"].as_string()
    finished = func.coalesce(_content["verified_at"].as_string(), _content["closed_at"].as_string())
    in_time = or_(deadline.is_(None), done <= deadline, and_(done.is_(None), finished < deadline + _END_OF_DAY))
    stock, closed = and_(is_major, is_open(VERSION)), and_(is_major, VERSION.state == State.CLOSED)
    own = _content["channel"].as_string() == Channel.SELF_INSPECTION.value
    return {
        "fresh": ~at_start,
        "closed": closed,
        "removed": or_(~is_major, VERSION.state == State.DISMISSED),
        "stock": stock,
        "on_time": and_(closed, in_time),
        "overdue": and_(stock, VERSION.state.in_(sorted(RUNNING)), deadline < last_day.isoformat()),
        "self_found": and_(~at_start, own),
        "untold": and_(stock, _content["principal_told_at"].as_string().is_(None)),
        "penalised": and_(is_major, _content["penalty"].as_string().is_not(None)),
    }


class DaysSince(FunctionElement[int]):
    """How many days the Shanghai day of a moment lies after a day (text)."""

    inherit_cache = True
    type = Integer()


@compiles(DaysSince, "sqlite")
def _on_sqlite(element: DaysSince, compiler: Any, **more: Any) -> str:
    moment, day = (compiler.process(one, **more) for one in element.clauses)
    return f"CAST(julianday(date({moment}, '+8 hours')) - julianday({day}) AS INTEGER)"


@compiles(DaysSince, "postgresql")
def _on_postgresql(element: DaysSince, compiler: Any, **more: Any) -> str:
    moment, day = (compiler.process(one, **more) for one in element.clauses)
    return f"(CAST({moment} AT TIME ZONE 'Asia/Shanghai' AS DATE) - CAST({day} AS DATE))"
