"""Facts about inspecting: the kept figures by unit, enterprise, place and sector, and the lists behind each of them.

A figure of duties belongs to the month in which its period ends, one of findings to the month of the inspection, one of
what others found to the month of the finding, one of moves to the month of the last day on the list that is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select

from accounts.models import Enterprise, OrgUnit, Region
from core.db import db, is_sqlite
from core.scope import subtree
from inspections.models import DutyFigure, RegionFigure
from workflows.vocabulary import Label, Tier

PAGE: Final = 50
WHOLE_LABEL: Final = "全企业"
OWN_LABEL: Final = "（未分街镇）"


class Fact(Label):
    """What is counted, in the order of the table's columns."""

    DUE = "due", "应查"
    IN_TIME = "in_time", "按时"
    LATE = "late", "补查"
    MISSED = "missed", "未开展"
    FOUND = "found", "查出"
    FOUND_MAJOR = "found_major", "其中重大"
    ON_THE_SPOT = "on_the_spot", "即查即改"
    OVERLOOKED = "overlooked", "查不出"
    MOVED_UP = "moved_up", "上移"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are wanted; what is None is not narrowed. `unit_id` 0 means the enterprise as a whole.

    `own_only`: of a region what lies in it itself, in none of its parts.
    """

    month: date
    tier: Tier | None = None
    enterprise_id: int | None = None
    unit_id: int | None = None
    region_path: str | None = None
    sector: str | None = None
    missed_only: bool = False
    own_only: bool = False

    @property
    def next_month(self) -> date:
        """The first day of the month after."""
        return (self.month + timedelta(days=31)).replace(day=1)


class Figures(NamedTuple):
    """One line: of what, and the counts in the order of `Fact`."""

    key: str
    name: str
    counts: tuple[int, ...]

    def of(self, fact: Fact) -> int:
        """One count."""
        return self.counts[list(Fact).index(fact)]

    @property
    def rate(self) -> str:
        """Done in time of those due, —— where nothing was due."""
        due, in_time = self.of(Fact.DUE), self.of(Fact.IN_TIME)
        return f"{in_time * 100 / due:.1f}%" if due else "—"


def _sums(model: Any) -> list[Any]:
    return [func.coalesce(func.sum(getattr(model, fact.value)), 0).label(fact.value) for fact in Fact]


def _counts(row: Any) -> tuple[int, ...]:
    return tuple(int(getattr(row, fact.value)) for fact in Fact)


def _narrowed(model: Any, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [model.month == asked.month]
    if asked.tier is not None:
        found.append(model.tier == asked.tier)
    if asked.region_path is not None:
        path = model.region_path
        found.append(path == asked.region_path if asked.own_only else subtree(path, asked.region_path))
    if asked.sector is not None:
        found.append(model.sector == asked.sector)
    if model is DutyFigure:
        if asked.enterprise_id is not None:
            found.append(DutyFigure.enterprise_id == asked.enterprise_id)
        if asked.unit_id is not None:
            found.append(DutyFigure.unit_id == asked.unit_id)
        if asked.missed_only:
            found.append(DutyFigure.missed > 0)
    return found


# --- the tables ------------------------------------------------------------------------------------------------


def total(asked: Asked) -> Figures:
    """The whole of what is asked as one line; from the sums of places where no enterprise is named."""
    model: Any = RegionFigure if asked.region_path is not None and asked.enterprise_id is None else DutyFigure
    row = db.session.execute(select(*_sums(model)).where(*_narrowed(model, asked))).one()
    return Figures("", "合计", _counts(row))


def by_unit(asked: Asked, after: int | None = None, limit: int = PAGE) -> list[Figures]:
    """The units of one enterprise, 0 for the whole of it; one more than a page tells that there are more."""
    grouped = (
        select(DutyFigure.unit_id, OrgUnit.name, *_sums(DutyFigure))
        .outerjoin(OrgUnit, OrgUnit.id == DutyFigure.unit_id)
        .where(*_narrowed(DutyFigure, asked))
        .group_by(DutyFigure.unit_id, OrgUnit.name)
        .order_by(DutyFigure.unit_id)
        .limit(limit + 1)
    )
    if after is not None:
        grouped = grouped.where(DutyFigure.unit_id > after)
    return [Figures(str(row.unit_id), row.name or WHOLE_LABEL, _counts(row)) for row in db.session.execute(grouped)]


class EnterprisePage(NamedTuple):
    """A page of enterprises in the order of their places; where the next begins."""

    rows: list[Figures]
    after: tuple[str, int] | None


def by_enterprise(asked: Asked, after: tuple[str, int] | None = None, limit: int = PAGE) -> EnterprisePage:
    """The enterprises of a region, by place; with `missed_only` those that missed something (未开展排查)."""
    grouped = select(DutyFigure.region_path, DutyFigure.enterprise_id).where(*_narrowed(DutyFigure, asked))
    if after is not None:
        path, enterprise_id = after
        later = (DutyFigure.region_path == path) & (DutyFigure.enterprise_id > enterprise_id)
        grouped = grouped.where((DutyFigure.region_path > path) | later)
    key = (DutyFigure.region_path, DutyFigure.enterprise_id)
    found = db.session.execute(grouped.group_by(*key).order_by(*key).limit(limit + 1)).all()
    shown = found[:limit]
    rows = _of_enterprises(replace(asked, missed_only=False), [(row.region_path, row.enterprise_id) for row in shown])
    return EnterprisePage(rows, (shown[-1].region_path, shown[-1].enterprise_id) if len(found) > limit else None)


def _of_enterprises(asked: Asked, keys: list[tuple[str, int]]) -> list[Figures]:
    """All figures of these enterprises, also those of tiers that missed nothing."""
    ids = [enterprise_id for _, enterprise_id in keys]
    grouped = (
        select(DutyFigure.enterprise_id, DutyFigure.region_path, Enterprise.name, *_sums(DutyFigure))
        .join(Enterprise, Enterprise.id == DutyFigure.enterprise_id)
        .where(*_narrowed(DutyFigure, asked), DutyFigure.enterprise_id.in_(ids))
        .group_by(DutyFigure.enterprise_id, DutyFigure.region_path, Enterprise.name)
    )
    found = {(row.region_path, row.enterprise_id): row for row in db.session.execute(grouped)}
    return [
        Figures(str(enterprise_id), found[path, enterprise_id].name, _counts(found[path, enterprise_id]))
        for path, enterprise_id in keys
        if (path, enterprise_id) in found
    ]


def by_region(asked: Asked) -> list[Figures]:
    """The regions directly below `asked.region_path`, from the kept sums; what lies in none of them under its name."""
    assert asked.region_path is not None, "places are asked of a region"
    below = _child_path(RegionFigure.region_path, asked.region_path)
    grouped = (
        select(below.label("path"), *_sums(RegionFigure))
        .where(*_narrowed(RegionFigure, asked))
        .group_by(below)
        .order_by(below)
    )
    rows = db.session.execute(grouped).all()
    named = select(Region.path, Region.name).where(Region.path.in_([row.path for row in rows]))
    names = {row.path: row.name for row in db.session.execute(named)}
    own = asked.region_path
    return [
        Figures(row.path, f"{names.get(row.path, row.path)}{OWN_LABEL if row.path == own else ''}", _counts(row))
        for row in rows
    ]


def _child_path(column: Any, path: str) -> ColumnElement[str]:
    """The path of the region directly below `path` in which a path lies; the path itself where it lies in none."""
    start = len(path) + 1
    rest = func.substr(column, start)
    slash = func.instr(rest, "/") if is_sqlite() else func.strpos(rest, "/")
    child: ColumnElement[str] = func.substr(column, 1, len(path) + slash)
    return child


def by_sector(asked: Asked) -> list[Figures]:
    """The sectors of a region, from the kept sums."""
    grouped = (
        select(RegionFigure.sector, *_sums(RegionFigure))
        .where(*_narrowed(RegionFigure, asked))
        .group_by(RegionFigure.sector)
        .order_by(RegionFigure.sector)
    )
    return [Figures(row.sector, row.sector or "未填行业", _counts(row)) for row in db.session.execute(grouped)]
