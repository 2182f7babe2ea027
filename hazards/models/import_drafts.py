"""Files that are looked at before they come in: the draft, what became of each row, and what an office taught us."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from core.db import Base, Code, Id, Json, UtcDateTime, code_check
from core.models import StoredFile
from core.scope import Tenant
from hazards.models.partial import where


class DraftStage(StrEnum):
    """How far an import has come."""

    CHECKING = "checking"
    REFUSED = "refused"
    """The file is no ledger, or cannot be read: `said` has the sentence."""
    READY = "ready"
    """Every row is accounted for; the person decides."""
    WRITING = "writing"
    DONE = "done"


class ImportDraft(Tenant, Base):
    """One file on its way in: what it was understood as, what the person corrected and decided, how far it is.

    `run` names the work under way, so that one that was started again or given up stops at its next mark; `check_no`
    says which rows are those of the newest complete check.
    """

    __tablename__ = "import_draft"
    __table_args__ = (
        CheckConstraint(code_check("stage", DraftStage), name="stage"),
        Index("ix_import_draft_owner_id_stage", "owner_id", "stage"),
        Index("ix_import_draft_touched_at", "touched_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stage: Mapped[DraftStage] = mapped_column(Code(DraftStage))
    said: Mapped[str] = mapped_column(String(500), default="")

    # what the person told beside the file
    told_enterprise: Mapped[str] = mapped_column(String(18), default="")
    told_region: Mapped[str] = mapped_column(String(12), default="")
    told_channel: Mapped[str] = mapped_column(String(40), default="")

    # how it is read; `wanted` is what the check under way tries
    shape: Mapped[str] = mapped_column(String(64), default="")
    corrections: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    wanted: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    recalled: Mapped[bool] = mapped_column(Boolean, default=False)
    decisions: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    only_clean: Mapped[bool] = mapped_column(Boolean, default=False)

    # what came out: columns and remarks on the file, figures, names nobody knows
    understood: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    unknown: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    check_no: Mapped[int] = mapped_column(Integer, default=0)
    outline: Mapped[str] = mapped_column(String(64), default="")

    # the work under way
    run: Mapped[str] = mapped_column(String(40), default="")
    in_background: Mapped[bool] = mapped_column(Boolean, default=False)
    run_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows_done: Mapped[int] = mapped_column(Integer, default=0)
    rows_total: Mapped[int] = mapped_column(Integer, default=0)

    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_import.id"), index=True)

    owner: Mapped[Person] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class ImportDraftRow(Tenant, Base):
    """What became, or would become, of one row of the file: for the page, which shows twenty at a time."""

    __tablename__ = "import_draft_row"
    __table_args__ = (
        Index("ix_import_draft_row_place", "draft_id", "check_no", "row", "part", unique=True),
        Index("ix_import_draft_row_outcome", "draft_id", "check_no", "outcome", "row"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("import_draft.id"))
    check_no: Mapped[int] = mapped_column(Integer)
    row: Mapped[int] = mapped_column(Integer)
    part: Mapped[int] = mapped_column(Integer, default=0)
    # what becomes of the whole row: several hazards of one row count once
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    remarked: Mapped[bool] = mapped_column(Boolean, default=False)
    # the fields with a remark, each between strokes: |deadline|grade|
    marked: Mapped[str] = mapped_column(String(600), default="")
    # what the page shows of it: texts, remarks, differences, the split that is offered
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class SheetShape(Tenant, Base):
    """What an organisation corrected about files of one form, taken for the next of the same form."""

    __tablename__ = "sheet_shape"
    __table_args__ = (
        Index("uq_sheet_shape_enterprise", "enterprise_id", "shape", unique=True, **where("enterprise_id IS NOT NULL")),
        Index("uq_sheet_shape_regulator", "regulator_id", "shape", unique=True, **where("regulator_id IS NOT NULL")),
        CheckConstraint("(enterprise_id IS NULL) <> (regulator_id IS NULL)", name="one_organisation"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    shape: Mapped[str] = mapped_column(String(64))
    corrections: Mapped[dict[str, Any]] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class NameDecision(Tenant, Base):
    """What an organisation led a name to that the register does not know, taken for its next file.

    `key` is that of the importing room (`importing/choices.py: name_key`), `value` the id of an enterprise or unit, or
    the code of a region.
    """

    __tablename__ = "name_decision"
    __table_args__ = (
        Index("uq_name_decision_enterprise", "enterprise_id", "key", unique=True, **where("enterprise_id IS NOT NULL")),
        Index("uq_name_decision_regulator", "regulator_id", "key", unique=True, **where("regulator_id IS NOT NULL")),
        CheckConstraint("(enterprise_id IS NULL) <> (regulator_id IS NULL)", name="one_organisation"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    key: Mapped[str] = mapped_column(String(300))
    value: Mapped[str] = mapped_column(String(20))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class HeaderTitle(Base):
    """A column title an office goes by and the built-in table lacks; one taken away stays as history."""

    __tablename__ = "header_title"
    __table_args__ = (Index("uq_header_title_plain", "plain", unique=True, **where("removed_at IS NULL")),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    field: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    plain: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
