"""Fixtures every test may use. Those that need no database must not ask for `app`.

`app`, `client`, `database` run on SQLite and on PostgreSQL; `sqlite_app`, `sqlite_client` once, on SQLite only (pages,
rendering, fuzzing). `context` and `sqlite_context` push the application's context, for tests that call operations
directly; tests that use a client must not, since a request would then share its `g` with the next.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from application import create_app
from core.db import db
from core.settings import Settings, load_settings
from tests.clocks import FixedClock
from tests.databases import KINDS, TEST_SECRETS, Databases, TestDatabase

# the same examples each time, however loaded the machine: a test must not depend on the clock
hypothesis_settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: each waits a third of its time until the disk has what was written."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where databases come from."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> TestDatabase:
    """A database with all tables and no rows, of each kind."""
    return databases.filled(request.param, tmp_path)


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> TestDatabase:
    """A database without tables, of each kind."""
    return databases.empty(request.param, tmp_path)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until the test moves it."""
    return FixedClock()


@pytest.fixture
def settings(database: TestDatabase, tmp_path: Path) -> Settings:
    """Settings of an installation in the test's own folder."""
    return settings_for(database, tmp_path / "instance")


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """The application on an empty database of each kind."""
    yield from running(settings, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies yet."""
    return app.test_client()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed, for tests of operations."""
    with app.app_context():
        yield app


@pytest.fixture
def sqlite_app(databases: Databases, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The application once, on SQLite, for what does not depend on the database."""
    yield from running(settings_for(databases.filled("sqlite", tmp_path), tmp_path / "instance"), clock)


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    """A browser without cookies yet, once, on SQLite."""
    return sqlite_app.test_client()


@pytest.fixture
def sqlite_context(sqlite_app: Flask) -> Iterator[Flask]:
    """The application on SQLite with its context pushed."""
    with sqlite_app.app_context():
        yield sqlite_app


def settings_for(database: TestDatabase, instance: Path) -> Settings:
    """An installation in this folder on this database, with secrets known to the tests."""
    return load_settings(instance, {"DATABASE_URL": database.url, **TEST_SECRETS})


def running(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """An application whose connections are closed afterwards; passwords are hashed cheaply."""
    made = create_app(settings, clock=clock, testing=True)
    made.config["CHEAP_PASSWORDS"] = True
    with made.app_context():
        share_compiled_statements(db.engine)
    made.jinja_env.bytecode_cache = _templates
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def share_compiled_routes() -> None:
    """Let every test's application use the address builders compiled for those before it: a third of a test's time.

    A builder is a function of the rule's text alone: the rule it works for is its first argument.
    """
    compile_builder, known = Rule._compile_builder, dict[tuple[Any, ...], Callable[..., tuple[str, str]]]()

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


share_compiled_routes()
_shared: dict[str, tuple[Any, Any]] = {}
# templates are compiled once a run, not once an application
_templates = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="hazards-templates-"))
atexit.register(shutil.rmtree, _templates.directory, ignore_errors=True)


def share_compiled_statements(engine: Engine) -> None:
    """Let every test's engine use the statements compiled for those before it: half of a test's time otherwise."""
    if engine.dialect.name not in _shared:
        engine.connect().close()  # the dialect that all share must know its server, also if the first test asks nothing
    dialect, compiled = _shared.setdefault(engine.dialect.name, (engine.dialect, engine._compiled_cache))
    engine.dialect, engine._compiled_cache = dialect, compiled
