"""An index of words beside a table: FTS5 on SQLite, a GIN index of PostgreSQL, behind the same functions.

Its rows are made from others and can be made again at any time, so it stands in no backup; it is no table of the
models either, since SQLite's is a virtual one. What a row is found by is worked out in `core/search_words.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Select,
    String,
    TableClause,
    bindparam,
    cast,
    column,
    delete,
    event,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from core.db import Base, Id
from core.search_words import Asked, as_fts5, as_tsquery

LOOKED_AT: Final = 5000  # rows read through where nothing in a query stands in the index
PREFIX: Final = "search_"  # of every such index, and of the tables SQLite keeps for it


def is_derived(name: str | None) -> bool:
    """Whether a table of the database is an index of words: migrations and backups pass it by."""
    return name is not None and name.startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row is found by: its terms, and its text as it is compared with longer words."""

    id: int
    terms: str
    body: str


class WordIndex:
    """The words of one table's rows, by their ids."""

    def __init__(self, of: str) -> None:
        self.name = PREFIX + of
        event.listen(Base.metadata, "after_create", lambda _target, connection, **_more: self.create(connection))
        event.listen(Base.metadata, "before_drop", lambda _target, connection, **_more: self.drop(connection))

    def create(self, connection: Connection) -> None:
        """Make the index where there is none yet; for `db.create_all()` and for a migration."""
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.name} USING fts5("
                "terms, body UNINDEXED, tokenize='ascii', detail=none, columnsize=0)"
            )
            return
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {self.name} "
            "(rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL, body TEXT NOT NULL)"
        )
        connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS ix_{self.name}_terms ON {self.name} USING gin (terms) WITH (fastupdate = off)"
        )

    def drop(self, connection: Connection) -> None:
        """Remove the index."""
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {self.name}")

    def clear(self, connection: Connection) -> None:
        """Make the index empty."""
        self.drop(connection)
        self.create(connection)

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write these rows' words, in place of what was kept of them."""
        if not entries:
            return
        kept = self._table()
        connection.execute(delete(kept).where(kept.c.rowid == bindparam("id")), [{"id": one.id} for one in entries])
        terms: Any = bindparam("terms") if connection.dialect.name == "sqlite" else cast(bindparam("terms"), TSVECTOR)
        written = insert(kept).values(rowid=bindparam("rowid"), terms=terms, body=bindparam("body"))
        connection.execute(written, [{"rowid": one.id, "terms": one.terms, "body": one.body} for one in entries])

    def newest(self, dialect: str, has_terms: bool, exactly: Iterable[int], most: int) -> Select[Any]:
        """The newest ids found by a query (parameters `query`, if it has terms, and `exactly0`, … of the text).

        Without terms, as where symbols alone are looked for, the newest `LOOKED_AT` rows are read through.
        """
        kept = self._table()
        wanted = select(kept.c.rowid, kept.c.body).order_by(kept.c.rowid.desc())
        if not has_terms:
            looked_at = wanted.limit(LOOKED_AT).subquery()
            wanted = select(looked_at.c.rowid).order_by(looked_at.c.rowid.desc())
            body = looked_at.c.body
        else:
            wanted, body = wanted.with_only_columns(kept.c.rowid), kept.c.body
        if has_terms and dialect == "sqlite":
            wanted = wanted.where(literal_column(self.name).op("MATCH", is_comparison=True)(bindparam("query")))
        elif has_terms:
            asked = cast(bindparam("query", type_=String), TSQUERY)
            wanted = wanted.where(kept.c.terms.op("@@", is_comparison=True)(asked))
        for place in exactly:
            wanted = wanted.where(_has(dialect, body, bindparam(f"exactly{place}", type_=String)))
        return wanted.limit(most)

    def _table(self) -> TableClause:
        return table(self.name, column("rowid", Id), column("terms"), column("body"))

    def size(self, connection: Connection) -> tuple[int, int]:
        """How many rows there are, and the largest id."""
        kept = self._table()
        found = connection.execute(select(func.count(), func.coalesce(func.max(kept.c.rowid), 0)).select_from(kept))
        count, largest = found.one()
        return int(count), int(largest)


def _has(dialect: str, body: Any, word: Any) -> Any:
    return (func.instr(body, word) if dialect == "sqlite" else func.strpos(body, word)) > 0


def query_text(dialect: str, asked: Asked) -> str:
    """What is asked, in the words of the database."""
    return as_fts5(asked) if dialect == "sqlite" else as_tsquery(asked)
