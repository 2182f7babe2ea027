"""Tables of notices: the papers with their items, service and scans; number patterns, texts, certificates; runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Enterprise, Regulator
from core.db import Base, Code, Id, Json, UtcDateTime, code_check, path_type
from core.models import Chained, StoredFile
from core.scope import Tenant
from workflows.notices import NoticeKind, NoticeStatus, Receipt, ServiceManner

NUMBERED = "series IS NOT NULL AND year IS NOT NULL AND sequence IS NOT NULL AND number IS NOT NULL"
NOT_NUMBERED = "series IS NULL AND year IS NULL AND sequence IS NULL AND number IS NULL"


class Notice(Chained, Tenant, Base):
    """One paper: a draft whose fields may change, or an issued one that never does again (domain.md §7).

    `office_id` issues it, or `enterprise_id` alone does where it is an enterprise's form; an office's is addressed to
    `enterprise_id`, or where that is empty to whomever its fields name. `snapshot` is everything it shows, frozen when
    it was issued, `file` the bytes; both have digests in its history. `code` stands behind its QR code.
    """

    chain_label = "文书"
    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(code_check("kind", NoticeKind), name="kind"),
        CheckConstraint(code_check("status", NoticeStatus), name="status"),
        CheckConstraint(code_check("receipt", Receipt), name="receipt"),
        CheckConstraint(f"({NUMBERED}) OR ({NOT_NUMBERED})", name="number_whole"),
        CheckConstraint("office_id IS NOT NULL OR enterprise_id IS NOT NULL", name="has_issuer"),
        CheckConstraint("office_id IS NOT NULL OR number IS NULL", name="number_of_office"),
        CheckConstraint(
            "(status IN ('issued', 'voided') AND issued_at IS NOT NULL AND issued_by_id IS NOT NULL"
            " AND file_id IS NOT NULL AND code IS NOT NULL)"
            " OR (status NOT IN ('issued', 'voided') AND issued_at IS NULL AND file_id IS NULL)",
            name="issued_is_frozen",
        ),
        CheckConstraint("(status = 'voided') = (voided_at IS NOT NULL)", name="voided_has_time"),
        CheckConstraint("voided_at IS NULL OR void_reason <> ''", name="voided_has_reason"),
        UniqueConstraint("office_id", "series", "year", "sequence"),
        UniqueConstraint("office_id", "number"),
        Index("ix_notice_office_id_status_id", "office_id", "status", "id"),
        Index("ix_notice_enterprise_id_id", "enterprise_id", "id"),
        Index("ix_notice_region_path_id", "region_path", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(Code(NoticeKind))
    status: Mapped[NoticeStatus] = mapped_column(Code(NoticeStatus))
    version: Mapped[int] = mapped_column(Integer)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    sector: Mapped[str] = mapped_column(String(40), default="")
    addressee: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(120))
    # what the draft was given, by the names of workflows/notices.py; text edited by hand takes the template's place
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    body: Mapped[str | None] = mapped_column(Text)

    series: Mapped[str | None] = mapped_column(String(40))
    year: Mapped[int | None] = mapped_column(Integer)
    sequence: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(String(80))

    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # why it was sent back to its drafter, until it is sent on again
    returned_reason: Mapped[str] = mapped_column(String(600), default="", server_default="")
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str] = mapped_column(String(600), default="", server_default="")

    template_id: Mapped[int | None] = mapped_column(ForeignKey("notice_template.id"))
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(Json)
    snapshot_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    # whether the file bears the office's electronic signature, and by which certificate
    signed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("office_certificate.id"))
    receipt: Mapped[Receipt] = mapped_column(Code(Receipt), default=Receipt.WAITING, server_default="waiting")

    office: Mapped[Regulator | None] = relationship(lazy="raise_on_sql")
    enterprise: Mapped[Enterprise | None] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    items: Mapped[list[NoticeItem]] = relationship(order_by="NoticeItem.position", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class NoticeItem(Tenant, Base):
    """One hazard of a notice, in its order; `opinion` is what a 复查意见书 said of it when it was issued."""

    __tablename__ = "notice_item"
    __table_args__ = (
        UniqueConstraint("notice_id", "position"),
        UniqueConstraint("notice_id", "hazard_id"),
        Index("ix_notice_item_hazard_id_notice_id", "hazard_id", "notice_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    position: Mapped[int] = mapped_column(Integer)
    opinion: Mapped[str] = mapped_column(String(20), default="", server_default="")


class NoticeService(Tenant, Base):
    """One try to serve a notice, and what became of it: who took it when, or refused it before which witnesses.

    Only ever added: a second try is another row. `notice_id` is what was served; `certificate_of_service_id` the
    送达回证 printed for it.
    """

    __tablename__ = "notice_service"
    __table_args__ = (
        CheckConstraint(code_check("manner", ServiceManner), name="manner"),
        CheckConstraint(code_check("receipt", Receipt), name="receipt"),
        CheckConstraint("receipt <> 'refused' OR reason <> ''", name="refusal_has_reason"),
        Index("ix_notice_service_notice_id_id", "notice_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    manner: Mapped[ServiceManner] = mapped_column(Code(ServiceManner))
    served_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(200), default="")
    served_by: Mapped[str] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(60), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    receipt: Mapped[Receipt] = mapped_column(Code(Receipt))
    received_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300), default="")
    witnesses: Mapped[str] = mapped_column(String(120), default="")
    tracking: Mapped[str] = mapped_column(String(80), default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    certificate_of_service_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))


class NoticeScan(Tenant, Base):
    """A paper that came back signed: the scan of a form, of a receipt, of a 送达回证."""

    __tablename__ = "notice_scan"
    __table_args__ = (Index("ix_notice_scan_notice_id_id", "notice_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    name: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date | None] = mapped_column(Date)
    signers: Mapped[str] = mapped_column(String(200), default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class NumberPattern(Base):
    """How an office numbers a kind: its pattern, the sequence it takes part in, and where a year began on paper.

    `first` is the first number of `first_year` taken here, for an office that had given out others before.
    """

    __tablename__ = "number_pattern"
    __table_args__ = (
        CheckConstraint(code_check("kind", NoticeKind), name="kind"),
        CheckConstraint("first >= 1", name="first"),
        UniqueConstraint("regulator_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    regulator_id: Mapped[int] = mapped_column(ForeignKey("regulator.id"))
    kind: Mapped[NoticeKind] = mapped_column(Code(NoticeKind))
    pattern: Mapped[str] = mapped_column(String(80))
    series: Mapped[str] = mapped_column(String(40))
    first: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    first_year: Mapped[int | None] = mapped_column(Integer)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeTemplate(Base):
    """One version of an office's own text of a kind; the newest active one is used, older ones stay with their papers.

    An office without one uses the text that comes with the product (`notices/data/templates`).
    """

    __tablename__ = "notice_template"
    __table_args__ = (
        CheckConstraint(code_check("kind", NoticeKind), name="kind"),
        UniqueConstraint("regulator_id", "kind", "number"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    regulator_id: Mapped[int] = mapped_column(ForeignKey("regulator.id"))
    kind: Mapped[NoticeKind] = mapped_column(Code(NoticeKind))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    # false: from this version on the office uses the product's own text again
    own: Mapped[bool] = mapped_column(Boolean)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(200), default="")


class OfficeCertificate(Base):
    """The certificate with which an office's notices are signed: the key sealed, the rest to be read."""

    __tablename__ = "office_certificate"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    regulator_id: Mapped[int] = mapped_column(ForeignKey("regulator.id"), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    serial: Mapped[str] = mapped_column(String(80))
    certificate: Mapped[str] = mapped_column(Text)
    sealed_key: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    self_made: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeRun(Tenant, Base):
    """Many notices at once: issued one after the other, or put together for the printer; by whom, of how many."""

    __tablename__ = "notice_run"
    __table_args__ = (
        CheckConstraint("act IN ('issue', 'print')", name="act"),
        Index("ix_notice_run_person_id_id", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str] = mapped_column(String(10))
    asked: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))


class NoticeRunItem(Tenant, Base):
    """What came of one notice of a run; put down in the unit of work of its act, None until its turn."""

    __tablename__ = "notice_run_item"
    __table_args__ = (UniqueConstraint("run_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("notice_run.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    done: Mapped[bool | None] = mapped_column(Boolean)
    said: Mapped[str] = mapped_column(String(600), default="", server_default="")
