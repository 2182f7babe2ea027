"""A clock that tests set by hand, so that no test depends on the day it runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai


class FixedClock:
    """Stands still until it is moved; called like the system clock."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Move to this moment (aware)."""
        self.now = now.astimezone(UTC)

    def advance(self, **delta: float) -> datetime:
        """Move on by days=, hours=, minutes= … and return the new moment."""
        self.now += timedelta(**delta)
        return self.now
