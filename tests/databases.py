"""Databases for tests: SQLite as a file, PostgreSQL as a database of this test process alone.

`TEST_POSTGRES_URL` names a server on which databases may be made. Where none answers, tests of PostgreSQL are skipped
with one line; with CI=true they fail, since a skipped half of the matrix must not look green.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from application import create_app
from core.db import Base
from core.search import is_derived
from core.settings import load_settings

KINDS = ("sqlite", "postgresql")
SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")

TEST_SECRETS = {"SECRET_KEY": "only-for-tests-" * 4, "CHAIN_KEY": "5a" * 32}


@dataclass(frozen=True)
class TestDatabase:
    """One database a test may fill."""

    __test__ = False
    kind: str
    url: str


class Databases:
    """Makes databases and removes them at the end; what is slow is done once a session and used again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template: Path | None = None
        self._on_postgres: dict[str, URL] = {}
        self._server_answers: bool | None = None

    def filled(self, kind: str, folder: Path, *, name: str = "test") -> TestDatabase:
        """A database with every table and no rows; another `name` stands beside it."""
        if kind == "sqlite":
            place = folder / f"{name}.db"
            shutil.copyfile(self._sqlite_template(), place)
            return TestDatabase(kind, f"sqlite:///{place}")
        is_new = name not in self._on_postgres
        url = self._postgres(name)
        if is_new:
            make_tables(_text(url), self.folder / "template")
        else:
            _clear(url)
        return TestDatabase(kind, _text(url))

    def empty(self, kind: str, folder: Path) -> TestDatabase:
        """A database without any table."""
        if kind == "sqlite":
            return TestDatabase(kind, f"sqlite:///{folder / 'empty.db'}")
        url = self._postgres("empty")
        _run(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        return TestDatabase(kind, _text(url))

    def on_server(self, *statements: str) -> None:
        """Run statements as the server's administrator."""
        _run(make_url(SERVER), *statements)

    def close(self) -> None:
        """Remove every database made on the server."""
        for url in self._on_postgres.values():
            self.on_server(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')

    def _postgres(self, name: str) -> URL:
        if name not in self._on_postgres:
            self._need_server()
            database = f"hazards_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{name}"
            self.on_server(
                f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)',
                f"CREATE DATABASE \"{database}\" ENCODING 'UTF8' TEMPLATE template0",
                # what tests kill is the application, never the server: nothing waits for its disk
                f'ALTER DATABASE "{database}" SET synchronous_commit TO off',
            )
            self._on_postgres[name] = make_url(SERVER).set(database=database)
        return self._on_postgres[name]

    def _sqlite_template(self) -> Path:
        if self._template is None:
            place = self.folder / "template.db"
            make_tables(f"sqlite:///{place}", self.folder / "template")
            with sqlite3.connect(place) as connection:  # one file, so that copying it copies everything
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            self._template = place
        return self._template

    def _need_server(self) -> None:
        if self._server_answers is None:
            self._server_answers = _answers()
        if self._server_answers:
            return
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL answers at TEST_POSTGRES_URL, and CI must test both databases", pytrace=False)
        pytest.skip("no PostgreSQL answers: set TEST_POSTGRES_URL to a server where databases may be made")


def make_tables(url: str, folder: Path) -> None:
    """Every table the application knows, without migrations (those have their own tests)."""
    settings = load_settings(folder, {"DATABASE_URL": url, **TEST_SECRETS})
    create_app(settings, testing=True)  # imports every room, so that the metadata is whole
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)


def _run(url: URL, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _answers() -> bool:
    engine = create_engine(SERVER, poolclass=NullPool, connect_args={"connect_timeout": 3})
    with suppress(OperationalError):
        engine.connect().close()
        return True
    return False


def _clear(url: URL) -> None:
    """Empty every table that holds rows; much quicker than making them anew."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        if full := _tables_with_rows(connection):
            connection.exec_driver_sql(f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE")


def _tables_with_rows(connection: Connection) -> list[str]:
    derived = [name for name in inspect(connection).get_table_names() if is_derived(name)]  # the indexes of words
    names = [f'"{name}"' for name in [*(table.name for table in Base.metadata.sorted_tables), *derived]]
    asked = " UNION ALL ".join(f"SELECT '{name}' AS name WHERE EXISTS (SELECT FROM {name})" for name in names)
    return list(connection.scalars(text(asked)))
