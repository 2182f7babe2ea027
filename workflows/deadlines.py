"""Periods the rules set, one row each: number, unit, what starts it, source; and what "overdue" means.

Numbers marked `[usual]` or `[design]` in the source are settings an office may change; the table holds their start
values. Source: domain.md §6 (民法典 200–203, 行政处罚法 85, 16号令).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.days import Due, Unit, WorkingDays, due_after
from workflows.vocabulary import State


@dataclass(frozen=True, slots=True)
class Period:
    """One rule row."""

    code: str
    label: str
    number: int
    unit: Unit
    starts: str
    source: str
    setting: bool = False


PERIODS: dict[str, Period] = {
    period.code: period
    for period in (
        Period("acceptance", "受理", 3, Unit.WORKING, "上报之日", "惯例", setting=True),
        Period(
            "report_major",
            "重大隐患上报监管部门",
            24,
            Unit.HOURS,
            "提出重大之时",
            "安全生产法 41「及时」",
            setting=True,
        ),
        Period("plan", "提交整改方案", 10, Unit.CALENDAR, "受理或送达之日", "惯例", setting=True),
        Period("reinspection", "复查", 10, Unit.CALENDAR, "申请验收之日", "16号令 18"),
        Period("reinspection_coal", "复查（煤矿）", 20, Unit.CALENDAR, "申请验收之日", "煤矿规定"),
        Period("reinspection_special", "复查（特种设备）", 10, Unit.WORKING, "申请验收之日", "特种设备现场检查规则"),
        Period("penalty_published", "处罚公示", 7, Unit.WORKING, "处罚决定之日", "安全生产法 78"),
        Period(
            "listed_extension", "挂牌督办延期申请提前", 15, Unit.WORKING, "期限之前", "宁波 15，青岛 20", setting=True
        ),
        Period("listing_published", "挂牌督办公示", 5, Unit.WORKING, "决定之日", "青岛"),
    )
}


def due_on(code: str, start: date, days: WorkingDays, number: int | None = None) -> Due:
    """The last day of a named period that starts on `start`; `number` where an office has set its own.

    Raises ValueError for a period in hours, which begins at a moment and not on a day (`major_report_due`).
    """
    period = PERIODS[code]
    if period.unit is Unit.HOURS:
        raise ValueError(f"{code} is counted in hours from a moment, not in days")
    return due_after(start, number or period.number, period.unit, days)


def extend_by(deadline: date, days: WorkingDays, number: int | None = None) -> date:
    """The last day on which a listed hazard's extension is in time: that many working days before the deadline."""
    return days.add_working(deadline, -(number or PERIODS["listed_extension"].number))


LISTING_YEARS = 1
"""How long a listing lasts at most (青岛挂牌督办办法)."""


def listing_until_at_most(today: date) -> date:
    """The last day of a listing decided today, counted as 民法典 202 counts years."""
    last = today.year + LISTING_YEARS
    try:
        return today.replace(year=last)
    except ValueError:  # 29 February has no such day that year: the month's last
        return today.replace(year=last, day=28)


RUNNING = frozenset({State.REPORTED, State.RECTIFYING})


def days_overdue(state: State, deadline: date | None, today: date) -> int:
    """Days past the deadline; 0 in time, without a deadline, or once verified. Overdue begins the day after."""
    if deadline is None or state not in RUNNING:
        return 0
    return max(0, (today - deadline).days)


def days_left(deadline: date | None, today: date) -> int | None:
    """Days until the deadline, negative when past; None where there is none, which is not overdue."""
    return None if deadline is None else (deadline - today).days


def major_report_due(proposed_at: datetime, hours: int | None = None) -> datetime:
    """By when a major hazard is reported to the regulator (及时; a setting, 24 h)."""
    return proposed_at + timedelta(hours=hours or PERIODS["report_major"].number)
