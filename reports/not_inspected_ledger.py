"""Ledger `not_inspected` 未开展排查情况表: which units missed which inspections that ended within a period.

What was missed is a fact once its grace is over and stays; duties still within their grace are not in it yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select

from accounts.models import Enterprise, OrgUnit
from accounts.queries import regions_by_code
from core.db import db
from inspections.models import Inspection, MissedDuty
from inspections.queries.facts import WHOLE_LABEL
from inspections.rules import InspectionState
from reports.rules import Period
from reports.sheet import Column, LedgerLayout, long_text
from reports.standing import READ_AT_ONCE, LedgerScope, of_place
from workflows.cadence import period_from_key
from workflows.vocabulary import Tier

PERIODS_NAMED: Final = 31
WHOLE: Final = 0  # the unit of duties that belong to the enterprise as a whole


class NotInspectedRow(NamedTuple):
    """One unit and tier of one enterprise that missed something. `None` and "" print an empty cell."""

    district: str | None
    town: str | None
    enterprise_name: str
    uscc: str | None
    industry: str | None
    unit: str
    tier: str
    due: int
    in_time: int
    late: int
    missed: int
    periods: str
    """The periods that were missed, as 11 月 4 日、11 月 5 日."""
    remarks: str | None


NOT_INSPECTED = LedgerLayout(
    code="not_inspected",
    name="未开展排查情况表",
    title_template="{period}未开展排查情况表",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("district", "区县", width=9),
        Column("town", "乡镇(街道)", width=9),
        long_text("enterprise_name", "企业名称", 20),
        Column("uscc", "统一社会信用代码", width=14, latin=True),
        Column("industry", "行业领域", width=10),
        Column("unit", "部门/班组", width=12),
        Column("tier", "排查层级", width=6),
        Column("due", "应查次数", "integer", 7),
        Column("in_time", "按时", "integer", 6),
        Column("late", "补查", "integer", 6),
        Column("missed", "未开展", "integer", 7),
        long_text("periods", "未开展的周期", 30),
        Column("remarks", "备注", width=10),
    ),
    sign_off=("审核人", "填表人", "联系电话", "单位负责人(签字)"),
    notes=("注：按周期的最后一天计入本期；补查期限未过的不计入，停产和休息的日子不需排查。",),
    paper="A4",
    empty_line="本期没有未开展排查的（零报告）。",
)
"""The columns [design]; domain.md §4 and §8 name the list."""


_missed: Final[Any] = MissedDuty.__table__.c
# the bare tables: of units whose missed duties are seen, wherever they lie today
_done: Final[Any] = Inspection.__table__.c
_firms: Final[Any] = Enterprise.__table__.c
_units: Final[Any] = OrgUnit.__table__.c


def not_inspected_rows(period: Period, scope: LedgerScope, *, limit: int | None = None) -> Iterator[NotInspectedRow]:
    """The rows by place, enterprise, unit and tier, read piece by piece."""
    found = _units_with_missed(period, scope).limit(limit).subquery()
    wanted = (
        select(found, _firms.name, _firms.uscc, _firms.industry, _units.name.label("unit_name"))
        .join(Enterprise.__table__, _firms.id == found.c.enterprise_id)
        .outerjoin(OrgUnit.__table__, _units.id == found.c.unit_id)
        .order_by(found.c.region_path, found.c.enterprise_id, found.c.unit_id, found.c.tier)
    )
    for page in db.session.execute(wanted.execution_options(yield_per=READ_AT_ONCE)).partitions():
        enterprises = {row.enterprise_id for row in page}
        missed, done = _periods(enterprises, period), _inspected(enterprises, period)
        regions = regions_by_code({code for row in page for code in _codes(row.region_path)})
        for row in page:
            key = (row.enterprise_id, row.unit_id, row.tier)
            places = [regions[code].name for code in _codes(row.region_path)]
            yield _row(row, places, missed.get(key, []), done.get(key, (0, 0)))


def count_not_inspected(period: Period, scope: LedgerScope, most: int) -> int:
    """How many rows the ledger has; stops counting one beyond `most`."""
    found = _units_with_missed(period, scope).limit(most + 1).subquery()
    return db.session.scalars(select(func.count()).select_from(found)).one()


def _units_with_missed(period: Period, scope: LedgerScope) -> Any:
    """Enterprise, unit and tier by the place where it lay then, with how many of its duties were missed."""
    duty, unit = _missed, func.coalesce(_missed.unit_id, WHOLE).label("unit_id")
    keys = (duty.region_path, duty.enterprise_id, unit, duty.tier)
    wanted = select(*keys, func.count().label("missed")).where(_ended_within(duty, period), of_place(duty, scope))
    return wanted.group_by(*keys).order_by(*keys)


def _ended_within(duty: Any, period: Period) -> ColumnElement[bool]:
    return and_(duty.period_last >= period.first_day, duty.period_last <= period.last_day)


Key = tuple[int, int, Tier]


def _periods(enterprises: set[int], period: Period) -> dict[Key, list[str]]:
    """The missed periods of these enterprises by enterprise, unit and tier, in words."""
    wanted = (
        select(_missed.enterprise_id, _missed.unit_id, _missed.tier, _missed.period_key)
        .where(_missed.enterprise_id.in_(enterprises), _ended_within(_missed, period))
        .order_by(_missed.period_last, _missed.id)
    )
    found: dict[Key, list[str]] = {}
    for row in db.session.execute(wanted):
        label = period_from_key(row.period_key).label
        found.setdefault((row.enterprise_id, row.unit_id or WHOLE, row.tier), []).append(label)
    return found


def _inspected(enterprises: set[int], period: Period) -> dict[Key, tuple[int, int]]:
    """How many duties were done in time and how many late; what came after it was settled as missed is neither."""
    unit = func.coalesce(_done.unit_id, WHOLE).label("unit_id")
    settled = select(_missed.id).where(_missed.duty_id == _done.duty_id, _missed.period_key == _done.period_key)
    in_time = func.sum(case((_done.in_time, 1), else_=0)).label("in_time")
    wanted = (
        select(_done.enterprise_id, unit, _done.tier, in_time, func.count().label("done"))
        .where(_done.enterprise_id.in_(enterprises), _ended_within(_done, period))
        .where(_done.duty_id.is_not(None), _done.state == InspectionState.FINISHED, ~settled.exists())
        .group_by(_done.enterprise_id, unit, _done.tier)
    )
    rows = db.session.execute(wanted)
    return {(row.enterprise_id, row.unit_id, row.tier): (row.in_time, row.done - row.in_time) for row in rows}


def _codes(path: str) -> list[str]:
    """The district and the street of a place, as far as it has them."""
    return path.strip("/").split("/")[1:]


def _row(row: Any, places: Sequence[str], missed: Sequence[str], done: tuple[int, int]) -> NotInspectedRow:
    in_time, late = done
    labels = list(dict.fromkeys(missed))
    more = f"等 {len(labels)} 个" if len(labels) > PERIODS_NAMED else ""
    return NotInspectedRow(
        district=places[0] if places else None,
        town=places[1] if len(places) > 1 else None,
        enterprise_name=row.name,
        uscc=row.uscc,
        industry=row.industry,
        unit=row.unit_name or WHOLE_LABEL,
        tier=row.tier.label,
        due=in_time + late + row.missed,
        in_time=in_time,
        late=late,
        missed=row.missed,
        periods="、".join(labels[:PERIODS_NAMED]) + more,
        remarks=None,
    )
