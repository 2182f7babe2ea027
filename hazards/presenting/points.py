"""The points of a rectification as the pages print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from accounts.queries import person_labels
from hazards.case import Loaded
from hazards.models import RectificationPoint
from hazards.presenting.words import day_text
from hazards.rules import EvidenceKind


@dataclass(frozen=True, slots=True)
class PointPhoto:
    """A photo of after that belongs to one point."""

    url: str
    thumb: str
    alt: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point: its text, and when, by whom and how it was put right."""

    id: int
    position: int
    text: str
    done: bool
    done_on: str
    who: str
    note: str
    photos: tuple[PointPhoto, ...]


def point_rows(loaded: Loaded, points: Sequence[RectificationPoint]) -> tuple[PointRow, ...]:
    """The rows of the list; names in one query."""
    names = person_labels({point.done_by_id for point in points if point.done_by_id is not None})
    return tuple(
        PointRow(
            id=point.id,
            position=point.position,
            text=point.text,
            done=point.done_at is not None,
            done_on=day_text(point.done_on),
            who=names[point.done_by_id].name if point.done_by_id in names else "",
            note=point.note,
            photos=_photos(loaded, point),
        )
        for point in points
    )


def _photos(loaded: Loaded, point: RectificationPoint) -> tuple[PointPhoto, ...]:
    number = loaded.hazard.number
    mine = [item for item in loaded.evidence if item.point_id == point.id and item.kind is EvidenceKind.AFTER]
    return tuple(
        PointPhoto(
            url=url_for("hazards.evidence", number=number, evidence_id=item.id, size="view" if item.view_id else None),
            thumb=url_for(
                "hazards.evidence", number=number, evidence_id=item.id, size="thumb" if item.thumb_id else None
            ),
            alt=f"第 {point.position} 项整改后照片",
        )
        for item in mine
    )
