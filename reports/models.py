"""Tables of this room: large ledgers on their way out, and months that were closed with the files frozen then."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Code, Id, UtcDateTime, code_check, path_type
from core.models import Anchor, StoredFile
from core.scope import Tenant


class RunStatus(StrEnum):
    """How far a ledger that is written in the background has come."""

    WRITING = "writing"
    """Asked for; `started_at` says whether a runner has begun."""
    DONE = "done"
    REFUSED = "refused"
    """Not written: `said` has the sentence."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """It was done, and its file is gone."""


class LedgerRun(Tenant, Base):
    """One large ledger for one person: what was asked for, how far it is, its file for some days.

    `claim` names the work under way, so that one that was started again or given up stops at its next mark.
    """

    __tablename__ = "ledger_run"
    __table_args__ = (
        CheckConstraint(code_check("status", RunStatus), name="status"),
        CheckConstraint("(status = 'done') = (file_id IS NOT NULL)", name="done_has_file"),
        CheckConstraint("file_id IS NULL OR expires_at IS NOT NULL", name="file_expires"),
        CheckConstraint("written >= 0 AND total >= 0", name="counts"),
        Index("ix_ledger_run_person_id_id", "person_id", "id"),
        Index("ix_ledger_run_status_expires_at", "status", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ledger: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(30))
    # over what it was asked; what that covers is worked out with the person's eyes when it is written
    region: Mapped[str] = mapped_column(String(12), default="")
    enterprise: Mapped[str] = mapped_column(String(18), default="")
    unit: Mapped[str] = mapped_column(String(16), default="")
    sector: Mapped[str] = mapped_column(String(40), default="")
    ending: Mapped[str] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(300))
    status: Mapped[RunStatus] = mapped_column(Code(RunStatus))
    said: Mapped[str] = mapped_column(String(500), default="")
    total: Mapped[int] = mapped_column(Integer, default=0)
    written: Mapped[int] = mapped_column(Integer, default=0)

    claim: Mapped[str] = mapped_column(String(40), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    digest_of_records: Mapped[str] = mapped_column(String(64), default="")

    file: Mapped[StoredFile | None] = relationship(lazy="joined")


class CloseStatus(StrEnum):
    """What became of a month's close."""

    WRITING = "writing"
    CLOSED = "closed"
    REFUSED = "refused"
    """Nothing was frozen: `said` has the sentence."""
    REOPENED = "reopened"
    """Its files stay as they were, and a later close stands in its place."""


_LIVE = "status IN ('writing', 'closed')"


class MonthClose(Tenant, Base):
    """A month of an office, closed once: who, when, and what binds it. Reopened ones stay as history.

    Facts that the files print (`asked_at`, `anchor_words`) are fixed when it is asked for, so that a runner
    that was killed and goes on writes the same bytes.
    """

    __tablename__ = "month_close"
    __table_args__ = (
        CheckConstraint(code_check("status", CloseStatus), name="status"),
        CheckConstraint(
            "(status IN ('closed', 'reopened')) = (closed_at IS NOT NULL AND anchor_id IS NOT NULL)", name="closed"
        ),
        CheckConstraint(
            "(status = 'reopened') = (reopened_at IS NOT NULL AND reopened_by_id IS NOT NULL)", name="reopened"
        ),
        CheckConstraint("reopened_by_id IS NULL OR reopened_by_id <> closed_by_id", name="another_reopens"),
        # a month is closed once; two who close it at once meet here
        Index(
            "uq_month_close_office_id_month",
            "office_id",
            "month",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_month_close_region_path", "region_path"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("regulator.id"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    month: Mapped[str] = mapped_column(String(7))
    status: Mapped[CloseStatus] = mapped_column(Code(CloseStatus))
    said: Mapped[str] = mapped_column(String(500), default="")
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    anchor_words: Mapped[str] = mapped_column(String(200), default="")

    claim: Mapped[str] = mapped_column(String(40), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    doing: Mapped[str] = mapped_column(String(60), default="")
    written: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)

    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("anchor.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    anchor: Mapped[Anchor | None] = relationship(lazy="joined")
    ledgers: Mapped[list[ClosedLedger]] = relationship(order_by="ClosedLedger.position", back_populates="close")


class ClosedLedger(Tenant, Base):
    """One ledger of a closed month, frozen byte for byte; `jsonl` holds its records and nothing else."""

    __tablename__ = "closed_ledger"
    __table_args__ = (
        UniqueConstraint("close_id", "code"),
        CheckConstraint("records >= 0", name="records"),
        CheckConstraint("(records = 0) = (jsonl_id IS NULL)", name="records_have_file"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(300))
    records: Mapped[int] = mapped_column(Integer)
    digest_of_records: Mapped[str] = mapped_column(String(64))
    xlsx_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    csv_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    jsonl_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    close: Mapped[MonthClose] = relationship(back_populates="ledgers")
    xlsx: Mapped[StoredFile] = relationship(foreign_keys=[xlsx_id], lazy="joined", innerjoin=True)
    csv: Mapped[StoredFile] = relationship(foreign_keys=[csv_id], lazy="joined", innerjoin=True)
    jsonl: Mapped[StoredFile | None] = relationship(foreign_keys=[jsonl_id], lazy="joined")


class CorrectedLedger(Tenant, Base):
    """What a later close found changed in an earlier month's ledger, and its records as they were then.

    The close after it compares with these records, so that no correction is told twice.
    """

    __tablename__ = "corrected_ledger"
    __table_args__ = (
        UniqueConstraint("close_id", "ledger_id"),
        CheckConstraint("corrections > 0", name="corrections"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"))
    ledger_id: Mapped[int] = mapped_column(ForeignKey("closed_ledger.id"), index=True)
    corrections: Mapped[int] = mapped_column(Integer)
    jsonl_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    jsonl: Mapped[StoredFile | None] = relationship(lazy="joined")
