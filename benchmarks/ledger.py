"""Ledger 1 (重大事故隐患台账) of as many rows as there are hazards, beside `csv.writer` on the same rows.

A month's ledger holds fewer rows than the register, so it is read again and again until there are as many. Each way of
writing is measured in a process of its own, so that the memory is that of this one.
"""

from __future__ import annotations

import csv
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast

from sqlalchemy import select

from application import create_app
from benchmarks.reading import peak_mb
from core.days import shanghai_day
from core.db import db
from core.scope import everything
from core.settings import load_settings
from hazards.models import HazardVersion
from reports.ledger_rows import READ_AT_ONCE, LedgerScope, Reader, regulator_rows, standing
from reports.regulator_columns import REGULATOR
from reports.rules import Month, month_of
from reports.sheet import LedgerHead, write_csv, write_xlsx


@dataclass(frozen=True, slots=True)
class Written:
    """One way of writing the rows: CPU seconds, the highest memory, and by how much the process grew for it, in MB."""

    name: str
    rows: int
    seconds: float
    peak: float
    grown: float


def measure_ledger(url: str, instance: Path, rows: int) -> list[Written]:
    """The lines, the floor first."""
    found = []
    for name in WAYS:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found.append(pool.submit(write_once, url, instance, rows, name).result())
    return found


def print_ledger(results: list[Written]) -> None:
    """The table."""
    print(f"\n  {f'{results[0].rows:,} rows as a file':<34}{'seconds':>10}{'× csv':>9}{'peak MB':>9}{'grown MB':>10}")
    for one in results:
        ratio = one.seconds / results[0].seconds
        print(f"  {one.name:<34}{one.seconds:10.1f}{ratio:9.1f}{one.peak:9.0f}{one.grown:10.0f}")


def write_once(url: str, instance: Path, rows: int, name: str) -> Written:
    """Write the rows in one way, in this process, and say what it cost."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    with app.app_context(), everything("benchmark"), TemporaryFile() as out:
        now: datetime = app.extensions["clock"]()
        before, start = peak_mb(), time.process_time()
        WAYS[name](now, rows, cast(BinaryIO, out))
        seconds = time.process_time() - start
        db.session.remove()
        db.engine.dispose()
    return Written(name, rows, seconds, peak_mb(), peak_mb() - before)


def _plain_csv(now: datetime, rows: int, out: BinaryIO) -> None:
    """What the same query gives, as `csv.writer` writes it."""
    month = month_of(shanghai_day(now))
    text = TextIOWrapper(out, encoding="utf-8", newline="")
    csv.writer(text).writerows(content.values() for content in _as_many(rows, lambda: _contents(month)))
    text.detach()


def _contents(month: Month) -> Iterator[dict[str, Any]]:
    wanted = standing(select(HazardVersion.content), month, LedgerScope())
    yield from db.session.execute(wanted.execution_options(yield_per=READ_AT_ONCE)).scalars()


def _ledger_csv(now: datetime, rows: int, out: BinaryIO) -> None:
    write_csv(REGULATOR, _ledger(now, rows), out)


def _ledger_xlsx(now: datetime, rows: int, out: BinaryIO) -> None:
    today = shanghai_day(now)
    head = LedgerHead(today.year, today.month, "基准测试", today, now, "全部", today)
    write_xlsx(REGULATOR, head, _ledger(now, rows), out)


def _ledger(now: datetime, rows: int) -> Iterator[Any]:
    today = shanghai_day(now)
    return _as_many(rows, lambda: regulator_rows(month_of(today), LedgerScope(), Reader(today)))


def _as_many(count: int, read: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    """So many rows, from reading as often as it takes."""
    left = count
    while left:
        at_hand = left
        for row in islice(read(), left):
            yield row
            left -= 1
        if left == at_hand:
            raise RuntimeError("the ledger is empty")


WAYS: Final[dict[str, Callable[[datetime, int, BinaryIO], None]]] = {
    "csv.writer with the same query": _plain_csv,
    "ledger 1 as .csv": _ledger_csv,
    "ledger 1 as .xlsx": _ledger_xlsx,
}
