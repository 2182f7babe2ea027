"""Requests for sign-off and the signatures they got."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from accounts.roles import Role
from core.db import Base, Code, Id, Json, UtcDateTime, code_check
from core.scope import Tenant
from hazards.models.partial import where
from workflows.closure import Origin, Variant
from workflows.vocabulary import (
    Action,
    Grade,
    Manner,
    RequestStatus,
    Verdict,
)


class SignOffRequest(Tenant, Base):
    """A request that asks for signatures, with what it froze and what comes into force when all have signed."""

    __tablename__ = "sign_off_request"
    __table_args__ = (
        CheckConstraint(code_check("action", Action), name="action"),
        CheckConstraint(code_check("status", RequestStatus), name="status"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="open_has_no_end"),
        # one open request per hazard, whoever is quicker
        Index("uq_sign_off_request_open", "hazard_id", unique=True, **where("status = 'open'")),
        Index("ix_sign_off_request_hazard_id_id", "hazard_id", "id"),
        Index("ix_sign_off_request_target", "target_office_id", **where("target_office_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    action: Mapped[Action] = mapped_column(Code(Action))
    variant: Mapped[Variant] = mapped_column(Code(Variant))
    grade: Mapped[Grade] = mapped_column(Code(Grade))
    origin: Mapped[Origin] = mapped_column(Code(Origin))
    status: Mapped[RequestStatus] = mapped_column(Code(RequestStatus), default=RequestStatus.OPEN)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_enterprise: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # what comes with the request (new deadline, grade, criterion, target office …), by the names of its form
    offered: Mapped[dict[str, Any]] = mapped_column(Json)
    # the exact lines every signer sees, and their digest
    deed: Mapped[list[list[str]]] = mapped_column(Json)
    deed_digest: Mapped[str] = mapped_column(String(64))
    target_office_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))

    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id], lazy="raise_on_sql")
    signatures: Mapped[list[Signature]] = relationship(
        order_by="Signature.id", lazy="raise_on_sql", back_populates="request"
    )


class Signature(Tenant, Base):
    """One step signed: by whom, in which role, how, with which opinion, over which digest."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("request_id", "step"),
        CheckConstraint(code_check("role", Role), name="role"),
        CheckConstraint(code_check("manner", Manner), name="manner"),
        CheckConstraint("(manner = 'paper') = (recorder_id IS NOT NULL)", name="paper_has_recorder"),
        CheckConstraint("recorder_id IS NULL OR recorder_id <> person_id", name="recorder_is_not_signer"),
        Index("ix_signature_hazard_id", "hazard_id"),
        Index("ix_signature_person_id_signed_at", "person_id", "signed_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("sign_off_request.id"))
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    step: Mapped[int] = mapped_column(Integer)
    step_label: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(60))
    role: Mapped[Role] = mapped_column(Code(Role))
    organisation: Mapped[str] = mapped_column(String(200))
    deputising_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stand_in: Mapped[bool] = mapped_column(Boolean, default=False)
    manner: Mapped[Manner] = mapped_column(Code(Manner))
    verdict: Mapped[Verdict] = mapped_column(Code(Verdict))
    opinion: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deed_digest: Mapped[str] = mapped_column(String(64))
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paper_number: Mapped[str] = mapped_column(String(80), default="")
    paper_on: Mapped[date | None] = mapped_column(Date)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    request: Mapped[SignOffRequest] = relationship(back_populates="signatures", lazy="raise_on_sql")
    recorder: Mapped[Person | None] = relationship(foreign_keys=[recorder_id], lazy="raise_on_sql")
    deputising_for: Mapped[Person | None] = relationship(foreign_keys=[deputising_for_id], lazy="raise_on_sql")
