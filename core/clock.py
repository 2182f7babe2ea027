"""The time, passed in: operations take `now`, and only the outermost floor asks the clock for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, aware UTC."""
    return datetime.now(UTC)
