"""季报 and 年报 as papers to be signed: the statistics of a period as a snapshot (domain.md §6, §7 `statistics`).

The same rows as the ledger `statistics`; a period that is not over is refused, since what is signed must not move.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from accounts.access import sectors_of
from core.days import shanghai_day
from core.money import wan
from core.refusals import Invalid
from notices.models import Notice
from notices.snapshots import AnnexSnapshot, NoticeSnapshot, SignPlace
from reports.queries import Coverage, of_region
from reports.rules import Period, parse_period
from reports.sheet import Column
from reports.standing import LedgerScope
from reports.statistics_ledger import STATISTICS, statistics_rows

BELOW: Final = "｜"  # 重大隐患｜整改率（%）: the second head stands below the first
NOT_OVER: Final = "{}还没有结束，不能定稿签字。请在期满以后办理。"


def statistics_paper(notice: Notice, now: datetime) -> NoticeSnapshot:
    """The table of the notice's period, of its office's region or of its enterprise; refuses a period under way."""
    today = shanghai_day(now)
    period = parse_period(notice.fields.get("period", ""), today)
    if period.last_day >= today:
        raise Invalid(NOT_OVER.format(period.label), fields={"period": "请选已经结束的期间。"})
    covered = _covered(notice)
    return NoticeSnapshot(
        kind=notice.kind.value,
        title=STATISTICS.title_template.format(period=period.label),
        issued_at=now,
        dated=today,
        facts=(("填报单位（章）", covered.office), ("统计范围", covered.words), ("统计期间", period.label)),
        annexes=(_table(period, covered.scope),),
        places=(SignPlace("单位负责人（签字）", sealed=True), SignPlace("填表人（签字）")),
        note="\n".join(STATISTICS.notes),
    )


def _covered(notice: Notice) -> Coverage:
    if notice.office is not None:
        region = notice.office.region
        return of_region(region, notice.office.name, sectors_of(notice.office))
    assert notice.enterprise is not None
    firm = notice.enterprise
    return Coverage(LedgerScope(enterprise_id=firm.id), firm.name, firm.name, for_enterprise=True)


def _table(period: Period, scope: LedgerScope) -> AnnexSnapshot:
    """The sheet's columns with its own widths, so that 特种设备 need not break where 整改率 has room to spare."""
    columns = STATISTICS.columns
    whole = sum(column.width for column in columns)
    shares = tuple(column.width / whole for column in columns)
    return AnnexSnapshot("", heads=tuple(map(_head, columns)), rows=_rows(period, scope), shares=shares)


def _head(column: Column) -> str:
    unit = f"（{column.unit}）" if column.unit else ""
    return BELOW.join([*column.above, f"{column.heading}{unit}"])


def _rows(period: Period, scope: LedgerScope) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(_shown(getattr(row, column.key), column) for column in STATISTICS.columns)
        for row in statistics_rows(period, scope)
    )


def _shown(value: Any, column: Column) -> str:
    """As the printed form has it: money in 万元 with two decimals, nothing where a line only says what follows."""
    if value is None:
        return ""
    if column.kind == "money_wan":
        return f"{wan(value):f}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
