"""When a message leaves by mail: at once, after quiet hours, with the daily letter, or not at all."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.telling_rules import (
    TOPICS,
    USUAL,
    Choice,
    MailMode,
    Slot,
    Topic,
    held_until,
    quiet_until,
    slot_for,
)
from core.days import SHANGHAI
from tests.architecture.sources import calls, files, name


def at(hour: int, minute: int = 0, day: int = 16) -> datetime:
    """That time in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


EACH, DAILY = Choice(), Choice(mode=MailMode.DAILY, daily_hour=8)
PATIENT = Choice(urgent_at_once=False)


@pytest.mark.parametrize(
    ("choice", "kind", "now", "expected"),
    [
        (EACH, "assigned", at(10), Slot(at(10), False)),
        (EACH, "assigned", at(22), Slot(at(7, day=17), True)),
        (EACH, "assigned", at(23, 59), Slot(at(7, day=17), True)),
        (EACH, "assigned", at(0), Slot(at(7), True)),
        (EACH, "assigned", at(6, 59), Slot(at(7), True)),
        (EACH, "assigned", at(7), Slot(at(7), False)),
        (EACH, "major", at(23), Slot(at(23), False)),
        (EACH, "overdue", at(3), Slot(at(3), False)),
        (PATIENT, "overdue", at(3), Slot(at(7), True)),
        (PATIENT, "major", at(12), Slot(at(12), False)),
        (DAILY, "assigned", at(7, 59), Slot(at(8), True)),
        (DAILY, "assigned", at(8), Slot(at(8, day=17), True)),
        (DAILY, "due", at(20), Slot(at(8, day=17), True)),
        (DAILY, "major", at(20), Slot(at(20), False)),
        (Choice(quiet=None), "assigned", at(3), Slot(at(3), False)),
        (Choice(quiet=(time(12), time(14))), "assigned", at(13), Slot(at(14), True)),
        (Choice(quiet=(time(12), time(14))), "assigned", at(11), Slot(at(11), False)),
        (Choice(mode=MailMode.NEVER), "major", at(10), None),
        (EACH, "comment", at(10), None),
        (Choice(topics=frozenset({Topic.TALK})), "comment", at(10), Slot(at(10), False)),
        (Choice(topics=frozenset({Topic.TALK})), "major", at(10), None),
        (EACH, "a kind nobody wrote down", at(10), Slot(at(10), False)),
    ],
)
def test_when_a_message_leaves(choice: Choice, kind: str, now: datetime, expected: Slot | None) -> None:
    assert slot_for(choice, kind, now) == expected


def test_a_letter_that_is_tried_again_at_night_waits_for_the_morning() -> None:
    assert held_until(EACH, ["assigned"], at(23)) == at(7, day=17)
    assert held_until(EACH, ["assigned", "overdue"], at(23)) is None
    assert held_until(PATIENT, ["overdue"], at(23)) == at(7, day=17)
    assert held_until(EACH, ["assigned"], at(12)) is None


clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
moments = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(clocks, clocks, moments)
def test_quiet_hours_end_within_a_day_and_are_over_then(first: time, last: time, now: datetime) -> None:
    choice = Choice(quiet=(first, last))
    until = quiet_until(choice, now)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until(choice, until) is None


@given(moments, st.sampled_from(list(MailMode)), st.integers(0, 23), st.sampled_from(sorted(TOPICS)))
def test_nothing_leaves_in_the_past_or_much_later(now: datetime, mode: MailMode, hour: int, kind: str) -> None:
    slot = slot_for(Choice(mode=mode, daily_hour=hour), kind, now)
    assert slot is None or now <= slot.at <= now + timedelta(days=1)


def test_what_concerns_one_person_is_never_said_in_a_group() -> None:
    assert {topic for topic in Topic if topic.for_groups} == {
        Topic.MAJOR,
        Topic.OVERDUE,
        Topic.DUE,
        Topic.INSPECTION,
        Topic.LISTS,
    }
    assert {"account", "comment", "watch", "deputy", "remind", "assigned", "import"} <= {
        kind for kind, topic in TOPICS.items() if not topic.for_groups
    }
    assert Topic.TALK not in USUAL


def test_every_kind_of_message_stands_in_the_table() -> None:
    """A new kind belongs to a topic: add it to `accounts.telling_rules.TOPICS`."""
    told = {
        (name(path), ast.literal_eval(call.args[1]))  # a kind that is worked out could not be read here
        for path in files()
        if path.parent.name != "sample"  # where stories are told
        for call in calls(path, "tell")
        if len(call.args) > 1
    }
    assert {"accounts/second_factor.py", "hazards/operations/reporting.py"} <= {where for where, _kind in told}
    assert {(where, kind) for where, kind in told if kind not in TOPICS} == set()
