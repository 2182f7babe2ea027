"""The page of an inspection that runs: how far it has come, and a card for each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from accounts.access import Actor
from accounts.queries import person_labels
from core.days import shanghai_day
from inspections.gaps import gaps, grade_of
from inspections.models import ChecklistItem, Inspection, ItemPhoto, ItemResult
from inspections.queries.inspecting import (
    items_of,
    participants_of,
    period_of_duty,
    photos_of,
    results_of,
    window_of_duty,
)
from inspections.results import mark_of
from inspections.rules import InspectionState, ItemVerdict, PhotoKind, Treatment
from inspections.words import clock_text, day_words, end_text
from workflows.vocabulary import Grade


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as a page shows it."""

    thumb: str
    view: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One item with what was recorded of it. `typed` words that were refused stand in place of the recorded ones."""

    id: int
    number: int
    heading: str
    text: str
    basis: str
    item_grade: str
    verdict: str = ""
    word: str = ""
    note: str = ""
    treatment: str = Treatment.HAZARD.value
    grade: str = Grade.GENERAL.value
    stop_scope: str = "none"
    stop_note: str = ""
    result: str = ""
    mark: str = ""
    who: str = ""
    before: tuple[Shot, ...] = ()
    after: tuple[Shot, ...] = ()
    gaps: tuple[str, ...] = ()
    is_open: bool = True
    is_now: bool = False
    errors: tuple[str, ...] = ()

    @property
    def is_failed(self) -> bool:
        """Whether the card shows what belongs to a failed item."""
        return self.verdict == ItemVerdict.FAILED.value


@dataclass(frozen=True, slots=True)
class Run:
    """The whole page."""

    id: int
    name: str
    line: tuple[str, ...]
    late: str
    cards: tuple[Card, ...]
    answered: int
    failed: int
    people: str
    is_inspector: bool
    is_paused: bool
    has_place: bool
    draft: str

    @property
    def total(self) -> int:
        """How many items there are."""
        return len(self.cards)

    @property
    def left(self) -> int:
        """How many have no verdict yet."""
        return self.total - self.answered

    @property
    def percent(self) -> int:
        """How far it has come."""
        return self.answered * 100 // self.total if self.total else 0

    @property
    def next_open(self) -> Card | None:
        """The first item without a verdict, else the first that lacks something."""
        unseen = (card for card in self.cards if not card.verdict)
        return next(unseen, None) or next((card for card in self.cards if card.gaps), None)


def run_of(inspection: Inspection, actor: Actor, now: datetime, *, opened: int | None = None) -> Run:
    """The page as it stands; `opened` is the item whose card is unfolded on request."""
    items, results, photos = items_of(inspection), results_of(inspection), photos_of(inspection)
    others = participants_of(inspection)
    names = {key: label.name for key, label in person_labels(_people(inspection, results, others)).items()}
    cards = [
        _card(inspection, n, item, results.get(item.id), photos.get(item.id, ()), names, actor, now)
        for n, item in enumerate(items, 1)
    ]
    following = next((card.id for card in cards if not card.verdict), None)
    cards = [replace(card, is_now=card.id == following, is_open=card.is_open or card.id == opened) for card in cards]
    line, late = _line(inspection, names, now)
    return Run(
        inspection.id,
        inspection.name,
        line,
        late,
        tuple(cards),
        sum(bool(card.verdict) for card in cards),
        sum(card.is_failed for card in cards),
        "、".join(names[person] for person in others),
        inspection.inspector_id == actor.person_id,
        inspection.state is InspectionState.PAUSED,
        inspection.longitude is not None,
        f"inspection:{inspection.id}:{actor.person_id}",
    )


def _people(inspection: Inspection, results: Mapping[int, ItemResult], others: Sequence[int]) -> set[int]:
    named = {inspection.inspector_id, *others, *(result.by_id for result in results.values())}
    return named | ({inspection.instead_of_id} if inspection.instead_of_id is not None else set())


def _card(
    inspection: Inspection,
    number: int,
    item: ChecklistItem,
    result: ItemResult | None,
    photos: Sequence[ItemPhoto],
    names: Mapping[int, str],
    actor: Actor,
    now: datetime,
) -> Card:
    basis = " · ".join(word for word in (item.basis, item.method) if word)
    card = Card(item.id, number, item.heading, item.text, basis, item.grade.value, grade=item.grade.value)
    card = replace(card, before=_shots(inspection, photos, PhotoKind.BEFORE, now))
    card = replace(card, after=_shots(inspection, photos, PhotoKind.AFTER, now))
    if result is None:
        return card
    lacking = tuple(gaps(item, result, photos).values())
    is_others = result.by_id != actor.person_id
    return replace(
        card,
        verdict=result.verdict.value,
        word=result.verdict.label,
        note=result.note,
        treatment=(result.treatment or Treatment.HAZARD).value,
        grade=grade_of(item, result).value,
        stop_scope=result.stop_scope.value if result.stop_scope else "none",
        stop_note=result.stop_note,
        result=result.result,
        mark=mark_of(result),
        who=f"{names[result.by_id]} {clock_text(result.at, now)}" if is_others else "",
        gaps=lacking,
        is_open=bool(lacking),
    )


def _shots(inspection: Inspection, photos: Sequence[ItemPhoto], kind: PhotoKind, now: datetime) -> tuple[Shot, ...]:
    return tuple(shot_of(inspection, photo, now) for photo in photos if photo.kind is kind)


def shot_of(inspection: Inspection, photo: ItemPhoto, now: datetime) -> Shot:
    """One photo, with when and where it was taken as far as the camera says."""
    at = clock_text(photo.taken_at or photo.added_at, now)
    where = f"，{photo.longitude:.5f}, {photo.latitude:.5f}" if photo.longitude is not None else ""

    def url(size: str) -> str:
        return url_for("inspections.photo", inspection_id=inspection.id, photo_id=photo.id, size=size)

    words = f"{photo.kind.label} {at}"
    return Shot(url("thumb"), url("view"), f"{words}：{photo.name}", words + where)


def _line(inspection: Inspection, names: Mapping[int, str], now: datetime) -> tuple[tuple[str, ...], str]:
    """Period, version and until when; and a sentence where that is over."""
    period, frame = period_of_duty(inspection), window_of_duty(inspection)
    day = shanghai_day(inspection.started_at)
    words = [period.label.replace(" ", "") if period else day_words(day)]
    words.append(f"第 {inspection.checklist_version.version} 版检查表")
    if inspection.instead_of_id is not None:
        words.append(f"代 {names[inspection.instead_of_id]}")
    if frame is None:
        return tuple(words), ""
    if now < frame.ends:
        return (*words, f"{end_text(frame.ends, now)} 截止"), ""
    if now < frame.closes:
        return tuple(words), f"已过 {end_text(frame.ends, now)} 的截止时间，完成后计为逾期补查。"
    late = f"已过 {end_text(frame.closes, now)} 的补查期限，这一期记为未开展；"
    return tuple(words), late + "本次仍可签名，作为计划外排查保存，隐患照常上报。"
