"""Rows of prepared statements as entities of the session, for what every page of a record and every signature reads.

Reading a wide entity costs SQLAlchemy many times its query. Here the same entities come from a `Prepared`: one the
session holds already keeps what was changed in it, and one it let expire is filled again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.db import db
from core.prepared import Prepared


class Part:
    """One class in the rows of a statement, with all its columns; `source` is its table there, or the class itself.

    Of a bare table (or its alias) the scope asks nothing: it must be joined to rows that were asked for. `again` are
    the options by which an entity whose transaction ended, and was let expire, is read again with what it leads to.
    """

    def __init__(self, model: type[Any], name: str, source: Any = None, again: Sequence[Any] = ()) -> None:
        self.source = model.__table__.alias(name) if source is None else source
        self._mapper: Any = inspect(model)
        self._again = tuple(again)
        table = self._mapper.local_table
        self._keys = tuple(table.c.keys())
        self._ident = self._keys.index(table.primary_key.columns.keys()[0])
        here = getattr(self.source, "c", self.source)
        self.columns = [getattr(here, key).label(f"{name}_{key}") for key in self._keys]

    def __len__(self) -> int:
        return len(self._keys)

    def held(self, session: Session, values: Sequence[Any]) -> Any:
        """The entity of these values, held by the session; None where an outer join found no row."""
        ident = values[self._ident]
        if ident is None:
            return None
        key = self._mapper.identity_key_from_primary_key((ident,))
        found = session.identity_map.get(key)
        if found is None:
            found = self._mapper.class_manager.new_instance()
            found.__dict__.update(zip(self._keys, values, strict=True))
            state = inspect(found)
            state.key = key
            self._remember(state)
            session.add(found)
            return found
        known = found.__dict__
        lacking = {name: value for name, value in zip(self._keys, values, strict=True) if name not in known}
        if lacking:  # all at once: a call for each of a hundred columns takes as long as the query
            known.update(lacking)
            state = inspect(found)
            state._commit(known, lacking)
            self._remember(state)
        return found

    def _remember(self, state: Any) -> None:
        if self._again:
            state.load_options, state.load_path = self._again, self._mapper._path_registry


class PreparedEntities:
    """A prepared statement whose rows are entities: one of each part, in their order."""

    def __init__(self, parts: Sequence[Part], build: Callable[[list[Any]], Any]) -> None:
        self._parts: list[tuple[Part, slice]] = []
        start = 0
        for part in parts:
            self._parts.append((part, slice(start, start + len(part))))
            start += len(part)
        self._rows = Prepared(lambda: build([column for part in parts for column in part.columns]))

    def all(self, /, **given: Any) -> list[tuple[Any, ...]]:
        """Every row for these values; its entities are None where an outer join found none."""
        rows = self._rows.all(**given)
        session = db.session()
        return [tuple([part.held(session, row[place]) for part, place in self._parts]) for row in rows]

    def first(self, /, **given: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.all(**given)
        return rows[0] if rows else None


def join_loaded(entity: Any, name: str, other: Any) -> None:
    """Say what a relationship of an entity leads to, as if it had been loaded."""
    if name not in entity.__dict__:
        set_committed_value(entity, name, other)
