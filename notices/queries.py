"""Nouns of this room: a notice with what stands beside it; the notices of a hazard, an office, an enterprise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from core.db import db
from core.refusals import Invalid, NotFound
from hazards.models import Hazard
from notices.models import Notice, NoticeItem, NoticeRunItem, NoticeScan, NoticeService
from notices.rules import WAITING
from workflows.notices import NOTICES, NoticeKind, NoticeStatus

NOT_FOUND: Final = "找不到这份文书，或者它不在您的管辖范围内。请核对链接。"
PAGE: Final = 50
COUNTED: Final = 1_000
IN_LISTS: Final = tuple(defer(column, raiseload=True) for column in (Notice.snapshot, Notice.body))
"""Lists leave the texts of the papers where they are."""


def notice_by_id(notice_id: int, *, lock: bool = False) -> Notice:
    """The notice within the viewer's scope, with its office, enterprise, file and items; `NotFound` else."""
    wanted = (
        select(Notice)
        .where(Notice.id == notice_id)
        .options(
            joinedload(Notice.office),
            joinedload(Notice.enterprise),
            joinedload(Notice.file),
            selectinload(Notice.items),
        )
    )
    if lock:
        wanted = wanted.with_for_update(of=Notice).execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def notices_by_ids(ids: Collection[int]) -> list[Notice]:
    """Those of these ids within the viewer's scope, in the order in which they were drafted."""
    wanted = select(Notice).where(Notice.id.in_(list(ids))).options(*IN_LISTS).order_by(Notice.id)
    return list(db.session.scalars(wanted)) if ids else []


def hazards_of(notice: Notice) -> list[Hazard]:
    """The hazards of a notice in the order of its items, with their enterprises; those out of sight are left out."""
    wanted = (
        select(Hazard)
        .join(NoticeItem, NoticeItem.hazard_id == Hazard.id)
        .where(NoticeItem.notice_id == notice.id)
        .options(joinedload(Hazard.enterprise), joinedload(Hazard.responsible_office))
        .order_by(NoticeItem.position)
    )
    return list(db.session.scalars(wanted))


def all_hazards_of(notice: Notice, verb: str) -> list[Hazard]:
    """The same, refused where any is out of sight (handed over, moved): what is done for a notice is done for all."""
    found = hazards_of(notice)
    lost = len(notice.items) - len(found)
    if lost:
        way_out = "请撤回后重新起草。" if notice.status in WAITING else "请联系现在管辖的单位。"
        raise Invalid(f"所写的隐患有 {lost} 条已不在您的管辖范围内（可能已移送），不能{verb}。{way_out}")
    return found


def services_of(notice: Notice) -> list[NoticeService]:
    """Every try to serve it, the newest first."""
    wanted = select(NoticeService).where(NoticeService.notice_id == notice.id).order_by(NoticeService.id.desc())
    return list(db.session.scalars(wanted))


def scans_of(notice: Notice) -> list[NoticeScan]:
    """The signed papers that came back, the newest first."""
    wanted = select(NoticeScan).where(NoticeScan.notice_id == notice.id).options(joinedload(NoticeScan.file))
    return list(db.session.scalars(wanted.order_by(NoticeScan.id.desc())))


def notices_of_hazard(hazard_id: int, *, most: int = PAGE) -> list[Notice]:
    """The notices about a hazard, the newest first."""
    wanted = select(Notice).join(NoticeItem, NoticeItem.notice_id == Notice.id).where(NoticeItem.hazard_id == hazard_id)
    return list(db.session.scalars(wanted.options(*IN_LISTS).order_by(Notice.id.desc()).limit(most)))


def reserved_numbers(hazard_id: int) -> list[str]:
    """The numbers that drafts about this hazard have taken for a signature that names them, the newest first."""
    early = [kind for kind, row in NOTICES.items() if row.takes_number_early]
    wanted = (
        select(Notice.number)
        .join(NoticeItem, NoticeItem.notice_id == Notice.id)
        .where(NoticeItem.hazard_id == hazard_id, Notice.kind.in_(early), Notice.number.is_not(None))
        .where(Notice.status.in_(WAITING))
    )
    return [number for number in db.session.scalars(wanted.order_by(Notice.id.desc()).limit(PAGE)) if number]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of notices asks for; `also` a further condition, `before` the id after which an older page begins."""

    statuses: Collection[NoticeStatus] = ()
    kind: NoticeKind | None = None
    words: str = ""
    before: int | None = None
    also: ColumnElement[bool] | None = None


def page_of(asked: Asked) -> tuple[list[Notice], bool]:
    """One page of the list, newest first, and whether older ones follow."""
    wanted = _wanted(select(Notice), asked).options(joinedload(Notice.office), *IN_LISTS)
    if asked.before is not None:
        wanted = wanted.where(Notice.id < asked.before)
    found = list(db.session.scalars(wanted.order_by(Notice.id.desc()).limit(PAGE + 1)))
    return found[:PAGE], len(found) > PAGE


def counts_of(lists: Sequence[Asked]) -> list[int]:
    """How many each of these lists holds, asked at once; counting stops one beyond a thousand."""
    bounded = [_wanted(select(Notice.id), asked).limit(COUNTED + 1).subquery() for asked in lists]
    figures = [select(func.count()).select_from(one).scalar_subquery() for one in bounded]
    return list(db.session.execute(select(*figures)).one())


def _wanted(wanted: Select[Any], asked: Asked) -> Select[Any]:
    if asked.statuses:
        wanted = wanted.where(Notice.status.in_(list(asked.statuses)))
    if asked.kind is not None:
        wanted = wanted.where(Notice.kind == asked.kind)
    if asked.also is not None:
        wanted = wanted.where(asked.also)
    if asked.words:
        wanted = wanted.where(
            or_(
                Notice.number.contains(asked.words, autoescape=True),
                Notice.addressee.contains(asked.words, autoescape=True),
            )
        )
    return wanted


# --- runs ------------------------------------------------------------------------------------------------------


def run_figures(run_id: int) -> dict[bool | None, int]:
    """How many notices of a run were done, refused, and still have no outcome."""
    wanted = select(NoticeRunItem.done, func.count()).where(NoticeRunItem.run_id == run_id)
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(NoticeRunItem.done))}


def run_rows(run_id: int, *, done: bool, most: int = PAGE) -> list[tuple[NoticeRunItem, Notice]]:
    """The first of a run with this outcome, in the order asked."""
    wanted = (
        select(NoticeRunItem, Notice)
        .join(Notice, Notice.id == NoticeRunItem.notice_id)
        .where(NoticeRunItem.run_id == run_id, NoticeRunItem.done.is_(done))
        .options(*IN_LISTS)
        .order_by(NoticeRunItem.position)
        .limit(most)
    )
    return [(item, notice) for item, notice in db.session.execute(wanted)]
