"""When the checks of interim controls are due and missed: pure, by the clock that is handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.controls import INTERVALS, are_checked, grace, is_missed, missed_until
from workflows.vocabulary import Grade, State

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.parametrize("state", State)
def test_only_a_major_one_that_is_being_put_right_is_checked(grade: Grade, state: State) -> None:
    assert are_checked(grade, state) is (grade is Grade.MAJOR and state is State.RECTIFYING)


@pytest.mark.parametrize(("hours", "minutes"), [(1, 15), (4, 60), (24, 360), (168, 360)])
def test_a_quarter_of_the_interval_is_given_but_never_more_than_six_hours(hours: int, minutes: int) -> None:
    assert grace(hours) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("after", "missed", "next_after"),
    [(0, 0, 0), (6, 0, 0), (6.01, 1, 24), (24, 1, 24), (30, 1, 24), (30.01, 2, 48), (24 * 10 + 7, 11, 24 * 11)],
)
def test_checks_missed_are_counted_by_the_day(after: float, missed: int, next_after: float) -> None:
    found = missed_until(NINE, 24, NINE + timedelta(hours=after))
    assert found == (missed, NINE + timedelta(hours=next_after))


@given(st.sampled_from(INTERVALS), st.integers(0, 10_000), st.integers(0, 10_000))
def test_catching_up_in_two_steps_counts_the_same_as_in_one(hours: int, first: int, more: int) -> None:
    soon, late = NINE + timedelta(minutes=first), NINE + timedelta(minutes=first + more)
    missed_first, next_at = missed_until(NINE, hours, soon)
    missed_then, at_last = missed_until(next_at, hours, late)
    assert (missed_first + missed_then, at_last) == missed_until(NINE, hours, late)
    assert not is_missed(at_last, hours, late)
