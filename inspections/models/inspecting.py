"""Inspections as they were carried out, item by item."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from core.db import Base, Code, Id, UtcDateTime, code_check, path_type
from core.models import Chained, StoredFile
from core.scope import Tenant
from hazards.models.partial import where
from inspections.models.checklists import ChecklistVersion
from inspections.models.points import RiskPoint
from inspections.rules import InspectionState, ItemVerdict, PhotoKind, Treatment
from workflows.vocabulary import Grade, StopScope, Tier


class Inspection(Chained, Tenant, Base):
    """One inspection of a duty's period, or one besides (`duty_id` empty: a scanned label, an extra round).

    `inspector` is whose duty it was to sign; `instead_of` whom they stood in for. `client_key` is made by the phone:
    the same inspection sent twice is one.
    """

    chain_label = "排查"
    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint(code_check("tier", Tier), name="tier"),
        CheckConstraint(code_check("state", InspectionState), name="state"),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished_has_time"),
        CheckConstraint("(duty_id IS NULL) = (period_key IS NULL)", name="duty_has_period"),
        CheckConstraint("led_signed_at IS NULL OR led_by_id IS NOT NULL", name="led_has_signer"),
        # one inspection for each period of a duty
        Index(
            "uq_inspection_duty_period",
            "duty_id",
            "period_key",
            unique=True,
            **where("duty_id IS NOT NULL AND state <> 'given_up'"),
        ),
        Index("ix_inspection_enterprise_id_started_at", "enterprise_id", "started_at"),
        Index("ix_inspection_unit_id_finished_at", "unit_id", "finished_at"),
        Index("ix_inspection_region_path_finished_at", "region_path", "finished_at"),
        Index("ix_inspection_enterprise_id_finished_at", "enterprise_id", "finished_at", "id"),
        Index("ix_inspection_finished_at_id", "finished_at", "id", **where("state = 'finished'")),
        Index(
            "ix_inspection_led_unsigned",
            "enterprise_id",
            **where("led AND state = 'finished' AND led_signed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    client_key: Mapped[str] = mapped_column(String(64), unique=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    risk_point_id: Mapped[int | None] = mapped_column(ForeignKey("risk_point.id"))
    tier: Mapped[Tier] = mapped_column(Code(Tier))
    duty_id: Mapped[int | None] = mapped_column(Id)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_plan.id"))
    period_key: Mapped[str | None] = mapped_column(String(20))
    period_first: Mapped[date | None] = mapped_column(Date)
    period_last: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(120))
    checklist_version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"))
    state: Mapped[InspectionState] = mapped_column(Code(InspectionState))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_time: Mapped[bool | None] = mapped_column(Boolean)
    # the principal leads it, and signs it too
    led: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    led_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    led_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    note: Mapped[str] = mapped_column(String(1000), default="")
    items: Mapped[int] = mapped_column(Integer)
    items_ok: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    items_failed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    items_na: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    inspector: Mapped[Person] = relationship(foreign_keys=[inspector_id], lazy="raise_on_sql")
    checklist_version: Mapped[ChecklistVersion] = relationship(lazy="raise_on_sql")
    risk_point: Mapped[RiskPoint | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class InspectionPerson(Tenant, Base):
    """Somebody else who took part."""

    __tablename__ = "inspection_person"
    __table_args__ = (UniqueConstraint("inspection_id", "person_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ItemResult(Tenant, Base):
    """What was seen of one item; changed until the inspection is finished. A failed one leads to its hazard."""

    __tablename__ = "item_result"
    __table_args__ = (
        UniqueConstraint("inspection_id", "item_id"),
        CheckConstraint(code_check("verdict", ItemVerdict), name="verdict"),
        CheckConstraint("hazard_id IS NULL OR verdict = 'failed'", name="only_failed_has_hazard"),
        CheckConstraint("treatment IS NULL OR verdict = 'failed'", name="only_failed_is_treated"),
        CheckConstraint(f"treatment IS NULL OR {code_check('treatment', Treatment)}", name="treatment"),
        CheckConstraint(f"grade IS NULL OR {code_check('grade', Grade)}", name="grade"),
        CheckConstraint(f"stop_scope IS NULL OR {code_check('stop_scope', StopScope)}", name="stop_scope"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("checklist_item.id"))
    verdict: Mapped[ItemVerdict] = mapped_column(Code(ItemVerdict))
    note: Mapped[str] = mapped_column(String(1000), default="")
    result: Mapped[str] = mapped_column(String(1000), default="")  # how it was put right on the spot
    treatment: Mapped[Treatment | None] = mapped_column(Code(Treatment))
    # what the failed item is proposed as, and for a major one what was stopped and who withdrawn
    grade: Mapped[Grade | None] = mapped_column(Code(Grade))
    stop_scope: Mapped[StopScope | None] = mapped_column(Code(StopScope))
    stop_note: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hazard_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))


class ItemPhoto(Tenant, Base):
    """A photo of one item. `client_key` is made by the phone: the same photo sent twice is one, in whatever order."""

    __tablename__ = "item_photo"
    __table_args__ = (
        UniqueConstraint("inspection_id", "client_key"),
        CheckConstraint(code_check("kind", PhotoKind), name="kind"),
        Index("ix_item_photo_inspection_id_item_id", "inspection_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("checklist_item.id"))
    kind: Mapped[PhotoKind] = mapped_column(Code(PhotoKind))
    client_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    view_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    thumb_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)

    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id], lazy="joined", innerjoin=True)
