"""Beginning, changing, giving up a draft; taking its number early; sending it on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.access import Actor
from accounts.models import Enterprise, Regulator
from core.db import db
from core.refusals import Invalid, NotAllowed
from hazards.models import Hazard
from notices.fields import LONGEST_BODY, Said, faults_of, kept_fields, named_addressee, too_long
from notices.models import Notice, NoticeItem
from notices.operations.common import note, reason_of, refuse_unless, take_up, tell_holders
from notices.operations.numbering import take_number
from notices.queries import all_hazards_of
from notices.rules import permit_change, permit_draft, permit_number, permit_send, permit_withdraw
from workflows.notices import NOTICES, NoticeKind, NoticeRow, NoticeStatus
from workflows.vocabulary import Grade, State

_NAMES = re.compile(r"[、，；,;\s]+")  # between the names of several addressees


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft is given: its fields by name, and a text written by hand in place of the template's body."""

    fields: Mapping[str, Said]
    body: str | None = None


def draft(kind: NoticeKind, hazards: Sequence[Hazard], given: Drafted, *, by: Actor, now: datetime) -> Notice:
    """Begin a notice about these hazards; fields may still be missing, they are asked for when it is sent on."""
    refuse_unless(permit_draft(kind, by.roles))
    row = NOTICES[kind]
    _refuse_hazards(row, hazards)
    kept = _checked(row, given)
    office, firm = _issuer(by), _concerned(hazards, by)
    _refuse_mixed(row, hazards, kept)
    _refuse_anothers(hazards, by)
    notice = Notice(
        kind=kind,
        status=NoticeStatus.DRAFT,
        office_id=office.id if office else None,
        enterprise_id=firm.id if firm and _goes_to(firm, row, kept) else None,
        region_path=firm.region_path if firm else office.region.path if office else "",
        sector=firm.sector if firm else "",
        addressee=_addressee(row, kept, firm, office),
        title=kind.label,
        fields=kept,
        body=given.body,
        drafted_by_id=by.person_id,
        drafted_at=now,
    )
    db.session.add(notice)
    db.session.flush()
    db.session.add_all(
        NoticeItem(notice_id=notice.id, hazard_id=hazard.id, position=place) for place, hazard in enumerate(hazards, 1)
    )
    note(notice, "drafted", by=by, now=now, paper=kind.value, hazards=[hazard.id for hazard in hazards])
    return notice


def grouped(row: NoticeRow, hazards: Sequence[Hazard], *, together: bool) -> list[list[Hazard]]:
    """The hazards of each notice: all in one, or one enterprise's at a time, no more than the kind takes."""
    if together or row.most == 0:
        return [list(hazards)]
    firms: dict[int, list[Hazard]] = {}
    for hazard in hazards:
        firms.setdefault(hazard.enterprise_id, []).append(hazard)
    groups = [group[at : at + row.most] for group in firms.values() for at in range(0, len(group), row.most)]
    return groups or [[]]


def change(notice_id: int, given: Drafted, *, by: Actor, now: datetime) -> Notice:
    """Put other values into a draft."""
    notice = take_up(notice_id, permit_change, by)
    row, hazards = NOTICES[notice.kind], all_hazards_of(notice, "修改")
    kept = _checked(row, given)
    _refuse_mixed(row, hazards, kept)
    firm = _concerned(hazards, by)
    if firm is not None:
        notice.enterprise_id = firm.id if _goes_to(firm, row, kept) else None
    notice.fields, notice.body = kept, given.body
    notice.addressee = _addressee(row, kept, firm or notice.enterprise, notice.office)
    note(notice, "changed", by=by, now=now)
    return notice


