"""A write that its owner calls off before it has come in leaves nothing; afterwards it is too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Enterprise
from core.db import db
from core.scope import everything
from core.verification import verify
from hazards.models import Hazard, LedgerImport, Waiting
from hazards.operations import import_runs, import_writing
from hazards.operations.import_drafts import STALLED_AFTER
from hazards.operations.importing import finish_imports, landing
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.hazards.imports import ledger
from tests.hazards.test_import_pages import count, form_to, hand_in, press, row, work
from tests.hazards.visiting import Form, Page, Visitor
from tests.pages.reading import breaks

NEW_FIRM = ["新来机械厂", "", "綦江区", "电焊机外壳未接地", "一般", "2026-11-02", "待整改", "督导检查"]
CALLED_OFF = "导入已取消，没有写入任何内容。"


@pytest.fixture(autouse=True)
def pages_in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one, written in pages of two."""
    monkeypatch.setattr(import_runs, "SMALL_BYTES", 0)
    monkeypatch.setattr(import_runs, "SMALL_ROWS", 0)
    monkeypatch.setattr(landing, "ONE_WRITE", 2)
    monkeypatch.setattr(landing, "FIRST", 2)
    monkeypatch.setattr(landing, "next_size", lambda _done, _seconds: 2)
    monkeypatch.setattr(landing, "breathe", lambda _free=0: None)


@pytest.fixture
def inspector(app: Flask, page_city: City) -> Visitor:
    """An inspector of the plant's district at a browser."""
    return Visitor(app, "inspector_a")


def checked(app: Flask, inspector: Visitor, rows: int = 5) -> Page:
    """A ledger that was checked in the background, with a firm nobody knows."""
    page = hand_in(inspector, ledger(*(row(f"{n}号炉冷却水管渗漏") for n in range(rows)), NEW_FIRM))
    work(app)
    running = press(inspector, inspector.open(page.url), "/names", **{"name-0": "new"})
    work(app)
    return inspector.open(running.url)


def call_off(inspector: Visitor, page: Page) -> Page:
    """Press the button."""
    return press(inspector, inspector.open(page.url), "/cancel")


def once_before(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], object]) -> None:
    """Do something before the first call of a function of this module."""
    original, done = getattr(where, name), list[object]()

    def with_it(*args: Any, **options: Any) -> Any:
        if not done:
            done.append(None)
            act()
        return original(*args, **options)

    monkeypatch.setattr(where, name, with_it)


MOMENTS = {
    "checked again, nothing written": (import_writing, "import_ledger"),
    "the first page": (landing, "prepare"),
    "all pages, not yet in": (landing, "_reported"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_called_off_at_any_moment_nothing_has_come_in(
    app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    page = checked(app, inspector)
    told: list[Page] = []
    once_before(monkeypatch, *MOMENTS[moment], lambda: told.append(call_off(inspector, page)))
    running = press(inspector, page, "/confirm")
    assert "取消导入" in running.text
    assert breaks(running.html) == []
    work(app)
    assert CALLED_OFF in told[0].text
    assert "数据 6 行 = 新建 6" in told[0].text, "back at the check"
    assert_nothing_is_there(app, inspector)
    press(inspector, inspector.open(page.url), "/confirm")
    work(app)
    assert "已导入 6 行：新建 6" in inspector.open(page.url).text
    with app.app_context():
        assert verify().is_whole


def assert_nothing_is_there(app: Flask, inspector: Visitor) -> None:
    """Nobody sees anything, and what was put down holds nothing."""
    with app.app_context(), everything("tests"):
        left = db.session.scalars(select(Hazard)).all()
        assert all(one.hidden and one.merge_key is None for one in left)
        assert db.session.scalar(select(func.count()).select_from(Waiting)) == 0
        assert not db.session.scalars(
            select(Enterprise).where(~Enterprise.hidden, Enterprise.name == NEW_FIRM[0])
        ).all()
        entries = db.session.scalars(select(LedgerImport)).all()
        assert all(one.landed_at is None and one.given_up_at and not one.unfinished for one in entries)
        assert verify().is_whole
        db.session.remove()
    assert "还没有导入过" in inspector.open("/hazards/import").text
    assert "冷却水管渗漏" not in inspector.open("/hazards/?view=all").text


def test_a_write_that_has_not_begun_is_called_off(app: Flask, inspector: Visitor) -> None:
    page = checked(app, inspector)
    press(inspector, page, "/confirm")
    assert CALLED_OFF in call_off(inspector, page).text
    work(app)
    assert count(app, Hazard) == 0
    assert "已放弃" in press(inspector, inspector.open(page.url), "/discard").text


@pytest.mark.parametrize("rows", [1, 5])
def test_once_it_has_come_in_it_is_too_late(
    app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    page = checked(app, inspector, rows)
    token = form_to(page, "/confirm").values
    refused: list[Page] = []

    def too_late() -> None:
        refused.append(inspector.open(page.url))
        refused.append(inspector.send(page, Form(f"{page.url}/cancel", token)))

    once_before(monkeypatch, import_writing, "keep_rows", too_late)
    press(inspector, page, "/confirm")
    work(app)
    shown, answer = refused
    assert "取消导入" not in shown.text
    assert "不能再取消；做完后可以整批撤回" in shown.text
    assert answer.status == 409
    assert "来不及取消。可以在导入结果里整批撤回。" in answer.text
    assert f"已导入 {rows + 1} 行" in inspector.open(page.url).text
    again = inspector.send(page, Form(f"{page.url}/cancel", token))
    assert (again.status, "来不及取消" in again.text) == (409, True)


def test_what_died_is_called_off_and_freed_by_the_periodic_job(
    app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    page = checked(app, inspector)

    class Killed(BaseException):
        """The server dies here."""

    def die() -> None:
        raise Killed

    with monkeypatch.context() as patched:
        once_before(patched, landing, "_reported", die)
        press(inspector, page, "/confirm")
        with pytest.raises(Killed):
            work(app)
    clock.advance(minutes=STALLED_AFTER / timedelta(minutes=1) + 1)
    stalled = inspector.open(page.url)
    assert "没有继续" in stalled.text
    assert breaks(stalled.html) == []
    assert CALLED_OFF in press(inspector, stalled, "/cancel").text
    with app.app_context():
        assert finish_imports(clock()) == 1
        db.session.remove()
    assert_nothing_is_there(app, inspector)
