"""The tables of this room refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

import reports.models
from core.db import Base, db, unit_of_work
from core.files import store_file
from core.history import anchor
from core.scope import everything
from reports.models import ClosedLedger, CloseStatus, CorrectedLedger, LedgerRun, MonthClose, RunStatus
from tests.clocks import FixedClock
from tests.hazards.city import City, reported

BREACHES = {
    "ck_ledger_run_status": "UPDATE ledger_run SET status = 'lost' WHERE file_id IS NULL",
    "ck_ledger_run_done_has_file": "UPDATE ledger_run SET status = 'done' WHERE file_id IS NULL",
    "ck_ledger_run_file_expires": "UPDATE ledger_run SET expires_at = NULL",
    "ck_ledger_run_counts": "UPDATE ledger_run SET written = -1",
    "ck_month_close_status": "UPDATE month_close SET status = 'lost' WHERE status = 'writing'",
    "ck_month_close_closed": "UPDATE month_close SET status = 'closed' WHERE status = 'writing'",
    "ck_month_close_reopened": "UPDATE month_close SET status = 'reopened' WHERE status = 'closed'",
    "ck_month_close_another_reopens": "UPDATE month_close SET reopened_by_id = closed_by_id WHERE status = 'reopened'",
    "uq_month_close_office_id_month": "UPDATE month_close SET month = '2026-01' WHERE status <> 'reopened'",
    "uq_closed_ledger_close_id_code": "UPDATE closed_ledger SET code = 'same'",
    "ck_closed_ledger_records": "UPDATE closed_ledger SET records = -1 WHERE jsonl_id IS NOT NULL",
    "ck_closed_ledger_records_have_file": "UPDATE closed_ledger SET records = 0 WHERE jsonl_id IS NOT NULL",
    "uq_corrected_ledger_close_id_ledger_id": "UPDATE corrected_ledger SET ledger_id = 1",
    "ck_corrected_ledger_corrections": "UPDATE corrected_ledger SET corrections = 0",
}


def fill(city: City, clock: FixedClock) -> None:
    """Two runs, three closes, two frozen ledgers and what was found of them later."""
    reported(city, "leader", clock())
    now, person = clock(), city.people["reviewer"]
    asked = {"person_id": person, "ledger": "regulator", "period": "2026-10", "ending": "csv", "file_name": "台账.csv"}
    close = {"office_id": city.offices["district"], "region_path": "/500000/500110/", "closed_by_id": person}
    with everything("test"), unit_of_work() as session:
        file, bound = store_file(b"x", "text/csv", now), anchor(at=now, reason="test")
        assert bound is not None
        done = {"status": RunStatus.DONE, "file_id": file.id, "expires_at": now}
        session.add(LedgerRun(**asked, status=RunStatus.WRITING, asked_at=now, marked_at=now))
        session.add(LedgerRun(**asked, **done, asked_at=now, marked_at=now))
        closed = {"closed_at": now, "anchor_id": bound.id, "asked_at": now, "marked_at": now}
        again = {"reopened_at": now, "reopened_by_id": city.people["city_reviewer"]}
        session.add(MonthClose(**close, **closed, month="2026-10", status=CloseStatus.CLOSED))
        session.add(MonthClose(**close, asked_at=now, marked_at=now, month="2026-09", status=CloseStatus.WRITING))
        session.add(MonthClose(**close, **closed, **again, month="2026-10", status=CloseStatus.REOPENED))
        session.flush()
        files = {"xlsx_id": file.id, "csv_id": file.id, "jsonl_id": file.id}
        for code in ("regulator", "tiers"):
            named = {"code": code, "name": code, "file_name": code, "records": 1, "digest_of_records": "0" * 64}
            session.add(ClosedLedger(close_id=1, position=1, **named, **files))
        session.flush()
        session.add_all(CorrectedLedger(close_id=1, ledger_id=ledger, corrections=1) for ledger in (1, 2))


def _named() -> Iterator[str]:
    for model in (LedgerRun, MonthClose, ClosedLedger, CorrectedLedger):
        table = model.__table__
        yield from (str(one.name) for one in table.constraints if isinstance(one, CheckConstraint | UniqueConstraint))
        yield from (str(index.name) for index in table.indexes if index.unique)


def test_every_constraint_has_its_breach() -> None:
    mapped = {mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__ == reports.models.__name__}
    assert mapped == {LedgerRun, MonthClose, ClosedLedger, CorrectedLedger}
    assert set(_named()) == set(BREACHES)


def test_every_constraint_bites(context: Flask, city: City, clock: FixedClock) -> None:
    fill(city, clock)
    db.session.remove()
    with db.engine.connect() as connection:
        kind = connection.dialect.name
        for name, breach in BREACHES.items():
            with pytest.raises(IntegrityError) as refused, connection.begin():
                connection.execute(text(breach))
            assert _names(name, breach, str(refused.value.orig), kind), (name, refused.value.orig)


def _names(constraint: str, breach: str, sentence: str, kind: str) -> bool:
    """PostgreSQL names the constraint; SQLite names a check, and of a unique one the table with its columns."""
    if kind == "postgresql" or constraint.startswith("ck_"):
        return constraint in sentence
    return sentence.startswith(f"UNIQUE constraint failed: {breach.split()[1]}.")
