"""Major hazards dealt with like an accident (参照事故调查处理)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.scope import Tenant
from workflows.investigations import Ground


class Investigation(Tenant, Base):
    """One case: on which ground, by which office, under which number, and how it ended."""

    __tablename__ = "investigation"
    __table_args__ = (
        CheckConstraint(code_check("ground", Ground), name="ground"),
        CheckConstraint("(concluded_on IS NULL) = (outcome = '')", name="concluded_has_outcome"),
        CheckConstraint("concluded_on IS NULL OR concluded_on >= opened_on", name="in_order"),
        Index("ix_investigation_hazard_id", "hazard_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    ground: Mapped[Ground] = mapped_column(Code(Ground))
    office: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(80), default="")
    opened_on: Mapped[date] = mapped_column(Date)
    facts: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    concluded_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(Text, default="")
    people_held: Mapped[int | None] = mapped_column(Integer)
