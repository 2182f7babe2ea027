"""Checks of the interim controls while a hazard is being put right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, UtcDateTime
from core.scope import Tenant


class ControlCheck(Tenant, Base):
    """One check, or checks that were missed (`missed` of them, by nobody): did the controls hold?"""

    __tablename__ = "control_check"
    __table_args__ = (
        CheckConstraint("(missed = 0) = (by_id IS NOT NULL)", name="missed_by_nobody"),
        CheckConstraint("(missed = 0) = (holds IS NOT NULL)", name="made_has_answer"),
        Index("ix_control_check_hazard_id_id", "hazard_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    holds: Mapped[bool | None] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(String(500), default="")
    missed: Mapped[int] = mapped_column(Integer, default=0)
