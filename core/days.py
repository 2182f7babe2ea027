"""Days as the field counts them: Shanghai days, working days from a table, periods by the law's own unit.

Pure: the table of working days and the moment are passed in. A year without a table counts Monday to Friday and
is marked provisional wherever shown, until an administrator loads that year (domain.md §6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_day(moment: datetime) -> date:
    """The day it is in Shanghai at this moment (aware datetime)."""
    return moment.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """00:00 Shanghai of a day, as aware UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of_month(year: int, month: int) -> datetime:
    """The first instant after a month, Shanghai, as aware UTC: a ledger shows what stood just before it."""
    return start_of_day(date(year + month // 12, month % 12 + 1, 1))


class Unit(StrEnum):
    """How a period counts."""

    WORKING = "working"
    CALENDAR = "calendar"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The official table: days that differ from Monday-to-Friday, and the years it covers."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether work is done on that day; Monday to Friday where no table covers the year."""
        return self.exceptions.get(day, day.weekday() < 5)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether counting from first to last touches a year whose table is not loaded."""
        return any(year not in self.years for year in range(first.year, last.year + 1))

    def add_working(self, start: date, number: int) -> date:
        """The day `number` working days after start; the first day is not counted (民法典 201)."""
        day, left = start, abs(number)
        step = timedelta(days=1 if number >= 0 else -1)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def next_working(self, day: date) -> date:
        """The day itself, or the next working day when it is a rest day (民法典 203)."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, slots=True)
class Due:
    """A last day with how it was counted, so that the arithmetic can be shown."""

    on: date
    start: date
    number: int
    unit: Unit
    provisional: bool

    @property
    def counted(self) -> str:
        """自 2026-08-28 次日起 90 日（自然日）"""
        unit = "个工作日" if self.unit is Unit.WORKING else "日（自然日）"
        return f"自 {self.start.isoformat()} 次日起 {self.number} {unit}"


def due_after(start: date, number: int, unit: Unit, days: WorkingDays) -> Due:
    """The last day of a period of `number` days after `start`; a last day on a rest day moves on."""
    if unit is Unit.WORKING:
        last = days.add_working(start, number)
    else:
        last = days.next_working(start + timedelta(days=number))
    return Due(last, start, number, unit, days.is_provisional(start, last))
