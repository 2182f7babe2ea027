"""Carrying out an inspection, item by item: answers and photos here, the rest in the modules named beside.

Whoever calls these holds the inspection's row (`inspection_by_id(…, lock=True)`): two phones, two people, or the same
thing sent twice, and nothing is lost; whoever overtakes another is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from accounts.access import Actor
from core.db import db
from core.refusals import Conflict, Invalid, NotFound
from hazards.operations.attaching import NewFile, keep_file
from inspections.models import ChecklistItem, Inspection, ItemPhoto, ItemResult
from inspections.operations.finishing import LEADER, Signed, finish, sign_led
from inspections.operations.hands import LONGEST, name_of, refuse_unless_taking_part, resume_if_paused, too_long
from inspections.operations.pausing import add_people, give_up, locate, pause, resume, take_over
from inspections.operations.starting import Besides, ForTask, Started, start
from inspections.results import mark_of
from inspections.rules import ItemVerdict, PhotoKind, Treatment
from inspections.words import clock_text
from workflows.vocabulary import Grade, StopScope

__all__ = [
    "LEADER",
    "Answer",
    "Besides",
    "ForTask",
    "Overtaken",
    "Signed",
    "Started",
    "add_people",
    "add_photo",
    "answer",
    "finish",
    "give_up",
    "locate",
    "pause",
    "resume",
    "sign_led",
    "start",
    "take_over",
]

MOST_PHOTOS: Final = 12  # of one item and kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen of one item. `seen` is the mark of what the card showed before; None overwrites whatever stands."""

    verdict: ItemVerdict
    note: str = ""
    treatment: Treatment | None = None
    grade: Grade | None = None
    stop_scope: StopScope | None = None
    stop_note: str = ""
    result: str = ""
    seen: str | None = None


class Overtaken(Conflict):
    """Somebody recorded something else of the same item meanwhile; `result` is what stands now."""

    def __init__(self, sentence: str, result: ItemResult) -> None:
        super().__init__(sentence)
        self.result = result


def answer(inspection: Inspection, item: ChecklistItem, what: Answer, *, by: Actor, now: datetime) -> ItemResult:
    """Record what was seen of an item, changeable until the inspection is finished.

    The same answer sent twice is one; a different one over what somebody else recorded meanwhile raises `Overtaken`.
    """
    refuse_unless_taking_part(inspection, by, now)
    _refuse_overlong(what)
    standing = _result(inspection, item)
    wanted = _filled(ItemResult(inspection_id=inspection.id, item_id=item.id), item, what)
    if standing is not None and mark_of(standing) == mark_of(wanted):
        return standing
    if what.seen is not None and what.seen != mark_of(standing):
        raise _overtaken(item, standing, now)
    resume_if_paused(inspection, by, now)
    result = _filled(standing, item, what) if standing is not None else wanted
    result.at, result.by_id = now, by.person_id
    db.session.add(result)
    _count(inspection)
    return result


def add_photo(
    inspection: Inspection,
    item: ChecklistItem,
    kind: PhotoKind,
    file: NewFile,
    *,
    client_key: str,
    by: Actor,
    now: datetime,
) -> ItemPhoto:
    """Keep a photo of an item, before or after its answer; the same photo sent twice is one, in whatever order."""
    found = db.session.scalar(
        select(ItemPhoto).where(ItemPhoto.inspection_id == inspection.id, ItemPhoto.client_key == client_key)
    )
    if found is not None:
        return found
    refuse_unless_taking_part(inspection, by, now)
    if not 8 <= len(client_key) <= 64:
        raise Invalid("照片没有存上：页面不完整。请刷新后再拍。")
    _refuse_foreign_item(inspection, item)
    of_item = select(func.count()).where(
        ItemPhoto.inspection_id == inspection.id, ItemPhoto.item_id == item.id, ItemPhoto.kind == kind
    )
    if (db.session.scalar(of_item) or 0) >= MOST_PHOTOS:
        raise Invalid(f"一项最多 {MOST_PHOTOS} 张{kind.label}照片，这一张没有存上。")
    kept = keep_file(file, now)
    photo = ItemPhoto(
        inspection_id=inspection.id,
        item_id=item.id,
        kind=kind,
        client_key=client_key,
        name=kept.name[:200],
        file_id=kept.file_id,
        view_id=kept.view_id,
        thumb_id=kept.thumb_id,
        added_at=now,
        added_by_id=by.person_id,
        taken_at=kept.taken_at,
        longitude=kept.longitude,
        latitude=kept.latitude,
    )
    db.session.add(photo)
    db.session.flush()
    return photo


def _refuse_foreign_item(inspection: Inspection, item: ChecklistItem) -> None:
    if item.version_id != inspection.checklist_version_id:
        raise NotFound("这一项不在这次排查的检查表里。请刷新后再记。")


def _refuse_overlong(what: Answer) -> None:
    for name in ("note", "stop_note", "result"):
        if len(getattr(what, name)) > LONGEST:
            raise too_long(name, getattr(what, name))


# --- what is kept ----------------------------------------------------------------------------------------------


def _result(inspection: Inspection, item: ChecklistItem) -> ItemResult | None:
    _refuse_foreign_item(inspection, item)
    return db.session.scalar(
        select(ItemResult).where(ItemResult.inspection_id == inspection.id, ItemResult.item_id == item.id)
    )


def _filled(result: ItemResult, item: ChecklistItem, what: Answer) -> ItemResult:
    """What belongs to a failed item only is kept of a failed one only."""
    failed = what.verdict is ItemVerdict.FAILED
    treatment = (what.treatment or Treatment.HAZARD) if failed else None
    grade = (what.grade or item.grade) if failed else None
    is_major = grade is Grade.MAJOR
    result.verdict, result.note = what.verdict, what.note
    result.treatment, result.grade = treatment, grade
    result.stop_scope = (what.stop_scope or StopScope.NONE) if is_major else None
    result.stop_note = what.stop_note if is_major else ""
    result.result = what.result if treatment is Treatment.ON_THE_SPOT else ""
    return result


def _overtaken(item: ChecklistItem, standing: ItemResult | None, now: datetime) -> Conflict:
    if standing is None:
        return Conflict("这一项的记录已有变化，您的结论没有保存。请刷新后核对。")
    who, at = name_of(standing.by_id), clock_text(standing.at, now)
    sentence = f"「{item.text}」由 {who} 于 {at} 记为「{standing.verdict.label}」，您的结论没有保存。请核对后再改。"
    return Overtaken(sentence, standing)


def _count(inspection: Inspection) -> None:
    """How far it has come, for the lists."""
    db.session.flush()
    rows = db.session.execute(
        select(ItemResult.verdict, func.count())
        .where(ItemResult.inspection_id == inspection.id)
        .group_by(ItemResult.verdict)
    )
    counted = {row[0]: row[1] for row in rows}
    inspection.items_ok = counted.get(ItemVerdict.OK, 0)
    inspection.items_failed = counted.get(ItemVerdict.FAILED, 0)
    inspection.items_na = counted.get(ItemVerdict.NOT_APPLICABLE, 0)
