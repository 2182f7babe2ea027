"""The clauses that make a hazard major, and how each read before it was corrected."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, UtcDateTime
from core.models import Chained


class Criterion(Chained, Base):
    """A clause that makes a hazard major, of one edition of its standard (`standard` and `document_no`).

    `effective_from` is its first day and `effective_to` its last, null where not known or not set: a new edition
    stands beside the old one. A correction changes the row and keeps what it replaced as a `CriterionVersion`.
    """

    chain_label = "判定标准条款"
    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("standard", "document_no", "industry", "clause"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    standard: Mapped[str] = mapped_column(String(120))
    document_no: Mapped[str] = mapped_column(String(60), default="")
    effective_from: Mapped[date | None] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    industry: Mapped[str] = mapped_column(String(60))
    clause: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class CriterionVersion(Base):
    """How a clause read until it was corrected: when, by whom, and from which source it was put right."""

    __tablename__ = "criterion_version"
    __table_args__ = (UniqueConstraint("criterion_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date | None] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(300), default="")
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
