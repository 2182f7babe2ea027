"""Large ledgers: written in the background, for one person, for a week."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Person
from core.db import db, unit_of_work
from core.files import FileStore
from core.models import Event, OutboxMessage, StoredFile
from core.scope import everything
from reports import running, runs
from reports.models import LedgerRun, RunStatus
from tests.clocks import FixedClock
from tests.hazards.city import City, reported
from tests.hazards.visiting import Page, Visitor
from tests.reports.background import Runner, RunningClock, runner
from workflows.vocabulary import Grade

__all__ = ["runner"]

OCTOBER_12 = datetime(2026, 10, 12, 2, tzinfo=UTC)
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)
NAME = "綦江区2026年10月重大事故隐患台账"


@pytest.fixture
def large(app: Flask, page_city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> City:
    """Two majors of October, which is more than a ledger may have to be written in the request."""
    monkeypatch.setattr(runs, "LARGE", 1)
    clock.set(OCTOBER_12)
    with app.app_context():
        for text in ("电炉没有流量报警 镕堃䶮𬭬", "=cmd|' /C calc'!A0"):
            reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR, description=text)
        db.session.remove()
    clock.set(NOVEMBER_3)
    return page_city


def ask(visitor: Visitor, ending: str = "xlsx", **more: str) -> Page:
    page = visitor.open("/reports/?ledger=regulator&month=2026-10")
    form = next(form for form in page.forms if form.action.endswith(f"regulator.{ending}"))
    return visitor.send(page, form, **more)


def row(app: Flask, run_id: int = 1) -> dict[str, Any]:
    with app.app_context(), everything("test"):
        found = db.session.get_one(LedgerRun, run_id)
        values = {name: getattr(found, name) for name in LedgerRun.__table__.c.keys()}  # noqa: SIM118
        db.session.remove()
    return values


def messages(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        found = [(one.text, one.url) for one in db.session.scalars(select(OutboxMessage)) if one.kind == "ledger"]
        db.session.remove()
    return found


def stored(app: Flask) -> tuple[int, int]:
    """How many files have a row, and how many stand in the store."""
    with app.app_context():
        rows = len(db.session.scalars(select(StoredFile).where(StoredFile.media_type.contains("sheet"))).all())
        store: FileStore = app.extensions["files"]
        files = [path for path in store.folder.rglob("*") if path.is_file()]
        db.session.remove()
    return rows, sum(path.read_bytes()[:2] == b"PK" for path in files)


def test_a_large_ledger_is_written_in_the_background_and_waits(
    app: Flask, large: City, runner: Runner, clock: FixedClock
) -> None:
    visitor = Visitor(app, "reviewer")
    page = visitor.follow(ask(visitor))
    assert (page.url, page.status) == ("/reports/runs/1", 200)
    assert "等待开始" in page.text
    assert "可以离开此页，完成后在「待办」里取。" in page.text
    assert 'http-equiv="refresh"' in page.html  # works without script
    assert visitor.open("/reports/runs/1/file").status == 409

    assert runner.run() == 1
    page = visitor.open("/reports/runs/1")
    assert "可以下载" in page.text
    assert messages(app) == [
        ("綦江区2026年10月重大事故隐患台账.xlsx 已生成：2 条。请在 7 天内下载。", "/reports/runs/1")
    ]
    assert "已生成：2 条" in visitor.open("/").text

    answer = visitor.open("/reports/runs/1/file").response
    assert answer.headers["Cache-Control"] == "private, no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.worksheets[0]["A1"].value == "2026年10月重大事故隐患台账"
    with app.app_context():
        noted = db.session.scalars(select(Event).where(Event.kind == "ledger_exported")).one()
        assert (noted.actor_id, noted.content["records"]) == (large.people["reviewer"], 2)
        assert noted.content["digest"] == row(app)["digest_of_records"]


def test_a_second_tap_begins_nothing_and_three_are_the_most_at_once(app: Flask, large: City, runner: Runner) -> None:
    visitor = Visitor(app, "reviewer")
    first = ask(visitor).response.headers["Location"]
    assert ask(visitor).response.headers["Location"] == first
    for ending in ("csv", "jsonl"):
        assert ask(visitor, ending).status == 302
    refused = ask(visitor, sector="工贸")
    assert refused.status == 422
    assert "您有 3 份台账正在生成，不能再加。" in refused.text
    assert runner.run() == 3
    assert [words for words, _url in messages(app)] == [
        f"{NAME}.{ending} 已生成：2 条。请在 7 天内下载。" for ending in ("xlsx", "csv", "jsonl")
    ]


@pytest.mark.parametrize("ledger", ["statistics", "problems"])
def test_sums_over_many_hazards_are_worked_out_in_the_background_alone(
    app: Flask, large: City, runner: Runner, monkeypatch: pytest.MonkeyPatch, ledger: str
) -> None:
    """Their lines are few however many hazards they look through: the page works nothing out, nor does the request."""
    visitor, address = Visitor(app, "reviewer"), f"/reports/?ledger={ledger}&month=2026-10"
    with monkeypatch.context() as roomy:
        roomy.setattr(runs, "LARGE", 2)
        assert "要汇总的隐患较多" not in visitor.open(address).text
    page = visitor.open(address)
    assert "要汇总的隐患较多，本页不列数字。" in page.text
    assert "合计" not in page.text
    form = next(form for form in page.forms if form.action.endswith(f"{ledger}.csv"))
    assert visitor.follow(visitor.send(page, form)).url == "/reports/runs/1"
    runner.run()
    assert "合计" in visitor.open("/reports/runs/1/file").response.get_data(as_text=True)


@pytest.mark.parametrize("door", ["", "/progress", "/file"])
def test_nobody_else_finds_it(app: Flask, large: City, runner: Runner, door: str) -> None:
    ask(Visitor(app, "reviewer"))
    runner.run()
    assert Visitor(app, "approver").open(f"/reports/runs/1{door}").status == 404
    for act in ("cancel", "again"):
        other = Visitor(app, "city_reviewer")
        token = next(form for form in other.open("/reports/").forms if "csrf_token" in form.values).values
        assert other.client.post(f"/reports/runs/1/{act}", data=token).status_code == 404


def test_the_bar_moves_while_it_is_written(
    app: Flask, large: City, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app, "reviewer")
    ask(visitor)
    monkeypatch.setattr(running, "LOOK_EVERY", 1)
    seen: list[dict[str, Any]] = []
    real = running.Marks.mark

    def mark(marks: running.Marks, **values: Any) -> None:
        real(marks, **values)
        with ThreadPoolExecutor(1) as somebody:  # a request of its own, not one inside the runner's context
            page = somebody.submit(visitor.open, "/reports/runs/1/progress").result()
        seen.append(page.response.get_json())

    monkeypatch.setattr(running.Marks, "mark", mark)
    app.extensions["clock"] = RunningClock(NOVEMBER_3)
    runner.run()
    assert [told["percent"] for told in seen] == [0, 50, 99]
    assert "已写 1 / 2 行，约" in seen[1]["words"]
    assert {told["stage"] for told in seen} == {"writing"}
    assert visitor.open("/reports/runs/1/progress").response.get_json()["stage"] == "done"


def test_called_off_it_leaves_nothing(app: Flask, large: City, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(app, "reviewer")
    page = visitor.follow(ask(visitor))
    form = next(form for form in page.forms if form.action.endswith("/cancel"))
    real = running.Marks.mark

    def mark(marks: running.Marks, **values: Any) -> None:
        if values.get("total"):  # while it is being written
            assert visitor.send(page, form).status == 302
        real(marks, **values)

    monkeypatch.setattr(running.Marks, "mark", mark)
    runner.run()
    assert row(app)["status"] is RunStatus.CANCELLED
    assert stored(app) == (0, 0)
    assert "已取消，没有留下文件。" in visitor.open("/reports/runs/1").text
    assert messages(app) == []
    again = visitor.send(page, form)
    assert again.status == 409
    assert "已经不在生成，不必取消" in again.text


def test_after_a_week_the_file_is_gone(app: Flask, large: City, runner: Runner, clock: FixedClock) -> None:
    visitor = Visitor(app, "reviewer")
    ask(visitor)
    runner.run()
    assert stored(app) == (1, 1)
    clock.advance(days=6, hours=23)
    runner.every_so_often("sweep-ledgers")
    visitor = Visitor(app, "reviewer")
    assert visitor.open("/reports/runs/1/file").status == 200
    clock.advance(hours=1)
    visitor = Visitor(app, "reviewer")
    gone = visitor.open("/reports/runs/1/file")  # before the sweep has come by
    assert gone.status == 404
    assert "下载期已过" in gone.text
    runner.every_so_often("sweep-ledgers")
    assert (row(app)["status"], stored(app)) == (RunStatus.EXPIRED, (0, 0))
    assert "下载期已过，文件已删除。" in visitor.open("/reports/runs/1").text
    clock.advance(days=90)
    runner.every_so_often("sweep-ledgers")
    assert Visitor(app, "reviewer").open("/reports/runs/1").status == 404


def test_a_file_that_two_have_goes_with_the_second(app: Flask, large: City, runner: Runner, clock: FixedClock) -> None:
    for who, days in (("reviewer", 0), ("approver", 1)):
        clock.advance(days=days)
        ask(Visitor(app, who), "jsonl")
        runner.run()
    digest = row(app, 1)["file_id"]
    assert row(app, 2)["file_id"] == digest
    clock.advance(days=6)
    runner.every_so_often("sweep-ledgers")
    assert [row(app, run)["status"] for run in (1, 2)] == [RunStatus.EXPIRED, RunStatus.DONE]
    assert Visitor(app, "approver").open("/reports/runs/2/file").status == 200


class Killed(BaseException):
    """As if the runner had ended here."""


def die(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner begins and is killed while it writes."""

    def end(*_given: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(runs, "write_ledger", end)
        with pytest.raises(Killed):
            runner.run()


def test_what_died_with_its_runner_is_taken_up_again_and_given_up_at_last(
    app: Flask, large: City, runner: Runner, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app, "reviewer")
    ask(visitor)
    for _ in range(running.TRIES):
        die(runner, monkeypatch)
        runner.every_so_often("resume-ledgers")
        assert runner.waiting == []  # it is not dead yet
        clock.advance(minutes=4)
        assert "没有继续。" in visitor.open("/reports/runs/1").text
        runner.every_so_often("resume-ledgers")
    assert runner.waiting == []
    page = visitor.open("/reports/runs/1")
    assert "可能后台任务反复中断" in page.text
    assert stored(app) == (0, 0)
    visitor.send(page, next(form for form in page.forms if form.action.endswith("/again")))
    runner.run()
    assert row(app)["status"] is RunStatus.DONE


def test_what_no_runner_took_up_waits_however_long(app: Flask, large: City, runner: Runner, clock: FixedClock) -> None:
    ask(Visitor(app, "reviewer"))
    for _ in range(2 * running.TRIES):
        runner.lose()
        clock.advance(minutes=4)
        runner.every_so_often("resume-ledgers")
    runner.run()
    assert row(app)["status"] is RunStatus.DONE


def test_an_old_request_of_the_queue_does_nothing(app: Flask, large: City, runner: Runner, clock: FixedClock) -> None:
    ask(Visitor(app, "reviewer"))
    old = list(runner.waiting)
    clock.advance(minutes=4)
    runner.every_so_often("resume-ledgers")
    runner.waiting[:0] = old
    runner.run()
    assert len(messages(app)) == 1
    runner.waiting[:] = old
    runner.run()
    assert len(messages(app)) == 1


def test_a_failure_is_said_and_can_be_tried_again(
    app: Flask, large: City, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app, "reviewer")
    ask(visitor)
    with monkeypatch.context() as broken:
        broken.setattr(runs, "write_ledger", lambda *_given, **_named: 1 / 0)
        runner.run()
    page = visitor.open("/reports/runs/1")
    assert runs.BROKE_DOWN in page.text
    assert messages(app)[0][0].startswith("綦江区2026年10月重大事故隐患台账.xlsx 没有生成：")
    visitor.send(page, next(form for form in page.forms if form.action.endswith("/again")))
    runner.run()
    assert row(app)["status"] is RunStatus.DONE


def test_it_is_written_with_the_eyes_of_its_person_as_they_are_now(
    app: Flask, large: City, runner: Runner, clock: FixedClock
) -> None:
    """Who lost the right to take ledgers out, or left, gets none that was asked for before."""
    visitor = Visitor(app, "reviewer")
    ask(visitor)
    with app.app_context(), everything("test"):
        with unit_of_work():
            db.session.get_one(Person, large.people["reviewer"]).active = False
        db.session.remove()
    runner.run()
    assert row(app)["said"] == runs.NOBODY
    assert clock() - row(app)["finished_at"] < timedelta(minutes=1)
