"""How migrations reach the database: the application's own, in one transaction, tables rebuilt on SQLite."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

database = current_app.extensions["migrate"].db


def run() -> None:
    """Run the migrations on the application's database."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            _run(connection)


def _run(connection: Connection) -> None:
    settings = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
        transactional_ddl=True,  # on SQLite too, since core/db.py begins its transactions in earnest
        **settings,
    )
    with context.begin_transaction():
        context.run_migrations()


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
