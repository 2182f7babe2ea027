"""Words and marks of notices: the chip of a status, who has it now, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from accounts.access import Actor
from accounts.queries import PersonLabel
from accounts.roles import Role, Side
from accounts.rules import OfficeLevel
from notices.models import Notice
from notices.rules import status_word, takers
from workflows.notices import NOTICES, NoticeStatus, Receipt

CHIPS: Final[dict[NoticeStatus, str]] = {
    NoticeStatus.DRAFT: "reported",
    NoticeStatus.REVIEWING: "rectifying",
    NoticeStatus.REVIEWED: "verified",
    NoticeStatus.ISSUED: "closed",
    NoticeStatus.VOIDED: "dismissed",
    NoticeStatus.WITHDRAWN: "dismissed",
}
"""Shape and colour of a status, by the chips of a hazard's states."""

TOWN: Final = frozenset({Role.TOWN_OFFICER, Role.TOWN_HEAD})

Names = Mapping[int, PersonLabel]


def status_label(notice: Notice) -> str:
    """Its status in words."""
    return status_word(notice.kind, notice.status)


def is_numbered(notice: Notice) -> bool:
    """Whether it is an office's notice with a number, not a form."""
    return NOTICES[notice.kind].numbered


def is_guest(notice: Notice, actor: Actor) -> bool:
    """Whether an office's notice is read by an enterprise: how it came about is the office's own."""
    return actor.side is Side.ENTERPRISE and notice.office_id is not None


def roles_here(roles: frozenset[Role], level: OfficeLevel | None) -> str:
    """The roles of a step as its own office has them: a town's are the town's, others have none of those."""
    fit = {role for role in roles if role.side is Side.ENTERPRISE or (role in TOWN) == (level is OfficeLevel.TOWN)}
    if level is None:
        fit = {role for role in roles if role.side is Side.ENTERPRISE}
    return "、".join(role.label for role in Role if role in (fit or roles))


def holder_of(notice: Notice, names: Names) -> str:
    """Who has it now, to the office that has to serve it; empty once nobody need do anything."""
    if is_to_serve(notice):
        return f"{notice.office.short_name} 送达" if notice.office is not None else ""
    if notice.status is NoticeStatus.DRAFT:
        return name_of(notice.drafted_by_id, names)
    taking = takers(notice.kind, notice.status)
    level = notice.office.level if notice.office is not None else None
    return roles_here(taking, level) if taking else ""


def is_to_serve(notice: Notice) -> bool:
    """Whether it is issued and its addressee has neither signed for it nor refused."""
    is_out = notice.status is NoticeStatus.ISSUED and NOTICES[notice.kind].served
    return is_out and notice.receipt is Receipt.WAITING


def name_of(person_id: int | None, names: Names) -> str:
    """A person's name, or nothing."""
    found = names.get(person_id) if person_id is not None else None
    return found.name if found is not None else ""


def receipt_label(notice: Notice) -> tuple[str, str]:
    """What the addressee did, with the tone of the word; nothing where it is not served, or not yet issued."""
    if not NOTICES[notice.kind].served or notice.status is not NoticeStatus.ISSUED:
        return "", ""
    return notice.receipt.label, "soon" if notice.receipt is Receipt.REFUSED else ""


def named(notice: Notice) -> str:
    """《责令限期整改指令书》（渝綦）应急责改〔2026〕12号"""
    return f"《{notice.title}》{notice.number or ''}"


def file_name(notice: Notice) -> str:
    """How its file is called when it is saved."""
    voided = "（已作废）" if notice.status is NoticeStatus.VOIDED else ""
    return f"{named(notice)}{voided}.pdf"


def short_day(day: date, today: date) -> str:
    """11-26; with the year where it is not this one."""
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()
