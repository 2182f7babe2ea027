"""Inspections as nouns: one by its id with its items, results, photos and people; those that run or wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from sqlalchemy import exists, or_, select, text
from sqlalchemy.orm import joinedload

from accounts.queries.shifts import shifts_of
from core.db import db
from core.refusals import NotFound
from core.scope import everything
from hazards.models import Hazard
from inspections.models import (
    ChecklistItem,
    ChecklistVersion,
    Finding,
    Inspection,
    InspectionPerson,
    InspectionPlan,
    ItemPhoto,
    ItemResult,
)
from inspections.rules import UNFINISHED
from workflows.cadence import Period, Window, period_from_key, window
from workflows.vocabulary import State

NOT_FOUND: Final = "找不到这次排查，或者它不在您的管辖范围内。请从「排查」里打开。"
MOST: Final = 50


def inspection_by_id(inspection_id: int, *, lock: bool = False) -> Inspection:
    """The inspection within the viewer's scope with its checklist and risk point, else `NotFound`.

    `lock` holds its row: whatever is changed of an inspection is changed by one at a time.
    """
    wanted = select(Inspection).where(Inspection.id == inspection_id)
    wanted = wanted.options(
        joinedload(Inspection.checklist_version).joinedload(ChecklistVersion.checklist),
        joinedload(Inspection.risk_point),
    )
    if lock:
        wanted = wanted.with_for_update(of=Inspection).execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def items_of(inspection: Inspection) -> list[ChecklistItem]:
    """What is looked at, in order: the items of the version the inspection keeps."""
    wanted = select(ChecklistItem).where(ChecklistItem.version_id == inspection.checklist_version_id)
    return list(db.session.scalars(wanted.order_by(ChecklistItem.position)))


def results_of(inspection: Inspection) -> dict[int, ItemResult]:
    """What was seen so far, by item."""
    wanted = select(ItemResult).where(ItemResult.inspection_id == inspection.id)
    return {result.item_id: result for result in db.session.scalars(wanted)}


def photos_of(inspection: Inspection) -> dict[int, list[ItemPhoto]]:
    """The photos so far, by item, in the order in which they were taken as far as the camera says."""
    wanted = select(ItemPhoto).where(ItemPhoto.inspection_id == inspection.id).order_by(ItemPhoto.id)
    photos: dict[int, list[ItemPhoto]] = defaultdict(list)
    for photo in sorted(db.session.scalars(wanted), key=lambda one: one.taken_at or one.added_at):
        photos[photo.item_id].append(photo)
    return photos


def participants_of(inspection: Inspection) -> list[int]:
    """Who else takes part, in the order in which they came."""
    wanted = select(InspectionPerson.person_id).where(InspectionPerson.inspection_id == inspection.id)
    return list(db.session.scalars(wanted.order_by(InspectionPerson.id)))


def hazards_of(results: Collection[ItemResult]) -> dict[int, Hazard]:
    """The hazards that failed items led to, as far as the viewer sees them, by id."""
    ids = {result.hazard_id for result in results} - {None}
    found = db.session.scalars(select(Hazard).where(Hazard.id.in_(ids))) if ids else ()
    return {hazard.id: hazard for hazard in found}


def open_at_items(inspection: Inspection, texts: Collection[str]) -> dict[str, list[Hazard]]:
    """Hazards still open that an earlier inspection of the same place found at the same items, by the item's text."""
    if not texts:
        return {}
    here = Hazard.unit_id == inspection.unit_id if inspection.unit_id is not None else Hazard.unit_id.is_(None)
    if inspection.risk_point_id is not None:
        here = or_(here, Finding.risk_point_id == inspection.risk_point_id)
    wanted = (
        select(ChecklistItem.text, Hazard)
        .join(Finding, Finding.hazard_id == Hazard.id)
        .join(ChecklistItem, ChecklistItem.id == Finding.item_id)
        .where(
            Hazard.enterprise_id == inspection.enterprise_id,
            Hazard.state.in_((State.REPORTED, State.RECTIFYING)),
            ChecklistItem.text.in_(list(texts)),
            here,
        )
        .order_by(Hazard.id.desc())
        .limit(3 * len(texts))
    )
    found: dict[str, list[Hazard]] = defaultdict(list)
    for said, hazard in db.session.execute(wanted):
        found[said].append(hazard)
    return found


# --- which there are -------------------------------------------------------------------------------------------


def unfinished_of(person_id: int) -> list[Inspection]:
    """Inspections somebody carries out or takes part in and has not finished, the newest first."""
    people = InspectionPerson.__table__.alias("people")
    taking_part = exists().where(people.c.inspection_id == Inspection.id, people.c.person_id == person_id)
    wanted = select(Inspection).where(
        Inspection.state.in_(sorted(UNFINISHED)),
        Inspection.finished_at.is_(None),  # says nothing new; an index has these together, in the order of their ids
        or_(Inspection.inspector_id == person_id, taking_part),
    )
    return list(db.session.scalars(wanted.order_by(Inspection.id.desc()).limit(MOST)))


def led_unsigned(enterprise_id: int) -> list[Inspection]:
    """Finished inspections led by the principal that wait for that signature, those begun first first."""
    wanted = select(Inspection).where(
        Inspection.enterprise_id == enterprise_id,
        text("inspection.led AND inspection.state = 'finished'"),  # in words, so that the partial index is used
        Inspection.led_signed_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(Inspection.id).limit(MOST)))


# --- until when ------------------------------------------------------------------------------------------------


def period_of_duty(inspection: Inspection) -> Period | None:
    """The period of the duty it fulfils; None for one besides."""
    if inspection.period_key is None:
        return None
    with everything("the plan of an inspection"):
        slots = db.session.scalar(select(InspectionPlan.per_day).where(InspectionPlan.id == inspection.plan_id))
    return period_from_key(inspection.period_key, slots=slots or 1)


def window_of_duty(inspection: Inspection) -> Window | None:
    """From when to when it is in time; None for one besides, or where the unit does not work after all."""
    period = period_of_duty(inspection)
    if period is None:
        return None
    return window(inspection.tier, period, shifts_of(inspection.enterprise_id, inspection.unit_id))
