"""Tables of when an enterprise and its units work, and of stopped plants."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Time, true
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.scope import Tenant
from core.shifts import WorkKind


class WorkCalendar(Tenant, Base):
    """The working days of an enterprise (`unit_id` empty) or of one of its units, from the day after it was set."""

    __tablename__ = "work_calendar"
    __table_args__ = (
        CheckConstraint(code_check("kind", WorkKind), name="kind"),
        CheckConstraint("kind <> 'rota' OR starts_on IS NOT NULL", name="rota_has_start"),
        CheckConstraint("kind NOT IN ('rota', 'weekdays') OR pattern <> ''", name="has_pattern"),
        Index("ix_work_calendar_enterprise_id", "enterprise_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[WorkKind] = mapped_column(Code(WorkKind))
    pattern: Mapped[str] = mapped_column(String(60), default="", server_default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    keeps_holidays: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    day_ends: Mapped[time] = mapped_column(Time, default=time(0, 0))
    late_from: Mapped[time] = mapped_column(Time, default=time(16, 0))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class WorkStop(Tenant, Base):
    """停产停业 of an enterprise or one of its units from–to with the reason; ended or withdrawn, never deleted."""

    __tablename__ = "work_stop"
    __table_args__ = (
        CheckConstraint("last_on IS NULL OR last_on >= first_on", name="order"),
        Index("ix_work_stop_enterprise_id", "enterprise_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
