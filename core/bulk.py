"""Rows by the thousand inside a unit of work: in as few statements as each database allows, past the ORM.

PostgreSQL takes new rows as a stream (COPY) and changes as arrays; SQLite takes both as one statement run for each row
by the driver. Values are given as Python has them and stored as their columns store them. Nothing of a session is
refreshed: whoever holds such rows as objects reads them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.orm import DeclarativeBase

from core.db import db

Rows = Sequence[tuple[Any, ...]]


def insert_rows(model: type[DeclarativeBase], names: Sequence[str], rows: Rows) -> None:
    """Add rows with these columns in this order; what is not named is left to the table's own defaults."""
    if not rows:
        return
    table, connection = _open(model)
    stored = _stored(table, names, rows, connection)
    listed = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        _driver(connection).executemany(f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})', list(stored))
        return
    with _driver(connection).cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({listed}) FROM STDIN') as copy:
        for row in stored:
            copy.write_row(row)


def change_rows(model: type[DeclarativeBase], names: Sequence[str], rows: Rows, *, counts_up: str = "") -> None:
    """Set these columns of rows by their id (the first name); `counts_up` names their version column."""
    if not rows:
        return
    table, connection = _open(model)
    stored = list(_stored(table, names, rows, connection))
    key, *changed = names
    up = [f'"{counts_up}" = "{table.name}"."{counts_up}" + 1'] if counts_up else []
    if connection.dialect.name == "sqlite":
        places = {name: f"?{place}" for place, name in enumerate(names, 1)}
        sets = ", ".join([f'"{name}" = {places[name]}' for name in changed] + up)
        _driver(connection).executemany(f'UPDATE "{table.name}" SET {sets} WHERE "{key}" = {places[key]}', stored)
        return
    arrays = ", ".join(f"%s::{table.c[name].type.compile(connection.dialect)}[]" for name in names)
    sets = ", ".join([f'"{name}" = given."{name}"' for name in changed] + up)
    listed = ", ".join(f'"{name}"' for name in names)
    said = f'UPDATE "{table.name}" SET {sets} FROM unnest({arrays}) AS given({listed})'
    with _driver(connection).cursor() as cursor:
        values = [list(column) for column in zip(*stored, strict=True)]
        cursor.execute(f'{said} WHERE "{table.name}"."{key}" = given."{key}"', values)


def _open(model: type[DeclarativeBase]) -> tuple[Table, Connection]:
    """The table, and the connection of the running unit of work with everything before it written."""
    db.session.flush()
    table = model.__table__
    assert isinstance(table, Table)
    return table, db.session.connection()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _stored(table: Table, names: Sequence[str], rows: Rows, connection: Connection) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver takes them: a column's own conversion, each different value once."""
    columns: list[Any] = list(zip(*rows, strict=True))
    for place, name in enumerate(names):
        convert = _conversion(table.c[name], connection)
        if convert is not None:
            columns[place] = _converted(columns[place], convert)
    return zip(*columns, strict=True)


def _conversion(column: Column[Any], connection: Connection) -> Callable[[Any], Any] | None:
    made: Callable[[Any], Any] | None = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return made


def _converted(values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
    """Each value converted; what is equal and can be a key (days, codes) only once."""
    known: dict[Any, Any] = {}
    converted = []
    for value in values:
        if isinstance(value, dict):
            converted.append(convert(value))
            continue
        if value not in known:
            known[value] = convert(value)
        converted.append(known[value])
    return converted
