"""The page on which an inspection is signed: the exact words, and what becomes of each failed item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.days import shanghai_day
from hazards.duplicates import Earlier, likely_duplicates_of_each, open_ones
from hazards.likeness import Said
from hazards.models import Hazard
from inspections.deed import statement_of
from inspections.gaps import gaps, grade_of
from inspections.models import ChecklistItem, Inspection, ItemPhoto, ItemResult
from inspections.operations.failed_items import Spot, description_of, spots_of
from inspections.queries.inspecting import items_of, open_at_items, photos_of, results_of
from inspections.results import results_digest
from inspections.rules import ItemVerdict, PhotoKind, Treatment
from workflows.vocabulary import Grade

OFFERED = 3
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Becoming:
    """A failed item and what becomes of it; `known` are open hazards it may be: number and words."""

    item_id: int
    number: int
    text: str
    description: str
    place: str
    grade: Grade
    treatment: str
    photos: int
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SignPage:
    """The whole page; `lacking` are the items because of which it cannot be signed yet, with their sentences."""

    statement: str
    digest: str
    failed: tuple[Becoming, ...]
    lacking: tuple[tuple[int, str], ...]

    @property
    def majors(self) -> int:
        """How many are proposed as major."""
        return sum(one.grade is Grade.MAJOR for one in self.failed)


def sign_page(inspection: Inspection, now: datetime) -> SignPage:
    """What is shown before the signature."""
    items, results, photos = items_of(inspection), results_of(inspection), photos_of(inspection)
    numbered = list(enumerate(items, 1))
    failed = [
        (n, item) for n, item in numbered if item.id in results and results[item.id].verdict is ItemVerdict.FAILED
    ]
    return SignPage(
        statement_of(inspection),
        results_digest(items, results, photos),
        _becoming(inspection, failed, results, photos, now),
        _lacking(numbered, results, photos),
    )


def _lacking(
    numbered: Sequence[tuple[int, ChecklistItem]],
    results: Mapping[int, ItemResult],
    photos: Mapping[int, Sequence[ItemPhoto]],
) -> tuple[tuple[int, str], ...]:
    found = []
    for n, item in numbered:
        if item.id not in results:
            found.append((item.id, f"第 {n} 项还没有结论。"))
        elif lacking := gaps(item, results[item.id], photos.get(item.id, ())):
            found.append((item.id, f"第 {n} 项：{''.join(lacking.values())}"))
    return tuple(found)


def _becoming(
    inspection: Inspection,
    failed: Sequence[tuple[int, ChecklistItem]],
    results: Mapping[int, ItemResult],
    photos: Mapping[int, Sequence[ItemPhoto]],
    now: datetime,
) -> tuple[Becoming, ...]:
    spots = spots_of(inspection, [item for _, item in failed])
    new = [item for _, item in failed if results[item.id].treatment is not Treatment.ON_THE_SPOT]
    known = _known(inspection, new, results, spots, now)
    return tuple(
        Becoming(
            item.id,
            n,
            item.text,
            description_of(item, results[item.id]),
            spots[item.id].place,
            grade_of(item, results[item.id]),
            (results[item.id].treatment or Treatment.HAZARD).value,
            sum(photo.kind is PhotoKind.BEFORE for photo in photos.get(item.id, ())),
            known.get(item.id, ()),
        )
        for n, item in failed
    )


def _known(
    inspection: Inspection,
    items: Sequence[ChecklistItem],
    results: Mapping[int, ItemResult],
    spots: Mapping[int, Spot],
    now: datetime,
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Open hazards that each may be: found at the same item of the same place before, or alike in words."""
    same = open_at_items(inspection, {item.text for item in items})
    saids = [
        Said(
            results[item.id].note,
            spots[item.id].place,
            item.category.value if item.category else "",
            shanghai_day(now),
        )
        for item in items
    ]
    alike = likely_duplicates_of_each(inspection.enterprise_id, saids)
    offered = {}
    for item, earlier in zip(items, alike, strict=True):
        rows = {one.number: _words(one) for one in (*same.get(item.text, ()), *open_ones(earlier))}
        offered[item.id] = tuple(rows.items())[:OFFERED]
    return offered


def _words(one: Hazard | Earlier) -> str:
    text = one.description if len(one.description) <= LONGEST else one.description[: LONGEST - 1] + "…"
    return f"{text}（{one.place}，{one.state.label}）"
