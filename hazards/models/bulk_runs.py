"""Acts on many hazards at once: what came of each, for the person who asked for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.scope import Tenant
from hazards.rules import BulkAct, BulkOutcome


class BulkRun(Tenant, Base):
    """One form of several hazards that was handed in: what was asked, of how many."""

    __tablename__ = "bulk_run"
    __table_args__ = (CheckConstraint(code_check("act", BulkAct), name="act"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    act: Mapped[BulkAct] = mapped_column(Code(BulkAct))
    asked: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class BulkItem(Tenant, Base):
    """What came of one hazard; written in the unit of work of the act itself, so that neither is without the other.

    `outcome` is None until its turn has come; it stays so where the server went down before.
    """

    __tablename__ = "bulk_item"
    __table_args__ = (
        CheckConstraint(code_check("outcome", BulkOutcome), name="outcome"),
        UniqueConstraint("run_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[BulkOutcome | None] = mapped_column(Code(BulkOutcome))
    said: Mapped[str] = mapped_column(String(600), default="")
