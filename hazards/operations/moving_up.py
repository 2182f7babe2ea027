"""三清三进: hazards not cleared at the end of their list's period move up, a chunk of them at a time.

Each move is one event of the hazard's chain and one `TierMove`; no version is written, since a move changes no fact.
Hazards of one unit that stand alike go the same way, which is worked out once; only the digest is each one's own.
Rows are locked while they are worked on. What somebody else has locked is left for the next look, so that neither two
workers nor a person who is signing ever wait for each other's chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import String, exists, select, tuple_, type_coerce

from core.bulk import change_rows, insert_rows
from core.chain import Chain
from core.db import db
from core.history import AlikeEvents, chain
from core.models import Event
from hazards.listed import Lists
from hazards.models import Hazard, HazardStanding, TierMove
from hazards.news import HazardsMovedUp, Moves, announce
from hazards.operations.tiers import LISTED
from workflows.cadence import Standing
from workflows.vocabulary import Tier

KIND: Final = "moved_up"
CHUNK: Final = 2000
TEXTS_KEPT: Final = 10_000
Place = tuple[datetime, int, int]

_READ = (
    Hazard.id,
    Hazard.enterprise_id,
    Hazard.unit_id,
    Hazard.region_path,
    type_coerce(Hazard.state, String).label("state"),
    type_coerce(HazardStanding.tier, String).label("tier"),
    HazardStanding.tier_since,
    HazardStanding.tier_until,
    HazardStanding.list_owner_id,
    HazardStanding.chain_head,
    HazardStanding.chain_length,
)
_ORDER = (HazardStanding.tier_until, HazardStanding.enterprise_id, HazardStanding.id)
_EVENT = ("subject_kind", "subject_id", "seq", "at", "actor_id", "kind", "content", "previous", "digest")
_MOVE = (
    *("hazard_id", "enterprise_id", "unit_id", "region_path", "on_day", "at", "from_tier", "to_tier"),
    *("from_owner_id", "owner_id", "run_id"),
)
_STANDING = ("id", "tier", "tier_since", "tier_until", "list_owner_id", "chain_head", "chain_length")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a chunk did: its moves by the list left, how many hazards it saw, and behind which the next begins."""

    moves: Counter[Tier] = field(default_factory=Counter)
    seen: int = 0
    last: Place | None = None


def is_due(until: datetime) -> bool:
    """Whether anything has to move up by this moment."""
    return bool(db.session.scalar(select(exists().where(*_due(until)))))


def move_up(
    until: datetime, *, now: datetime, run_id: int, after: Place | None = None, most: int = CHUNK, waits: bool = False
) -> Chunk:
    """Move up the next hazards whose period has passed, each as often as it must, inside a unit of work.

    In the order in which their periods ended, those of an enterprise together. `waits`: also for those that somebody
    else has locked just now.
    """
    rows = _taken(until, after, most, waits)
    if not rows:
        return Chunk()
    written = _Written(Lists({row.enterprise_id for row in rows}), until, now, run_id)
    for row in rows:
        written.add(*row)
    written.put_down()
    if moves := written.moves():
        announce(HazardsMovedUp(moves, now))
    counted: Counter[Tier] = Counter()
    for move in moves:
        counted[move.from_tier] += move.number
    last = rows[-1]
    return Chunk(counted, len(rows), (last.tier_until, last.enterprise_id, last.id))


def _due(until: datetime) -> list[Any]:
    its_own = HazardStanding.id == Hazard.id
    return [its_own, HazardStanding.tier_until <= until, Hazard.state.in_(LISTED), ~Hazard.hidden]


def _taken(until: datetime, after: Place | None, most: int, waits: bool) -> Sequence[Any]:
    wanted = select(*_READ).where(*_due(until))
    if after is not None:  # else each look would begin among the rows just moved
        wanted = wanted.where(HazardStanding.tier_until >= after[0], tuple_(*_ORDER) > tuple_(*after))
    wanted = wanted.order_by(*_ORDER).limit(most)
    return db.session.execute(wanted.with_for_update(skip_locked=not waits, of=HazardStanding)).all()


@dataclass(frozen=True, slots=True)
class _Step:
    """One move, for all that make it: onto which list, from when, in whose care, and its entry in their histories."""

    left: Tier
    to: Tier
    on_day: date
    owner: int | None
    event: AlikeEvents


@dataclass(slots=True)
class _Way:
    """The moves of all hazards of one unit that stand alike, and where they stand then."""

    steps: Sequence[_Step]
    end: tuple[Tier, date, datetime | None, int | None]
    hazards: int = 0


class _Written:
    """The rows of a chunk, worked out before any is written."""

    def __init__(self, lists: Lists, until: datetime, now: datetime, run_id: int) -> None:
        self._lists, self._until, self._now, self._run_id = lists, until, now, run_id
        self._ways: dict[tuple[int, int | None, str, date | None, str, int | None], _Way] = {}
        self._chain = chain()
        self._events: list[tuple[Any, ...]] = []
        self._moved: list[tuple[Any, ...]] = []
        self._standing: list[tuple[Any, ...]] = []

    def add(  # the columns of _READ
        self, id_: int, firm: int, unit: int | None, path: str, state: str, tier: str, since: date, _until: datetime,
        owner: int | None, head: str, length: int,
    ) -> None:  # fmt: skip
        """Every move of one hazard until the moment, and where it stands then."""
        key = (firm, unit, tier, since, state, owner)
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(*key)
        way.hazards += 1
        for step in way.steps:
            length += 1
            made = step.event.digest(head, id_, length)
            self._events.append(("hazard", id_, length, self._now, None, KIND, step.event.content, head, made))
            self._moved.append(
                (id_, firm, unit, path, step.on_day, self._now, step.left, step.to, owner, step.owner, self._run_id)
            )
            head, owner = made, step.owner
        self._standing.append((id_, *way.end, head, length))

    def _way(self, firm: int, unit: int | None, tier: str, since: date, state: str, owner: int | None) -> _Way:
        at, steps = Standing(Tier(tier), since), []
        for to in self._lists.steps(at, firm, unit, self._until):
            owner = self._lists.owner(to.tier, firm, unit)
            steps.append(
                _Step(at.tier, to.tier, to.since, owner, _alike(self._chain, self._now, at.tier, to, owner, state))
            )
            at = to
        return _Way(steps, (at.tier, at.since, self._lists.until(at, firm, unit), owner))

    def moves(self) -> list[Moves]:
        """The moves, counted."""
        counted: Counter[tuple[int, int | None, date, Tier]] = Counter()
        for (firm, unit, *_), way in self._ways.items():
            for step in way.steps:
                counted[firm, unit, step.on_day, step.left] += way.hazards
        return [Moves(*key, number) for key, number in counted.items()]

    def put_down(self) -> None:
        """Write them in a few statements; the hazards' own rows stay as they are."""
        insert_rows(Event, _EVENT, self._events)
        insert_rows(TierMove, _MOVE, self._moved)
        change_rows(HazardStanding, _STANDING, self._standing)


@lru_cache(maxsize=TEXTS_KEPT)
def _alike(link: Chain, now: datetime, left: Tier, to: Standing, owner: int | None, state: str) -> AlikeEvents:
    content = {
        "from_tier": left.value,
        "to_tier": to.tier.value,
        "on": to.since.isoformat(),
        "owner": owner,
        "state": state,
    }
    return AlikeEvents(link, "hazard", at=now, kind=KIND, content=content)
