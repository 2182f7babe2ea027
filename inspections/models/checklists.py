"""Checklists and their versions: an inspection keeps the version it used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.models import Chained
from core.scope import Tenant
from workflows.vocabulary import Category, Grade, Tier


class Checklist(Chained, Tenant, Base):
    """A checklist: one of the product's templates (`enterprise_id` empty) or an enterprise's own."""

    chain_label = "检查表"
    __tablename__ = "checklist"
    __table_args__ = (
        CheckConstraint(f"tier IS NULL OR {code_check('tier', Tier)}", name="tier"),
        CheckConstraint("enterprise_id IS NULL OR template_key IS NULL", name="template_is_nobodys"),
        Index("ix_checklist_enterprise_id_id", "enterprise_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    # names a template of inspections/data, so that seeding again finds it
    template_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    industry: Mapped[str] = mapped_column(String(60), default="")
    tier: Mapped[Tier | None] = mapped_column(Code(Tier))
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ChecklistVersion(Tenant, Base):
    """One edition of a checklist; the newest is used by inspections that begin."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("checklist_id", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    version: Mapped[int] = mapped_column(Integer)
    items: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(300), default="")

    checklist: Mapped[Checklist] = relationship(lazy="raise_on_sql")


class ChecklistItem(Tenant, Base):
    """One thing to look at, of one version; never changed.

    The three flags are the uses of 三标合一: standardisation self-check, hazard checklist, the regulator's checklist.
    The clause's words are copied, so that the item says what it said then.
    """

    __tablename__ = "checklist_item"
    __table_args__ = (
        CheckConstraint(code_check("grade", Grade), name="grade"),
        CheckConstraint(f"category IS NULL OR {code_check('category', Category)}", name="category"),
        UniqueConstraint("version_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"))
    position: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(String(300))
    method: Mapped[str] = mapped_column(String(300), default="")
    # what a failed item is proposed as
    grade: Mapped[Grade] = mapped_column(Code(Grade), default=Grade.GENERAL)
    category: Mapped[Category | None] = mapped_column(Code(Category))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    basis: Mapped[str] = mapped_column(String(600), default="")
    control_id: Mapped[int | None] = mapped_column(ForeignKey("risk_control.id"))
    for_standard: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    for_hazards: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    for_regulator: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
