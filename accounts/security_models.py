"""Tables of proving who one is and of what was seen: second factors, recovery codes, sessions, notes on people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, UtcDateTime


class SecondFactor(Base):
    """动态口令: a person's secret (sealed), and the newest time step of which a code was taken: none is taken twice."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """恢复码 for a lost device: a fingerprint, used once. A new set replaces the old."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogInSession(Base):
    """A log-in on one device, from its beginning to its end; `seen_at` is noted every few minutes."""

    __tablename__ = "log_in_session"
    __table_args__ = (Index("ix_log_in_session_person_id_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    epoch: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(80))


class PersonNote(Base):
    """Words that belong to an entry of a person's history (why somebody looked, why a factor was removed)."""

    __tablename__ = "person_note"
    __table_args__ = (Index("ix_person_note_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
