"""The clauses that make a hazard major."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Date,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Criterion(Base):
    """A clause that makes a hazard major, versioned by its standard's effective date (null where not known)."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("standard", "document_no", "industry", "clause"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    standard: Mapped[str] = mapped_column(String(120))
    document_no: Mapped[str] = mapped_column(String(60), default="")
    effective_from: Mapped[date | None] = mapped_column(Date)
    industry: Mapped[str] = mapped_column(String(60))
    clause: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
