"""Reviewing a notice: passed on to whoever issues it, or sent back to its drafter with a reason."""

from __future__ import annotations

from datetime import datetime

from accounts.access import Actor
from core.outbox import tell
from notices.models import Notice
from notices.operations.common import note, reason_of, take_up, tell_holders
from notices.rules import permit_return, permit_review
from workflows.notices import NoticeStatus


def approve(notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Pass it on to whoever issues it."""
    notice = take_up(notice_id, permit_review, by)
    notice.status, notice.reviewed_by_id, notice.reviewed_at = NoticeStatus.REVIEWED, by.person_id, now
    note(notice, "reviewed", by=by, now=now)
    text = f"《{notice.title}》（{notice.addressee}）已审核，等您签发。"
    tell_holders(notice, text, but={notice.drafted_by_id}, by=by, now=now)
    return notice


def send_back(notice_id: int, *, reason: str, by: Actor, now: datetime) -> Notice:
    """Send it back to its drafter, who is told why; it is reviewed anew afterwards."""
    notice = take_up(notice_id, permit_return, by)
    said = reason_of(reason)
    notice.status, notice.returned_reason = NoticeStatus.DRAFT, said
    notice.reviewed_by_id = notice.reviewed_at = None
    note(notice, "sent_back", by=by, now=now)
    text = f"《{notice.title}》（{notice.addressee}）退回修改：{said}"
    tell([notice.drafted_by_id], "notice", text, now=now, url=f"/notices/{notice.id}")
    return notice
