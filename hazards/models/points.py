"""The points of a rectification that is done piece by piece (整改要点)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, UtcDateTime
from core.scope import Tenant


class RectificationPoint(Tenant, Base):
    """One thing to be put right, in its order, with who put it right and when; struck ones are kept."""

    __tablename__ = "rectification_point"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_has_person"),
        CheckConstraint("done_at IS NULL OR done_on IS NOT NULL", name="done_has_day"),
        CheckConstraint("struck_at IS NULL OR done_at IS NULL", name="done_is_not_struck"),
        Index("ix_rectification_point_hazard_id_position", "hazard_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(300))
    done_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
