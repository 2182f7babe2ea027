"""Risk points: one of them, lists by key, the board of an enterprise with what is wrong now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from core.db import db
from core.refusals import NotFound
from inspections.models import RiskControl, RiskPoint
from inspections.queries.wrong import WRONGS, PointsAsked, Wrong, is_wrong, wrong_at
from inspections.rules import RiskGrade

PAGE: Final = 50
NO_POINT: Final = "找不到这个风险点，或者它不在您的管辖范围内。请核对。"
RANK: Final[Any] = case(
    {grade.value: rank for rank, grade in enumerate(RiskGrade)}, value=RiskPoint.grade, else_=len(RiskGrade)
)


class PointRow(NamedTuple):
    """A point of a list, with what is wrong at it."""

    point: RiskPoint
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class PointPage:
    """A page of a list; `after` is the key of the next."""

    rows: tuple[PointRow, ...]
    after: tuple[int, int] | None


def get_point(point_id: int, *, lock: bool = False, controls: bool = False) -> RiskPoint:
    """A point the viewer may see, else `NotFound`."""
    wanted = select(RiskPoint).where(RiskPoint.id == point_id)
    if controls:
        wanted = wanted.options(selectinload(RiskPoint.controls))
    if lock:
        wanted = wanted.with_for_update(of=RiskPoint)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NO_POINT)
    return found


def control_of(point: RiskPoint, control_id: int) -> RiskControl:
    """A measure of this point, else `NotFound`."""
    wanted = select(RiskControl).where(RiskControl.id == control_id, RiskControl.risk_point_id == point.id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("找不到这条管控措施，或者它不是这个风险点的。请核对。")
    return found


def points_page(asked: PointsAsked, after: tuple[int, int] | None = None, limit: int = PAGE) -> PointPage:
    """The points asked for, the gravest first, in the order they were put down."""
    wanted = selected(asked)
    if after is not None:
        wanted = wanted.where(tuple_(RANK, RiskPoint.id) > after)
    found = db.session.scalars(wanted.order_by(RANK, RiskPoint.id).limit(limit + 1)).all()
    shown = found[:limit]
    wrong = wrong_at([point.id for point in shown], asked)
    rows = tuple(PointRow(point, wrong.get(point.id, Wrong())) for point in shown)
    last = shown[-1] if shown else None
    more = len(found) > limit and last is not None
    return PointPage(rows, (list(RiskGrade).index(last.grade), last.id) if more and last is not None else None)


def count_points(asked: PointsAsked) -> int:
    """How many are asked for."""
    return db.session.scalar(selected(asked).with_only_columns(func.count())) or 0


def selected(asked: PointsAsked) -> Select[Any]:
    """The points asked for, unordered."""
    where: list[ColumnElement[bool]] = [RiskPoint.enterprise_id == asked.enterprise_id]
    where.append(RiskPoint.active.is_(not asked.retired))
    if asked.ids is not None:
        where.append(RiskPoint.id.in_(sorted(asked.ids)))
    if asked.no_unit:
        where.append(RiskPoint.unit_id.is_(None))
    elif asked.unit_ids is not None:
        where.append(RiskPoint.unit_id.in_(sorted(asked.unit_ids)))
    if asked.grade is not None:
        where.append(RiskPoint.grade == asked.grade)
    if asked.kind is not None:
        where.append(RiskPoint.kind == asked.kind)
    if asked.q:
        columns = (RiskPoint.name, RiskPoint.place, RiskPoint.code)
        where.append(or_(*(column.contains(asked.q, autoescape=True) for column in columns)))
    if asked.wrong in WRONGS:
        where.append(is_wrong(asked, asked.wrong))
    return select(RiskPoint).where(*where)


# --- the board ---------------------------------------------------------------------------------------------------


class Square(NamedTuple):
    """How many points of a unit have a grade, and at how many something is wrong."""

    unit_id: int | None
    grade: RiskGrade
    points: int
    wrong: int


def board(asked: PointsAsked) -> tuple[Square, ...]:
    """Every unit × grade that has points, in one statement."""
    bad = case((is_wrong(asked, "any"), 1), else_=0)
    counted = selected(replace(asked, wrong="")).with_only_columns(
        RiskPoint.unit_id, RiskPoint.grade, func.count(), func.sum(bad)
    )
    rows = db.session.execute(counted.group_by(RiskPoint.unit_id, RiskPoint.grade))
    return tuple(Square(unit, RiskGrade(grade), points, int(wrong or 0)) for unit, grade, points, wrong in rows)


def wrong_counts(asked: PointsAsked) -> dict[str, int]:
    """At how many points each kind of thing is wrong, in one statement."""
    sums = [func.sum(case((is_wrong(asked, how), 1), else_=0)) for how in WRONGS]
    row = db.session.execute(selected(replace(asked, wrong="")).with_only_columns(*sums)).one()
    return {how: int(count or 0) for how, count in zip(WRONGS, row, strict=True)}
