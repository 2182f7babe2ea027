"""Notices of the sample: made out, served and voided by the operations everybody uses, at the time of the story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.access import Actor
from core.days import shanghai_day
from core.db import db
from hazards.models import Hazard
from notices.fields import Said
from notices.models import Notice
from notices.operations import drafting, issuing, reviewing, serving
from notices.operations.drafting import Drafted
from notices.operations.serving import Served
from workflows.notices import NOTICES, NoticeKind, NoticeStatus, Receipt, ServiceManner


@dataclass(frozen=True, slots=True)
class Hands:
    """Who drafts, who reviews where the kind is reviewed, who issues."""

    drafter: Actor
    issuer: Actor
    reviewer: Actor | None = None


def begun(kind: NoticeKind, hazards: Sequence[Hazard], fields: Mapping[str, Said], by: Actor, now: datetime) -> Notice:
    """A draft."""
    return drafting.draft(kind, hazards, Drafted(fields), by=by, now=now)


def sent(notice: Notice, by: Actor, now: datetime) -> Notice:
    """A draft sent on: to review, or straight to whoever issues it."""
    return drafting.send_on(notice.id, by=by, now=now)


def issued(notice: Notice, hands: Hands, now: datetime) -> Notice:
    """A draft taken through its steps until it is issued."""
    row = NOTICES[notice.kind]
    if row.numbered and notice.status is NoticeStatus.DRAFT:
        sent(notice, hands.drafter, now)
    if notice.status is NoticeStatus.REVIEWING:
        assert hands.reviewer is not None
        reviewing.approve(notice.id, by=hands.reviewer, now=now)
    return issuing.issue(notice.id, by=hands.issuer, now=now)


def made_out(
    kind: NoticeKind, hazards: Sequence[Hazard], fields: Mapping[str, Said], hands: Hands, now: datetime
) -> Notice:
    """A notice from draft to issue."""
    return issued(begun(kind, hazards, fields, hands.drafter, now), hands, now)


def handed_over(notice: Notice, by: Actor, now: datetime) -> None:
    """Handed to the principal, who signs for it."""
    today = shanghai_day(now)
    given = replace(_try(by, now), recipient="主要负责人·𬭬", relation="主要负责人", receipt=Receipt.SIGNED)
    serving.serve(notice.id, replace(given, received_on=today), by=by, now=now)


def posted(notice: Notice, by: Actor, now: datetime) -> None:
    """Sent by post; nobody has signed for it yet."""
    given = replace(_try(by, now), manner=ServiceManner.POSTED, place="", tracking=f"EX{notice.id:09d}CN")
    serving.serve(notice.id, given, by=by, now=now)


def left(notice: Notice, by: Actor, now: datetime) -> None:
    """Refused, left before witnesses, and its 送达回证 made out."""
    given = replace(
        _try(by, now),
        manner=ServiceManner.LEFT,
        receipt=Receipt.REFUSED,
        reason="现场负责人以主要负责人不在为由拒绝签收，已说明法律后果，全程录像",
        witnesses="社区工作人员·寅、物业经理·卯",
    )
    service = serving.serve(notice.id, given, by=by, now=now)
    db.session.flush()
    issued(serving.certificate_of(notice.id, service.id, by=by, now=now), Hands(by, by), now)


def _try(by: Actor, now: datetime) -> Served:
    return Served(ServiceManner.HANDED, shanghai_day(now), by.name, place="被检查单位办公室")
