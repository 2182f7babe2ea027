"""Ledger 1 (重大事故隐患台账) of so many rows, and of ten times as many, beside `csv.writer` on the same rows.

A month's ledger holds fewer rows than the register, so it is read again and again until there are as many. Each way of
writing is measured in a process of its own, so that the memory is that of this one. The last line is a large download:
how long from the request to its first byte, out of the store.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, TypeVar, cast

from sqlalchemy import select

from accounts.models import Person
from application import create_app
from benchmarks.measures import PASSWORD, inspector_of
from benchmarks.reading import peak_mb
from core.days import shanghai_day
from core.db import db, read_once, unit_of_work
from core.files import file_store, keep_row
from core.scope import everything
from core.settings import load_settings
from hazards.models import HazardVersion
from reports.ledger_rows import READ_AT_ONCE, LedgerScope, Reader, regulator_rows, standing
from reports.models import LedgerRun, RunStatus
from reports.operations import FORMATS, write_rows
from reports.regulator_columns import REGULATOR
from reports.rules import Period, month_of
from reports.runs import KEPT
from reports.sheet import LedgerHead

ROWS: Final = int(os.environ.get("BENCH_LEDGER", "100000"))
MANY_ROWS: Final = int(os.environ.get("BENCH_LEDGER_MANY", str(10 * ROWS)))
DOWNLOADED: Final = 200  # megabytes
MEGABYTE: Final = 1024 * 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """One way of writing the rows: CPU seconds, the highest memory, and by how much the process grew for it, in MB."""

    name: str
    rows: int
    seconds: float
    peak: float
    grown: float


@dataclass(frozen=True, slots=True)
class Download:
    """A finished ledger as its person gets it: its size, the seconds to the first byte and to the last."""

    megabytes: float
    first: float
    last: float


def measure_ledger(url: str, instance: Path) -> tuple[list[Written], Download]:
    """The lines of each size, the floor first, and the download."""
    found = [_alone(write_once, url, instance, rows, name) for rows in (ROWS, MANY_ROWS) for name in WAYS]
    return found, _alone(download_once, url, instance)


def _alone(act: Callable[..., T], *given: Any) -> T:
    """Do it in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(act, *given).result()


def print_ledger(results: list[Written], download: Download) -> None:
    """The tables; bounds: formatted within 4 × csv and 150 MB, however many rows."""
    for rows in (ROWS, MANY_ROWS):
        some = [one for one in results if one.rows == rows]
        print(f"\n  {f'{rows:,} rows as a file':<34}{'seconds':>10}{'× csv':>9}{'peak MB':>9}{'grown MB':>10}")
        for one in some:
            ratio = one.seconds / some[0].seconds
            print(f"  {one.name:<34}{one.seconds:10.1f}{ratio:9.1f}{one.peak:9.0f}{one.grown:10.0f}")
    size = f"download of {download.megabytes:.0f} MB"
    print(f"  {size:<34}first byte after {download.first * 1000:.0f} ms, last after {download.last * 1000:.0f} ms")


def download_once(url: str, instance: Path) -> Download:
    """Put a large ledger into the store for a person, and fetch it as that person."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    login, _number = inspector_of(app)
    with app.app_context():
        run_id = _finished_run(app.extensions["clock"](), login)
        db.session.remove()
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").get_data(as_text=True))
    client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token[1] if token else ""})
    client.get(f"/reports/runs/{run_id}")  # the page on which the link stands: a server has answered before
    start = time.perf_counter()
    answer = client.get(f"/reports/runs/{run_id}/file")
    assert answer.status_code == 200, answer.status_code
    pieces = iter(answer.response)
    size = len(next(pieces))
    first = time.perf_counter() - start
    size += sum(map(len, pieces))
    answer.close()
    return Download(size / MEGABYTE, first, time.perf_counter() - start)


def _finished_run(now: datetime, login: str) -> int:
    """A ledger of a person as its runner leaves it; what is in the file does not matter to the one who hands it out."""

    def fill(out: BinaryIO) -> None:
        for _ in range(DOWNLOADED):
            out.write(os.urandom(MEGABYTE))

    digest, size = file_store().put_written(fill, 2 * DOWNLOADED * MEGABYTE)
    with everything("benchmark"), unit_of_work() as session:
        person_id = session.scalars(select(Person.id).where(Person.login == login)).one()
        run = LedgerRun(person_id=person_id, ledger="regulator", period="2026-10", ending="xlsx", asked_at=now)
        run.status, run.file_name, run.marked_at, run.expires_at = RunStatus.DONE, "台账.xlsx", now, now + KEPT
        run.file_id = keep_row(digest, size, FORMATS["xlsx"][1], now).id
        session.add(run)
        session.flush()
        return run.id


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
    with read_once():
        csv.writer(text).writerows(content.values() for content in _as_many(rows, lambda: _contents(month)))
    text.detach()


def _contents(period: Period) -> Iterator[dict[str, Any]]:
    wanted = standing(select(HazardVersion.content), period, LedgerScope())
    yield from db.session.execute(wanted.execution_options(yield_per=READ_AT_ONCE)).scalars()


def _ledger_csv(now: datetime, rows: int, out: BinaryIO) -> None:
    write_rows(REGULATOR, _head(now), _ledger(now, rows), "csv", out)


def _ledger_xlsx(now: datetime, rows: int, out: BinaryIO) -> None:
    write_rows(REGULATOR, _head(now), _ledger(now, rows), "xlsx", out)


def _head(now: datetime) -> LedgerHead:
    today = shanghai_day(now)
    return LedgerHead(month_of(today).label, "基准测试", today, now, today, "全部")


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
