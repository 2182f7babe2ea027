"""Issuing: the number, the frozen snapshot, the bytes, their signature, the anchor, all in one unit of work.

Either everything is there or nothing: a paper that cannot be drawn, signed or stored takes no number with it. Where a
seal service must be waited for, the number is taken before, and stays with its draft (notices/operations/sealing.py).
"""

from __future__ import annotations

from datetime import datetime

from accounts.access import Actor
from accounts.roles import Role
from core.chain import digest
from core.db import db, unit_of_work
from core.files import store_file
from core.history import anchor
from core.outbox import tell
from core.refusals import Invalid
from core.scope import everything
from hazards.models import Hazard
from hazards.queries import holders
from notices.fields import faults_of
from notices.models import Notice
from notices.operations.common import note, take_up
from notices.operations.drafting import number
from notices.operations.effects import EFFECTS
from notices.operations.sealing import (
    Prepared,
    Sealed,
    is_sealed_outside,
    prepared,
    refuse_moved,
    sealed_here,
    sealed_outside,
)
from notices.queries import all_hazards_of
from notices.rules import permit_issue
from notices.texts_in_force import template_for
from workflows.notices import NOTICES, NoticeStatus

PDF = "application/pdf"


def issue(notice_id: int, *, by: Actor, now: datetime, sealed: Sealed | None = None) -> Notice:
    """Issue the notice: from here on it shows what it shows, whatever becomes of its hazards.

    `sealed` is what `sealed_first` gave back for it, and is issued as it is; `Conflict` where it no longer fits.
    """
    notice, hazards = _ready(notice_id, by, now)
    if sealed is None:
        sealed = sealed_here(prepared(notice, by=by, now=now), notice.office_id)
    else:
        refuse_moved(notice, sealed.prepared, by=by, now=now)
    _freeze(notice, sealed, by)
    EFFECTS[NOTICES[notice.kind].effect].on_issue(notice, hazards, by, now)
    _say(notice, by, now)
    anchor(at=now, reason="notice")
    return notice


def sealed_first(notice_id: int, *, by: Actor, now: datetime) -> Sealed | None:
    """What must be there before `issue`: the paper from the seal service; None where nobody outside seals it.

    To be called outside of any unit of work: it has one of its own, and waits for the service after it.
    """
    if not is_sealed_outside(notice_id):
        return None
    with unit_of_work():
        made = prepare(notice_id, by=by, now=now)
    return sealed_outside(made)


def prepare(notice_id: int, *, by: Actor, now: datetime) -> Prepared:
    """The notice as it goes to the seal service, after all that `issue` asks; its number stays with it from now on."""
    notice, _hazards = _ready(notice_id, by, now)
    db.session.flush()  # taking the number makes another version of it
    return prepared(notice, by=by, now=now)


def _ready(notice_id: int, by: Actor, now: datetime) -> tuple[Notice, list[Hazard]]:
    """The notice with its hazards, locked, numbered, and fit to be issued by this person."""
    notice = take_up(notice_id, permit_issue, by)
    row = NOTICES[notice.kind]
    missing = faults_of(row, notice.fields)
    if missing:
        raise Invalid("文书还没有写完：" + "".join(missing.values()), fields=missing)
    _refuse_without_appeal(notice)
    hazards = all_hazards_of(notice, "签发")
    EFFECTS[row.effect].refuse(notice, hazards)
    if row.numbered and notice.number is None:
        number(notice, by=by, now=now)
    return notice, hazards


def _refuse_without_appeal(notice: Notice) -> None:
    """A decision that does not say where to turn against it must not leave the house (行政处罚法 59)."""
    office = notice.office
    if not NOTICES[notice.kind].appealable or office is None or (office.government and office.court):
        return
    missing = "、".join(
        word for word, value in (("复议机关", office.government), ("诉讼法院", office.court)) if not value
    )
    raise Invalid(
        f"{office.name}还没有填写{missing}，文书里的救济告知不完整，没有签发。请系统管理员在「监管单位」中补填。"
    )


def _freeze(notice: Notice, sealed: Sealed, by: Actor) -> None:
    made, document = sealed.prepared, sealed.document
    _keep_opinions(notice, made.content)
    file = store_file(document.data, PDF, made.at)
    with db.session.no_autoflush:
        notice.status, notice.code, notice.file_id = NoticeStatus.ISSUED, made.code, file.id
        notice.issued_by_id, notice.issued_at = by.person_id, made.at
        notice.snapshot, notice.snapshot_digest = made.content, made.digest
        notice.certificate_id, notice.signed = document.certificate_id, document.is_signed
        notice.template_id = template_for(notice.office_id, notice.kind).id if notice.body is None else None
    note(
        notice,
        "issued",
        by=by,
        now=made.at,
        number=notice.number or "",
        code=made.code,
        file=digest(document.data),
        snapshot=made.digest,
    )


def _keep_opinions(notice: Notice, shown: dict[str, object]) -> None:
    """What a re-inspection said of each item stands beside the item too."""
    items = shown.get("items")
    if not isinstance(items, list):
        return
    said = {item["position"]: item["opinion"] for item in items}
    for item in notice.items:
        item.opinion = said.get(item.position, "")


def _say(notice: Notice, by: Actor, now: datetime) -> None:
    """Tell the enterprise it is addressed to, and whoever drafted it."""
    told = {notice.drafted_by_id}
    if NOTICES[notice.kind].served and notice.enterprise_id is not None:
        with everything("whom a notice is addressed to"):
            for role in (Role.PRINCIPAL, Role.SAFETY_MANAGER):
                told |= set(holders(role, enterprise_id=notice.enterprise_id))
    text = f"《{notice.title}》{notice.number or ''}已签发。"
    tell(told - {by.person_id}, "notice", text, now=now, url=f"/notices/{notice.id}", key=f"notice:{notice.id}:issued")
