"""Long work in the background: who claimed it, how far it is, what becomes of it when its runner dies.

A row of the work (a ledger, a month's close) names its present `claim`. Whoever starts it again gives it another, so
that a runner that was thought dead finds at its next mark that it is no longer wanted, and stops. Marks are short
transactions of their own beside what is being read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import update

from core.db import beside

MARK_EVERY: Final = timedelta(seconds=1)
STALLED_AFTER: Final = timedelta(minutes=3)
"""Without a mark for so long, the work has died with its runner, or no runner has taken it up."""
TRIES: Final = 3
"""So often work that died is taken up by itself; after that it says so and waits for a person."""
LOOK_EVERY: Final = 200  # rows between two looks at the clock

Clock = Callable[[], datetime]
T = TypeVar("T")


class Stopped(Exception):
    """The work was started again elsewhere, or given up."""


def start(work: Any, now: datetime) -> str:
    """Have the work wait for a runner; the new claim."""
    work.claim, work.started_at, work.marked_at, work.written = secrets.token_urlsafe(16), None, now, 0
    return str(work.claim)


def take_up(work: Any, claim: str, now: datetime) -> bool:
    """Begin the work, inside a unit of work that holds its row; False where it is another's or no longer wanted."""
    if work.claim != claim or work.status != "writing" or work.started_at is not None:
        return False
    work.started_at = work.marked_at = now
    work.tries += 1
    return True


def is_stalled(work: Any, now: datetime) -> bool:
    """Whether the work under way has given no sign for so long that it must have died."""
    return bool(work.status == "writing" and now - work.marked_at > STALLED_AFTER)


class Marks:
    """Notes how far a piece of work has come, at most once in a second; raises `Stopped` once it is not wanted."""

    def __init__(self, model: Any, work_id: int, claim: str, clock: Clock) -> None:
        self._model, self._id, self._claim, self._clock = model, work_id, claim, clock
        self._last = clock()
        self.done = 0
        """Rows written before the file that is being written now."""

    def rows(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows, counted as they go by."""
        at = 0
        for at, row in enumerate(rows, start=1):
            if at % LOOK_EVERY == 0:
                self._look(at)
            yield row
        self.done += at

    def _look(self, at: int) -> None:
        if self._clock() - self._last >= MARK_EVERY:
            self.mark(written=self.done + at)

    def passing(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows, which are only read: a sign of life now and then."""
        for at, row in enumerate(rows, start=1):
            if at % LOOK_EVERY == 0 and self._clock() - self._last >= MARK_EVERY:
                self.mark()
            yield row

    def mark(self, **values: Any) -> None:
        """Write it down now."""
        self._last = self._clock()
        model = self._model
        wanted = update(model.__table__).where(model.id == self._id, model.claim == self._claim)
        with beside() as connection:
            marked = connection.execute(wanted.values(marked_at=self._last, **values))
        if not marked.rowcount:
            raise Stopped


def progress_words(work: Any, now: datetime) -> str:
    """已写 38,200 / 100,000 行，约 15 秒."""
    if work.started_at is None:
        return "等待开始"
    if not work.written or not work.total:
        return "正在读取"
    return f"已写 {work.written:,} / {max(work.total, work.written):,} 行{_left(work, now)}"


def percent_of(work: Any) -> int:
    """How far it is, in whole percent; only what is done is 100."""
    return min(99, work.written * 100 // work.total) if work.total else 0


def _left(work: Any, now: datetime) -> str:
    gone = ((work.marked_at or now) - work.started_at).total_seconds()
    left = round(gone / work.written * max(0, work.total - work.written))
    return f"，约 {left} 秒" if left < 100 else f"，约 {round(left / 60)} 分钟"
