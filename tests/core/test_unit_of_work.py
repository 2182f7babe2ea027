"""One transaction, whole or not at all; what the database objects to is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from core.db import after_commit, db, unit_of_work
from core.models import Counter, OutboxMessage
from core.numbering import next_number, take_numbers
from core.outbox import tell
from core.refusals import Conflict, Unavailable
from tests.clocks import FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases, TestDatabase


def put_twice(*, flush: bool) -> None:
    """Two rows where one may be, noticed at a flush on the way or at the commit."""
    with unit_of_work() as session:
        session.add(Counter(series="x", last=1))
        session.flush()
        session.expunge_all()
        session.add(Counter(series="x", last=1))
        if flush:
            session.flush()


@pytest.mark.parametrize("flush", [True, False], ids=["at a flush", "at the commit"])
def test_a_row_somebody_put_first_is_a_conflict(context: Flask, flush: bool) -> None:
    with pytest.raises(Conflict, match="先办了"):
        put_twice(flush=flush)
    assert db.session.scalar(select(func.count()).select_from(Counter)) == 0


def fail_with(error: Exception, act: Callable[[], None]) -> None:
    with unit_of_work() as session:
        session.add(Counter(series="x", last=1))
        after_commit(act)
        raise error


def test_a_version_somebody_changed_first_is_a_conflict(context: Flask) -> None:
    with pytest.raises(Conflict, match="刚被别人改过"):
        fail_with(StaleDataError(), lambda: None)


def test_what_was_to_follow_a_failed_commit_does_not_follow_the_next_one(context: Flask) -> None:
    done: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fail_with(ZeroDivisionError(), lambda: done.append("the failed one's"))
    with unit_of_work():
        after_commit(lambda: done.append("the next one's"))
        assert done == []
    assert done == ["the next one's"]


def test_a_unit_of_work_does_not_stand_inside_another(context: Flask) -> None:
    def nest() -> None:
        with unit_of_work(), unit_of_work():
            pass

    with pytest.raises(RuntimeError, match="inside another"):
        nest()


def test_numbers_follow_each_other_and_a_failed_one_is_given_again(context: Flask) -> None:
    with unit_of_work():
        assert [next_number("YH-500112-2026") for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    with unit_of_work():
        assert take_numbers("YH-500112-2026", 10) == 4
        assert next_number("YH-500112-2026") == 14
        assert next_number("YH-500110-2026") == 1


def take_and_fail() -> None:
    with unit_of_work():
        next_number("YH-500112-2026")
        raise ZeroDivisionError


def test_a_message_with_a_key_is_told_once(context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        tell([1, 2, 2], "due", "到期", now=clock(), key="due:1")
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


def test_a_lost_connection_refuses_and_the_next_try_works(
    databases: Databases, tmp_path: Path, clock: FixedClock
) -> None:
    """The server closes connections when it is restarted; SQLite has no connection to lose."""
    settings = settings_for(databases.filled("postgresql", tmp_path), tmp_path / "instance")
    for app in running(settings, clock):
        with app.app_context():
            with pytest.raises(Unavailable, match="数据库暂时没有应答"), unit_of_work() as session:  # noqa: PT012 - lost inside
                lost = session.scalar(select(func.pg_backend_pid()))
                databases.on_server(f"SELECT pg_terminate_backend({lost})")
                next_number("x")
            count_up()
            assert db.session.get_one(Counter, "x").last == 1


def count_up() -> None:
    with unit_of_work():
        next_number("x")


def test_a_house_without_its_database_is_unwell(tmp_path: Path, clock: FixedClock) -> None:
    nowhere = TestDatabase("postgresql", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    for app in running(settings_for(nowhere, tmp_path / "instance"), clock):
        answer = app.test_client().get("/healthz")
        assert (answer.status_code, answer.get_json()["database"]) == (503, "failing")
