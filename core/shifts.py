"""When a unit works: rest days, rotas, night shifts, stopped plants. A unit that does not work has no day to miss.

Pure: the official working days and the moment are passed in (domain.md §4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.days import SHANGHAI, WorkingDays, shanghai_day, start_of_day

LATE_IN_THE_DAY = time(16, 0)  # found after it counts for the next working shift [design], a setting of the unit
LONGEST_REST = 400  # days looked ahead for the next working day; a unit stopped for longer has none


class WorkKind(StrEnum):
    """How a unit's working days are told."""

    label: str

    def __new__(cls, value: str, label: str = "") -> WorkKind:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    OFFICIAL = "official", "按法定工作日"
    EVERY_DAY = "every_day", "每天（连续生产）"
    WEEKDAYS = "weekdays", "按每周固定的日子"
    ROTA = "rota", "按轮班周期"


@dataclass(frozen=True, slots=True)
class Stop:
    """No work from the first to the last day (both included); open-ended where `last` is None."""

    first: date
    last: date | None
    reason: str

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Shifts:
    """The working days of one unit.

    `pattern` is seven digits from Monday (1111110) for WEEKDAYS, a cycle of any length that begins on `starts_on` for
    ROTA (11110000). `keeps_holidays`: official holidays are free there too. `day_ends` after midnight (08:00) means
    that a night shift's day ends with its handover on the next morning; 00:00 is the end of the day itself.
    """

    kind: WorkKind = WorkKind.OFFICIAL
    pattern: str = ""
    starts_on: date | None = None
    keeps_holidays: bool = True
    day_ends: time = time(0, 0)
    late_from: time = LATE_IN_THE_DAY
    stops: tuple[Stop, ...] = ()
    days: WorkingDays = field(default_factory=WorkingDays)
    # from which day on this holds, and what held before: a calendar says when work is done from then on, not before
    since: date | None = None
    before: Shifts | None = None

    def on(self, day: date) -> Shifts:
        """What held on a day."""
        held = self
        while held.before is not None and held.since is not None and day < held.since:
            held = held.before
        return held

    def stop_on(self, day: date) -> Stop | None:
        """The stop that covers a day."""
        return next((stop for stop in self.stops if stop.covers(day)), None)

    def is_working(self, day: date) -> bool:
        """Whether the unit works on this day."""
        return self.stop_on(day) is None and self.on(day)._is_worked(day)

    def _is_worked(self, day: date) -> bool:
        if self.kind is WorkKind.EVERY_DAY:
            return True
        if self.kind is WorkKind.OFFICIAL:
            return self.days.is_working(day)
        if self.keeps_holidays and self.days.exceptions.get(day) is False:
            return False
        if self.kind is WorkKind.WEEKDAYS:
            return self.pattern[day.weekday()] == "1"
        assert self.starts_on is not None, "a rota begins on a day"
        return self.pattern[(day - self.starts_on).days % len(self.pattern)] == "1"

    def next_working(self, day: date) -> date | None:
        """The day itself or the next one on which the unit works; None where it works on no day to come."""
        for ahead in range(LONGEST_REST):
            candidate = day + timedelta(days=ahead)
            if self.is_working(candidate):
                return candidate
        return None

    def working_between(self, first: date, last: date) -> list[date]:
        """The working days from the first to the last, both included."""
        return [day for n in range((last - first).days + 1) if self.is_working(day := first + timedelta(days=n))]

    def add_working(self, start: date, number: int) -> date:
        """The day `number` working days of this unit after start; by the calendar where it works no more."""
        day = start
        for _ in range(number):
            found = self.next_working(day + timedelta(days=1))
            if found is None:
                return start + timedelta(days=number)
            day = found
        return day

    def day_of(self, moment: datetime) -> date:
        """To which of the unit's days a moment belongs: 03:00 of a night shift is still yesterday."""
        ended = self.on(shanghai_day(moment) - timedelta(days=1)).day_ends
        return shanghai_day(moment - timedelta(hours=ended.hour, minutes=ended.minute))

    def end_of(self, day: date) -> datetime:
        """The instant at which this day of the unit ends (aware UTC)."""
        ends = self.on(day).day_ends
        return start_of_day(day + timedelta(days=1)) + timedelta(hours=ends.hour, minutes=ends.minute)

    def list_day(self, found: datetime) -> date:
        """On which day's list something found at this moment stands: late in the day it counts for the next shift.

        Where a night shift works on until its handover, `late_from` is not asked before midnight: its day is long.
        """
        day = self.day_of(found)
        held = self.on(day)
        is_late = held.day_ends == time(0, 0) and found.astimezone(SHANGHAI).time() >= held.late_from
        return self.next_working(day + timedelta(days=1) if is_late else day) or day
