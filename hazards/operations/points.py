"""A rectification of several points: what each is, and that each is put right with its own evidence.

The points are the enterprise's own list of what must be done; verification is not asked for while one is open
(`Fact.POINTS`). A point that was put right is never taken off the list, only taken up again with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from accounts.access import Actor
from core.days import shanghai_day
from core.db import db
from core.refusals import Invalid, NotFound
from hazards import case as cases
from hazards.models import Hazard, RectificationPoint, WorkRecord
from hazards.operations.attaching import NewFile, attach
from hazards.operations.co_signing import void
from hazards.operations.requests import refuse_unless
from hazards.queries import points_of
from hazards.recording import record
from hazards.rules import EvidenceKind
from workflows.rulings import permit_correct
from workflows.vocabulary import Action, State

MOST: Final = 30
LONGEST: Final = 300
NO_POINT: Final = "找不到这个整改要点。请刷新页面，按现在的要点填写。"


@dataclass(frozen=True, slots=True)
class PutRight:
    """One point put right: when, how, with which photos of after."""

    on: date
    note: str
    photos: tuple[NewFile, ...]


def set_points(hazard: Hazard, texts: Sequence[str], *, by: Actor, now: datetime) -> None:
    """Say which points the rectification has, in their order; those put right stay as they are.

    Ends an open request that showed the old list, as every correction does.
    """
    _may_write(hazard, by, now)
    wanted = _wanted(texts)
    standing = points_of(hazard)
    for point in standing:
        if point.done_at is not None and point.text not in wanted:
            raise Invalid(f"“{point.text[:40]}”已经整改，不能从要点中去掉或改写。如需重做，请用「重新整改这一项」。")
    by_text = {point.text: point for point in standing}
    if [point.text for point in standing] == wanted:
        raise Invalid("整改要点没有变动，没有写入任何内容。")
    for point in standing:
        if point.text not in wanted:
            point.struck_at = now
    for position, text in enumerate(wanted, 1):
        if text in by_text:
            by_text[text].position = position
        else:
            db.session.add(RectificationPoint(hazard_id=hazard.id, position=position, text=text))
    db.session.flush()
    _count(hazard)
    void(hazard)
    record(hazard, "points", by=by.person_id, now=now, content={"points": len(wanted)}, note="；".join(wanted)[:2000])


def _wanted(texts: Sequence[str]) -> list[str]:
    wanted = [text.strip() for text in texts if text.strip()]
    if len(wanted) > MOST:
        raise Invalid(f"最多 {MOST} 个要点，现在 {len(wanted)} 个。请合并一些，或另报一条隐患。")
    if len(wanted) == 1:
        raise Invalid("只有一个要点，不必拆分。请至少写两个，或者全部留空。")
    if len(set(wanted)) < len(wanted):
        raise Invalid("有两个要点写得一样。请改正。")
    too_long = next((text for text in wanted if len(text) > LONGEST), None)
    if too_long is not None:
        raise Invalid(f"“{too_long[:20]}……”超过 {LONGEST} 个字。请写短些。")
    return wanted


def put_right(hazard: Hazard, point_id: int, done: PutRight, *, by: Actor, now: datetime) -> RectificationPoint:
    """Record that one point is put right; whoever records it is named as having done the work."""
    _may_write(hazard, by, now)
    point = _point(hazard, point_id)
    if point.done_at is not None:
        raise Invalid(f"第 {point.position} 项已于 {point.done_on} 整改，不必重复填写。")
    _check(hazard, done, now)
    for photo in done.photos:
        attach(hazard, EvidenceKind.AFTER, photo, by=by, now=now, point_id=point.id)
    point.done_on, point.done_at, point.done_by_id, point.note = done.on, now, by.person_id, done.note.strip()[:500]
    work = f"第 {point.position} 项：{point.text}"
    db.session.add(
        WorkRecord(hazard_id=hazard.id, person_id=by.person_id, recorded_by_id=by.person_id, at=now, text=work)
    )
    db.session.flush()
    _count(hazard)
    content = {"point": point.id, "position": point.position, "photos": len(done.photos), "doers": [by.person_id]}
    record(hazard, "point", by=by.person_id, now=now, content=content, note=f"{work}。{point.note}")
    return point


def _check(hazard: Hazard, done: PutRight, now: datetime) -> None:
    wrong = {}
    if not done.photos:
        wrong["photos"] = "至少要 1 张这一项整改后的照片。"
    if done.on > shanghai_day(now):
        wrong["done_on"] = "不能晚于今天。"
    elif hazard.found_on is not None and done.on < hazard.found_on:
        wrong["done_on"] = f"不能早于发现日期（{hazard.found_on.isoformat()}）。"
    if wrong:
        raise Invalid("这一项还没有保存：" + "".join(wrong.values()), fields=wrong)


def take_up_again(hazard: Hazard, point_id: int, *, reason: str, by: Actor, now: datetime) -> RectificationPoint:
    """A point that turns out not to be put right is open again; its photos stay."""
    _may_write(hazard, by, now)
    point = _point(hazard, point_id)
    if point.done_at is None:
        raise Invalid(f"第 {point.position} 项还没有整改，不必重新整改。")
    if not reason.strip():
        raise Invalid("请写明为什么要重新整改这一项。", fields={"reason": "请写明理由。"})
    point.done_on = point.done_at = point.done_by_id = None
    point.note = ""
    db.session.flush()
    _count(hazard)
    content = {"point": point.id, "position": point.position}
    note = f"第 {point.position} 项：{reason.strip()[:500]}"
    record(hazard, "point_again", by=by.person_id, now=now, content=content, note=note)
    return point


def _may_write(hazard: Hazard, by: Actor, now: datetime) -> None:
    if hazard.state is not State.RECTIFYING:
        raise Invalid(f"现在是「{hazard.state.label}」，整改要点要在「整改中」填写。")
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if loaded.case.request is not None and loaded.case.request.action is Action.VERIFY:
        raise Invalid("验收正在签批，内容已冻结。要改整改要点，请申请人先撤回验收申请。")
    refuse_unless(permit_correct(loaded.case, by.person_id))


def _point(hazard: Hazard, point_id: int) -> RectificationPoint:
    wanted = select(RectificationPoint).where(
        RectificationPoint.id == point_id,
        RectificationPoint.hazard_id == hazard.id,
        RectificationPoint.struck_at.is_(None),
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NO_POINT)
    return found


def _count(hazard: Hazard) -> None:
    """Keep the two figures of the hazard's row equal to its list."""
    wanted = select(func.count(), func.count(RectificationPoint.done_at)).where(
        RectificationPoint.hazard_id == hazard.id, RectificationPoint.struck_at.is_(None)
    )
    hazard.points_total, hazard.points_done = db.session.execute(wanted).one()
