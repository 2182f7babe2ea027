"""The list of notices as a page draws it: its views, rows and filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement

from accounts.access import Actor
from accounts.queries import person_labels
from accounts.roles import Side
from core.days import shanghai_day
from notices.models import Notice
from notices.presenting.words import CHIPS, Names, holder_of, named, receipt_label, short_day, status_label
from notices.queries import Asked
from notices.rules import OFFICE_ONLY
from notices.waiting import of_office, to_serve, waits_for
from workflows.notices import NOTICES, Family, NoticeKind, NoticeStatus

LONGEST_WORDS: Final = 80


class View(StrEnum):
    """The saved views of the list."""

    label: str
    statuses: tuple[NoticeStatus, ...]
    sides: tuple[Side, ...]

    def __new__(cls, value: str, label: str, statuses: tuple[NoticeStatus, ...], sides: tuple[Side, ...]) -> View:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.statuses, member.sides = label, statuses, sides
        return member

    MINE = "mine", "等我办", (), (Side.REGULATOR,)
    RECEIVED = "received", "收到的", (NoticeStatus.ISSUED,), (Side.ENTERPRISE,)
    DRAFTS = "drafts", "起草中", (NoticeStatus.DRAFT,), (Side.REGULATOR, Side.ENTERPRISE)
    REVIEWING = "reviewing", "待审核", (NoticeStatus.REVIEWING,), (Side.REGULATOR,)
    REVIEWED = "reviewed", "待签发", (NoticeStatus.REVIEWED,), (Side.REGULATOR,)
    UNSERVED = "unserved", "待签收", (NoticeStatus.ISSUED,), (Side.REGULATOR,)
    ISSUED = "issued", "已签发", (NoticeStatus.ISSUED,), (Side.REGULATOR,)
    FINISHED = "finished", "本单位的表格", (NoticeStatus.ISSUED,), (Side.ENTERPRISE,)
    VOIDED = "voided", "已作废", (NoticeStatus.VOIDED,), (Side.REGULATOR, Side.ENTERPRISE)
    ALL = "all", "全部", (), (Side.REGULATOR, Side.ENTERPRISE)


def views_for(actor: Actor) -> list[View]:
    """The views of this person."""
    return [view for view in View if actor.side in view.sides or (actor.side is Side.SYSTEM and view is View.ALL)]


def asked_in(view: View, actor: Actor, *, kind: NoticeKind | None = None, words: str = "") -> Asked:
    """What the list asks for in this view."""
    return Asked(statuses=view.statuses, kind=kind, words=words, also=_also(view, actor))


def _also(view: View, actor: Actor) -> ColumnElement[bool] | None:
    """What a view asks besides statuses."""
    if view is View.MINE:
        return waits_for(actor)
    if view is View.UNSERVED:
        return to_serve(actor)
    if view in (View.RECEIVED, View.FINISHED):
        return of_office(view is View.RECEIVED)
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """One notice of the list."""

    id: int
    kind: str
    number: str
    addressee: str
    status: str
    chip: str
    holder: str
    date: str
    receipt: str
    receipt_tone: str
    named: str


def rows_of(found: Sequence[Notice], today: date) -> list[Row]:
    """The rows of a page, with the names of whoever drafts (one query)."""
    names = person_labels({one.drafted_by_id for one in found if one.status is NoticeStatus.DRAFT})
    return [_row(one, today, names) for one in found]


def _row(notice: Notice, today: date, names: Names) -> Row:
    receipt, tone = receipt_label(notice)
    return Row(
        id=notice.id,
        kind=notice.title,
        number=notice.number or "",
        addressee=notice.addressee,
        status=status_label(notice),
        chip=CHIPS[notice.status],
        holder=holder_of(notice, names),
        date=short_day(shanghai_day(notice.issued_at or notice.drafted_at), today),
        receipt=receipt,
        receipt_tone=tone,
        named=named(notice),
    )


def kind_choices(actor: Actor) -> list[tuple[str, str]]:
    """The kinds to filter by: all for an office, without the office's inner ones for an enterprise."""
    hidden = OFFICE_ONLY if actor.side is Side.ENTERPRISE else frozenset()
    order = list(Family)
    rows = sorted(NOTICES.values(), key=lambda row: order.index(row.family))
    return [(row.kind.value, row.kind.label) for row in rows if row.kind not in hidden]
