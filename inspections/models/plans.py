"""Plans: which unit is inspected by whom, how often, with which checklist. Tasks are worked out, not stored."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.models import Chained
from core.scope import Tenant
from hazards.models.partial import where
from workflows.cadence import MOST_A_DAY, Frequency
from workflows.vocabulary import Tier


class InspectionPlan(Chained, Tenant, Base):
    """A standing duty to inspect, from a day on. A changed plan ends and another continues it under the same `duty_id`.

    So whatever was done or missed belongs to the duty, and a change in the middle of a period neither loses an
    inspection nor asks for a second. A period is due under the plan in force on its last day.
    """

    chain_label = "排查计划"
    __tablename__ = "inspection_plan"
    __table_args__ = (
        CheckConstraint(code_check("tier", Tier), name="tier"),
        CheckConstraint(code_check("frequency", Frequency), name="frequency"),
        CheckConstraint(f"per_day BETWEEN 1 AND {MOST_A_DAY}", name="per_day"),
        CheckConstraint("per_day = 1 OR frequency = 'day'", name="several_only_a_day"),
        # one that ended before it began was never in force, and says why
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on OR end_reason <> ''", name="order"),
        # one plan in force of each duty
        Index("uq_inspection_plan_duty", "duty_id", unique=True, **where("ends_on IS NULL AND duty_id IS NOT NULL")),
        Index("ix_inspection_plan_enterprise_id", "enterprise_id", "unit_id"),
        Index("ix_inspection_plan_settle_at", "settle_at", "id", **where("settle_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    # the id of the first plan of this duty; set right after its insert
    duty_id: Mapped[int | None] = mapped_column(Id)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    risk_point_id: Mapped[int | None] = mapped_column(ForeignKey("risk_point.id"))
    tier: Mapped[Tier] = mapped_column(Code(Tier))
    frequency: Mapped[Frequency] = mapped_column(Code(Frequency))
    per_day: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    name: Mapped[str] = mapped_column(String(120), default="")
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    # who carries it out; empty: whoever holds the tier's role in the unit
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    led: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str] = mapped_column(String(300), default="")
    # periods that ended up to this day are settled (done or missed); the next is looked at when its grace is over
    settled_until: Mapped[date | None] = mapped_column(Date)
    settle_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Absence(Tenant, Base):
    """Somebody is away from–to; their inspections pass to the substitute."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="order"),
        CheckConstraint("substitute_id IS NULL OR substitute_id <> person_id", name="not_oneself"),
        Index("ix_absence_enterprise_id_last_on", "enterprise_id", "last_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
