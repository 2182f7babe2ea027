"""Moments of inspections as people read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.days import SHANGHAI, shanghai_day


def clock_text(moment: datetime, now: datetime) -> str:
    """09:16 of today, 11-20 09:16 of another day, with the year where it is not this one."""
    there = moment.astimezone(SHANGHAI)
    today = shanghai_day(now)
    if there.date() == today:
        return f"{there:%H:%M}"
    return f"{there:%m-%d %H:%M}" if there.year == today.year else f"{there:%Y-%m-%d %H:%M}"


def day_words(day: date) -> str:
    """11月20日."""
    return f"{day.month}月{day.day}日"


def end_text(ends: datetime, now: datetime) -> str:
    """The end of a period: 18:00, or 24:00 of its day rather than 00:00 of the next."""
    there = ends.astimezone(SHANGHAI)
    if (there.hour, there.minute) != (0, 0):
        return clock_text(ends, now)
    day = clock_text(ends - timedelta(minutes=1), now)[: -len("23:59")]
    return f"{day}24:00"
