"""The page of an inspection that is finished, given up, or carried out by others: what was seen, by whom, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select

from accounts.models import Enterprise, OrgUnit
from accounts.queries import person_labels
from core.days import SHANGHAI
from core.db import db
from core.models import Event
from hazards.models import Hazard
from inspections.deed import led_statement_of, statement_of
from inspections.models import ChecklistItem, Inspection, ItemPhoto, ItemResult
from inspections.presenting.run import Shot, shot_of
from inspections.queries.inspecting import (
    hazards_of,
    items_of,
    participants_of,
    period_of_duty,
    photos_of,
    results_of,
)
from inspections.rules import InspectionState, ItemVerdict, Treatment
from inspections.words import clock_text


@dataclass(frozen=True, slots=True)
class Seen:
    """One item as it was seen; `hazard` is where it led: number, address, state."""

    number: int
    heading: str
    text: str
    basis: str
    verdict: str
    word: str
    note: str
    who: str
    treatment: str = ""
    result: str = ""
    photos: tuple[Shot, ...] = ()
    hazard: tuple[str, str, str] | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole page."""

    facts: tuple[tuple[str, str], ...]
    statement: str
    led_statement: str
    digest: str
    failed: tuple[Seen, ...]
    others: tuple[Seen, ...]
    signatures: tuple[tuple[str, str, str], ...]


def moment_text(moment: datetime) -> str:
    """2026-11-20 09:16 in Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def finished_page(inspection: Inspection, now: datetime) -> Finished:
    """Everything that was recorded, the failed items first."""
    items, results, photos = items_of(inspection), results_of(inspection), photos_of(inspection)
    hazards = hazards_of(list(results.values()))
    others = participants_of(inspection)
    known = {inspection.inspector_id, *others, *(result.by_id for result in results.values())}
    known |= {person for person in (inspection.instead_of_id, inspection.led_by_id) if person is not None}
    names = {key: label.name for key, label in person_labels(known).items()}
    seen = [
        _seen(inspection, n, item, results.get(item.id), photos.get(item.id, ()), hazards, names, now)
        for n, item in enumerate(items, 1)
    ]
    failed = ItemVerdict.FAILED.value
    return Finished(
        _facts(inspection, names, others),
        statement_of(inspection),
        led_statement_of(inspection),
        _signed_digest(inspection),
        tuple(one for one in seen if one.verdict == failed),
        tuple(one for one in seen if one.verdict != failed),
        _signatures(inspection, names),
    )


def _seen(
    inspection: Inspection,
    number: int,
    item: ChecklistItem,
    result: ItemResult | None,
    photos: Sequence[ItemPhoto],
    hazards: Mapping[int, Hazard],
    names: Mapping[int, str],
    now: datetime,
) -> Seen:
    basis = " · ".join(word for word in (item.basis, item.method) if word)
    shots = tuple(shot_of(inspection, photo, now) for photo in photos)
    if result is None:
        return Seen(number, item.heading, item.text, basis, "", "没有结论", "", "", photos=shots)
    hazard = hazards.get(result.hazard_id) if result.hazard_id is not None else None
    return Seen(
        number,
        item.heading,
        item.text,
        basis,
        result.verdict.value,
        result.verdict.label,
        result.note,
        names[result.by_id],
        result.treatment.label if result.treatment else "",
        result.result if result.treatment is Treatment.ON_THE_SPOT else "",
        shots,
        (hazard.number, url_for("hazards.detail", number=hazard.number), hazard.state.label) if hazard else None,
        result.hazard_id is not None and hazard is None,
    )


def _facts(inspection: Inspection, names: Mapping[int, str], others: Sequence[int]) -> tuple[tuple[str, str], ...]:
    unit = db.session.get(OrgUnit, inspection.unit_id) if inspection.unit_id is not None else None
    firm = db.session.get(Enterprise, inspection.enterprise_id)
    period, point, version = period_of_duty(inspection), inspection.risk_point, inspection.checklist_version
    ended = clock_text(inspection.finished_at, inspection.started_at) if inspection.finished_at else "今"
    rows = [
        ("企业", firm.name if firm else ""),
        ("部门、班组", unit.name if unit else "全企业"),
        ("层级", f"{inspection.tier.label}排查"),
        ("风险点", point.name if point else ""),
        ("周期", f"{period.label}，{_in_time(inspection)}" if period else "计划外"),
        ("检查表", f"{version.checklist.name}，第 {version.version} 版"),
        ("排查人", names[inspection.inspector_id]),
        ("代", names[inspection.instead_of_id] if inspection.instead_of_id is not None else ""),
        ("参加人员", "、".join(names[person] for person in others)),
        ("起止", f"{moment_text(inspection.started_at)} 至 {ended}"),
        ("位置", _place(inspection)),
    ]
    return tuple(row for row in rows if row[1])


def _in_time(inspection: Inspection) -> str:
    if inspection.state is not InspectionState.FINISHED:
        return inspection.state.label
    return "逾期补查" if inspection.in_time is False else "按时完成"


def _place(inspection: Inspection) -> str:
    if inspection.longitude is None or inspection.latitude is None:
        return ""
    return f"东经 {inspection.longitude:.5f}，北纬 {inspection.latitude:.5f}"


def _signatures(inspection: Inspection, names: Mapping[int, str]) -> tuple[tuple[str, str, str], ...]:
    rows = []
    if inspection.finished_at is not None:
        rows.append(("排查人", names[inspection.inspector_id], moment_text(inspection.finished_at)))
    if inspection.led_signed_at is not None and inspection.led_by_id is not None:
        rows.append(("带队的主要负责人", names[inspection.led_by_id], moment_text(inspection.led_signed_at)))
    return tuple(rows)


def _signed_digest(inspection: Inspection) -> str:
    """The digest of the results as they were signed, from the history."""
    wanted = select(Event.content).where(
        Event.subject_kind == "inspection", Event.subject_id == inspection.id, Event.kind == "finish"
    )
    content = db.session.scalar(wanted)
    return str(content["results"]) if content else ""
