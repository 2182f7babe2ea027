"""Rows by the thousand inside a unit of work: in as few statements as each database allows, past the ORM.

PostgreSQL takes new rows as a stream (COPY) and changes as arrays; SQLite takes both as one statement run for each row
by the driver. Values are given as Python has them and stored as their columns store them. Nothing of a session is
refreshed: whoever holds such rows as objects reads them again. What the driver refuses comes as SQLAlchemy's error, so
that a unit of work tells it in words like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Table
from sqlalchemy.exc import DBAPIError
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
        with _driver(connection) as driver:
            driver.executemany(f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})', list(stored))
        return
    lines = zip(*[_texts(column, _field) for column in zip(*stored, strict=True)], strict=True)
    said = f'COPY "{table.name}" ({listed}) FROM STDIN'
    with _driver(connection) as driver, driver.cursor() as cursor, cursor.copy(said) as copy:
        copy.write("".join(["\t".join(line) + "\n" for line in lines]))


def change_rows(model: type[DeclarativeBase], names: Sequence[str], rows: Rows) -> None:
    """Set these columns of rows by their id (the first name)."""
    if not rows:
        return
    table, connection = _open(model)
    stored = list(_stored(table, names, rows, connection))
    key, *changed = names
    if connection.dialect.name == "sqlite":
        places = {name: f"?{place}" for place, name in enumerate(names, 1)}
        sets = ", ".join(f'"{name}" = {places[name]}' for name in changed)
        with _driver(connection) as driver:
            driver.executemany(f'UPDATE "{table.name}" SET {sets} WHERE "{key}" = {places[key]}', stored)
        return
    arrays = _arrays(table, names, connection)
    sets = ", ".join(f'"{name}" = given."{name}"' for name in changed)
    listed = ", ".join(f'"{name}"' for name in names)
    said = f'UPDATE "{table.name}" SET {sets} FROM unnest({arrays}) AS given({listed})'
    values = [_array(column) for column in zip(*stored, strict=True)]
    with _driver(connection) as driver, driver.cursor() as cursor:
        cursor.execute(f'{said} WHERE "{table.name}"."{key}" = given."{key}"', values)


def add_to_rows(model: type[DeclarativeBase], keys: Sequence[str], counts: Sequence[str], rows: Rows) -> None:
    """Add to the counts of the rows found by their key, or put them down: each of keys, counts, then all other columns.

    What is neither key nor count stays as it was where the row is there already.
    """
    if not rows:
        return
    table, connection = _open(model)
    names = [*keys, *counts, *(column.name for column in table.c if column.name not in (*keys, *counts))]
    stored = list(_stored(table, names, rows, connection))
    listed = ", ".join(f'"{name}"' for name in names)
    added = ", ".join(f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in counts)
    found = ", ".join(f'"{key}"' for key in keys)
    end = f"ON CONFLICT ({found}) DO UPDATE SET {added}"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        with _driver(connection) as driver:
            driver.executemany(f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks}) {end}', stored)
        return
    arrays = _arrays(table, names, connection)
    values = [_array(column) for column in zip(*stored, strict=True)]
    with _driver(connection) as driver, driver.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table.name}" ({listed}) SELECT * FROM unnest({arrays}) {end}', values)


def _open(model: type[DeclarativeBase]) -> tuple[Table, Connection]:
    """The table, and the connection of the running unit of work with everything before it written."""
    db.session.flush()
    table = model.__table__
    assert isinstance(table, Table)
    return table, db.session.connection()


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """The driver's own connection; its errors as if SQLAlchemy had run the statement, a lost one given up."""
    raw, dialect = connection.connection, connection.dialect
    base = dialect.loaded_dbapi.Error
    try:
        yield raw.driver_connection
    except base as error:
        is_lost = dialect.is_disconnect(error, raw, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance("", (), error, base, connection_invalidated=is_lost, dialect=dialect) from error


def _arrays(table: Table, names: Sequence[str], connection: Connection) -> str:
    """A parameter for each column, as an array of its type; without its length, to which a cast would cut a text."""
    kinds = [re.split(r"\(| COLLATE", table.c[name].type.compile(connection.dialect))[0] for name in names]
    return ", ".join(f"%s::{kind}[]" for kind in kinds)


def _array(values: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array: far quicker made than a list that the driver looks through."""
    return "{" + ",".join(_texts(values, _element)) + "}"


def _texts(values: Sequence[Any], write: Callable[[Any], str]) -> list[str]:
    """A column as texts; numbers as they are, and what repeats is written once."""
    if set(map(type, values)) == {int}:
        return list(map(str, values))
    known = {value: write(value) for value in set(values)}
    return [known[value] for value in values]


def _element(value: Any) -> str:
    """A value as it stands in an array."""
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _field(value: Any) -> str:
    """A value as it stands in a line of COPY."""
    if value is None:
        return r"\N"
    text = str(value)
    return text.translate(_ESCAPED) if _NEEDS_ESCAPING(text) else text


_NEEDS_ESCAPING: Final = re.compile(r"[\\\t\n\r]").search
_ESCAPED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _stored(table: Table, names: Sequence[str], rows: Rows, connection: Connection) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver takes them: a column's own conversion, each different value once.

    A text for a column of JSON is taken as JSON already.
    """
    columns: list[Any] = list(zip(*rows, strict=True))
    for place, name in enumerate(names):
        convert = _conversion(table.c[name], connection)
        if convert is not None and not (isinstance(table.c[name].type, JSON) and isinstance(columns[place][0], str)):
            columns[place] = _converted(columns[place], convert)
    return zip(*columns, strict=True)


def _conversion(column: Column[Any], connection: Connection) -> Callable[[Any], Any] | None:
    made: Callable[[Any], Any] | None = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return made


def _converted(values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
    """Each value converted; days, moments and codes repeat, and are converted once."""
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
