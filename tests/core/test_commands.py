"""Commands say what they did in a sentence, and end with a status."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from core.commands import in_sentences, on_init
from core.db import db, unit_of_work
from core.files import file_store, store_file
from core.models import CalendarYear, Event
from core.refusals import Invalid
from core.witness import witness_anchors
from tests.clocks import FixedClock
from tests.core.subjects import make_histories


@pytest.fixture
def filled(sqlite_app: Flask, clock: FixedClock) -> Flask:
    """A small register on SQLite, without a pushed context."""
    with sqlite_app.app_context():
        make_histories(clock())
        with unit_of_work():
            store_file(b"\xff\xd8\xff photo", "image/jpeg", clock())
        witness_anchors()
    return sqlite_app


def run(app: Flask, *words: str, answer: str | None = None) -> tuple[int, str]:
    """Exit status and everything printed."""
    result = app.test_cli_runner().invoke(args=words, input=answer)
    return result.exit_code, result.output


def test_a_whole_history_verifies_with_status_0(filled: Flask) -> None:
    status, said = run(filled, "audit", "verify")
    assert status == 0
    assert "核验通过：3 条记录、8 条经过、2 个锚点、见证 2 行，全部相符。" in said


def test_a_broken_history_names_the_first_break_with_status_1(filled: Flask) -> None:
    with filled.app_context(), unit_of_work() as session:
        session.execute(update(Event).where(Event.subject_id == 2, Event.seq == 4).values(kind="forged"))
    status, said = run(filled, "audit", "verify")
    assert status == 1
    assert "第一处断开" in said
    assert "2 号 的第 4 条经过被改过。" in said


def test_backup_says_that_the_secrets_are_kept_apart(filled: Flask, tmp_path: Path) -> None:
    status, said = run(filled, "backup", str(tmp_path / "b.zip"))
    assert status == 0
    assert "1 个文件" in said
    assert "备份里没有密钥" in said


def test_backup_with_a_lost_photo_ends_with_status_1(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        store = file_store()
    for path in store.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    status, said = run(filled, "backup", str(tmp_path / "b.zip"))
    assert status == 1
    assert "有 1 个文件丢失或已损坏" in said
    assert (tmp_path / "b.zip").exists()


def test_restore_refuses_a_filled_database(filled: Flask, tmp_path: Path) -> None:
    run(filled, "backup", str(tmp_path / "b.zip"))
    status, said = run(filled, "restore", str(tmp_path / "b.zip"))
    assert (status, said.strip()) == (
        1,
        "这个库里已有数据，没有恢复任何内容。请恢复到一个空库；确要替换全部数据的，加 --replace。",
    )


def test_restore_with_replace_asks_and_then_verifies(filled: Flask, tmp_path: Path) -> None:
    run(filled, "backup", str(tmp_path / "b.zip"))
    status, said = run(filled, "restore", str(tmp_path / "b.zip"), "--replace", answer="n\n")
    assert (status, "已恢复" in said) == (1, False)
    status, said = run(filled, "restore", str(tmp_path / "b.zip"), "--replace", answer="y\n")
    assert status == 0
    assert "已恢复" in said
    assert "核验通过" in said


def test_restore_of_what_is_no_backup_ends_with_status_2(filled: Flask, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    status, said = run(filled, "restore", str(tmp_path / "photo.jpg"))
    assert (status, said.strip()) == (2, "photo.jpg 不是本系统的备份，或已损坏，没有恢复任何内容。")


def test_a_database_without_tables_is_one_sentence(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        db.drop_all()
    status, said = run(filled, "audit", "verify")
    assert status == 1
    assert said.startswith("数据库没有应答")
    assert "flask init" in said


def test_refusals_of_any_command_end_it_with_their_sentence(sqlite_app: Flask) -> None:
    @sqlite_app.cli.command("refuse")
    @in_sentences
    def refuse() -> None:
        raise Invalid("没有写入任何内容。")

    assert run(sqlite_app, "refuse") == (1, "没有写入任何内容。\n")


def test_init_runs_every_rooms_step_and_may_be_repeated(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    moments: list[datetime] = []

    def step(now: datetime) -> str:
        moments.append(now)
        return "行政区划：装入 38 个区县。" if len(moments) == 1 else ""

    monkeypatch.setattr("core.commands.upgrade", lambda: None)  # tables are made already; test_migrations tests it
    sqlite_app.extensions["on_init"] = sqlite_app.extensions["on_init"][:1]
    on_init(sqlite_app, step)
    status, said = run(sqlite_app, "init")
    assert (status, said.splitlines()) == (
        0,
        ["工作日表：装入 2004—2026 年。", "行政区划：装入 38 个区县。", "已就绪。"],
    )
    assert run(sqlite_app, "init") == (0, "已就绪。\n")
    assert moments == [clock(), clock()]
    with sqlite_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CalendarYear)) == 23
