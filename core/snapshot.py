"""Reading much at once: one consistent view of the whole database, streamed, while people go on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, Select

from core.db import db

BATCH = 1000


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees one moment: SQLite's reading transaction does so by itself, PostgreSQL must be asked."""
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def stream(connection: Connection, statement: Select[Any], *, batch: int = BATCH) -> Iterator[Row[Any]]:
    """Rows a batch at a time, whatever their number; a smaller batch for wide ones."""
    with connection.execute(statement.execution_options(yield_per=batch)) as result:
        yield from result
