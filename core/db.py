"""The database handle, its column types, and the one place that commits.

SQLite runs in WAL with full synchronisation and foreign keys on; reads begin plainly, writes begin IMMEDIATE so that
two writers queue instead of failing half-way (docs/decisions/0002). PostgreSQL runs as it is, READ COMMITTED with row
versions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    any_,
    bindparam,
    cast,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from core.refusals import Conflict, Unavailable

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLITE_BUSY_MS = 15_000
SQLITE_WALK_KIB = 2 * 1024  # while everything is read once, from beginning to end
SQLITE_CACHE_KIB = 32 * 1024  # pages of the database kept by each connection; its own 2 MB hold less than one list
CONNECT_SECONDS = 5
STATEMENTS_KEPT = 500  # texts a connection to SQLite remembers the plan of; PostgreSQL's driver has its own

NO_ANSWER = "数据库暂时没有应答，没有写入任何内容。请稍后再试。"
UNSURE = "数据库在保存时断开，不能确定是否已写入。请刷新后核对，没有写入的再办一次。"


class Base(DeclarativeBase):
    """What every table stands on: named constraints."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})

Id = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


def path_type(length: int) -> String:
    """A text compared byte by byte on both databases, so that a range scan finds a subtree."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; SQLite would drop the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: a missing zone is a wrong day."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=Enum)


class Code(TypeDecorator[E], Generic[E]):
    """An enum stored by its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """The stored value."""
        return None if value is None else str(self.kind(value).value)

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        """The member again."""
        return None if value is None else self.kind(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], E | None]:
        """The same for all the rows of an answer: one look into a table, since pages read thousands of codes."""
        members: dict[Any, E | None] = {None: None, **{member.value: member for member in self.kind}}
        return members.__getitem__


def code_check(column: str, kind: type[Enum]) -> str:
    """The text of a check constraint that lets only the enum's values in."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    return f"{column} IN ({values})"


def engine_options(url: str) -> dict[str, Any]:
    """How connections are kept: PostgreSQL's may break while they wait (a restart), so each is tried before its use."""
    if url.startswith("sqlite"):
        return {"connect_args": {"cached_statements": STATEMENTS_KEPT}}
    patience = {} if "connect_timeout" in url else {"connect_timeout": CONNECT_SECONDS}
    return {"pool_pre_ping": True, "connect_args": patience}


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_sqlite_writer = threading.Lock()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
    cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")
    cursor.close()


@contextmanager
def read_once() -> Iterator[None]:
    """For a walk through more rows than anybody reads again: SQLite keeps few of their pages meanwhile."""
    raw: Any = db.session.connection().connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.execute(f"PRAGMA cache_size=-{SQLITE_WALK_KIB}")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction, whole or not at all; what was read before it is read again inside it.

    Raises `Conflict` when somebody else was quicker, `Unavailable` when the database does not answer; only where the
    connection breaks during the commit itself is it unknown whether it was written, and the sentence says so.
    """
    if _writing.get():
        raise RuntimeError("a unit of work stands inside another")
    session = db.session()
    session.rollback()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    with _own_turn() if is_sqlite else nullcontext():
        token = _writing.set(True)
        try:
            with _told_in_words():
                yield session
                _commit(session)
        except BaseException:
            session.rollback()
            session.info.pop("after_commit", None)
            raise
        finally:
            _writing.reset(token)
    for after in session.info.pop("after_commit", ()):
        after()


@contextmanager
def _own_turn() -> Iterator[None]:
    """Threads of this process queue here, no longer than SQLite lets processes queue."""
    if not _sqlite_writer.acquire(timeout=SQLITE_BUSY_MS / 1000):
        raise Unavailable(NO_ANSWER)
    try:
        yield
    finally:
        _sqlite_writer.release()


def _commit(session: Session) -> None:
    session.flush()
    try:
        session.commit()
    except OperationalError as error:
        raise Unavailable(UNSURE if error.connection_invalidated else NO_ANSWER) from error


@contextmanager
def _told_in_words() -> Iterator[None]:
    """What the database refuses, at a flush or at the commit, as the refusal a person can act on."""
    try:
        yield
    except StaleDataError as error:
        raise Conflict("这条记录刚被别人改过，您的操作没有提交。请刷新后核对，再办理。") from error
    except IntegrityError as error:
        raise Conflict("同一操作刚被别人先办了，您的操作没有提交。请刷新后核对。") from error
    except OperationalError as error:
        raise Unavailable(NO_ANSWER) from error


@contextmanager
def beside() -> Iterator[Connection]:
    """A short transaction of its own beside whatever is being read: how far a long job has come, never a record.

    Inside a unit of work it would wait for that one for ever on SQLite, and is refused.
    """
    if _writing.get():
        raise RuntimeError("a mark of progress stands inside a unit of work")
    token = _writing.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Whether a unit of work is running here."""
    return _writing.get()


def after_commit(act: Callable[[], None]) -> None:
    """Do something outside the database once the unit of work is safely down (nothing if it fails)."""
    db.session().info.setdefault("after_commit", []).append(act)


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Whether a column is one of the ids in the parameter of this name (`ids_text`), however many they are."""
    if is_sqlite():
        values = func.json_each(bindparam(name, type_=String)).table_valued("value", name=f"{name}_values")
        return column.in_(select(values.c.value))  # type: ignore[no-any-return]
    return column == any_(cast(bindparam(name, type_=String), ARRAY(BigInteger)))  # type: ignore[no-any-return]


def ids_text(ids: Iterable[int]) -> str:
    """Ids as the one text that `among` takes."""
    listed = ",".join(map(str, ids))
    return f"[{listed}]" if is_sqlite() else f"{{{listed}}}"


def is_sqlite() -> bool:
    """Which of the two databases this is, for the few places where the means differ."""
    return str(db.session().get_bind().dialect.name) == "sqlite"
