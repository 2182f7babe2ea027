"""What is kept beside a hazard: deadlines, evidence, work, whose turn it is, words of the history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from accounts.roles import Role
from core.db import Base, Code, Id, Json, UtcDateTime, code_check
from core.models import StoredFile
from core.scope import Tenant
from hazards.models.hazard import Hazard
from hazards.rules import EvidenceKind, WaitingFor
from workflows.vocabulary import (
    Action,
)


class DeadlineChange(Tenant, Base):
    """Every deadline a hazard had, who set it by which action, and how it was counted."""

    __tablename__ = "deadline_change"
    __table_args__ = (Index("ix_deadline_change_hazard_id", "hazard_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[Action] = mapped_column(Code(Action))
    deadline: Mapped[date] = mapped_column(Date)
    counted: Mapped[str] = mapped_column(String(200), default="")
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    was_late: Mapped[bool] = mapped_column(Boolean, default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Evidence(Tenant, Base):
    """A photo or file that belongs to a hazard: what it shows, who added it, when and where it was taken."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(code_check("kind", EvidenceKind), name="kind"),
        Index("ix_evidence_hazard_id_kind", "hazard_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    kind: Mapped[EvidenceKind] = mapped_column(Code(EvidenceKind))
    # of which point of the rectification it is evidence; empty: of the whole
    point_id: Mapped[int | None] = mapped_column(ForeignKey("rectification_point.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    view_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    thumb_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    caption: Mapped[str] = mapped_column(String(200), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)

    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id], lazy="joined", innerjoin=True)
    added_by: Mapped[Person | None] = relationship(foreign_keys=[added_by_id], lazy="raise_on_sql")


class WorkRecord(Tenant, Base):
    """Work done on a hazard: who is named as having done it, or recorded it as own work."""

    __tablename__ = "work_record"
    __table_args__ = (Index("ix_work_record_hazard_id", "hazard_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")


class Waiting(Tenant, Base):
    """For whom a hazard waits: a role in an organisation, or one person; worked out after each operation."""

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint(code_check("what", WaitingFor), name="what"),
        CheckConstraint(
            "(enterprise_id IS NOT NULL) OR (regulator_id IS NOT NULL) OR (person_id IS NOT NULL)", name="somebody"
        ),
        Index("ix_waiting_enterprise_id_role_due_on", "enterprise_id", "role", "due_on"),
        Index("ix_waiting_regulator_id_role_due_on", "regulator_id", "role", "due_on"),
        Index("ix_waiting_person_id_due_on", "person_id", "due_on"),
        Index("ix_waiting_hazard_id", "hazard_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    what: Mapped[WaitingFor] = mapped_column(Code(WaitingFor))
    action: Mapped[Action] = mapped_column(Code(Action))
    step_label: Mapped[str] = mapped_column(String(60), default="")
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    role: Mapped[Role | None] = mapped_column(Code(Role))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    barred: Mapped[list[int]] = mapped_column(Json)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None] = mapped_column(Date)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    hazard: Mapped[Hazard] = relationship(lazy="raise_on_sql")


class HazardNote(Tenant, Base):
    """Words that belong to an entry of the history: a reason, a reminder, an objection, how an order was served."""

    __tablename__ = "hazard_note"
    __table_args__ = (Index("ix_hazard_note_hazard_id", "hazard_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
