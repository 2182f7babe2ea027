"""How long a large write may keep others waiting: the size of its pages, and the pauses between them."""

from __future__ import annotations

import time
from typing import Final

from core.db import is_sqlite

SMALLEST, FIRST, LARGEST = 25, 100, 400  # rows of a page
HELD: Final = 0.25  # seconds a page may keep other writers waiting, where one waits for the other
HELD_BESIDE: Final = 2.0  # the same where others write beside it: new rows are locked by nobody else
BREATH: Final = 0.12  # seconds between two pages: a writer of another process looks ten times a second


def next_size(done: int, seconds: float) -> int:
    """How many rows the next page takes, after a page of `done` rows that took so long."""
    held = HELD if is_sqlite() else HELD_BESIDE
    return max(SMALLEST, min(LARGEST, int(done * held / max(seconds, 0.001)), done * 2))


def breathe(free: float = 0) -> None:
    """Let others write, unless they could for so many seconds already.

    On SQLite a waiting process only looks now and then whether the file is free.
    """
    if is_sqlite() and free < BREATH:
        time.sleep(BREATH - free)
