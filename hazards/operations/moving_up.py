"""三清三进: hazards not cleared at the end of their list's period move up, a chunk of them at a time.

Each move is one event of the hazard's chain and one `TierMove`; no version is written, since a move changes no fact.
Rows are locked while they are worked on. What somebody else has locked is left for the next look, so that neither two
workers nor a person who is signing ever wait for each other's chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import String, exists, select, tuple_, type_coerce

from core.bulk import change_rows, insert_rows
from core.chain import Chain
from core.db import db
from core.history import AlikeEvents, chain
from core.models import Event
from hazards.listed import Lists
from hazards.models import Hazard, TierMove
from hazards.news import HazardsMovedUp, Move, announce
from hazards.operations.tiers import LISTED
from workflows.cadence import Standing
from workflows.vocabulary import Tier

KIND: Final = "moved_up"
CHUNK: Final = 1000
TEXTS_KEPT: Final = 10_000
Place = tuple[datetime, int]

_READ = (
    Hazard.id,
    Hazard.enterprise_id,
    Hazard.unit_id,
    Hazard.region_path,
    Hazard.sector,
    type_coerce(Hazard.state, String).label("state"),
    type_coerce(Hazard.tier, String).label("tier"),
    Hazard.tier_since,
    Hazard.tier_until,
    Hazard.list_owner_id,
    Hazard.chain_head,
    Hazard.chain_length,
)
_EVENT = ("subject_kind", "subject_id", "seq", "at", "actor_id", "kind", "content", "previous", "digest")
_MOVE = (
    *("hazard_id", "enterprise_id", "unit_id", "region_path", "on_day", "at", "from_tier", "to_tier", "owner_id"),
    "run_id",
)
_STANDING = ("id", "tier", "tier_since", "tier_until", "list_owner_id", "chain_head", "chain_length")
_TIERS: Final = {tier.value: tier for tier in Tier}


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a chunk did: its moves in order, how many hazards it looked at, and behind which the next begins."""

    moves: tuple[Move, ...] = ()
    seen: int = 0
    last: Place | None = None


def is_due(until: datetime) -> bool:
    """Whether anything has to move up by this moment."""
    return bool(db.session.scalar(select(exists().where(*_due(until)))))


def move_up(
    until: datetime, *, now: datetime, run_id: int, after: Place | None = None, most: int = CHUNK, waits: bool = False
) -> Chunk:
    """Move up the next hazards whose period has passed, each as often as it must, inside a unit of work.

    In the order in which their periods ended. `waits`: also for those that somebody else has locked just now.
    """
    rows = _taken(until, after, most, waits)
    if not rows:
        return Chunk()
    written = _Written(Lists({row.enterprise_id for row in rows}), until, now, run_id)
    for row in rows:
        written.add(row)
    written.put_down()
    if written.moves:
        announce(HazardsMovedUp(written.moves, now))
    return Chunk(tuple(written.moves), len(rows), (rows[-1].tier_until, rows[-1].id))


def _due(until: datetime) -> list[Any]:
    return [Hazard.tier_until <= until, Hazard.state.in_(LISTED), ~Hazard.hidden]


def _taken(until: datetime, after: Place | None, most: int, waits: bool) -> Sequence[Any]:
    wanted = select(*_READ).where(*_due(until))
    if after is not None:  # else each look would begin among the rows just moved
        wanted = wanted.where(Hazard.tier_until >= after[0], tuple_(Hazard.tier_until, Hazard.id) > tuple_(*after))
    wanted = wanted.order_by(Hazard.tier_until, Hazard.id).limit(most)
    return db.session.execute(wanted.with_for_update(skip_locked=not waits)).all()


class _Written:
    """The rows of a chunk, worked out before any is written."""

    def __init__(self, lists: Lists, until: datetime, now: datetime, run_id: int) -> None:
        self.moves: list[Move] = []
        self._lists, self._until, self._now, self._run_id = lists, until, now, run_id
        self._chain: Chain = chain()
        self._events: list[tuple[Any, ...]] = []
        self._moved: list[tuple[Any, ...]] = []
        self._standing: list[tuple[Any, ...]] = []

    def add(self, row: Any) -> None:
        """Every move of one hazard until the moment, and where it stands then."""
        place = row.enterprise_id, row.unit_id
        at = Standing(_TIERS[row.tier], row.tier_since)
        head, length, owner = row.chain_head, row.chain_length, row.list_owner_id
        for step in self._lists.steps(at, *place, self._until):
            owner = self._lists.owner(step.tier, *place)
            length += 1
            head = self._event(row, at.tier, step, owner, head, length)
            self._move(row, at.tier, step, owner)
            at = step
        until = self._lists.until(at, *place)
        self._standing.append((row.id, at.tier, at.since, until, owner, head, length))

    def _event(self, row: Any, left: Tier, to: Standing, owner: int | None, head: str, length: int) -> str:
        alike = _alike(self._chain, self._now, left, to, owner, row.state)
        made = alike.digest(head, row.id, length)
        self._events.append(("hazard", row.id, length, self._now, None, KIND, alike.content, head, made))
        return made

    def _move(self, row: Any, left: Tier, to: Standing, owner: int | None) -> None:
        self.moves.append(
            Move(row.id, row.enterprise_id, row.unit_id, row.region_path, row.sector, to.since, left, to.tier, owner)
        )
        self._moved.append(
            (
                *(row.id, row.enterprise_id, row.unit_id, row.region_path),
                *(to.since, self._now, left, to.tier, owner, self._run_id),
            )
        )

    def put_down(self) -> None:
        """Write them in a few statements; the version of each hazard counts up, so that stale acts are refused."""
        insert_rows(Event, _EVENT, self._events)
        insert_rows(TierMove, _MOVE, self._moved)
        change_rows(Hazard, _STANDING, self._standing, counts_up="version")


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
