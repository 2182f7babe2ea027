"""How migrations reach the database: the application's own, in one transaction, tables rebuilt on SQLite."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection, TypeDecorator

from core.search import is_derived

database = current_app.extensions["migrate"].db


def run() -> None:
    """Run the migrations on the application's database."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            _run(connection)


def _run(connection: Connection) -> None:
    settings: dict[str, Any] = {
        "render_as_batch": True,  # SQLite changes a table by making it anew
        "transactional_ddl": True,  # on SQLite too, since core/db.py begins its transactions in earnest
        "render_item": _render,
        "include_name": lambda name, kind, _parents: kind != "table" or not is_derived(name),
    }
    settings |= current_app.extensions["migrate"].configure_args
    context.configure(connection=connection, target_metadata=database.metadata, **settings)
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: Any, found: Any) -> str | Literal[False]:
    """Own column types are written as what they are in the database: a revision must not change with the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, JSON):
        found.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _run_on_sqlite(connection: Connection) -> None:
    """A table made anew is dropped first, which with foreign keys on would delete what refers to it."""
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        _run(connection)
        if (broken := raw.execute("PRAGMA foreign_key_check").fetchone()) is not None:
            raise RuntimeError(f"after the migration a row of {broken[0]} refers to nothing in {broken[2]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


run()
