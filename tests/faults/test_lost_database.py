"""The database goes away under a person's hands: a sentence, nothing by half, and the same form works afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import core.db
from core.db import NO_ANSWER, UNSURE, db
from tests.clocks import FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases
from tests.faults.remote import PATIENCE
from tests.faults.wholeness import assert_nothing_left_open, assert_whole, rows_of_every_table
from tests.hazards import acts
from tests.hazards.city import City, build_city, hazard, reported
from tests.hazards.visiting import Page, Visitor
from workflows.vocabulary import Action, State

OPINION = "现场看过，𬭬号炉已装报警"


@pytest.fixture
def on_postgres(databases: Databases, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The application on PostgreSQL alone."""
    settings = settings_for(databases.filled("postgresql", tmp_path), tmp_path / "instance")
    yield from running(settings, clock)


def waiting_for_verification(app: Flask, clock: FixedClock) -> str:
    """A hazard whose verification the principal may sign."""
    with app.app_context():
        city: City = build_city(clock())
        number = reported(city, "leader", clock())
        acts.accept(city, number, "manager", now=clock())
        acts.work(city, number, clock.advance(hours=1))
        acts.ask(city, number, Action.VERIFY, "head", clock())
        db.session.remove()
    return number


def state_of(app: Flask, number: str) -> State:
    with app.app_context():
        found = hazard(number).state
        db.session.remove()
    return found


def end_session(connection: Connection) -> None:
    """End this connection's session from outside, as a restart of the server does."""
    pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    other = create_engine(connection.engine.url, poolclass=NullPool)
    with other.connect() as administrator:
        ended = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert administrator.scalar(ended, {"pid": pid})


@contextmanager
def struck(
    app: Flask, moment: str, statement: str = "", act: Callable[[Connection], object] = end_session
) -> Iterator[None]:
    """Strike the session that works at this moment: after a statement that begins so, or before its commit; once."""
    done: list[bool] = []

    def strike(connection: Connection, *rest: Any) -> None:
        is_it = not statement or str(rest[1]).startswith(statement)
        if is_it and not done:
            done.append(True)
            act(connection)

    with app.app_context():
        engine = db.engine
    event.listen(engine, moment, strike)
    try:
        yield
    finally:
        event.remove(engine, moment, strike)
    assert done, "nothing was struck"


@contextmanager
def gone(app: Flask, databases: Databases) -> Iterator[None]:
    """The database ends every session and takes no new one."""
    name = make_url(app.extensions["settings"].database_url).database
    databases.on_server(
        f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    try:
        yield
    finally:
        databases.on_server(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def _sign(visitor: Visitor, number: str) -> tuple[Page, Page]:
    page = visitor.open(f"/hazards/{number}/sign")
    return page, visitor.send(page, opinion=OPINION)


def _assert_same_form_is_back(answer: Page, sentence: str, page: Page) -> None:
    assert answer.status == 503
    assert sentence in answer.text
    assert answer.form.values["opinion"] == [OPINION]
    assert answer.form.values["once"] == page.form.values["once"]


def test_a_connection_that_broke_while_it_waited_is_replaced_unseen(on_postgres: Flask, clock: FixedClock) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    with on_postgres.app_context(), db.engine.connect() as connection:
        end_session(connection)
        connection.detach()
    assert visitor.open(f"/hazards/{number}").status == 200
    assert _sign(visitor, number)[1].status == 302
    assert state_of(on_postgres, number) is State.VERIFIED


def test_a_connection_lost_between_two_writes_writes_neither(on_postgres: Flask, clock: FixedClock) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    before = rows_of_every_table(on_postgres)
    with struck(on_postgres, "after_cursor_execute", "INSERT INTO signature"):
        page, answer = _sign(visitor, number)
    _assert_same_form_is_back(answer, NO_ANSWER, page)
    assert rows_of_every_table(on_postgres) == before
    assert_whole(on_postgres)
    assert visitor.send(answer, opinion=OPINION).status == 302
    assert state_of(on_postgres, number) is State.VERIFIED
    assert_nothing_left_open(on_postgres)
    assert_whole(on_postgres)


def test_a_connection_lost_at_the_commit_does_not_claim_to_know(on_postgres: Flask, clock: FixedClock) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    page = visitor.open(f"/hazards/{number}/sign")
    with struck(on_postgres, "commit"):
        answer = visitor.send(page, opinion=OPINION)
    _assert_same_form_is_back(answer, UNSURE, page)
    assert visitor.send(answer, opinion=OPINION).status == 302
    assert state_of(on_postgres, number) is State.VERIFIED
    assert_whole(on_postgres)


def test_a_connection_lost_while_a_page_is_read_is_a_sentence_and_the_next_page_comes(
    on_postgres: Flask, clock: FixedClock
) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    with struck(on_postgres, "after_cursor_execute", "SELECT hazard."):
        answer = visitor.open(f"/hazards/{number}")
    assert answer.status == 503
    assert "数据库或磁盘暂时没有应答，没有写入任何内容。请稍后再试。" in answer.text
    assert visitor.open(f"/hazards/{number}").status == 200


def test_a_database_that_stays_away_is_a_page_too(on_postgres: Flask, databases: Databases, clock: FixedClock) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    page = visitor.open(f"/hazards/{number}/sign")
    with gone(on_postgres, databases):
        answers = [visitor.open(f"/hazards/{number}"), visitor.send(page, opinion=OPINION)]
    assert [answer.status for answer in answers] == [503, 503]
    assert all("没有写入任何内容" in answer.text for answer in answers)
    assert visitor.send(page, opinion=OPINION).status == 302


def test_a_database_that_goes_away_in_the_middle_of_a_page_is_a_page_too(
    on_postgres: Flask, databases: Databases, clock: FixedClock
) -> None:
    number = waiting_for_verification(on_postgres, clock)
    visitor = Visitor(on_postgres, "principal")
    page = visitor.open(f"/hazards/{number}/sign")
    with ExitStack() as until:
        away = lambda _connection: until.enter_context(gone(on_postgres, databases))  # noqa: E731 one line says it
        with struck(on_postgres, "after_cursor_execute", "INSERT INTO signature", away):
            answer = visitor.send(page, opinion=OPINION)
    assert answer.status == 503
    assert "没有写入任何内容" in answer.text
    assert visitor.send(page, opinion=OPINION).status == 302
    assert_whole(on_postgres)


def test_a_database_another_process_keeps_locked_is_a_sentence_and_pages_are_still_read(
    sqlite_app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.db, "SQLITE_BUSY_MS", 300)
    number = waiting_for_verification(sqlite_app, clock)
    visitor = Visitor(sqlite_app, "principal")
    with locked_elsewhere(sqlite_app):
        page, answer = _sign(visitor, number)
        _assert_same_form_is_back(answer, NO_ANSWER, page)
        assert visitor.open(f"/hazards/{number}").status == 200
    assert visitor.send(answer, opinion=OPINION).status == 302
    assert state_of(sqlite_app, number) is State.VERIFIED
    assert_whole(sqlite_app)


@contextmanager
def locked_elsewhere(app: Flask) -> Iterator[None]:
    """Another process writes and does not end; connections made before with more patience are let go first."""
    with app.app_context():
        db.engine.dispose()
    path = make_url(app.extensions["settings"].database_url).database
    holding = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "print('held', flush=True); sys.stdin.read(); c.execute('ROLLBACK'); c.close()"
    )
    command = [sys.executable, "-c", holding, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        try:
            yield
        finally:
            assert other.communicate(timeout=PATIENCE) is not None
