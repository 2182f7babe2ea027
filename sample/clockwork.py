"""The sample's months day by day: tales, inspections and the nights between them, each when it is due.

So the lists move as they would have, histories stand in their order, and ledgers of past months show those months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from core.days import SHANGHAI
from core.db import unit_of_work
from inspections.operations.settling import settle
from inspections.rollover import roll_over


class Tale(Protocol):
    """Something that goes on step by step; `at` is when its next step is due."""

    at: datetime

    def wake(self) -> None:
        """Get ready for the next step: others may have acted meanwhile."""


class Clockwork:
    """Tales under way, the earliest step first; tales may be added while others run."""

    def __init__(self) -> None:
        self._due: list[tuple[datetime, int, Tale, Iterator[None]]] = []
        self._order = count()

    def add(self, tale: Tale, steps: Iterator[None]) -> None:
        """Let a tale begin when its first step is due."""
        heappush(self._due, (tale.at, next(self._order), tale, steps))

    def run(self, nights: Iterable[datetime], each: Callable[[], None]) -> None:
        """Let everything happen in order; `each` is called after every night."""
        for night in nights:
            self._until(night)
            roll_over(night, now=night)
            settle(night)
            each()
        self._until(None)

    def _until(self, moment: datetime | None) -> None:
        while self._due and (moment is None or self._due[0][0] < moment):
            _at, _order, tale, steps = heappop(self._due)
            with unit_of_work():
                tale.wake()
                ended = next(steps, steps) is steps
            if not ended:
                self.add(tale, steps)


def nights(first: date, today: date) -> Iterator[datetime]:
    """Every midnight after `first` until the one before today (aware)."""
    for number in range((today - first).days):
        yield datetime.combine(first + timedelta(days=number + 1), time(), SHANGHAI)
