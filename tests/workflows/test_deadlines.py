"""Days as the field counts them: first day, rest days, month ends, leap days, years without a table, overdue.

The holidays of 2026 that the tests need are written here, so that nothing depends on a library's edition.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.days import Unit, WorkingDays, due_after, end_of_month, shanghai_day, start_of_day
from tests.workflows.cast import a_case
from workflows.deadlines import (
    PERIODS,
    days_left,
    days_overdue,
    due_on,
    extend_by,
    listing_until_at_most,
    major_report_due,
)
from workflows.vocabulary import State

# National Day 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
REST = {date(2026, 10, day): False for day in (1, 2, 5, 6, 7)}
WORKED = {date(2026, 9, 20): True, date(2026, 10, 10): True}
TABLE = WorkingDays(REST | WORKED, frozenset({2024, 2025, 2026}))
ANY_DAY = st.dates(date(2024, 1, 1), date(2026, 12, 31))


# --- working days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        (date(2026, 11, 16), 3, date(2026, 11, 19)),  # Monday to Thursday: the first day is not counted
        (date(2026, 11, 20), 3, date(2026, 11, 25)),  # over a week-end
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # reported on a Saturday
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over National Day, ending on the worked Saturday
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # the worked Sunday counts
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
    ],
)
def test_working_days_are_those_of_the_table(start: date, number: int, last: date) -> None:
    assert TABLE.add_working(start, number) == last
    assert due_after(start, number, Unit.WORKING, TABLE).on == last


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        (date(2026, 11, 2), 10, date(2026, 11, 12)),
        (date(2026, 11, 11), 10, date(2026, 11, 23)),  # a Saturday moves to Monday
        (date(2026, 9, 21), 10, date(2026, 10, 8)),  # a holiday moves to the first working day after it
        (date(2026, 9, 30), 10, date(2026, 10, 10)),  # a Saturday that is worked stays
        (date(2026, 8, 28), 90, date(2026, 11, 26)),
        (date(2025, 11, 30), 90, date(2026, 3, 2)),  # a Saturday at the month's end moves into the next month
        (date(2024, 2, 28), 1, date(2024, 2, 29)),  # a leap day is a day
        (date(2024, 2, 19), 10, date(2024, 2, 29)),
        (date(2025, 2, 18), 10, date(2025, 2, 28)),
        (date(2025, 12, 31), 30, date(2026, 1, 30)),
    ],
)
def test_calendar_days_count_from_the_day_after_and_do_not_end_on_a_rest_day(
    start: date, number: int, last: date
) -> None:
    assert due_after(start, number, Unit.CALENDAR, TABLE).on == last


@given(ANY_DAY, st.integers(0, 60))
def test_a_period_never_ends_on_a_rest_day_nor_before_its_number_of_days(start: date, number: int) -> None:
    for unit in (Unit.WORKING, Unit.CALENDAR):
        due = due_after(start, number, unit, TABLE)
        assert (due.on - start).days >= number
        assert TABLE.is_working(due.on) or (number == 0 and unit is Unit.WORKING)


@given(ANY_DAY, st.integers(0, 60))
def test_counting_back_undoes_counting_forward_from_a_working_day(start: date, number: int) -> None:
    working = TABLE.next_working(start)
    assert TABLE.add_working(TABLE.add_working(working, number), -number) == working


@given(ANY_DAY, st.integers(0, 60))
def test_one_more_working_day_is_later(start: date, number: int) -> None:
    assert TABLE.add_working(start, number) < TABLE.add_working(start, number + 1)


# --- years without a table -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "number", "unit", "last", "provisional"),
    [
        (date(2026, 12, 30), 1, Unit.WORKING, date(2026, 12, 31), False),
        (date(2026, 12, 30), 2, Unit.WORKING, date(2027, 1, 1), True),
        (date(2026, 12, 21), 10, Unit.CALENDAR, date(2026, 12, 31), False),
        (date(2026, 12, 23), 10, Unit.CALENDAR, date(2027, 1, 4), True),
        (date(2026, 12, 1), 800, Unit.CALENDAR, date(2029, 2, 8), True),
        (date(2023, 12, 29), 1, Unit.WORKING, date(2024, 1, 1), True),
    ],
)
def test_a_year_without_a_table_counts_monday_to_friday_and_says_so(
    start: date, number: int, unit: Unit, last: date, provisional: bool
) -> None:
    due = due_after(start, number, unit, TABLE)
    assert (due.on, due.provisional) == (last, provisional)


def test_when_the_table_of_the_year_comes_the_same_period_is_counted_anew() -> None:
    start = date(2026, 12, 30)
    before = due_after(start, 2, Unit.WORKING, TABLE)
    loaded = WorkingDays(REST | WORKED | {date(2027, 1, 1): False}, TABLE.years | {2027})
    after = due_after(start, 2, Unit.WORKING, loaded)
    assert (before.on, before.provisional) == (date(2027, 1, 1), True)
    assert (after.on, after.provisional) == (date(2027, 1, 4), False)


def test_how_a_day_was_counted_is_told_in_the_fields_words() -> None:
    assert due_after(date(2026, 8, 28), 90, Unit.CALENDAR, TABLE).counted == "自 2026-08-28 次日起 90 日（自然日）"
    assert due_after(date(2026, 11, 16), 3, Unit.WORKING, TABLE).counted == "自 2026-11-16 次日起 3 个工作日"


# --- the rows --------------------------------------------------------------------------------------------------


def test_the_periods_are_those_of_the_field() -> None:
    rows = {code: (period.number, period.unit.value, period.setting) for code, period in PERIODS.items()}
    assert rows == {
        "acceptance": (3, "working", True),
        "report_major": (24, "hours", True),
        "plan": (10, "calendar", True),
        "reinspection": (10, "calendar", False),
        "reinspection_coal": (20, "calendar", False),
        "reinspection_special": (10, "working", False),
        "penalty_published": (7, "working", False),
        "listed_extension": (15, "working", True),
        "listing_published": (5, "working", False),
    }
    assert all(period.source and period.starts for period in PERIODS.values())


def test_a_row_is_counted_by_its_own_unit_and_an_offices_own_number() -> None:
    start = date(2026, 11, 16)
    assert due_on("acceptance", start, TABLE).on == date(2026, 11, 19)
    assert due_on("acceptance", start, TABLE, 5).on == date(2026, 11, 23)
    assert due_on("plan", start, TABLE).on == date(2026, 11, 26)
    assert due_on("reinspection_special", start, TABLE).on == date(2026, 11, 30)


def test_a_period_in_hours_is_not_counted_in_days() -> None:
    with pytest.raises(ValueError, match="hours"):
        due_on("report_major", date(2026, 11, 16), TABLE)
    proposed = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert major_report_due(proposed) == datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert major_report_due(proposed, 2) == datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


# --- a listed one's extension ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "number", "last"),
    [
        (date(2026, 11, 27), None, date(2026, 11, 6)),
        (date(2026, 11, 27), 20, date(2026, 10, 30)),  # 青岛
        (date(2026, 10, 15), None, date(2026, 9, 20)),  # back over National Day, the worked Sunday counts
        (date(2026, 11, 29), None, date(2026, 11, 9)),  # a deadline on a Sunday
    ],
)
def test_the_last_day_to_ask_is_that_many_working_days_before_the_deadline(
    deadline: date, number: int | None, last: date
) -> None:
    assert extend_by(deadline, TABLE, number) == last


@given(ANY_DAY)
def test_between_the_last_day_to_ask_and_the_deadline_lie_fifteen_working_days(deadline: date) -> None:
    last = extend_by(deadline, TABLE)
    days = (last + timedelta(days=n) for n in range((deadline - last).days))
    assert sum(TABLE.is_working(day) for day in days) == 15


# --- overdue ---------------------------------------------------------------------------------------------------

DEADLINE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "last"), [(date(2026, 11, 22), date(2027, 11, 22)), (date(2028, 2, 29), date(2029, 2, 28))]
)
def test_a_listing_lasts_a_year_at_most(today: date, last: date) -> None:
    assert listing_until_at_most(today) == last


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        (datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), 0),  # 23:59:59 in Shanghai on the deadline day
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), 1),  # 00:00 in Shanghai on the day after
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), 2),
        (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), 0),
    ],
)
def test_overdue_begins_at_midnight_in_shanghai_after_the_deadline_day(moment: datetime, days: int) -> None:
    today = shanghai_day(moment)
    assert days_overdue(State.RECTIFYING, DEADLINE, today) == days
    assert replace(a_case(State.RECTIFYING, deadline=DEADLINE), today=today).is_overdue is (days > 0)


@pytest.mark.parametrize("state", State)
def test_only_what_is_still_running_becomes_overdue(state: State) -> None:
    runs = state in ("reported", "rectifying")
    assert days_overdue(state, DEADLINE, date(2026, 11, 30)) == (10 if runs else 0)
    assert a_case(state, deadline=date(2026, 11, 19)).is_overdue is runs
    assert not a_case(state, deadline=date(2026, 11, 20)).is_overdue


def test_without_a_deadline_nothing_is_overdue_and_no_days_are_left_to_count() -> None:
    assert days_overdue(State.RECTIFYING, None, DEADLINE) == 0
    assert days_left(None, DEADLINE) is None
    assert not a_case(deadline=None).is_overdue


def test_days_left_are_zero_on_the_last_day_and_negative_after_it() -> None:
    assert [days_left(DEADLINE, date(2026, 11, day)) for day in (13, 20, 21)] == [7, 0, -1]


# --- Shanghai --------------------------------------------------------------------------------------------------


def test_a_day_begins_and_ends_in_shanghai_not_in_utc() -> None:
    assert start_of_day(date(2026, 11, 20)) == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert shanghai_day(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)) == date(2026, 11, 20)
    assert shanghai_day(datetime(2026, 11, 19, 15, 59, tzinfo=UTC)) == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("year", "month", "instant"),
    [
        (2026, 11, datetime(2026, 11, 30, 16, 0, tzinfo=UTC)),
        (2026, 12, datetime(2026, 12, 31, 16, 0, tzinfo=UTC)),
        (2024, 2, datetime(2024, 2, 29, 16, 0, tzinfo=UTC)),
        (2025, 2, datetime(2025, 2, 28, 16, 0, tzinfo=UTC)),
        (2026, 1, datetime(2026, 1, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_month_ends_with_its_last_day_in_shanghai(year: int, month: int, instant: datetime) -> None:
    assert end_of_month(year, month) == instant
    assert shanghai_day(instant - timedelta(microseconds=1)).month == month
