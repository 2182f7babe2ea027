"""How long it takes when every open hazard moves up its list at one midnight, and in how much memory.

Rows are copied by the database itself from one seeded hazard, spread over enterprises, their districts and days; the
move runs in a process of its own, since the highest memory a process ever had is counted. Sizes: BENCH_ROLLOVER for
SQLite, BENCH_ROLLOVER_PG for PostgreSQL.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select, text

from accounts.models import Enterprise
from application import create_app
from benchmarks.measures import Result
from core.db import db, is_sqlite, unit_of_work
from core.models import Event
from core.scope import everything
from core.settings import load_settings
from hazards.models import Hazard, HazardStanding, TierMove
from inspections.rollover import roll_over

SQLITE: Final = int(os.environ.get("BENCH_ROLLOVER", "100000"))
POSTGRESQL: Final = int(os.environ.get("BENCH_ROLLOVER_PG", "100000"))
FIRMS: Final = 2000
# a month that ends on a Sunday: what stands on any list moves at this midnight, once
MIDNIGHT: Final = datetime.fromisoformat("2026-06-01T00:00+08:00")
STANDING: Final = "CASE WHEN n % 10 < 6 THEN '{}' WHEN n % 10 < 9 THEN '{}' ELSE '{}' END"
COPIED: Final = {
    "id": "n",
    "number": "'BENCH-' || n",
    "version": "1",
    "enterprise_id": "e.id",
    "region_code": "e.region_code",
    "region_path": "e.region_path",
    "sector": "e.sector",
    "responsible_office_id": "(SELECT min(r.id) FROM regulator AS r WHERE r.region_code = e.region_code)",
    "found_on": "'2025-' || (10 + n % 3) || '-' || (10 + n % 19)",
    "state": "'rectifying'",
    "closed_at": "NULL",
    "closed_by_id": "NULL",
    "dismissed_at": "NULL",
    "verified_at": "NULL",
    "deadline": "'2026-' || (10 + n % 3) || '-' || (10 + n % 19)",
}
STOOD: Final = {
    "id": "n",
    "enterprise_id": "e.id",
    "tier": STANDING.format("day", "week", "month"),
    "tier_since": STANDING.format("2026-05-29", "2026-05-25", "2026-05-04"),
    "tier_until": STANDING.format(
        "2026-05-29 16:00:00.000000", "2026-05-31 16:00:00.000000", "2026-05-31 16:00:00.000000"
    ),
    "chain_length": "1",
    "chain_head": "'" + "ab" * 32 + "'",
}


def measure_rollover(url: str, instance: Path) -> list[Result]:
    """The move of all of them: wall seconds as milliseconds with the memory, and the CPU of the process."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    with app.app_context():
        db.create_all()
        for step in app.extensions["on_init"]:
            if "font" not in step.__name__:
                step(app.extensions["clock"]())
    done = app.test_cli_runner().invoke(args=["seed", "--hazards", "50", "--enterprises", str(FIRMS)])
    assert done.exit_code == 0, done.output
    with app.app_context():
        number = SQLITE if is_sqlite() else POSTGRESQL
        _fill(number)
        db.session.remove()
        db.engine.dispose()
    run = [sys.executable, "-m", "benchmarks.rollover", url, str(instance)]
    out = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert told["moved"] == number, told
    return [
        Result(f"{number:,} hazards move up", told["wall"] * 1000, kilobytes=told["kilobytes"]),
        Result("of it CPU of the process", told["cpu"] * 1000),
    ]


def print_rollover(results: list[Result]) -> None:
    """Seconds, and the highest memory of the process."""
    print(f"\n  {'':<34}{'seconds':>10}{'MB':>7}")
    for result in results:
        memory = f"{result.kilobytes / 1024:7.0f}" if result.kilobytes else ""
        print(f"  {result.name:<34}{result.milliseconds / 1000:10.1f}{memory}")


def _fill(number: int) -> None:
    """That many open hazards, each with one entry in its history, as the database copies them."""
    copied = _copied(Hazard, "h", COPIED), _copied(HazardStanding, "h", STOOD)
    series = f"generate_series(100, {number + 99}) AS s(n)"
    if is_sqlite():
        series = "s"
    with_series = (
        f"WITH RECURSIVE s(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM s WHERE n < {number + 99}) " * is_sqlite()
    )
    firm = f"enterprise AS e ON e.id = n % {FIRMS} + (SELECT min(id) FROM enterprise)"
    event = "subject_kind, subject_id, seq, at, kind, content, previous, digest"
    values = f"'hazard', n, 1, '2026-05-20 00:00:00', 'report', '{{}}', '{'0' * 64}', '{'ab' * 32}'"
    rows = [f"{into} {with_series}SELECT {taken} FROM {series} JOIN {firm}, {one}" for into, taken, one in copied]
    rows.append(f"INSERT INTO event ({event}) {with_series}SELECT {values} FROM {series}")
    with everything("benchmark"):
        for said in ("UPDATE hazard_standing SET tier_until = NULL", *rows):
            with unit_of_work() as session:
                session.execute(text(said))
                session.execute(text("ANALYZE"))  # else each key is checked as of a table that was empty
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if is_sqlite() else "VACUUM ANALYZE"))


def _copied(model: Any, one: str, given: dict[str, str]) -> tuple[str, str, str]:
    """Into which columns of a table, what they take, and the row from which they take what is not given."""
    columns = [column.name for column in model.__table__.columns]
    taken = ", ".join(_value(model, given[name], name) if name in given else f"{one}.{name}" for name in columns)
    table = model.__tablename__
    return f"INSERT INTO {table} ({', '.join(columns)})", taken, f"(SELECT * FROM {table} ORDER BY id LIMIT 1) AS {one}"


def _value(model: Any, value: str, name: str) -> str:
    if is_sqlite() or "'" not in value:
        return value
    kind = model.__table__.c[name].type.compile(db.engine.dialect)
    zoned = value.replace(".000000'", "+00'")
    return f"CAST({zoned} AS {kind})"


def _moved(url: str, instance: Path) -> dict[str, Any]:
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    with app.app_context(), everything("benchmark"):
        assert db.session.scalar(select(func.count()).select_from(Enterprise))
        start, cpu = time.perf_counter(), time.process_time()
        outcome = roll_over(MIDNIGHT, now=MIDNIGHT)
        told = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "moved": outcome.moved}
        told["kilobytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        kept = db.session.scalar(select(func.count()).select_from(TierMove))
        entries = db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == "moved_up"))
        assert kept == entries == outcome.moved
    return told


if __name__ == "__main__":
    print(json.dumps(_moved(sys.argv[1], Path(sys.argv[2]))))
