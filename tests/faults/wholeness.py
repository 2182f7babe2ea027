"""Whether what stands in the database is whole: every act with all its parts, no part without its act."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import selectinload

from core.db import db
from core.models import Event
from core.scope import everything
from core.verification import verify
from hazards.case import open_request_of
from hazards.models import Hazard, HazardVersion, Signature, SignOffRequest, Waiting
from tests.faults.remote import PATIENCE
from workflows.routing import route_of
from workflows.vocabulary import RequestStatus, Verdict


def assert_whole(app: Flask) -> None:
    """Every hazard in step with its history, every signature with its event, the chain unbroken."""
    with app.app_context(), everything("test of wholeness"):
        for hazard in db.session.scalars(select(Hazard).order_by(Hazard.id)).all():
            _assert_in_step(hazard)
            _assert_signed_whole(hazard)
            _assert_waits(hazard)
        _assert_no_strays()
        report = verify()
        assert report.breaks == []
        db.session.remove()


def _events(hazard: Hazard) -> list[Event]:
    own = (Event.subject_kind == "hazard", Event.subject_id == hazard.id)
    return list(db.session.scalars(select(Event).where(*own).order_by(Event.seq)))


def _assert_in_step(hazard: Hazard) -> None:
    """The record, its last event and its standing version tell the same."""
    last = _events(hazard)[-1]
    assert (last.seq, last.digest) == (hazard.chain_length, hazard.chain_head)
    assert last.content["state"] == hazard.state.value
    standing = select(HazardVersion).where(HazardVersion.hazard_id == hazard.id, HazardVersion.valid_to.is_(None))
    version = db.session.scalars(standing).one()
    assert (version.state, version.digest) == (hazard.state, last.content["version"])


def _assert_signed_whole(hazard: Hazard) -> None:
    """Each signature has one event and each such event its signature; a request has as many as its end says."""
    told = [event.content for event in _events(hazard) if event.kind == "sign"]
    signed = {content["signature"]: content["deed"] for content in told}
    signed |= {content["covered"]: content["covered_deed"] for content in told if "covers" in content}
    requests = _requests(hazard)
    for request in requests:
        assert [row.step for row in request.signatures] == list(range(len(request.signatures)))
        assert all(signed[row.id] == row.deed_digest for row in request.signatures)
        _assert_ended_rightly(request)
    assert len(signed) == sum(len(request.signatures) for request in requests)


def _requests(hazard: Hazard) -> list[SignOffRequest]:
    own = select(SignOffRequest).where(SignOffRequest.hazard_id == hazard.id)
    return list(db.session.scalars(own.options(selectinload(SignOffRequest.signatures))))


def _assert_ended_rightly(request: SignOffRequest) -> None:
    given, steps = len(request.signatures), len(route_of(open_request_of(request)).steps)
    refused = any(row.verdict is Verdict.REFUSED for row in request.signatures)
    assert (request.status is RequestStatus.REFUSED) == refused
    assert request.status is not RequestStatus.OPEN or given < steps
    assert request.status is not RequestStatus.COMPLETED or given == steps


def _assert_waits(hazard: Hazard) -> None:
    """Somebody has every open one; an ended one only while its reopening is asked for."""
    rows = db.session.scalar(select(func.count()).select_from(Waiting).where(Waiting.hazard_id == hazard.id))
    is_asked = any(request.status is RequestStatus.OPEN for request in _requests(hazard))
    assert bool(rows) == (hazard.state.is_open or is_asked), (hazard.number, hazard.state, hazard.holder, rows)


def _assert_no_strays() -> None:
    """No signature, version or event of a hazard that is not there."""
    hazards = select(Hazard.id)
    for wanted in (
        select(Signature.id).where(Signature.hazard_id.not_in(hazards)),
        select(HazardVersion.id).where(HazardVersion.hazard_id.not_in(hazards)),
        select(Event.id).where(Event.subject_kind == "hazard", Event.subject_id.not_in(hazards)),
    ):
        assert db.session.scalars(wanted).all() == []


def rows_of_every_table(app: Flask) -> dict[str, int]:
    """How many rows each table holds: equal before and after what must leave nothing behind."""
    with app.app_context():
        names = inspect(db.engine).get_table_names()
        counted = {name: db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}
        db.session.remove()
    return counted


def assert_nothing_left_open(app: Flask) -> None:
    """No transaction, lock or damage is left by whoever died."""
    url = make_url(app.extensions["settings"].database_url)
    if url.drivername == "sqlite":
        _assert_sqlite_free(str(url.database))
        return
    with app.app_context():
        _wait_until_alone()


def _assert_sqlite_free(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _wait_until_alone() -> None:
    """The server ends a dead client's session when it notices that the connection is gone."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' AND state <> 'idle'"
    )
    end = time.monotonic() + PATIENCE
    while db.session.scalar(others):
        assert time.monotonic() < end, "a transaction is left open"
        db.session.rollback()
        time.sleep(0.05)
    prepared = text("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()")
    assert db.session.scalar(prepared) == 0
    db.session.remove()
