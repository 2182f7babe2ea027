"""An import that is killed, meets another, finds the disk full, or stands beside people who sign."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.refusals import Refusal
from core.scope import everything
from core.settings import Settings
from hazards.models import Hazard, LedgerImport
from hazards.operations.importing import finish_imports, landing
from hazards.operations.reporting import report
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.faults.test_full_disk import full_disk
from tests.faults.wholeness import assert_nothing_left_open, assert_whole
from tests.hazards.acts import ask
from tests.hazards.city import City, a_report
from tests.hazards.imports import HEADER, PLANT, ledger, take
from workflows.vocabulary import Action, State

MANY = 700
LONGEST_HELD = 1.0  # seconds of this thread's own work in one transaction, however busy the machine is with others
LONGEST_WAIT = 30.0  # seconds until somebody else has reported and asked, on a busy machine


def many_rows(count: int = MANY) -> bytes:
    row = ["示例綦江机械制造有限公司5号厂", PLANT, "綦江区"]
    return ledger(*([*row, f"隐患{n}", "一般", "2026-11-02", "待整改", "检查"] for n in range(count)), header=HEADER)


def shown(app: Flask) -> int:
    with app.app_context(), everything("test"):
        found = db.session.scalar(select(func.count()).select_from(Hazard).where(~Hazard.hidden)) or 0
        db.session.remove()
    return found


def test_killed_in_the_middle_nothing_has_come_in_and_the_next_try_brings_all(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(many_rows())
    command = [sys.executable, "-m", "tests.faults.importer", settings.database_url, str(settings.instance), str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = 0
        for line in process.stdout:
            seen += line.startswith("0 ")
            if seen == 2 and not line.startswith("0 "):  # planned, and a page is written
                process.kill()
                break
        assert process.wait(60) == -9
    assert_nothing_left_open(app)
    assert shown(app) == 0
    with app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).select_from(Hazard))
        db.session.remove()
        clock.advance(minutes=5)
        assert finish_imports(clock()) == 1
        assert take(many_rows(), clock()).created == MANY
        db.session.remove()
    assert shown(app) == MANY


def test_two_large_imports_of_one_file_at_once_bring_it_once(app: Flask, page_city: City, clock: FixedClock) -> None:
    begin, told = threading.Barrier(2), []

    def run() -> None:
        with app.app_context():
            begin.wait(60)
            try:
                report = take(many_rows(400), clock())
                told.append(f"{report.created}+{report.merged}")
            except Refusal as refusal:
                told.append(refusal.sentence)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert shown(app) == 400 or sorted(told) == ["0+400", "400+0"]
    assert sum(one == "400+0" for one in told) == 1
    other = next(one for one in told if one != "400+0")
    assert other == "0+400" or "正在导入" in other


def test_a_full_disk_takes_nothing_of_an_import(sqlite_app: Flask, sqlite_page_city: City, clock: FixedClock) -> None:
    data = many_rows(300)
    with sqlite_app.app_context(), full_disk(room=0):
        with pytest.raises(Exception):  # noqa: B017 - whichever write finds no room first
            take(data, clock())
        db.session.remove()
    assert shown(sqlite_app) == 0
    assert_nothing_left_open(sqlite_app)
    with sqlite_app.app_context():
        assert take(data, clock.advance(minutes=5)).created == 300
        db.session.remove()
    assert_whole(sqlite_app)


def test_others_sign_while_a_large_import_is_written(
    sqlite_app: Flask, sqlite_page_city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, waits, stop = sqlite_page_city, [0.0], threading.Event()
    held: list[float] = []

    @contextmanager
    def timed() -> Iterator[Session]:
        with unit_of_work() as session:
            begun = time.thread_time()
            yield session
            session.flush()
            held.append(time.thread_time() - begun)

    monkeypatch.setattr(landing, "unit_of_work", timed)
    failed: list[BaseException] = []

    def sign() -> None:
        try:
            with sqlite_app.app_context():
                while not stop.is_set():
                    begun = time.monotonic()
                    _report_and_ask(city, clock)
                    waits.append(time.monotonic() - begun)
                    db.session.remove()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=sign)
    gc.collect()
    gc.freeze()  # what thousands of tests before left in this process is not searched again within a transaction
    thread.start()
    try:
        with sqlite_app.app_context():
            assert take(many_rows(1500), clock()).created == 1500
            db.session.remove()
    finally:
        stop.set()
        thread.join(60)
        gc.unfreeze()
    assert failed == []
    assert len(waits) > 5, "nobody could sign beside the import"
    assert max(held) < LONGEST_HELD
    assert max(waits) < LONGEST_WAIT


def _report_and_ask(city: City, clock: FixedClock) -> None:
    with city.eyes("leader") as actor, unit_of_work():
        made = report(a_report(city, clock()), by=actor, now=clock()).number
    ask(city, made, Action.ACCEPT, "manager", clock(), **ACCEPTED)


ACCEPTED = {
    "responsible_person": "部门负责人·喆",
    "deadline": "2026-12-15",
    "interim_controls": "停用并设专人看护",
    "criterion_reason": "冷却水中断可致炉内爆炸",
}


def test_a_page_holds_few_rows_and_a_pause_follows(
    sqlite_app: Flask, sqlite_page_city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []
    whole = landing.put_down
    monkeypatch.setattr(landing, "put_down", lambda page, *w, **n: pages.append(len(page)) or whole(page, *w, **n))
    with sqlite_app.app_context():
        take(many_rows(), clock())
        db.session.remove()
    assert sum(pages) == MANY
    assert max(pages) <= 400
    with sqlite_app.app_context(), everything("test"):
        assert db.session.scalars(select(LedgerImport.hazards)).all() == [MANY]
        assert set(db.session.scalars(select(Hazard.state))) == {State.REPORTED}
        db.session.remove()
