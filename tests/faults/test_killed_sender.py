"""kill -9 of a runner in the middle of sending, with and without a second one: everything arrives, nothing twice.

The one letter that may come twice is the one the mail server took in the very moment of the death: it is known by its
Message-ID, which is the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.sending import send_messages
from core.db import db, unit_of_work
from core.delivery_models import Delivery, DeliveryState
from core.outbox import tell
from core.settings import Settings
from tests.accounts.telling import address, set_up
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.receivers import Mailbox, mail_server

LETTERS = 60
PATIENCE = 60


@pytest.fixture
def box(context: Flask, city: City, clock: FixedClock) -> Iterator[Mailbox]:
    """A mail server that takes its time, and one reader with many messages."""
    with mail_server() as made:
        made.pause = 0.03
        set_up(context, mail_url=made.url)
        address(city.people["manager"], clock())
        with unit_of_work():
            for number in range(LETTERS):
                tell([city.people["manager"]], "assigned", f"第 {number} 件", now=clock())
        yield made


def runner(settings: Settings, box: Mailbox, clock: FixedClock) -> subprocess.Popen[str]:
    """A runner of its own, once it has begun."""
    words = [str(settings.instance), settings.database_url, box.url, clock().isoformat()]
    command = [sys.executable, "-m", "tests.faults.sender", *words]
    started = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "started"
    return started


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def check(box: Mailbox, killed: int) -> None:
    """Every message in a letter; a letter twice only where a runner died over it."""
    db.session.rollback()
    waiting = select(func.count()).where(Delivery.state != DeliveryState.SENT)
    assert db.session.scalar(waiting) == 0
    assert {letter["Subject"] for letter in box.letters} == {f"【交给我的事项】第 {n} 件" for n in range(LETTERS)}
    assert len(set(box.marks)) == LETTERS
    assert len(box.letters) <= LETTERS + killed


@pytest.mark.parametrize("after", [1, 20, 45])
def test_a_killed_runner_is_followed_by_another(
    settings: Settings, box: Mailbox, clock: FixedClock, after: int
) -> None:
    with runner(settings, box, clock) as first:
        wait_for(lambda: len(box.letters) >= after)
        first.kill()
        first.wait(PATIENCE)
    assert after <= len(box.letters) < LETTERS
    box.pause = 0
    send_messages(clock())  # all but the one the dead runner held
    send_messages(clock.advance(minutes=10))
    check(box, killed=1)


def test_two_runners_share_the_work_and_one_of_them_dies(settings: Settings, box: Mailbox, clock: FixedClock) -> None:
    with runner(settings, box, clock) as first, runner(settings, box, clock) as second:
        wait_for(lambda: len(box.letters) >= LETTERS // 3)
        first.kill()
        first.wait(PATIENCE)
        assert second.wait(PATIENCE) == 0
    box.pause = 0
    send_messages(clock.advance(minutes=10))
    check(box, killed=1)
