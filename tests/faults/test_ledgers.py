"""Ledgers and closes whose process is killed, whose disk is full, or that two begin at once: whole or not at all."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Grant
from accounts.roles import Role
from core.db import db, unit_of_work
from core.files import file_store
from core.models import Event, StoredFile
from core.refusals import Conflict
from core.scope import everything
from core.settings import Settings
from core.verification import verify
from reports import closing, closing_work, runs
from reports.ledgers import LEDGERS
from reports.models import ClosedLedger, CloseStatus, LedgerRun, MonthClose, RunStatus
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.faults.test_full_disk import full_disk
from tests.faults.wholeness import assert_nothing_left_open
from tests.hazards.city import City, reported
from tests.hazards.visiting import Visitor
from tests.reports.background import Runner, runner
from workflows.vocabulary import Grade

__all__ = ["runner"]

ROOM = 30_000  # bytes: less than a ledger of the city takes, more than the sheet around its rows
OCTOBER_12 = datetime(2026, 10, 12, 2, tzinfo=UTC)
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)
KEPT = {code for code, ledger in LEDGERS.items() if not ledger.of_enterprise}


@pytest.fixture
def october(app: Flask, page_city: City, clock: FixedClock) -> City:
    """A few majors of October with texts that do not compress, seen from November."""
    clock.set(OCTOBER_12)
    with app.app_context():
        for seed in range(12):
            noise = "".join(map(chr, random.Random(seed).choices(range(0x4E00, 0x9FA5), k=1900)))
            reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR, description=noise)
        db.session.remove()
    clock.set(NOVEMBER_3)
    return page_city


def begin(app: Flask, city: City, who: str = "reviewer") -> int:
    with app.app_context():
        with city.eyes(who) as actor, unit_of_work():
            made = closing.begin("2026-10", by=actor, now=NOVEMBER_3).id
        db.session.remove()
    return made


def assert_closed_once(app: Flask, close_id: int) -> None:
    """One close with every ledger, one event; no file in the store that nothing points to; the chains hold."""
    with app.app_context(), everything("test"):
        closes = db.session.scalars(select(MonthClose).where(MonthClose.status == CloseStatus.CLOSED)).all()
        assert [close.id for close in closes] == [close_id]
        assert set(db.session.scalars(select(ClosedLedger.code))) == KEPT
        events = select(func.count()).select_from(Event).where(Event.kind == "month_closed")
        assert db.session.scalar(events) == 1
        assert verify().breaks == []
        pointed = set(db.session.scalars(select(StoredFile.digest)))
        db.session.remove()
    assert files(app) <= pointed


def files(app: Flask) -> set[str]:
    with app.app_context():
        return {
            path.name for path in file_store().folder.rglob("*") if path.is_file() and path.parent.name != "incoming"
        }


def start(settings: Settings, what: str, pause: float) -> list[str]:
    given = (settings.database_url, str(settings.instance), NOVEMBER_3.isoformat(), what, str(pause))
    return [sys.executable, "-m", "tests.faults.closer", *given]


def kill_at(command: list[str], step: str, times: int) -> None:
    """End the process without a word while it is at this step for the so-manieth time."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = 0
        for line in process.stdout:
            seen += line.split()[-1] == step
            if seen >= times:
                process.kill()
                break
        assert process.wait(60) == -9


@pytest.mark.parametrize(("step", "times"), [("write_rows", 4), ("_seal", 1)])
def test_a_close_that_is_killed_has_frozen_nothing_and_is_done_by_the_next(
    app: Flask, october: City, runner: Runner, settings: Settings, clock: FixedClock, step: str, times: int
) -> None:
    """Killed between two files, and in the middle of putting everything down."""
    made = begin(app, october)
    ((_name, what),) = runner.waiting
    runner.lose()
    kill_at(start(settings, what, pause=0.5), step, times)
    assert_nothing_left_open(app)
    with app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).select_from(ClosedLedger)) == 0
        assert verify().breaks == []
        db.session.remove()
    clock.advance(minutes=10)
    runner.every_so_often("resume-ledgers")
    assert runner.run() == 1
    assert_closed_once(app, made)


def test_two_clerks_who_close_at_once_close_it_once(app: Flask, october: City, runner: Runner) -> None:
    outcomes: list[object] = []

    def close(who: str) -> Callable[[], None]:
        def act() -> None:
            try:
                outcomes.append(begin(app, october, who))
            except Conflict as refusal:
                outcomes.append(refusal.sentence)

        return act

    with app.app_context(), everything("test"), unit_of_work() as session:
        session.add(Grant(person_id=october.people["approver"], role=Role.COMMITTEE_CLERK, granted_at=OCTOBER_12))
    with app.app_context():
        db.session.remove()
    threads = [threading.Thread(target=close(who)) for who in ("reviewer", "approver")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made = [one for one in outcomes if isinstance(one, int)]
    (told,) = [one for one in outcomes if isinstance(one, str)]
    assert len(made) == 1
    assert "没有再办一次" in told
    assert runner.run() == 1
    assert_closed_once(app, made[0])


def test_a_full_disk_freezes_nothing_and_the_month_stays_open(
    app: Flask, october: City, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(app, october)
    with monkeypatch.context() as full:
        full.setattr("reports.closing_work.file_store", _crowded(app))
        runner.run()
    with app.app_context(), everything("test"):
        close = db.session.scalars(select(MonthClose)).one()
        assert (close.status, close.said) == (CloseStatus.REFUSED, closing_work.NO_ROOM)
        assert db.session.scalar(select(func.count()).select_from(ClosedLedger)) == 0
        db.session.remove()
    again = begin(app, october)
    assert runner.run() == 1
    assert_closed_once(app, again)


def test_a_large_ledger_on_a_full_disk_says_so_and_leaves_no_file(
    app: Flask, october: City, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "LARGE", 1)
    visitor = Visitor(app, "reviewer")
    page = visitor.open("/reports/?ledger=regulator&month=2026-10")
    asked = next(form for form in page.forms if form.action.endswith("regulator.xlsx"))
    visitor.send(page, asked)
    before = files(app)
    monkeypatch.setattr("reports.runs.file_store", _crowded(app))
    runner.run()
    page = visitor.open("/reports/runs/1")
    assert runs.NO_ROOM in page.text
    assert files(app) == before
    monkeypatch.setattr("reports.runs.file_store", file_store)
    visitor.send(page, next(form for form in page.forms if form.action.endswith("/again")))
    runner.run()
    with app.app_context(), everything("test"):
        assert db.session.get_one(LedgerRun, 1).status is RunStatus.DONE
        db.session.remove()


def _crowded(app: Flask) -> Callable[[], object]:
    """The store while no file may grow beyond `ROOM`; the database is not short of it."""
    real = app.extensions["files"]

    class Crowded:
        def put_written(self, *given: object) -> object:
            with full_disk(ROOM):
                return real.put_written(*given)

    return Crowded
