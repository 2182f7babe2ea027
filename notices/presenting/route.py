"""The way of a notice from its draft to its service: who took each step, who has the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hazards.presenting.words import moment_text
from notices.models import Notice
from notices.presenting.words import Names, name_of, roles_here
from notices.rules import takers
from workflows.notices import NOTICES, NoticeStatus, Receipt

SERVED: Final = {Receipt.WAITING: "now", Receipt.SIGNED: "done", Receipt.REFUSED: "refused"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, by the names of the component `route`."""

    phase: str
    title: str
    detail: str = ""
    note: str = ""


def route_of(notice: Notice, names: Names, *, outside: bool) -> tuple[Step, ...]:
    """The whole way; to whom a notice was only sent (`outside`), from its issue on: the rest is its office's own."""
    row, issued = NOTICES[notice.kind], _issued(notice, names)
    before = () if outside else (_drafted(notice, names), *((_reviewed(notice, names),) if row.reviewers else ()))
    return (*before, issued, *((_served(notice),) if row.served else ()))


def _drafted(notice: Notice, names: Names) -> Step:
    said = _by(notice.drafted_by_id, notice.drafted_at, names)
    if notice.status is not NoticeStatus.DRAFT or not NOTICES[notice.kind].numbered:
        return Step("done", "起草", said)  # a form that is written is finished next
    return Step("refused", "起草", said, "退回修改") if notice.returned_reason else Step("now", "起草", said)


def _reviewed(notice: Notice, names: Names) -> Step:
    if notice.reviewed_at is not None:
        return Step("done", "审核", _by(notice.reviewed_by_id, notice.reviewed_at, names))
    return _waits(notice, "审核", NoticeStatus.REVIEWING)


def _issued(notice: Notice, names: Names) -> Step:
    is_numbered = NOTICES[notice.kind].numbered
    title = "签发" if is_numbered else "定稿"
    if notice.issued_at is not None:
        return Step("done", title, _by(notice.issued_by_id, notice.issued_at, names))
    return _waits(notice, title, NoticeStatus.REVIEWED if is_numbered else NoticeStatus.DRAFT)


def _served(notice: Notice) -> Step:
    if notice.status is not NoticeStatus.ISSUED:
        return Step("later", "送达")
    return Step(SERVED[notice.receipt], "送达", notice.receipt.label)


def _waits(notice: Notice, title: str, status: NoticeStatus) -> Step:
    level = notice.office.level if notice.office is not None else None
    return Step("now" if notice.status is status else "later", title, roles_here(takers(notice.kind, status), level))


def _by(person_id: int | None, at: datetime, names: Names) -> str:
    return f"{name_of(person_id, names)} {moment_text(at)}"
