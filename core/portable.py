"""Rows as text that both databases read alike: one JSON array a line, moments in UTC, bytes in base 64.

Columns and their types are read from the database itself, not from the models, so that a backup of an older version
can be put into tables of that version and brought up to date there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Connection, Date, DateTime, LargeBinary, MetaData, Numeric, Table, inspect
from sqlalchemy.schema import sort_tables_and_constraints
from sqlalchemy.types import TypeEngine

from core.db import Base


def stored_tables(connection: Connection) -> list[str]:
    """The product's tables that are in the database, those referred to before those that refer to them."""
    there = set(inspect(connection).get_table_names())
    ordered = sort_tables_and_constraints(Base.metadata.tables.values())  # type: ignore[no-untyped-call]
    return [table.name for table, _references in ordered if table is not None and table.name in there]


def plain_table(connection: Connection, name: str) -> Table:
    """The table as the database describes it, with plain types; computed columns are left to the database."""
    inspector = inspect(connection)
    keys = inspector.get_pk_constraint(name)["constrained_columns"]
    columns = [
        Column(found["name"], _plain(found["type"], bool(found["nullable"])), primary_key=found["name"] in keys)
        for found in inspector.get_columns(name)
        if "computed" not in found
    ]
    return Table(name, MetaData(), *columns)


def _plain(kind: TypeEngine[Any], is_nullable: bool) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        kind.none_as_null = is_nullable
    return kind


def encode_row(values: Iterable[Any]) -> bytes:
    """One row as one line."""
    text = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"), default=_encode)
    return text.encode() + b"\n"


def _encode(value: Any) -> str:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} cannot be put into a backup")


def decode_row(line: bytes, columns: list[Column[Any]]) -> dict[str, Any]:
    """The row of a line, as values for these columns; `ValueError` where the line is no such row."""
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(columns):
        raise ValueError("a line has not the columns of its table")
    return {column.name: _decode(value, column.type) for column, value in zip(columns, values, strict=True)}


def _decode(value: Any, kind: TypeEngine[Any]) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Numeric) and isinstance(value, str):
        return Decimal(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value
