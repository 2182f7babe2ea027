"""What was learned from hazards: their causes, where else was looked (举一反三), and what prevents them (长效措施).

Found by the words of the register's own index, then by the words in these three texts; within the viewer's scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, or_, select

from accounts.models import Enterprise
from core.db import db
from hazards.models import Hazard
from hazards.search import hits_of
from workflows.vocabulary import Grade, State

PAGE: Final = 20
MOST_WORDS: Final = 5
_TEXTS = (Hazard.cause, Hazard.similar_checked, Hazard.lasting_measure)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One hazard with what was learned from it."""

    id: int
    number: str
    description: str
    enterprise: str
    sector: str
    grade: Grade
    state: State
    cause: str
    similar: str
    lasting: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """A page of them, newest first; `before` is where the next page begins, None at the end."""

    rows: tuple[Lesson, ...]
    before: int | None
    is_cut: bool


def find_lessons(words: str = "", *, sector: str = "", before: int | None = None) -> Lessons:
    """Lessons that hold every one of the words, newest first, a page at a time."""
    wanted, is_cut = _wanted(words), False
    if words.strip():
        hits = hits_of(words)
        wanted, is_cut = wanted.where(Hazard.id.in_(hits.ids)), hits.is_cut
    if sector:
        wanted = wanted.where(Hazard.sector == sector)
    if before is not None:
        wanted = wanted.where(Hazard.id < before)
    found = db.session.execute(wanted.order_by(Hazard.id.desc()).limit(PAGE + 1)).all()
    rows = tuple(_lesson(row) for row in found[:PAGE])
    return Lessons(rows, rows[-1].id if len(found) > PAGE else None, is_cut)


def _wanted(words: str) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Hazard.id,
        Hazard.number,
        Hazard.description,
        Enterprise.name,
        Hazard.sector,
        Hazard.grade,
        Hazard.state,
        *_TEXTS,
    )
    wanted = select(*columns).join(Enterprise, Enterprise.id == Hazard.enterprise_id)
    wanted = wanted.where(or_(*(text != "" for text in _TEXTS)))
    for word in words.split()[:MOST_WORDS]:
        wanted = wanted.where(or_(*(text.icontains(word, autoescape=True) for text in _TEXTS)))
    return wanted


def _lesson(row: Sequence[Any]) -> Lesson:
    return Lesson(*row)
