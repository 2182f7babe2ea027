"""Statements that pages ask again and again: their text is made once, then only run with other values.

Building a statement and finding its compiled text takes SQLAlchemy several times as long as running it. A `Prepared`
does both once for each database and each kind of viewer, scope and all, and gives plain rows of columns, no entities.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Dialect, Engine, Float, event
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.sql.visitors import cloned_traverse

from core.db import Code, db
from core.scope import filters_now, list_lengths

MOST_TEXTS: Final = 500  # of one statement: kinds of viewers, lists of other lengths
MOST_SHAPES: Final = 2000
Value = Callable[[dict[str, Any]], Any]
Reader = Callable[[Any], Any]


_PLAINLY: Final = {"rows_as_the_driver_gives_them": True}


@event.listens_for(Engine, "after_cursor_execute")
def _give_plainly(_on: Any, cursor: Any, _sql: Any, _values: Any, context: Any, _many: bool) -> None:
    """All rows as one value: to describe each column again at every call takes longer than most of the queries."""
    if context is not None and context.execution_options.get("rows_as_the_driver_gives_them"):
        whole = [(cursor.fetchall(),)]
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, _ONE_VALUE, initial_buffer=whole)


_ONE_VALUE: Final = (("rows", None, None, None, None, None, None),)


@dataclass(frozen=True, slots=True)
class _Text:
    """What is sent, where each of its values comes from, and how its rows are read."""

    sql: str
    names: tuple[str, ...] | None  # None where the database takes values by place
    values: tuple[Value, ...]
    row: Callable[[Sequence[Any]], Any]
    readers: tuple[tuple[int, Reader], ...]

    def run(self, connection: Connection, given: dict[str, Any]) -> list[Any]:
        """The rows for these values."""
        values = tuple([value(given) for value in self.values])
        sent: Any = values if self.names is None else dict(zip(self.names, values, strict=True))
        found: Any = connection.exec_driver_sql(self.sql, sent, execution_options=_PLAINLY).scalar_one()
        return [self.row(row) for row in (self._read(found) if self.readers and found else found)]

    def _read(self, found: Any) -> Iterable[Sequence[Any]]:
        """The same rows with their values read, a whole column at a time."""
        columns: list[Any] = list(zip(*found, strict=True))
        for place, reader in self.readers:
            columns[place] = [None if value is None else reader(value) for value in columns[place]]
        return zip(*columns, strict=True)


class Prepared:
    """A statement of columns with parameters (`bindparam`), built when it is first asked.

    What is built must depend on nothing but its parameters, and each column needs a name of its own. The rows are named
    tuples. A list for an `IN` may have any length; each length is a text of its own.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._texts: dict[Hashable, _Text] = {}

    def all(self, /, **given: Any) -> list[Any]:
        """Every row for these values, in the viewer's scope like any other statement."""
        session = db.session()
        if session.autoflush:
            session.flush()
        connection = session.connection()
        lengths = [len(value) for value in given.values() if type(value) in (list, tuple)]
        key = (connection.dialect.name, filters_now(), *list_lengths(), *lengths)
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            text = self._texts[key] = self._make(connection, given)
        return text.run(connection, given)

    def first(self, /, **given: Any) -> Any:
        """The first row, or None."""
        rows = self.all(**given)
        return rows[0] if rows else None

    def scalar(self, /, **given: Any) -> Any:
        """The first column of the first row, or None."""
        rows = self.all(**given)
        return rows[0][0] if rows else None

    def scalars(self, /, **given: Any) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self.all(**given)]

    def _make(self, connection: Connection, given: dict[str, Any]) -> _Text:
        statement, filters = _written_out(self._build(), given), filters_now()
        if filters is not None:
            statement = statement.options(filters)
        dialect = connection.dialect
        compiled: Any = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(given)
        processors = {**compiled._bind_processors, **expanded.processors}
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        places = {
            one: (whole, n) for whole, parts in expanded.parameter_expansion.items() for n, one in enumerate(parts)
        }
        order = tuple(expanded.positiontup if expanded.positiontup is not None else expanded.parameters)
        values = []
        for name in order:
            whole, part = places.get(name, (name, None))
            values.append(_value(binds[whole], part, processors.get(name), given))
        columns = compiled._result_columns
        readers = [_reader(column.type, dialect) for column in columns]
        return _Text(
            expanded.statement,
            order if expanded.positiontup is None else None,
            tuple(values),
            _row([column.keyname for column in columns]),
            tuple((place, reader) for place, reader in enumerate(readers) if reader is not None),
        )


class PreparedByShape:
    """Statements of one kind that differ in more than their values: one `Prepared` for each shape."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._known: dict[Hashable, Prepared] = {}

    def of(self, *shape: Hashable) -> Prepared:
        """The statement of this shape; `build(*shape)` makes it."""
        found = self._known.get(shape)
        if found is None:
            if len(self._known) >= MOST_SHAPES:
                self._known.clear()
            found = self._known[shape] = Prepared(lambda: self._build(*shape))
        return found


def _written_out(statement: Any, given: dict[str, Any]) -> Any:
    """The same statement with its own codes (states, roles) in its text: a plan finds a partial index by them alone."""

    def write(bind: BindParameter[Any]) -> None:
        if isinstance(bind.type, Code) and bind.callable is None and not bind.required and bind.key not in given:
            bind.literal_execute = True

    return cloned_traverse(statement, {}, {"bindparam": write})


def _reader(kind: Any, dialect: Dialect) -> Reader | None:
    """How a value of this type is read; a number with a fraction is one already, as both drivers give it."""
    if isinstance(kind, Float):
        return None
    found: Reader | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return found


def _row(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    kind: Any = namedtuple("Row", names)  # type: ignore[misc]  # its fields are those of the statement
    made: Callable[[Sequence[Any]], Any] = kind._make
    return made


def _value(bind: BindParameter[Any], place: int | None, processor: Reader | None, given: dict[str, Any]) -> Value:
    """Where a parameter's value comes from: the caller, the viewer, or the statement itself."""
    if bind.callable is not None:
        called = bind.callable
        return lambda _given: _processed(called(), place, processor)
    if bind.key in given:
        key = bind.key
        return lambda given: _processed(given[key], place, processor)
    if bind.required:
        raise TypeError(f"no value for {bind.key}")
    constant = _processed(bind.value, place, processor)
    return lambda _given: constant


def _processed(value: Any, place: int | None, processor: Reader | None) -> Any:
    if place is not None:
        value = value[place]
    return value if processor is None else processor(value)
