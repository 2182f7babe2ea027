"""Voiding an issued notice: the paper stays as it was, its number stays used, the reason is kept."""

from __future__ import annotations

from datetime import datetime

from accounts.access import Actor
from core.history import anchor
from core.outbox import tell
from notices.models import Notice
from notices.operations.common import note, reason_of, take_up
from notices.operations.effects import EFFECTS
from notices.queries import hazards_of
from notices.rules import permit_void
from workflows.notices import NOTICES, NoticeStatus


def void(notice_id: int, *, reason: str, by: Actor, now: datetime) -> Notice:
    """Void it; refused where what it set going cannot be taken back that way."""
    notice = take_up(notice_id, permit_void, by)
    said = reason_of(reason)
    EFFECTS[NOTICES[notice.kind].effect].on_void(notice, hazards_of(notice), by, now)
    notice.status, notice.void_reason = NoticeStatus.VOIDED, said
    notice.voided_at, notice.voided_by_id = now, by.person_id
    note(notice, "voided", by=by, now=now, number=notice.number or "")
    told = {one for one in (notice.drafted_by_id, notice.issued_by_id) if one is not None} - {by.person_id}
    text = f"《{notice.title}》{notice.number or ''}已作废：{said}"
    tell(told, "notice", text, now=now, url=f"/notices/{notice.id}", key=f"notice:{notice.id}:voided")
    anchor(at=now, reason="notice")
    return notice
