"""A form handed in twice does its work once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import OnceKey, OutboxMessage
from core.once import AlreadyDone, forget_old_keys, keep_outcome, new_key, use_once
from core.outbox import tell
from core.refusals import Invalid
from tests.clocks import FixedClock


def hand_in(key: str, clock: FixedClock, person_id: int = 1) -> None:
    """What a view does: key, deed and address in one unit of work."""
    with unit_of_work():
        use_once(key, person_id, clock())
        tell([person_id], "done", "办了", now=clock())
        keep_outcome(key, "/hazards/1")


def hand_in_and_fail(key: str, clock: FixedClock) -> None:
    with unit_of_work():
        use_once(key, 1, clock())
        raise ValueError("the deed failed")


def deeds() -> int | None:
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


def test_the_second_time_leads_to_where_the_first_led(context: Flask, clock: FixedClock) -> None:
    key = new_key()
    hand_in(key, clock)
    with pytest.raises(AlreadyDone) as refusal:
        hand_in(key, clock)
    assert refusal.value.outcome == "/hazards/1"
    assert deeds() == 1


def test_a_failed_first_time_does_not_use_the_key_up(context: Flask, clock: FixedClock) -> None:
    key = new_key()
    with pytest.raises(ValueError, match="failed"):
        hand_in_and_fail(key, clock)
    hand_in(key, clock)
    assert deeds() == 1


def test_eight_thumbs_at_once_do_it_once(context: Flask, clock: FixedClock) -> None:
    key, refused = new_key(), []

    def press() -> None:
        with context.app_context():
            try:
                hand_in(key, clock)
            except AlreadyDone as refusal:
                refused.append(refusal.outcome)

    thumbs = [threading.Thread(target=press) for _ in range(8)]
    for thumb in thumbs:
        thumb.start()
    for thumb in thumbs:
        thumb.join()
    assert refused == ["/hazards/1"] * 7
    assert deeds() == 1


def test_anothers_key_is_refused(context: Flask, clock: FixedClock) -> None:
    key = new_key()
    hand_in(key, clock)
    with pytest.raises(Invalid, match="不是由您打开"):
        hand_in(key, clock, person_id=2)


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "有中文的一把钥匙有中文的一把钥匙", "a" * 20 + "\n"])
def test_what_is_no_key_is_refused(sqlite_context: Flask, clock: FixedClock, key: str) -> None:
    with pytest.raises(Invalid, match="不完整"):
        hand_in(key, clock)
    assert deeds() == 0


def test_old_keys_are_forgotten_and_young_ones_kept(context: Flask, clock: FixedClock) -> None:
    old, young = new_key(), new_key()
    hand_in(old, clock)
    clock.advance(days=6)
    hand_in(young, clock)
    clock.advance(days=2)
    with unit_of_work():
        assert forget_old_keys(clock()) == 1
    assert db.session.scalars(select(OnceKey.key)).all() == [young]
