"""Tables every room stands on: events and anchors, outbox, files, working days, counters, keys used once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.chain import START
from core.db import Base, Id, Json, UtcDateTime


class Chained:
    """A subject with a history: the head and length of its chain stand on its own row, or on one beside it."""

    chain_label: ClassVar[str] = ""  # what people call such a subject (隐患), for the report of `flask audit verify`
    chain_of: ClassVar[str] = ""  # the table of the subject, under the same id, where it is not this one

    chain_head: Mapped[str] = mapped_column(String(64), default=START, server_default=START)
    chain_length: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class Event(Base):
    """One entry of a history; only ever added. Holds ids and digests, never personal data."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        Index(
            "ix_event_unanchored",
            "id",
            sqlite_where=text("anchor_id IS NULL"),
            postgresql_where=text("anchor_id IS NULL"),
        ),
        Index(
            "ix_event_anchor_id",
            "anchor_id",
            sqlite_where=text("anchor_id IS NOT NULL"),
            postgresql_where=text("anchor_id IS NOT NULL"),
        ),
        Index(
            "ix_event_actor_id_at",
            *("actor_id", "at"),
            sqlite_where=text("actor_id IS NOT NULL"),
            postgresql_where=text("actor_id IS NOT NULL"),
        ),
        # the auditor reads everything by time, or one kind of entry by time
        Index("ix_event_at_id", "at", "id"),
        Index("ix_event_kind_at_id", "kind", "at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    # which anchor binds it: a filing mark, not content, so that late commits go into the next anchor
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("anchor.id"))


class Anchor(Base):
    """A digest that binds every event filed under it and the anchor before; printed on notices and ledgers."""

    __tablename__ = "anchor"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    events: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(40))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class OutboxMessage(Base):
    """A message written in the same transaction as what it tells of: read in the product, sent out afterwards."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_person_id_read_at", "person_id", "read_at"),
        Index("ix_outbox_message_person_id_id", "person_id", "id"),
        Index(
            "ix_outbox_message_unsent",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300), default="")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    # of what it is true (`core.outbox.About`): asked again before it is sent on; empty: it stays true
    about: Mapped[str] = mapped_column(String(20), default="", server_default="")
    about_id: Mapped[int | None] = mapped_column(Id)
    about_mark: Mapped[str] = mapped_column(String(40), default="", server_default="")


class StoredFile(Base):
    """One file by its content; the bytes stand in the file store under the digest."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str] = mapped_column(String(100))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarYear(Base):
    """A year whose working days are known."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_by_id: Mapped[int | None] = mapped_column(Id)


class CalendarDay(Base):
    """A day that differs from Monday-to-Friday: a holiday, or a weekend day on which work is done."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_working: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(40))


class Counter(Base):
    """The last number given out in a series; locked while the next is taken, so that none is double or missing."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(String(120), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class OnceKey(Base):
    """A form's one-time key: the second submission of the same form finds it used."""

    __tablename__ = "once_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(Id)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[str] = mapped_column(String(300), default="")


class JobRun(Base):
    """What must happen once, keyed: a second start of the same job and key finds it here."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OfficeSetting(Base):
    """A number or text an administrator may change (deadlines marked as settings, titles)."""

    __tablename__ = "office_setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(Id)
