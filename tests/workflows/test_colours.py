"""The colour table of the lists, written out a second time by hand."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from workflows.colours import Timing, Tone, days_words, timing, tone
from workflows.vocabulary import Grade, State, Tier

TODAY = date(2026, 11, 20)
BLUE, YELLOW, ORANGE, RED = Tone.BLUE, Tone.YELLOW, Tone.ORANGE, Tone.RED
DAY, WEEK, MONTH, QUARTER = Tier.DAY, Tier.WEEK, Tier.MONTH, Tier.QUARTER
GENERAL, MAJOR = Grade.GENERAL, Grade.MAJOR

EXPECTED = {
    (GENERAL, "on time"): {DAY: BLUE, WEEK: YELLOW, MONTH: ORANGE, QUARTER: RED},
    (MAJOR, "on time"): {DAY: ORANGE, WEEK: ORANGE, MONTH: ORANGE, QUARTER: RED},
    (GENERAL, "soon"): {DAY: ORANGE, WEEK: ORANGE, MONTH: ORANGE, QUARTER: RED},
    (MAJOR, "soon"): {DAY: ORANGE, WEEK: ORANGE, MONTH: ORANGE, QUARTER: RED},
    (GENERAL, "late"): {DAY: RED, WEEK: RED, MONTH: RED, QUARTER: RED},
    (MAJOR, "late"): {DAY: RED, WEEK: RED, MONTH: RED, QUARTER: RED},
}
DEADLINES = {"on time": TODAY + timedelta(4), "soon": TODAY + timedelta(3), "late": TODAY - timedelta(1)}


@pytest.mark.parametrize(("grade", "when", "tier"), list(product(Grade, DEADLINES, Tier)))
@pytest.mark.parametrize("state", [State.REPORTED, State.RECTIFYING])
def test_the_most_severe_colour_wins(state: State, grade: Grade, when: str, tier: Tier) -> None:
    assert tone(state, grade, tier, DEADLINES[when], TODAY) is EXPECTED[grade, when][tier]


@pytest.mark.parametrize("tier", Tier)
def test_without_a_deadline_a_hazard_is_on_time(tier: Tier) -> None:
    assert tone(State.REPORTED, GENERAL, tier, None, TODAY) is EXPECTED[GENERAL, "on time"][tier]


@pytest.mark.parametrize("state", [State.VERIFIED, State.CLOSED, State.DISMISSED])
def test_what_is_cleared_has_no_colour_and_no_days(state: State) -> None:
    late = TODAY - timedelta(30)
    assert tone(state, MAJOR, QUARTER, late, TODAY) is None
    assert days_words(state, late, TODAY) == ("—", None)


@pytest.mark.parametrize(
    ("left", "words", "when"),
    [
        (1_200, "剩 1,200 天", Timing.ON_TIME),
        (4, "剩 4 天", Timing.ON_TIME),
        (3, "剩 3 天", Timing.SOON),
        (1, "剩 1 天", Timing.SOON),
        (0, "今天到期", Timing.SOON),
        (-1, "逾期 1 天", Timing.LATE),
        (-12, "逾期 12 天", Timing.LATE),
    ],
)
def test_the_deadline_day_itself_is_still_in_time(left: int, words: str, when: Timing) -> None:
    deadline = TODAY + timedelta(left)
    assert days_words(State.RECTIFYING, deadline, TODAY) == (words, when)
    assert timing(deadline, TODAY) is when


def test_no_deadline_shows_no_days() -> None:
    assert days_words(State.REPORTED, None, TODAY) == ("—", None)
    assert timing(None, TODAY).label == "按期"
