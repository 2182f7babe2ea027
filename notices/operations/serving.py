"""Serving an issued notice: each try recorded, refusals with their witnesses, the 送达回证 for it, and signed papers.

Sources: 行政处罚法 61, 民事诉讼法 87-95 (留置送达: the reason and the day of the refusal and the witnesses are noted).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from accounts.access import Actor
from core.chain import digest
from core.days import shanghai_day
from core.db import db
from core.refusals import Invalid, NotFound
from hazards.operations.attaching import NewFile, keep_file
from notices.fields import kept_fields
from notices.models import Notice, NoticeScan, NoticeService
from notices.operations.common import note, refuse_unless, take_up
from notices.operations.effects import EFFECTS
from notices.queries import all_hazards_of
from notices.rules import permit_draft, permit_scan, permit_serve
from workflows.notices import NOTICES, NoticeKind, NoticeStatus, Receipt, ServiceManner
from workflows.serving import needed


@dataclass(frozen=True, slots=True)
class Served:
    """One try to serve: how, when, where, by whom, and what the addressee did."""

    manner: ServiceManner
    served_on: date
    served_by: str
    place: str = ""
    recipient: str = ""
    relation: str = ""
    receipt: Receipt = Receipt.WAITING
    received_on: date | None = None
    reason: str = ""
    witnesses: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed paper that came back: the scan, when it was signed, by whom."""

    file: NewFile
    signed_on: date | None = None
    signers: str = ""


def serve(notice_id: int, given: Served, *, by: Actor, now: datetime) -> NoticeService:
    """Record a try to serve, or what became of an earlier one; terms that run from service begin with the first."""
    notice = take_up(notice_id, permit_serve, by)
    wrong = _faults(notice, given, shanghai_day(now))
    if wrong:
        raise Invalid("送达情况没有登记：" + "".join(wrong.values()), fields=wrong)
    service = NoticeService(
        notice_id=notice.id,
        manner=given.manner,
        served_on=given.served_on,
        place=given.place.strip()[:200],
        served_by=given.served_by.strip()[:120],
        recipient=given.recipient.strip()[:60],
        relation=given.relation.strip()[:60],
        receipt=given.receipt,
        received_on=given.received_on,
        reason=given.reason.strip()[:300],
        witnesses=given.witnesses.strip()[:120],
        tracking=given.tracking.strip()[:80],
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    db.session.add(service)
    if notice.receipt is not Receipt.SIGNED:
        notice.receipt = given.receipt
    note(
        notice,
        "served",
        by=by,
        now=now,
        manner=given.manner.value,
        on=given.served_on.isoformat(),
        receipt=given.receipt.value,
        service=service.id,
    )
    EFFECTS[NOTICES[notice.kind].effect].on_service(notice, all_hazards_of(notice, "登记送达"), service, by, now)
    return service


def _faults(notice: Notice, given: Served, today: date) -> dict[str, str]:
    """What is missing or cannot be, by field."""
    found: dict[str, str] = {}
    issued_on = shanghai_day(notice.issued_at) if notice.issued_at else today
    if not issued_on <= given.served_on <= today:
        found["served_on"] = f"送达日期应在签发（{issued_on.isoformat()}）之后、今天之前。"
    if not given.served_by.strip():
        found["served_by"] = "请填送达人。"
    for need in needed(given.manner, given.receipt):
        if not _is_given(getattr(given, need.field)):
            found[need.field] = need.sentence
    if given.received_on is not None and not given.served_on <= given.received_on <= today:
        found["received_on"] = "签收日期应在送达之后、今天之前。"
    return found


def _is_given(value: str | date | None) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def certificate_of(notice_id: int, service_id: int, *, by: Actor, now: datetime) -> Notice:
    """Draft the 送达回证 of a try, filled from what was recorded; the same one where it was drafted before."""
    notice = take_up(notice_id, permit_serve, by)
    wanted = select(NoticeService).where(NoticeService.id == service_id, NoticeService.notice_id == notice.id)
    service = db.session.scalar(wanted)
    if service is None:
        raise NotFound("找不到这次送达的登记。请从文书页重新打开。")
    if service.certificate_of_service_id is not None:
        known = db.session.get_one(Notice, service.certificate_of_service_id)
        if known.status not in (NoticeStatus.WITHDRAWN, NoticeStatus.VOIDED):
            return known
    refuse_unless(permit_draft(NoticeKind.SERVICE, by.roles))
    made = Notice(
        kind=NoticeKind.SERVICE,
        status=NoticeStatus.DRAFT,
        office_id=notice.office_id,
        enterprise_id=notice.enterprise_id,
        region_path=notice.region_path,
        sector=notice.sector,
        addressee=notice.addressee,
        title=NoticeKind.SERVICE.label,
        fields=_of_service(service, notice),
        drafted_by_id=by.person_id,
        drafted_at=now,
    )
    db.session.add(made)
    db.session.flush()
    service.certificate_of_service_id = made.id
    note(made, "drafted", by=by, now=now, paper=made.kind.value, of=notice.id)
    return made


def _of_service(service: NoticeService, notice: Notice) -> dict[str, str]:
    values: dict[str, str | date | None] = {
        "document": f"《{notice.title}》{notice.number or ''}",
        "recipient": notice.addressee,
        "place": service.place,
        "manner": service.manner.label,
        "on": service.served_on,
        "served_by": service.served_by,
        "taken_by": service.recipient,
        "taken_on": service.received_on,
        "reason": service.reason,
        "witnesses": service.witnesses,
    }
    return kept_fields(NOTICES[NoticeKind.SERVICE], values)


def keep_scan(notice_id: int, given: Signed, *, by: Actor, now: datetime) -> NoticeScan:
    """Put a signed paper beside its notice: a form signed by hand, a receipt, a 送达回证."""
    notice = take_up(notice_id, permit_scan, by)
    if given.signed_on is not None and given.signed_on > shanghai_day(now):
        raise Invalid("签字日期不能晚于今天。请核对。", fields={"signed_on": "不能晚于今天。"})
    kept = keep_file(given.file, now)
    scan = NoticeScan(
        notice_id=notice.id,
        file_id=kept.file_id,
        name=given.file.name[:120],
        signed_on=given.signed_on,
        signers=given.signers.strip()[:200],
        added_by_id=by.person_id,
        added_at=now,
    )
    db.session.add(scan)
    note(notice, "scanned", by=by, now=now, file=digest(given.file.data))
    return scan
