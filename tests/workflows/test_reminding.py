"""On which days somebody is reminded of a date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.reminding import CATCHES_UP, dates_reminded, how_far

TODAY = date(2026, 11, 16)
YESTERDAY = TODAY - timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (4, False),
        (3, True),
        (2, False),
        (1, True),
        (0, True),
        (-1, True),
        (-2, False),
        (-7, False),
        (-8, True),
        (-15, True),
        (-16, False),
    ],
)
def test_reminded_three_days_and_a_day_before_on_the_day_then_weekly(days: int, *, expected: bool) -> None:
    assert (TODAY + timedelta(days=days) in dates_reminded(YESTERDAY, TODAY)) == expected


@pytest.mark.parametrize(("days", "words"), [(3, "3 天后到期"), (1, "明天到期"), (0, "今天到期"), (-8, "逾期 8 天")])
def test_how_far_it_is(days: int, words: str) -> None:
    assert how_far(TODAY + timedelta(days=days), TODAY) == words


@given(DAYS, DAYS)
def test_a_date_is_reminded_of_on_its_own_days_however_the_days_are_taken_together(due: date, today: date) -> None:
    """A runner that stood still for some days misses none of them, and is not asked twice for one."""
    single = {
        day for n in range(5) if due in dates_reminded((day := today - timedelta(days=n)) - timedelta(days=1), day)
    }
    assert (due in dates_reminded(today - timedelta(days=5), today)) == bool(single)


@given(DAYS)
def test_what_was_missed_long_ago_comes_with_its_next_reminder(today: date) -> None:
    long_ago = dates_reminded(today - timedelta(days=400), today)
    assert long_ago == dates_reminded(today - timedelta(days=CATCHES_UP), today)
    assert dates_reminded(today, today) == []
