"""What becomes of a failed item: a hazard in the register, put right on the spot or not, or one that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Enterprise, OrgUnit
from accounts.queries import person_labels
from core.db import db
from core.refusals import Invalid
from core.scope import everything
from hazards.models import Hazard
from hazards.operations.attaching import KeptFile
from hazards.operations.reporting import Report, report_all
from hazards.operations.working import put_evidence
from hazards.rules import EvidenceKind
from inspections.gaps import grade_of
from inspections.models import ChecklistItem, Finding, Inspection, ItemPhoto, ItemResult, RiskControl, RiskPoint
from inspections.operations.findings import place_of
from inspections.rules import PhotoKind, Treatment
from workflows.vocabulary import OPEN_STATES, Category, Channel, Grade, State, StopScope

LONGEST_PLACE: Final = 300
LONGEST_DESCRIPTION: Final = 2000


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed item with what was recorded of it; `number` is its place in the list."""

    number: int
    item: ChecklistItem
    result: ItemResult
    photos: Sequence[ItemPhoto]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a failed item was found."""

    point_id: int | None
    place: str
    unit: str


def description_of(item: ChecklistItem, result: ItemResult) -> str:
    """What the register says of it: the person's words, and which item it was."""
    return f"{result.note}（检查项：{item.text}）"[:LONGEST_DESCRIPTION]


def spots_of(inspection: Inspection, items: Sequence[ChecklistItem]) -> dict[int, Spot]:
    """Where each of these items is, by item: the risk point of its measure, else of the inspection, else the unit.

    Past the scope of units, since a stand-in may belong to another team.
    """
    with everything("where a failed item was found"):
        unit = db.session.get(OrgUnit, inspection.unit_id) if inspection.unit_id is not None else None
        firm = db.session.get_one(Enterprise, inspection.enterprise_id)
        controls = {item.control_id for item in items} - {None}
        by_control = {}
        if controls:
            rows = select(RiskControl.id, RiskControl.risk_point_id).where(RiskControl.id.in_(controls))
            by_control = {row.id: row.risk_point_id for row in db.session.execute(rows)}
        wanted = {*by_control.values(), inspection.risk_point_id} - {None}
        found = db.session.scalars(select(RiskPoint).where(RiskPoint.id.in_(wanted))) if wanted else ()
        points = {point.id: point for point in found}
    name = unit.name if unit else firm.name
    spots = {}
    for item in items:
        control = by_control.get(item.control_id) if item.control_id is not None else None
        point_id = control or inspection.risk_point_id
        point = points.get(point_id) if point_id is not None else None
        place = place_of(point.name, point.place) if point else name
        spots[item.id] = Spot(point.id if point else None, place[:LONGEST_PLACE], name)
    return spots


def into_register(
    inspection: Inspection, failed: Sequence[Failed], known: Mapping[int, str], *, by: Actor, now: datetime
) -> dict[int, Hazard]:
    """Report what failed, or tie it to the open hazard it was said to be; the hazard of each item."""
    if not failed:
        return {}
    earlier = _known(inspection, known)
    names = person_labels({one.result.by_id for one in failed})
    spots = spots_of(inspection, [one.item for one in failed])
    led_to = {one.item.id: earlier[known[one.item.id]] for one in failed if known.get(one.item.id)}
    new = [one for one in failed if one.item.id not in led_to]
    whats = [_report_of(inspection, one, spots[one.item.id], names[one.result.by_id].name, now) for one in new]
    for one, hazard in zip(new, _reported(new, whats, by, now), strict=True):
        spot = spots[one.item.id]
        led_to[one.item.id] = hazard
        db.session.add(
            Finding(
                hazard_id=hazard.id,
                inspection_id=inspection.id,
                item_id=one.item.id,
                risk_point_id=spot.point_id,
                control_id=one.item.control_id,
            )
        )
    for one in failed:
        one.result.hazard_id = led_to[one.item.id].id
    _show_again([(one, led_to[one.item.id]) for one in failed if known.get(one.item.id)], by, now)
    return led_to


def _show_again(seen: Sequence[tuple[Failed, Hazard]], by: Actor, now: datetime) -> None:
    """The photos of what was said to be a known hazard stand with it too, as what was seen before it is put right."""
    for one, hazard in seen:
        if files := _files(one, PhotoKind.BEFORE):
            put_evidence(hazard, EvidenceKind.BEFORE, files, by=by, now=now)  # whatever is being signed: it was seen


def _reported(new: Sequence[Failed], whats: Sequence[Report], by: Actor, now: datetime) -> list[Hazard]:
    """The register's refusal of one names its item."""
    try:
        return report_all(whats, by=by, now=now)
    except Invalid as refusal:
        sentences = "".join(refusal.fields.values()) or refusal.sentence
        named = "、".join(str(one.number) for one in new)
        raise Invalid(f"不合格项（第 {named} 项）不能提交：{sentences}") from refusal


def _known(inspection: Inspection, known: Mapping[int, str]) -> dict[str, Hazard]:
    """The open hazards of this enterprise that some items were said to be, by number."""
    numbers = set(known.values()) - {""}
    if not numbers:
        return {}
    wanted = select(Hazard).where(
        Hazard.number.in_(numbers), Hazard.enterprise_id == inspection.enterprise_id, ~Hazard.hidden
    )
    found = {hazard.number: hazard for hazard in db.session.scalars(wanted)}
    for number in sorted(numbers):
        if number not in found or found[number].state not in OPEN_STATES - {State.VERIFIED}:
            raise Invalid(f"{number} 不是本企业正在整改的隐患，没有提交。请改选「立为新隐患」或另一条。")
    return found


def _report_of(inspection: Inspection, one: Failed, spot: Spot, finder: str, now: datetime) -> Report:
    item, result = one.item, one.result
    grade = grade_of(item, result)
    on_the_spot = result.treatment is Treatment.ON_THE_SPOT
    return Report(
        enterprise_id=inspection.enterprise_id,
        channel=Channel.SELF_INSPECTION,
        place=spot.place,
        description=description_of(item, result),
        category=item.category or Category.OTHER,
        proposed_grade=grade,
        found_at=_found_at(inspection, one, now),
        responsible_unit=spot.unit,
        unit_id=inspection.unit_id,
        found_by=finder,
        stop_scope=(result.stop_scope or StopScope.NONE) if grade is Grade.MAJOR else StopScope.NONE,
        stop_note=result.stop_note if grade is Grade.MAJOR else "",
        photos=_files(one, PhotoKind.BEFORE),
        on_the_spot=on_the_spot,
        photos_after=_files(one, PhotoKind.AFTER) if on_the_spot else (),
        result=result.result if on_the_spot else "",
        done_by=(result.by_id,),
        criterion_id=item.criterion_id,
    )


def _found_at(inspection: Inspection, one: Failed, now: datetime) -> datetime:
    """When it was seen: by the first photo taken during the inspection, if that is before the answer arrived."""
    seen = (photo.taken_at for photo in one.photos if photo.taken_at is not None)
    return min([one.result.at, now, *(at for at in seen if inspection.started_at <= at <= now)])


def _files(one: Failed, kind: PhotoKind) -> tuple[KeptFile, ...]:
    return tuple(
        KeptFile(
            photo.file_id,
            photo.view_id,
            photo.thumb_id,
            photo.name,
            "",
            photo.taken_at,
            photo.longitude,
            photo.latitude,
        )
        for photo in one.photos
        if photo.kind is kind
    )
