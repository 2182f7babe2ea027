"""Rows of a backup into the tables, in one transaction, whatever refers to what.

References are checked once, at the end: PostgreSQL's are made deferrable for the length of the transaction, SQLite
defers them by a pragma. So tables that refer to themselves or to each other load in any order.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from core.db import unit_of_work
from core.portable import decode_row, plain_table, stored_tables
from core.refusals import Invalid

BATCH = 500


def load_tables(archive: zipfile.ZipFile, listed: Mapping[str, Any]) -> None:
    """Empty every table and fill those of the backup; all or nothing."""
    with unit_of_work() as session, _said_as_refusals():
        connection = session.connection()
        names = stored_tables(connection)
        if missing := sorted(set(listed) - set(names)):
            raise Invalid(f"备份里有本库没有的表 {missing[0]}，没有恢复任何内容。请用写它的版本恢复。")
        with _references_last(connection, names):
            _empty(connection, names)
            for name in names:
                if name in listed:
                    _load(archive, connection, name, listed[name]["columns"])
        if connection.dialect.name == "postgresql":
            _set_sequences(connection, names)


@contextmanager
def _said_as_refusals() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, ValueError, KeyError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise Invalid(f"备份的内容写不进这个库，没有恢复任何内容（{reason}）。") from error


def _load(archive: zipfile.ZipFile, connection: Connection, name: str, columns: list[str]) -> None:
    table = plain_table(connection, name)
    wanted = [table.columns[column] for column in columns]
    with archive.open(f"tables/{name}.jsonl") as lines:
        while rows := [decode_row(line, wanted) for line in islice(lines, BATCH)]:
            connection.execute(insert(table), rows)


def _references_last(connection: Connection, names: list[str]) -> AbstractContextManager[None]:
    if connection.dialect.name == "postgresql":
        return _deferred_in_postgres(connection, names)
    return _deferred_in_sqlite(connection, names)


@contextmanager
def _deferred_in_postgres(connection: Connection, names: list[str]) -> Iterator[None]:
    quote = connection.dialect.identifier_preparer.quote
    inspector = inspect(connection)
    references = [
        f"ALTER TABLE {quote(name)} ALTER CONSTRAINT {quote(str(key['name']))}"
        for name in names
        for key in inspector.get_foreign_keys(name)
    ]
    for reference in references:
        connection.exec_driver_sql(f"{reference} DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for reference in references:
        connection.exec_driver_sql(f"{reference} NOT DEFERRABLE")


@contextmanager
def _deferred_in_sqlite(connection: Connection, names: list[str]) -> Iterator[None]:
    """SQLite looks for children of every row that goes or comes: with an index on each reference that is quick."""
    quote = connection.dialect.identifier_preparer.quote
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    inspector, made = inspect(connection), []
    for name in names:
        for number, key in enumerate(inspector.get_foreign_keys(name)):
            index = f"while_loading_{name}_{number}"
            columns = ", ".join(quote(column) for column in key["constrained_columns"])
            connection.exec_driver_sql(f"CREATE INDEX {index} ON {quote(name)} ({columns})")
            made.append(index)
    yield
    if (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        raise ValueError(f"{broken[0]} → {broken[2]}")
    for index in made:
        connection.exec_driver_sql(f"DROP INDEX {index}")


def _empty(connection: Connection, names: list[str]) -> None:
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in reversed(names)]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(quoted)}")
        return
    for name in quoted:
        connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 names of our own tables


def _set_sequences(connection: Connection, names: list[str]) -> None:
    """The next id after a restore follows the greatest restored one."""
    for name in names:
        table = plain_table(connection, name)
        for column in table.primary_key.columns:
            quoted = connection.dialect.identifier_preparer.quote(name)
            if (sequence := connection.scalar(select(func.pg_get_serial_sequence(quoted, column.name)))) is not None:
                greatest = connection.scalar(select(func.max(column)))
                connection.execute(select(func.setval(sequence, greatest or 1, greatest is not None)))
