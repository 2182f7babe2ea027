"""Runs every measurement on SQLite and, where there is one, on PostgreSQL, and prints a table."""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from benchmarks import matching
from benchmarks.crowd import measure_crowd, print_crowd
from benchmarks.facts import measure_facts, print_facts
from benchmarks.importing import measure_import
from benchmarks.inspecting import measure_inspecting, print_inspecting
from benchmarks.ledger import measure_ledger, print_ledger
from benchmarks.measures import Result, measure
from benchmarks.notices import measure_notices, print_notices
from benchmarks.reading import measure_reading, print_reading
from benchmarks.rollover import measure_rollover, print_rollover

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
HAZARDS = int(os.environ.get("BENCH_HAZARDS", "100000"))
Database = Callable[[Path], AbstractContextManager[str | None]]
ENTERPRISES = int(os.environ.get("BENCH_ENTERPRISES", str(max(50, HAZARDS // 50))))


def main() -> int:
    """Print the tables; status 0."""
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
            if url is None:
                print(f"\n{name}: not found, left out")
                continue
            print(f"\n{name}, {HAZARDS:,} hazards of {ENTERPRISES:,} enterprises")
            instance = Path(folder) / "instance"
            tenth = _of_a_tenth(database)
            _print(measure(url, instance, HAZARDS, ENTERPRISES), tenth)
            print_crowd(measure_crowd(url, instance))
            print_ledger(*measure_ledger(url, instance))
            print_inspecting(measure_inspecting(url, instance))
            print_facts(measure_facts(url, instance))
            _print_import(measure_import(url, instance))
            print_rollover(_moved_up(database))
    print("\nTexts, no database")
    print("\n".join(f"  {line}" for line in matching.lines()))
    print_reading(measure_reading())
    with tempfile.TemporaryDirectory() as folder:
        print_notices(measure_notices(Path(folder)))
    return 0


def _moved_up(database: Database) -> list[Result]:
    """A rollover in a database of its own."""
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        return measure_rollover(url or "", Path(folder) / "instance")


def _of_a_tenth(database: Database) -> dict[str, float]:
    """What each page costs with a tenth of the hazards, of as many enterprises, by name."""
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        results = measure(url or "", Path(folder) / "instance", HAZARDS // 10, ENTERPRISES)
    return {result.name: result.milliseconds for result in results}


def _print(results: list[Result], tenth: dict[str, float]) -> None:
    floor = next(result for result in results if result.name == "empty page")
    print(f"  {'':<34}{'median ms':>10}{'× empty':>9}{'× a tenth':>11}{'queries':>9}{'KB':>7}")
    for result in results:
        ratio = result.milliseconds / floor.milliseconds
        grown = f"{result.milliseconds / tenth[result.name]:11.2f}" if result.name in tenth else " " * 11
        size = f"{result.kilobytes:7.0f}" if result.kilobytes else " " * 7
        queries = f"{result.queries:9d}" if result.queries is not None else " " * 9
        print(f"  {result.name:<34}{result.milliseconds:10.2f}{ratio:9.1f}{grown}{queries}{size}")


def _print_import(results: list[Result]) -> None:
    floor = results[0]
    print(f"\n  {'':<34}{'seconds':>10}{'× reading':>11}{'MB':>7}")
    for result in results:
        ratio = result.milliseconds / floor.milliseconds
        print(f"  {result.name:<34}{result.milliseconds / 1000:10.1f}{ratio:11.1f}{result.kilobytes / 1024:7.0f}")


@contextmanager
def _sqlite(folder: Path) -> Iterator[str | None]:
    yield f"sqlite:///{folder / 'bench.db'}"


@contextmanager
def _postgresql(_folder: Path) -> Iterator[str | None]:
    name = f"hazards_bench_{uuid.uuid4().hex[:8]}"
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        yield None
        return
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
