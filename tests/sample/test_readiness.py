"""`flask demo` where `flask init` was not run or stopped half-way: it says what to do at once and loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Person
from core.db import db
from core.scope import everything
from sample import commands
from sample.readiness import HALF_LOADED
from tests.clocks import START, FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases
from tests.notices.cached_fonts import font_cache

INIT = "请先运行 flask --app wsgi init"


@pytest.fixture
def without_tables(databases: Databases, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """An installation on which nothing was run yet."""
    yield from running(settings_for(databases.empty("sqlite", tmp_path), tmp_path / "instance"), clock)


def refused(app: Flask) -> str:
    """What the command says on standard error; it must have ended with status 1 and made nobody."""
    ran = app.test_cli_runner().invoke(args=["demo"])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert not (app.extensions["settings"].instance / "sample-logins.txt").exists()
    return ran.stderr.strip()


def people(app: Flask) -> int | None:
    """How many people the register has."""
    with app.app_context(), everything("test of the sample"):
        found = db.session.scalar(select(func.count()).select_from(Person))
        db.session.remove()
    return found


def test_without_tables_it_asks_for_init(without_tables: Flask) -> None:
    said = refused(without_tables)
    assert "数据库里还没有表" in said
    assert INIT in said


@pytest.mark.parametrize(
    ("steps", "lacking"), [(0, "工作日表"), (1, "区域表"), (2, "判定标准"), (5, "文书字体"), (6, "检查表模板")]
)
def test_after_an_init_that_was_interrupted_it_names_what_is_lacking(
    sqlite_app: Flask, steps: int, lacking: str, request: pytest.FixtureRequest
) -> None:
    sqlite_app.config["FONT_CACHE"] = str(font_cache(request.config))
    with sqlite_app.app_context():
        for step in sqlite_app.extensions["on_init"][:steps]:
            step(START)
        db.session.remove()
    said = refused(sqlite_app)
    assert lacking in said
    assert INIT in said
    assert "\n" not in said
    assert people(sqlite_app) == 0


def test_a_sample_left_half_loaded_is_told_from_a_register_in_use(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    sqlite_app.config["FONT_CACHE"] = str(font_cache(request.config))
    with sqlite_app.app_context():
        for step in sqlite_app.extensions["on_init"]:
            step(START)
        db.session.remove()

    def stopped(*_whatever: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_tell_all", stopped)
    interrupted = sqlite_app.test_cli_runner().invoke(args=["demo"])
    assert interrupted.exit_code != 0
    there = people(sqlite_app)
    assert there
    assert refused(sqlite_app) == HALF_LOADED
    assert people(sqlite_app) == there
