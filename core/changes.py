"""Changes of rows that are made again and again: their text is built once for each database (core/prepared.py).

They pass by the ORM: nothing of a session is refreshed, and no version is counted. What they change must be asked for
by ids that were found within the scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached

from core.db import db


@dataclass(frozen=True, slots=True)
class _Text:
    """What is sent, which values it takes in which order, and how each is given to the driver."""

    sql: str
    by_place: bool
    values: tuple[tuple[str, str, Callable[[Any], Any] | None], ...]  # its name there, the caller's, how it is stored

    def sent(self, given: Mapping[str, Any]) -> Any:
        """The values of one row as the driver takes them."""
        stored = [given[key] if store is None else store(given[key]) for _, key, store in self.values]
        return tuple(stored) if self.by_place else dict(zip((name for name, _, _ in self.values), stored, strict=True))


class PreparedChange:
    """An INSERT, UPDATE or DELETE with parameters (`bindparam`), built when it is first run."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._texts: dict[str, _Text] = {}

    def run(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make the change with the values of each of these rows."""
        if rows:
            connection, text = self._open()
            sent = [text.sent(row) for row in rows]
            connection.exec_driver_sql(text.sql, sent if len(sent) > 1 else sent[0])

    def run_one(self, row: Mapping[str, Any]) -> Any:
        """Make it with these values; the one value it returns."""
        connection, text = self._open()
        return connection.exec_driver_sql(text.sql, text.sent(row)).scalar_one()

    def _open(self) -> tuple[Connection, _Text]:
        connection = db.session.connection()
        text = self._texts.get(connection.dialect.name)
        if text is None:
            text = self._texts[connection.dialect.name] = self._make(connection)
        return connection, text

    def _make(self, connection: Connection) -> _Text:
        compiled: Any = self._build().compile(dialect=connection.dialect)
        keys = {name: bind.key for bind, name in compiled.bind_names.items()}
        names = compiled.positiontup if compiled.positiontup is not None else list(keys)
        stored = compiled._bind_processors
        values = tuple((name, keys[name], stored.get(name)) for name in names)
        return _Text(compiled.string, compiled.positiontup is not None, values)


class PreparedInsert:
    """New rows of one table, made as objects outside the session; what they leave open has its default."""

    def __init__(self, model: type[DeclarativeBase]) -> None:
        table: Any = model.__table__
        kept = [one for one in table.c if not (one.primary_key or (one.server_default and not one.default))]
        self._defaults = {one.key: one.default.arg if one.default else None for one in kept}

        def build() -> Any:
            return insert(table).inline().values({one.key: bindparam(one.key, type_=one.type) for one in kept})

        self._many, self._one = PreparedChange(build), PreparedChange(lambda: build().returning(table.c.id))

    def put(self, made: Iterable[DeclarativeBase]) -> None:
        """Write them now; their ids are not asked for."""
        self._many.run([self._defaults | one.__dict__ for one in made])

    def put_and_hold(self, one: Any) -> None:
        """Write it now, and let the session hold it with its id, as after a flush."""
        known = one.__dict__
        known.update({name: value for name, value in self._defaults.items() if name not in known})
        known["id"] = self._one.run_one(known)
        make_transient_to_detached(one)
        db.session.add(one)
