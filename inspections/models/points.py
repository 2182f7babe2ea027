"""Risk points with their control measures, and what was found at them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Code, Id, UtcDateTime, code_check
from core.models import Chained
from core.scope import Tenant
from hazards.models.partial import where
from inspections.rules import ControlKind, PointKind, RiskGrade


class RiskPoint(Chained, Tenant, Base):
    """风险点: a place, equipment or activity with its risk grade, its measures and who answers for it (自辨自评自控).

    `token` stands in its QR code: whoever scans it is led to the point's checklist, or to a worker's report.
    """

    chain_label = "风险点"
    __tablename__ = "risk_point"
    __table_args__ = (
        CheckConstraint(code_check("grade", RiskGrade), name="grade"),
        CheckConstraint(code_check("kind", PointKind), name="kind"),
        UniqueConstraint("enterprise_id", "code"),
        Index("ix_risk_point_enterprise_id_id", "enterprise_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    code: Mapped[str] = mapped_column(String(40))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[PointKind] = mapped_column(Code(PointKind))
    grade: Mapped[RiskGrade] = mapped_column(Code(RiskGrade))
    possible_harm: Mapped[str] = mapped_column(Text, default="")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    responsible: Mapped[str] = mapped_column(String(60), default="")
    checklist_id: Mapped[int | None] = mapped_column(ForeignKey("checklist.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    controls: Mapped[list[RiskControl]] = relationship(order_by="RiskControl.position", lazy="raise_on_sql")


class RiskControl(Tenant, Base):
    """One control measure of a risk point and who answers for it; struck, never deleted."""

    __tablename__ = "risk_control"
    __table_args__ = (
        CheckConstraint(code_check("kind", ControlKind), name="kind"),
        Index("ix_risk_control_risk_point_id_position", "risk_point_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    risk_point_id: Mapped[int] = mapped_column(ForeignKey("risk_point.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ControlKind] = mapped_column(Code(ControlKind))
    text: Mapped[str] = mapped_column(String(500))
    answers: Mapped[str] = mapped_column(String(60), default="")
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Finding(Tenant, Base):
    """Where a hazard was found: at which risk point, by which item of which inspection, which measure had failed."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("hazard_id"),
        CheckConstraint("inspection_id IS NOT NULL OR risk_point_id IS NOT NULL", name="has_origin"),
        Index("ix_finding_inspection_id", "inspection_id", **where("inspection_id IS NOT NULL")),
        Index("ix_finding_risk_point_id", "risk_point_id", **where("risk_point_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("checklist_item.id"))
    risk_point_id: Mapped[int | None] = mapped_column(ForeignKey("risk_point.id"))
    control_id: Mapped[int | None] = mapped_column(ForeignKey("risk_control.id"))


class OpenReporting(Tenant, Base):
    """Whether an enterprise lets its workers report by the QR code without an account, and what it promises them."""

    __tablename__ = "open_reporting"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True, autoincrement=False)
    allowed: Mapped[bool] = mapped_column(Boolean)
    promise: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Reward(Tenant, Base):
    """隐患报告奖励: who reported (as far as they said), and what the enterprise decided and paid; an internal matter.

    `follow_code` lets somebody without an account see what became of the report.
    """

    __tablename__ = "reward"
    __table_args__ = (
        UniqueConstraint("hazard_id"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_has_person"),
        CheckConstraint("amount_fen IS NULL OR amount_fen >= 0", name="amount"),
        CheckConstraint("paid_at IS NULL OR decided_at IS NOT NULL", name="paid_was_decided"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    reporter: Mapped[str] = mapped_column(String(60), default="")
    contact: Mapped[str] = mapped_column(String(300), default="")  # sealed (core/sealing.py)
    follow_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    amount_fen: Mapped[int | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
