"""What became of duties: what was missed, what others found, and the figures kept of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check, path_type
from core.scope import Tenant
from hazards.models.partial import where
from workflows.vocabulary import Tier


class MissedDuty(Tenant, Base):
    """未开展排查: the period of a duty that passed, grace and all, without an inspection. A fact; it stays."""

    __tablename__ = "missed_duty"
    __table_args__ = (
        UniqueConstraint("duty_id", "period_key"),
        CheckConstraint(code_check("tier", Tier), name="tier"),
        Index("ix_missed_duty_enterprise_id_period_last", "enterprise_id", "period_last"),
        Index("ix_missed_duty_region_path_period_last", "region_path", "period_last"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    duty_id: Mapped[int] = mapped_column(Id)
    plan_id: Mapped[int] = mapped_column(ForeignKey("inspection_plan.id"))
    period_key: Mapped[str] = mapped_column(String(20))
    period_first: Mapped[date] = mapped_column(Date)
    period_last: Mapped[date] = mapped_column(Date)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40), default="")
    tier: Mapped[Tier] = mapped_column(Code(Tier))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Overlooked(Tenant, Base):
    """查不出: a regulator or a complaint found a hazard where this tier had inspected within its period."""

    __tablename__ = "overlooked"
    __table_args__ = (
        UniqueConstraint("hazard_id", "tier"),
        CheckConstraint(code_check("tier", Tier), name="tier"),
        Index("ix_overlooked_enterprise_id_found_on", "enterprise_id", "found_on"),
        Index("ix_overlooked_region_path_found_on", "region_path", "found_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40), default="")
    tier: Mapped[Tier] = mapped_column(Code(Tier))
    found_on: Mapped[date] = mapped_column(Date)


class _Counts:
    """What is counted of a month. `due` are settled duties: done in time, done late or missed, and nothing else."""

    due: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    in_time: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    late: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    missed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    found: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    found_major: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    on_the_spot: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    overlooked: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    moved_up: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class DutyFigure(_Counts, Tenant, Base):
    """Kept figures of one unit (0: the enterprise as a whole) and tier in one month (its first day)."""

    __tablename__ = "duty_figure"
    __table_args__ = (
        CheckConstraint(code_check("tier", Tier), name="tier"),
        CheckConstraint("due = in_time + late + missed", name="due_adds_up"),
        # enterprises of a region in the order of places, all of them or those that missed something
        Index("ix_duty_figure_month_region_path", "month", "region_path", "enterprise_id"),
        Index("ix_duty_figure_missed", "month", "region_path", "enterprise_id", **where("missed > 0")),
    )

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tier: Mapped[Tier] = mapped_column(Code(Tier), primary_key=True)
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40), default="")


class RegionFigure(_Counts, Tenant, Base):
    """The sums of the same figures over the enterprises of one place (the lowest region) and sector."""

    __tablename__ = "region_figure"
    __table_args__ = (
        CheckConstraint(code_check("tier", Tier), name="tier"),
        CheckConstraint("due = in_time + late + missed", name="due_adds_up"),
    )

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    region_path: Mapped[str] = mapped_column(path_type(80), primary_key=True)
    sector: Mapped[str] = mapped_column(String(40), primary_key=True)
    tier: Mapped[Tier] = mapped_column(Code(Tier), primary_key=True)
