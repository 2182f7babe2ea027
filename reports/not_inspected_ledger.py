"""Ledger `not_inspected` 未开展排查情况表: which units missed which inspections whose period ended in a month.

What was missed is a fact once its grace is over and stays; duties still within their grace are not in it yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from accounts.models import Enterprise, OrgUnit, Region
from core.db import db
from core.scope import subtree
from inspections.models import DutyFigure, MissedDuty
from inspections.queries.facts import WHOLE_LABEL
from reports.ledger_rows import READ_AT_ONCE, LedgerScope
from reports.rules import Month
from reports.sheet import Column, LedgerLayout, long_text
from workflows.cadence import period_from_key

PERIODS_NAMED = 31


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
    title_template="{year}年{month}月未开展排查情况表",
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
    notes=("注：按周期的最后一天计入当月；补查期限未过的不计入，停产和休息的日子不需排查。",),
    paper="A4",
    empty_line="本月没有未开展排查的（零报告）。",
)
"""The columns [design]; domain.md §4 and §8 name the list."""


def not_inspected_rows(month: Month, scope: LedgerScope, *, limit: int | None = None) -> Iterator[NotInspectedRow]:
    """The rows by place, enterprise, unit and tier, read piece by piece."""
    figures = DutyFigure
    wanted = (
        _with_missed(month, scope, select(figures, Enterprise, OrgUnit.name.label("unit_name")))
        .join(Enterprise, Enterprise.id == figures.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.id == figures.unit_id)
        .order_by(figures.region_path, figures.enterprise_id, figures.unit_id, figures.tier)
        .limit(limit)
    )
    for page in db.session.execute(wanted.execution_options(yield_per=READ_AT_ONCE)).partitions():
        missed = _periods({row.DutyFigure.enterprise_id for row in page}, month)
        for row in page:
            yield _row(row, missed)


def count_not_inspected(month: Month, scope: LedgerScope, most: int) -> int:
    """How many rows the ledger has; stops counting one beyond `most`."""
    found = _with_missed(month, scope, select(DutyFigure.enterprise_id)).limit(most + 1).subquery()
    return db.session.scalars(select(func.count()).select_from(found)).one()


def _with_missed(month: Month, scope: LedgerScope, wanted: Any) -> Any:
    figures = DutyFigure
    wanted = wanted.where(figures.month == date(month.year, month.number, 1), figures.missed > 0)
    if scope.region_path is not None:
        wanted = wanted.where(subtree(figures.region_path, scope.region_path))
    if scope.enterprise_id is not None:
        wanted = wanted.where(figures.enterprise_id == scope.enterprise_id)
    return wanted if scope.unit_id is None else wanted.where(figures.unit_id == scope.unit_id)


Key = tuple[int, int, str]


def _periods(enterprises: set[int], month: Month) -> dict[Key, list[str]]:
    """The missed periods of these enterprises by enterprise, unit and tier, in words."""
    wanted = (
        select(MissedDuty.enterprise_id, MissedDuty.unit_id, MissedDuty.tier, MissedDuty.period_key)
        .where(MissedDuty.enterprise_id.in_(enterprises))
        .where(MissedDuty.period_last >= date(month.year, month.number, 1), MissedDuty.period_last <= month.last_day)
        .order_by(MissedDuty.period_last, MissedDuty.id)
    )
    found: dict[Key, list[str]] = {}
    for row in db.session.execute(wanted):
        label = period_from_key(row.period_key).label
        found.setdefault((row.enterprise_id, row.unit_id or 0, row.tier.value), []).append(label)
    return found


def _row(row: Any, missed: dict[Key, list[str]]) -> NotInspectedRow:
    figures, firm = row.DutyFigure, row.Enterprise
    labels = list(dict.fromkeys(missed.get((figures.enterprise_id, figures.unit_id, figures.tier.value), ())))
    more = f"等 {len(labels)} 个" if len(labels) > PERIODS_NAMED else ""
    region: Region = firm.region
    return NotInspectedRow(
        district=region.name,
        town=firm.town.name if firm.town else None,
        enterprise_name=firm.name,
        uscc=firm.uscc,
        industry=firm.industry,
        unit=row.unit_name or WHOLE_LABEL,
        tier=figures.tier.label,
        due=figures.due,
        in_time=figures.in_time,
        late=figures.late,
        missed=figures.missed,
        periods="、".join(labels[:PERIODS_NAMED]) + more,
        remarks=None,
    )
