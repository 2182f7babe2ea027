"""On which days somebody is reminded of a date, and in which words. Pure; domain.md §4 says when it is soon.

Three days before, one day before, on the day; overdue on the first day and then every week. A runner that stood still
catches up: what fell on the days between counts on the day it runs again, in the words of that day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

BEFORE: Final = (3, 1, 0)  # days before and on the day
EVERY: Final = 7  # days between reminders of what is overdue
WEEKS: Final = 520  # for how long: ten years
CATCHES_UP: Final = 7  # days; what was missed longer ago comes with its next reminder
FROM_HOUR: Final = 8  # Shanghai; a reminder is not made at night


def dates_reminded(after: date, today: date) -> list[date]:
    """The dates of which somebody is reminded on a day behind `after`, up to today."""
    first = max(after + timedelta(days=1), today - timedelta(days=CATCHES_UP - 1))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    ahead = {day + timedelta(days=before) for day in days for before in BEFORE}
    behind = {day - timedelta(days=1 + EVERY * week) for day in days for week in range(WEEKS)}
    return sorted(ahead | behind)


def how_far(due: date, today: date) -> str:
    """今天到期, 明天到期, 3 天后到期, 逾期 8 天."""
    days = (due - today).days
    if days < 0:
        return f"逾期 {-days} 天"
    return {0: "今天到期", 1: "明天到期"}.get(days, f"{days} 天后到期")
