"""Tables of the register: the hazard as it stands, its versions, requests and signatures, evidence, deadlines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Enterprise, OrgUnit, Person, Regulator
from accounts.roles import Role
from core.db import Base, Code, Id, Json, UtcDateTime, code_check, path_type
from core.models import Chained, StoredFile
from core.scope import Tenant
from hazards.rules import EvidenceKind, WaitingFor
from workflows.closure import Origin, Variant
from workflows.vocabulary import (
    Action,
    Category,
    Channel,
    Grade,
    ListingLevel,
    Manner,
    RequestStatus,
    State,
    StopScope,
    Tier,
    Verdict,
)


def _where(condition: str) -> dict[str, Any]:
    """A partial index, the same on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Hazard(Chained, Tenant, Base):
    """One record of the register, as it stands now. Changed only by the operations of this room."""

    chain_label = "隐患"
    __tablename__ = "hazard"
    __table_args__ = (
        CheckConstraint(code_check("state", State), name="state"),
        CheckConstraint(code_check("grade", Grade), name="grade"),
        CheckConstraint(code_check("channel", Channel), name="channel"),
        CheckConstraint(code_check("origin", Origin), name="origin"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("closed_at IS NULL OR closed_by_id IS NOT NULL OR imported", name="closed_has_signer"),
        CheckConstraint("(state = 'dismissed') = (dismissed_at IS NOT NULL)", name="dismissed_has_time"),
        CheckConstraint("NOT town_order OR grade = 'general'", name="town_closes_no_major"),
        CheckConstraint("duplicate_of_id IS NULL OR duplicate_of_id <> id", name="not_its_own_duplicate"),
        Index("ix_hazard_open_deadline", "deadline", "id", **_where("state IN ('reported', 'rectifying', 'verified')")),
        Index("ix_hazard_enterprise_id_state_deadline", "enterprise_id", "state", "deadline"),
        Index("ix_hazard_region_path_sector_state", "region_path", "sector", "state"),
        Index("ix_hazard_found_on_id", "found_on", "id"),
        # the same row of a ledger becomes one hazard, however many import it at once
        Index("uq_hazard_merge_key", "merge_key", unique=True, **_where("merge_key IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(Integer)

    # where and whose
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    responsible_unit: Mapped[str] = mapped_column(String(200), default="")
    concerned_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(12))
    region_path: Mapped[str] = mapped_column(path_type(80))
    industry: Mapped[str] = mapped_column(String(60), default="")
    sector: Mapped[str] = mapped_column(String(40), default="")
    responsible_office_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"), index=True)
    issuing_office_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    town_order: Mapped[bool] = mapped_column(Boolean, default=False)

    # what it is
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    origin: Mapped[Origin] = mapped_column(Code(Origin))
    state: Mapped[State] = mapped_column(Code(State))
    grade: Mapped[Grade] = mapped_column(Code(Grade))
    proposed_grade: Mapped[Grade] = mapped_column(Code(Grade))
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    category: Mapped[Category | None] = mapped_column(Code(Category))
    place: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_on: Mapped[date | None] = mapped_column(Date)
    found_by: Mapped[str] = mapped_column(String(120), default="")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    check_office: Mapped[str] = mapped_column(String(100), default="")
    on_the_spot: Mapped[bool] = mapped_column(Boolean, default=False)

    # judged by
    criterion_standard: Mapped[str] = mapped_column(String(120), default="")
    criterion_document_no: Mapped[str] = mapped_column(String(60), default="")
    criterion_clause: Mapped[str] = mapped_column(String(60), default="")
    criterion_text: Mapped[str] = mapped_column(Text, default="")
    criterion_reason: Mapped[str] = mapped_column(Text, default="")
    criterion_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    criterion_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    basis: Mapped[str] = mapped_column(Text, default="")
    basis_unconfirmed: Mapped[bool] = mapped_column(Boolean, default=False)

    # who puts it right, until when, and what keeps people safe meanwhile
    responsible_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    responsible_person: Mapped[str] = mapped_column(String(60), default="")
    deadline_first: Mapped[date | None] = mapped_column(Date)
    deadline: Mapped[date | None] = mapped_column(Date)
    deadline_text: Mapped[str] = mapped_column(String(120), default="")
    deadline_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    extensions: Mapped[int] = mapped_column(Integer, default=0)
    accept_due: Mapped[date | None] = mapped_column(Date)
    plan_due: Mapped[date | None] = mapped_column(Date)
    reinspection_due: Mapped[date | None] = mapped_column(Date)
    interim_controls: Mapped[str] = mapped_column(Text, default="")
    stop_scope: Mapped[StopScope] = mapped_column(Code(StopScope), default=StopScope.NONE)
    stop_note: Mapped[str] = mapped_column(Text, default="")
    authority_stopped: Mapped[bool] = mapped_column(Boolean, default=False)
    resume_checked: Mapped[str] = mapped_column(Text, default="")
    resumed_on: Mapped[date | None] = mapped_column(Date)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # the order
    order_number: Mapped[str] = mapped_column(String(80), default="")
    order_item: Mapped[int | None] = mapped_column(Integer)
    order_basis: Mapped[str] = mapped_column(Text, default="")
    ordered_on: Mapped[date | None] = mapped_column(Date)
    served_on: Mapped[date | None] = mapped_column(Date)
    served_how: Mapped[str] = mapped_column(String(60), default="")
    receipt_by: Mapped[str] = mapped_column(String(60), default="")
    receipt_on: Mapped[date | None] = mapped_column(Date)
    receipt_note: Mapped[str] = mapped_column(String(300), default="")

    # the plan
    plan_measures: Mapped[str] = mapped_column(Text, default="")
    plan_responsibility: Mapped[str] = mapped_column(Text, default="")
    plan_money_fen: Mapped[int | None] = mapped_column(Id)
    plan_money_source: Mapped[str] = mapped_column(String(200), default="")
    plan_deadline: Mapped[date | None] = mapped_column(Date)
    plan_contingency: Mapped[str] = mapped_column(Text, default="")
    plan_situation: Mapped[str] = mapped_column(Text, default="")
    plan_harm: Mapped[str] = mapped_column(Text, default="")
    congress_told_on: Mapped[date | None] = mapped_column(Date)
    plan_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plan_filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plan_filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    # the work
    result: Mapped[str] = mapped_column(Text, default="")
    completed_on: Mapped[date | None] = mapped_column(Date)
    real_cost_fen: Mapped[int | None] = mapped_column(Id)
    cause: Mapped[str] = mapped_column(Text, default="")
    similar_checked: Mapped[str] = mapped_column(Text, default="")
    lasting_measure: Mapped[str] = mapped_column(Text, default="")

    # listing, telling, lists
    listed_level: Mapped[ListingLevel | None] = mapped_column(Code(ListingLevel))
    listed_office: Mapped[str] = mapped_column(String(100), default="")
    listed_number: Mapped[str] = mapped_column(String(80), default="")
    listed_on: Mapped[date | None] = mapped_column(Date)
    listed_until: Mapped[date | None] = mapped_column(Date)
    delisted_on: Mapped[date | None] = mapped_column(Date)
    principal_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    controller_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tier: Mapped[Tier] = mapped_column(Code(Tier), default=Tier.DAY)
    tier_since: Mapped[date | None] = mapped_column(Date)
    list_owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    # endings
    self_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reinspected_by: Mapped[str] = mapped_column(String(120), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_by_office: Mapped[str] = mapped_column(String(100), default="")
    struck_off_on: Mapped[date | None] = mapped_column(Date)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_reason: Mapped[str] = mapped_column(Text, default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    # separation of duties is counted from here: reported, or last reopened
    round_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # photos after must be newer than this: the last refusal or return
    photos_after_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_since_signed: Mapped[int] = mapped_column(Integer, default=0)

    # import
    imported: Mapped[bool] = mapped_column(Boolean, default=False)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_import.id"), index=True)
    import_row: Mapped[int | None] = mapped_column(Integer)
    import_note: Mapped[str] = mapped_column(Text, default="")
    merge_key: Mapped[str | None] = mapped_column(String(64))
    office_name: Mapped[str] = mapped_column(String(100), default="")
    office_person: Mapped[str] = mapped_column(String(60), default="")
    penalty: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    # who has it now, for lists; worked out after each operation
    holder: Mapped[str] = mapped_column(String(120), default="")
    holder_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    enterprise: Mapped[Enterprise] = relationship(foreign_keys=[enterprise_id], lazy="raise_on_sql")
    concerned: Mapped[Enterprise | None] = relationship(foreign_keys=[concerned_id], lazy="raise_on_sql")
    unit: Mapped[OrgUnit | None] = relationship(lazy="raise_on_sql")
    responsible_office: Mapped[Regulator | None] = relationship(
        foreign_keys=[responsible_office_id], lazy="raise_on_sql"
    )
    duplicate_of: Mapped[Hazard | None] = relationship(remote_side=[id], lazy="raise_on_sql")

    # two people at once: one wins, the other is told (StaleDataError becomes Conflict in core/db.py)
    __mapper_args__ = {"version_id_col": version}


class HazardVersion(Tenant, Base):
    """The hazard as it stood from one operation to the next: what a ledger of a past month is computed from."""

    __tablename__ = "hazard_version"
    __table_args__ = (
        UniqueConstraint("hazard_id", "version"),
        Index("ix_hazard_version_period", "valid_from", "valid_to"),
        Index("ix_hazard_version_current", "region_path", "hazard_id", **_where("valid_to IS NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    version: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enterprise_id: Mapped[int] = mapped_column(Id, index=True)
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40))
    state: Mapped[State] = mapped_column(Code(State))
    grade: Mapped[Grade] = mapped_column(Code(Grade))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))


class SignOffRequest(Tenant, Base):
    """A request that asks for signatures, with what it froze and what comes into force when all have signed."""

    __tablename__ = "sign_off_request"
    __table_args__ = (
        CheckConstraint(code_check("action", Action), name="action"),
        CheckConstraint(code_check("status", RequestStatus), name="status"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="open_has_no_end"),
        # one open request per hazard, whoever is quicker
        Index("uq_sign_off_request_open", "hazard_id", unique=True, **_where("status = 'open'")),
        Index("ix_sign_off_request_hazard_id_id", "hazard_id", "id"),
        Index("ix_sign_off_request_target", "target_office_id", **_where("target_office_id IS NOT NULL")),
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


class LedgerImport(Base):
    """A file that came in: kept with its digest, with the report of every row."""

    __tablename__ = "ledger_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by: Mapped[str] = mapped_column(String(100), default="")
    filed_on: Mapped[date | None] = mapped_column(Date)
    report: Mapped[dict[str, Any]] = mapped_column(Json)


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
