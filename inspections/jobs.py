"""Work of this room in the background: what was missed is settled, what is not cleared moves up, reminders."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from accounts.feeds import add_feed_source
from core.outbox import add_subject
from inspections import feed
from inspections.operations import reminding
from inspections.operations.settling import settle
from inspections.rollover import SLOT_MINUTES, roll_over, slot_of

EVERY_TEN = 10


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs = app.extensions["jobs"]
    jobs.every(EVERY_TEN, "settle-duties", _settle)
    jobs.every(SLOT_MINUTES, "rollover", _roll_over)
    jobs.every(EVERY_TEN, reminding.JOB, reminding.remind)
    add_subject(app, reminding.SUBJECT, reminding.still_undone)
    add_feed_source(app, feed.entries_of)


def _settle(now: datetime) -> None:
    settle(now)


def _roll_over(now: datetime) -> None:
    """At 00:00, 08:00 or whenever a unit's day ends."""
    roll_over(slot_of(now), now=now)
