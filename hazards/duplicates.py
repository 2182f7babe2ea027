"""The same hazard reported before at the enterprise: still open (a likely duplicate), or closed (it came back).

Only the newest few hundred of the enterprise are looked at, by index, each as a few columns: never its whole history.
The query runs under the viewer's scope, so that nobody learns here of what the own list would not show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from core.days import shanghai_day
from core.db import db
from hazards.likeness import LIKELY, Said, likeness
from hazards.models import Hazard
from workflows.vocabulary import Grade, State

LOOKED_AT: Final = 300  # newest hazards of the enterprise that are compared
COMPARED: Final = 600  # characters of a description
SHOWN: Final = 3
SHOWN_AGAIN: Final = 10


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier hazard that may be the same one."""

    number: str
    description: str
    place: str
    state: State
    grade: Grade
    found_on: date | None
    closed_on: date | None
    score: float

    @property
    def is_closed(self) -> bool:
        """Whether it was put right and closed: then the new one is a recurrence, not a duplicate."""
        return self.state is State.CLOSED


_COLUMNS: Final = (
    Hazard.id,
    Hazard.number,
    func.substr(Hazard.description, 1, COMPARED).label("description"),
    Hazard.place,
    Hazard.category,
    Hazard.state,
    Hazard.grade,
    Hazard.found_on,
    Hazard.closed_at,
)


def likely_duplicates(
    enterprise_id: int, said: Said, *, besides: int | None = None, before: int | None = None, limit: int = SHOWN
) -> list[Earlier]:
    """Earlier hazards of the enterprise that may be this one, the likeliest first; dismissed ones are none.

    `besides` is the hazard itself, `before` its id where only older ones count.
    """
    if len(said.description) < 2:
        return []
    return _alike(said, _newest(enterprise_id, besides=besides, before=before), limit)


def likely_duplicates_of_each(enterprise_id: int, saids: Sequence[Said], *, limit: int = SHOWN) -> list[list[Earlier]]:
    """The same for several at once (an inspection's findings): the enterprise's newest are read once for all."""
    rows = _newest(enterprise_id) if saids else []
    return [_alike(said, rows, limit) if len(said.description) >= 2 else [] for said in saids]


def _newest(enterprise_id: int, *, besides: int | None = None, before: int | None = None) -> Sequence[Any]:
    wanted = select(*_COLUMNS).where(Hazard.enterprise_id == enterprise_id, Hazard.state != State.DISMISSED)
    if besides is not None:
        wanted = wanted.where(Hazard.id != besides)
    if before is not None:
        wanted = wanted.where(Hazard.id < before)
    return db.session.execute(wanted.order_by(Hazard.id.desc()).limit(LOOKED_AT)).all()


def _alike(said: Said, rows: Sequence[Any], limit: int) -> list[Earlier]:
    found = [(likeness(said, _said(row)), row) for row in rows]
    near = sorted((one for one in found if one[0] >= LIKELY), key=lambda one: (-one[0], -one[1].id))
    return [_earlier(row, score) for score, row in near[:limit]]


def earlier_than(hazard: Hazard) -> list[Earlier]:
    """What a hazard that waits for its judgement may repeat."""
    return likely_duplicates(hazard.enterprise_id, said_of(hazard), besides=hazard.id, before=hazard.id)


def said_of(hazard: Hazard) -> Said:
    """What is compared of a hazard."""
    return Said(hazard.description, hazard.place, hazard.category.value if hazard.category else "", hazard.found_on)


def _said(row: Any) -> Said:
    return Said(row.description, row.place, row.category.value if row.category else "", row.found_on)


def _earlier(row: Any, score: float) -> Earlier:
    closed = shanghai_day(row.closed_at) if row.closed_at else None
    return Earlier(row.number, row.description, row.place, row.state, row.grade, row.found_on, closed, score)


def open_ones(found: Iterable[Earlier]) -> list[Earlier]:
    """Those still open: likely duplicates."""
    return [one for one in found if not one.is_closed]


def closed_ones(found: Iterable[Earlier]) -> list[Earlier]:
    """Those closed: the new one may be their recurrence."""
    return [one for one in found if one.is_closed]


def recurrence_number(hazard: Hazard) -> str:
    """The number of the closed hazard this one is said to be; empty where none is said."""
    if hazard.recurrence_of_id is None:
        return ""
    return db.session.scalar(select(Hazard.number).where(Hazard.id == hazard.recurrence_of_id)) or ""


def came_back_as(hazard: Hazard) -> list[str]:
    """Numbers of the hazards this one came back as, newest first; the count on the record says whether to ask."""
    if not hazard.recurred:
        return []
    wanted = select(Hazard.number).where(Hazard.recurrence_of_id == hazard.id).order_by(Hazard.id.desc())
    return list(db.session.scalars(wanted.limit(SHOWN_AGAIN)))