def take_early(notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Give a draft its number before it is issued, for a signature that names it; given up, the number stays used."""
    notice = take_up(notice_id, permit_number, by)
    if notice.number is not None:
        raise Invalid(f"已经取号：{notice.number}。")
    number(notice, by=by, now=now)
    return notice


def number(notice: Notice, *, by: Actor, now: datetime) -> None:
    """Give a notice the next number of its office; the sequence waits until this unit of work has ended."""
    assert notice.office is not None, "only an office's notices are numbered"
    taken = take_number(notice.office, notice.kind, now=now)
    notice.series, notice.year, notice.sequence, notice.number = (
        taken.series,
        taken.year,
        taken.sequence,
        taken.number,
    )
    note(notice, "numbered", by=by, now=now, number=taken.number)


def send_on(notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Send a finished draft to review, or straight to whoever issues it; every needed field must be there."""
    notice = take_up(notice_id, permit_send, by)
    row = NOTICES[notice.kind]
    missing = faults_of(row, notice.fields)
    if missing:
        raise Invalid("文书还没有写完：" + "".join(missing.values()), fields=missing)
    notice.status = NoticeStatus.REVIEWING if row.reviewers else NoticeStatus.REVIEWED
    notice.returned_reason = ""
    note(notice, "sent_on", by=by, now=now, status=notice.status.value)
    verb = "审核" if row.reviewers else "签发"
    text = f"《{notice.title}》（{notice.addressee}）等您{verb}。"
    tell_holders(notice, text, but={notice.drafted_by_id}, by=by, now=now)
    return notice


def withdraw(notice_id: int, *, reason: str, by: Actor, now: datetime) -> Notice:
    """Give up a notice that was never issued; a number it had taken stays used, with this reason."""
    notice = take_up(notice_id, permit_withdraw, by)
    said = reason_of(reason) if notice.number is not None or reason.strip() else ""
    notice.status, notice.void_reason = NoticeStatus.WITHDRAWN, said
    note(notice, "withdrawn", by=by, now=now, number=notice.number or "")
    return notice


def _checked(row: NoticeRow, given: Drafted) -> dict[str, str]:
    kept = kept_fields(row, given.fields)
    wrong = too_long(row, kept)
    if given.body is not None and len(given.body) > LONGEST_BODY:
        wrong["body"] = f"正文最多 {LONGEST_BODY:,} 个字，现在 {len(given.body):,} 个。请删减。"
    if wrong:
        raise Invalid("有的内容不能保存：" + "".join(wrong.values()), fields=wrong)
    return kept


def _refuse_hazards(row: NoticeRow, hazards: Sequence[Hazard]) -> None:
    if len(hazards) < row.least:
        raise Invalid(f"《{row.kind.label}》要写明隐患。请从隐患页或者隐患清单起草。")
    if len(hazards) > row.most:
        raise Invalid(f"《{row.kind.label}》最多写 {row.most} 条隐患，现在 {len(hazards)} 条。请分几份起草。")
    for hazard in hazards:
        if sentence := unfit(row, hazard):
            raise Invalid(sentence)


def unfit(row: NoticeRow, hazard: Hazard) -> str:
    """Why a notice of this kind is not made about this hazard now; empty where it is."""
    if row.majors_only and hazard.grade is not Grade.MAJOR:
        return f"《{row.kind.label}》只用于重大事故隐患，{hazard.number} 是一般隐患。"
    if row.states and hazard.state not in row.states:
        fit = "、".join(f"「{state.label}」" for state in State if state in row.states)
        return f"{hazard.number} 现在是「{hazard.state.label}」，《{row.kind.label}》用于{fit}的隐患。"
    return ""


def _refuse_mixed(row: NoticeRow, hazards: Sequence[Hazard], kept: Mapping[str, str]) -> None:
    """One addressee a notice: several firms' hazards only where another addressee is named."""
    if len({hazard.enterprise_id for hazard in hazards}) > 1 and not named_addressee(row, kept):
        sentence = f"所选隐患不是同一家企业的。请写明《{row.kind.label}》的主送单位，或者按企业分别起草。"
        raise Invalid(sentence, fields={row.addressee: "请写明主送单位。"})


def _refuse_anothers(hazards: Sequence[Hazard], by: Actor) -> None:
    """An enterprise fills in its own forms, not those of one whose landlord or client it is."""
    for hazard in hazards:
        if by.enterprise_id is not None and hazard.enterprise_id != by.enterprise_id:
            raise NotAllowed(f"{hazard.number} 是{hazard.enterprise.name}的隐患，由该企业填写。")


def _issuer(by: Actor) -> Regulator | None:
    """The office of an office's notice; None for a form that an enterprise finishes by itself."""
    return db.session.get_one(Regulator, by.regulator_id) if by.regulator_id is not None else None


def _goes_to(firm: Enterprise, row: NoticeRow, kept: Mapping[str, str]) -> bool:
    """Whether the enterprise it concerns reads it: no other addressee is named, or it is among those named."""
    named = named_addressee(row, kept)
    return not named or firm.name in _NAMES.split(named)


def _concerned(hazards: Sequence[Hazard], by: Actor) -> Enterprise | None:
    """The one enterprise it concerns; None where it concerns several, or none."""
    firms = {hazard.enterprise_id: hazard.enterprise for hazard in hazards}
    if len(firms) == 1:
        return next(iter(firms.values()))
    return db.session.get_one(Enterprise, by.enterprise_id) if not firms and by.enterprise_id is not None else None


def _addressee(row: NoticeRow, kept: Mapping[str, str], firm: Enterprise | None, office: Regulator | None) -> str:
    """To whom it goes: whom the draft names, else the enterprise it concerns, else the office itself."""
    if named := named_addressee(row, kept):
        return named
    return firm.name if firm is not None else office.name if office is not None else ""
