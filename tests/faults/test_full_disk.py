"""The disk takes no more: nothing is stored by half, the person is told, and what was typed is still there.

The kernel itself refuses the writes: a process may write no file beyond the given size (RLIMIT_FSIZE).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from core.db import NO_ANSWER, db
from core.files import DISK_FULL, file_store
from tests.clocks import FixedClock
from tests.faults.wholeness import assert_nothing_left_open, assert_whole, rows_of_every_table
from tests.hazards import acts
from tests.hazards.city import City, reported
from tests.hazards.visiting import FILE, Visitor

resource = pytest.importorskip("resource", reason="Windows has no limit on the size of files")

WORDS = "电炉冷却水系统没有流量报警，𬭬号炉旁已见水渍"
ROOM = 60_000  # bytes; smaller than the photo


@contextmanager
def full_disk(room: int = ROOM) -> Iterator[None]:
    """No file may grow beyond `room` bytes until the end of the block."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def a_large_photo(name: str = "large.jpg") -> FILE:
    """One that does not get smaller by compressing, since it shows noise."""
    out = BytesIO()
    Image.frombytes("RGB", (300, 300), os.urandom(300 * 300 * 3)).save(out, "JPEG", quality=95)
    assert out.tell() > ROOM
    return BytesIO(out.getvalue()), name


TYPED = {
    "place": "北区熔炼车间",
    "description": WORDS,
    "category": "equipment",
    "grade": "general",
    "responsible_unit": "设备部",
}


def test_a_report_whose_photo_finds_no_room_is_not_taken_and_keeps_its_words(app: Flask, page_city: City) -> None:
    visitor = Visitor(app, "leader")
    before = rows_of_every_table(app)
    page = visitor.open("/hazards/new")
    with full_disk():
        answer = visitor.send(page, **TYPED, photos=a_large_photo())
    assert answer.status == 507
    assert DISK_FULL in answer.text
    assert answer.form.values["description"] == [WORDS]
    assert answer.form.values["once"] == page.form.values["once"]
    assert rows_of_every_table(app) == before
    _assert_store_is_whole(app)
    # the disk has room again: the form that came back is sent with the photo taken up anew
    again = visitor.send(answer, photos=a_large_photo())
    assert again.status == 302, again.text[:500]
    assert_whole(app)


def test_a_refused_form_whose_photo_finds_no_room_asks_for_it_again(sqlite_app: Flask, sqlite_page_city: City) -> None:
    visitor = Visitor(sqlite_app, "leader")
    page = visitor.open("/hazards/new")
    with full_disk():
        answer = visitor.send(page, description=WORDS, photos=a_large_photo())
    assert answer.status == 422
    assert "没有存住，再提交前请重新选择" in answer.text
    assert answer.form.values["description"] == [WORDS]


def test_work_whose_photo_finds_no_room_is_not_recorded(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
        acts.accept(page_city, number, "manager", now=clock())
        db.session.remove()
    visitor = Visitor(app, "head")
    page = visitor.open(f"/hazards/{number}/work")
    before = rows_of_every_table(app)
    with full_disk():
        answer = visitor.send(page, result=WORDS, completed_on="2026-11-16", real_cost="1", photos=a_large_photo())
    assert answer.status == 507
    assert DISK_FULL in answer.text
    assert answer.form.values["result"] == [WORDS]
    assert rows_of_every_table(app) == before
    _assert_store_is_whole(app)
    assert_whole(app)


def test_a_database_file_that_may_not_grow_takes_nothing_by_half(sqlite_app: Flask, sqlite_page_city: City) -> None:
    visitor = Visitor(sqlite_app, "leader")
    page = visitor.open("/hazards/new")
    before = rows_of_every_table(sqlite_app)
    with full_disk(room=0):
        answer = visitor.send(page, **TYPED)
    assert answer.status == 503
    assert NO_ANSWER in answer.text
    assert answer.form.values["description"] == [WORDS]
    assert rows_of_every_table(sqlite_app) == before
    assert_nothing_left_open(sqlite_app)
    assert visitor.send(answer).status == 302
    assert_whole(sqlite_app)


def _assert_store_is_whole(app: Flask) -> None:
    """Every file that has a name has the bytes of that name, and no unfinished one is left."""
    with app.app_context():
        store = file_store()
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert [path for path in files if path.parent.name == "incoming"] == []
    assert all(store.verify(path.name) for path in files)
