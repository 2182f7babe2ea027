"""Rows written past the ORM hold what they would hold written by it, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from psycopg.errors import StringDataRightTruncation
from sqlalchemy import func, select
from sqlalchemy.exc import DataError

from core.bulk import change_rows, insert_rows
from core.db import db, is_sqlite, unit_of_work
from core.models import OutboxMessage
from core.refusals import Conflict, Unavailable

AT = datetime(2026, 11, 16, 2, 0, 30, 123456, tzinfo=UTC)
NAMES = ("made_at", "person_id", "kind", "text", "url", "key", "tries")
HOSTILE = ("NULL", "", '"', "\\", "\\N", "{a,b}", "a\tb\nc\r\nd", "it's; --", "%s ?1 :x", "䶮山 🏭", " x ")


def put(*texts: str) -> None:
    with unit_of_work():
        insert_rows(OutboxMessage, NAMES, [(AT, place, "due", text, "/", None, 0) for place, text in enumerate(texts)])


def found() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.person_id)))


def test_new_rows_hold_what_was_given(context: Flask) -> None:
    put(*HOSTILE)
    rows = found()
    assert tuple(row.text for row in rows) == HOSTILE
    assert {(row.made_at, row.key, row.read_at, row.about) for row in rows} == {(AT, None, None, "")}


def test_changed_rows_hold_what_was_given(context: Flask) -> None:
    put("早", "晚")
    first, second = [row.id for row in found()]
    for text in HOSTILE:
        with unit_of_work():
            rows = [(first, text, AT + timedelta(days=1), None)]
            change_rows(OutboxMessage, ("id", "text", "read_at", "key"), rows)
        shown = {row.id: (row.text, row.read_at, row.key) for row in found()}
        assert shown == {first: (text, AT + timedelta(days=1), None), second: ("晚", None, None)}


def test_a_text_too_long_for_its_column_is_not_cut(context: Flask) -> None:
    put("早")
    long = [(found()[0].id, "x" * 41)]
    if is_sqlite():  # which knows no lengths
        with unit_of_work():
            change_rows(OutboxMessage, ("id", "kind"), long)
        assert found()[0].kind == "x" * 41
    else:
        with pytest.raises(DataError) as refused, unit_of_work():
            change_rows(OutboxMessage, ("id", "kind"), long)
        assert isinstance(refused.value.orig, StringDataRightTruncation)
        assert found()[0].kind == "due"


def test_what_the_driver_refuses_is_told_in_words(context: Flask) -> None:
    put("早")
    first = found()[0].id
    with pytest.raises(Conflict), unit_of_work():
        insert_rows(OutboxMessage, ("id", *NAMES), [(first, AT, 1, "due", "again", "/", None, 0)])
    assert [row.text for row in found()] == ["早"]


def test_a_connection_lost_under_the_driver_is_told_in_words_and_given_up(context: Flask) -> None:
    if is_sqlite():
        pytest.skip("SQLite has no connection to lose")
    with pytest.raises(Unavailable):
        put_on_a_lost_connection("早")
    put("晚")
    assert [row.text for row in found()] == ["晚"]


def put_on_a_lost_connection(text: str) -> None:
    with unit_of_work() as session:
        own = session.scalar(select(func.pg_backend_pid()))
        with db.engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(own)))
        insert_rows(OutboxMessage, NAMES, [(AT, 0, "due", text, "/", None, 0)])
