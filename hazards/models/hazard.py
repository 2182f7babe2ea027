"""The hazard as it stands, and its versions."""

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
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Enterprise, OrgUnit, Regulator
from core.db import Base, Code, Id, Json, UtcDateTime, code_check, path_type
from core.scope import Tenant
from hazards.models.partial import IS_OPEN, where
from hazards.models.standing import HazardStanding, Standing
from workflows.closure import Origin
from workflows.vocabulary import (
    Category,
    Channel,
    Grade,
    ListingLevel,
    State,
    StopScope,
)


class Hazard(Standing, Tenant, Base):
    """One record of the register, as it stands now. Changed only by the operations of this room."""

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
        CheckConstraint("recurrence_of_id IS NULL OR recurrence_of_id <> id", name="not_its_own_recurrence"),
        CheckConstraint("points_done BETWEEN 0 AND points_total", name="points_done_of_total"),
        CheckConstraint("NOT structural OR concerned_id IS NOT NULL", name="structural_has_owner"),
        CheckConstraint("(co_signed_at IS NULL) = (co_signer = '')", name="co_signed_has_signer"),
        # the lists and figures of a region are read from these three alone, the rows of a page afterwards
        Index(
            "ix_hazard_open_deadline",
            *("deadline", "id", "region_path", "state", "hidden", "grade", "sector"),
            **where(IS_OPEN),
        ),
        Index("ix_hazard_enterprise_id_state_deadline", "enterprise_id", "state", "deadline"),
        Index(
            "ix_hazard_open_region_path",
            # the id stands third so that rows of one day are told apart by it, not by eight more columns
            *("region_path", "deadline", "id", "state", "hidden", "grade", "sector", "changed_since_signed"),
            *("recurrence_of_id", "town_order", "responsible_office_id", "issuing_office_id"),
            **where(IS_OPEN),
        ),
        Index(
            "ix_hazard_region_path_state",
            *("region_path", "state", "hidden", "deadline", "grade", "sector", "responsible_office_id"),
            postgresql_with={"deduplicate_items": "off"},  # each move would fold the page anew
        ),
        Index(
            "ix_hazard_accept_due",
            *("responsible_office_id", "accept_due", "id"),
            **where("state = 'reported' AND origin = 'self_found'"),
        ),
        Index("ix_hazard_found_on_id", "found_on", "id"),
        Index("ix_hazard_control_next_at", "control_next_at", **where("control_next_at IS NOT NULL")),
        # the newest of an enterprise, to look for the same one again
        Index("ix_hazard_enterprise_id_id", "enterprise_id", "id"),
        Index("ix_hazard_concerned_id", "concerned_id", **where("concerned_id IS NOT NULL")),
        Index("ix_hazard_responsible_person_id", "responsible_person_id", **where("responsible_person_id IS NOT NULL")),
        Index("ix_hazard_import_id", "import_id", **where("import_id IS NOT NULL")),
        Index("ix_hazard_recurrence_of_id", "recurrence_of_id", **where("recurrence_of_id IS NOT NULL")),
        Index(
            "ix_hazard_changed_since_signed",
            *("region_path", "enterprise_id", "state", "hidden", "sector"),
            **where("changed_since_signed > 0"),
        ),
        Index("ix_hazard_hidden", "id", **where("hidden")),
        # the same row of a ledger becomes one hazard, however many import it at once
        Index("uq_hazard_merge_key", "merge_key", unique=True, **where("merge_key IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(Integer)

    # where and whose
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    responsible_unit: Mapped[str] = mapped_column(String(200), default="")
    concerned_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
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
    # what the clause presupposes (仍继续使用, 失效 …), confirmed by whoever confirmed the clause
    criterion_condition: Mapped[str] = mapped_column(Text, default="", server_default="")
    criterion_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    criterion_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    basis: Mapped[str] = mapped_column(Text, default="")
    # the clause that a report or an imported basis names, until a person confirms or replaces it
    criterion_candidate_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    basis_unconfirmed: Mapped[bool] = mapped_column(Boolean, default=False)

    # who puts it right, until when, and what keeps people safe meanwhile
    responsible_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
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
    # how often they are checked while a major one is put right, when next, how many in a row were missed
    control_every_hours: Mapped[int | None] = mapped_column(Integer)
    control_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    control_missed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
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
    # touches what the landlord or client answers for (主体结构、公用设施): they co-sign before it is verified
    structural: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    co_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    co_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    co_signer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    co_sign_opinion: Mapped[str] = mapped_column(Text, default="", server_default="")
    co_sign_scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    # how many points the rectification has and how many are put right; none: it is done as a whole
    points_total: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    points_done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    # listing, telling
    listed_level: Mapped[ListingLevel | None] = mapped_column(Code(ListingLevel))
    listed_office: Mapped[str] = mapped_column(String(100), default="")
    listed_number: Mapped[str] = mapped_column(String(80), default="")
    listed_on: Mapped[date | None] = mapped_column(Date)
    listed_until: Mapped[date | None] = mapped_column(Date)
    delisted_on: Mapped[date | None] = mapped_column(Date)
    principal_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    controller_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

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
    # the closed hazard that came back as this one, confirmed by a person; and how often this one came back
    recurrence_of_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    recurred: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # separation of duties is counted from here: reported, or last reopened
    round_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # photos after must be newer than this: the last refusal or return
    photos_after_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # facts that read otherwise than in the text that was last signed (`hazards/since_signed.py`)
    changed_since_signed: Mapped[int] = mapped_column(Integer, default=0)

    # import
    imported: Mapped[bool] = mapped_column(Boolean, default=False)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_import.id"))
    import_row: Mapped[int | None] = mapped_column(Integer)
    import_part: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # nobody sees it: the import that brings it is still being written, was given up, or was taken back
    hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    import_note: Mapped[str] = mapped_column(Text, default="")
    merge_key: Mapped[str | None] = mapped_column(String(64))
    office_name: Mapped[str] = mapped_column(String(100), default="")
    office_person: Mapped[str] = mapped_column(String(60), default="")
    penalty: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    # who has it now, for lists; worked out after each operation
    holder: Mapped[str] = mapped_column(String(120), default="")
    holder_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # how many follow it, so that an act on a hazard nobody follows asks for no names
    watchers: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    standing: Mapped[HazardStanding] = relationship(lazy="joined", innerjoin=True)
    enterprise: Mapped[Enterprise] = relationship(foreign_keys=[enterprise_id], lazy="raise_on_sql")
    concerned: Mapped[Enterprise | None] = relationship(foreign_keys=[concerned_id], lazy="raise_on_sql")
    unit: Mapped[OrgUnit | None] = relationship(lazy="raise_on_sql")
    responsible_office: Mapped[Regulator | None] = relationship(
        foreign_keys=[responsible_office_id], lazy="raise_on_sql"
    )
    duplicate_of: Mapped[Hazard | None] = relationship(
        foreign_keys=[duplicate_of_id], remote_side=[id], lazy="raise_on_sql"
    )

    # two people at once: one wins, the other is told (StaleDataError becomes Conflict in core/db.py)
    __mapper_args__ = {"version_id_col": version}


class HazardVersion(Tenant, Base):
    """The hazard as it stood from one operation to the next: what a ledger of a past month is computed from."""

    __tablename__ = "hazard_version"
    __table_args__ = (
        UniqueConstraint("hazard_id", "version"),
        Index("ix_hazard_version_period", "valid_from", "valid_to"),
        Index("ix_hazard_version_current", "region_path", "hazard_id", **where("valid_to IS NULL")),
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
