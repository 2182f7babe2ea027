"""The run that moves hazards up the lists: once for each period, however often and by however many it is started.

A run is claimed by its period (`JobRun`). Chunks are units of work of their own; a run that was interrupted is
continued by whoever comes next, under the same key. When nothing is left to move it ends, and the new list owners are
told, one message for each person and run, from what the run has moved and what still stands so.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, pairwise
from typing import Final

from flask import Flask, current_app
from sqlalchemy import func, select

from core.days import SHANGHAI
from core.db import db, is_sqlite, unit_of_work
from core.jobs import claim_run
from core.models import JobRun
from core.outbox import tell
from core.scope import everything
from hazards.models import Hazard, HazardStanding, TierMove
from hazards.operations.moving_up import CHUNK, Chunk, Place, is_due, move_up
from hazards.operations.tiers import LISTED
from workflows.cadence import ORDER
from workflows.vocabulary import Tier

JOB: Final = "rollover"
DIGEST: Final = "rollover-told"
TOLD_AT_ONCE: Final = 500
SLOT_MINUTES: Final = 10
HANDS: Final = max(2, min(4, os.cpu_count() or 2))


@dataclass(slots=True)
class Outcome:
    """What a start of the rollover did: moves by the list left, hazards, and people told."""

    moves: Counter[Tier] = field(default_factory=Counter)
    told: int = 0

    @property
    def moved(self) -> int:
        """How many moves there were."""
        return self.moves.total()


def slot_of(now: datetime) -> datetime:
    """The moment up to which a periodic start moves: the same for all that start within ten minutes."""
    return now.replace(minute=now.minute // SLOT_MINUTES * SLOT_MINUTES, second=0, microsecond=0)


def roll_over(until: datetime, *, now: datetime) -> Outcome:
    """Move up everything whose period ended by `until`, after what an interrupted run has left. Safe to repeat."""
    outcome = Outcome()
    with everything("hazards that move up their lists"):
        for run_id, key in _unfinished(JOB):
            _run(run_id, datetime.fromisoformat(key.partition("#")[0]), now, outcome)
        if is_due(until):
            _run(_claimed(until, now), until, now, outcome)
        for run_id, _key in _unfinished(DIGEST):
            _tell(run_id, now, outcome)
    return outcome


def _unfinished(job: str) -> list[tuple[int, str]]:
    wanted = select(JobRun.id, JobRun.key).where(JobRun.job == job, JobRun.finished_at.is_(None)).order_by(JobRun.id)
    return [(row.id, row.key) for row in db.session.execute(wanted)]


def _claimed(until: datetime, now: datetime) -> int:
    """The run of this period: a new one, or the one that somebody else is just at; a finished one takes no more."""
    key = until.astimezone(SHANGHAI).isoformat()
    for turn in count(1):
        with unit_of_work() as session:
            name = key if turn == 1 else f"{key}#{turn}"
            if (made := claim_run(JOB, name, now)) is not None:
                return made.id
            known = session.scalars(select(JobRun).where(JobRun.job == JOB, JobRun.key == name)).one()
            if known.finished_at is None:
                return known.id
    raise AssertionError("counting does not end")


# --- moving ----------------------------------------------------------------------------------------------------


def _run(run_id: int, until: datetime, now: datetime, outcome: Outcome) -> None:
    """Chunk by chunk until nothing is left; at last those, one by one, that somebody else has locked."""
    for hands, most, waits in ((_hands(), CHUNK, False), (1, CHUNK, False), (1, 1, True)):
        walk = _Walk(run_id, until, now, most, waits)
        moves, has_ended = walk.shared(hands) if hands > 1 else walk.alone()
        outcome.moves.update(moves)
        if has_ended:
            return
    _finish(run_id, now)


def _hands() -> int:
    """How many connections move at once: each takes what no other has locked. SQLite lets only one write."""
    return 1 if is_sqlite() else HANDS


@dataclass(frozen=True, slots=True)
class _Walk:
    """One look through everything that is due, a chunk at a time, each a unit of work of its own."""

    run_id: int
    until: datetime
    now: datetime
    most: int
    waits: bool

    def shared(self, hands: int) -> tuple[Counter[Tier], bool]:
        """The same by several threads at once, each with a connection of its own."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        db.session.rollback()  # what was read before lets go of its connection while the hands have theirs
        with ThreadPoolExecutor(hands, thread_name_prefix="rollover") as pool:
            walks = [pool.submit(self._in_thread, app) for _ in range(hands)]
        done = [walk.result() for walk in walks]
        return sum((moves for moves, _ in done), Counter()), any(has_ended for _, has_ended in done)

    def _in_thread(self, app: Flask) -> tuple[Counter[Tier], bool]:
        with app.app_context(), everything("hazards that move up their lists"):
            return self.alone()

    def alone(self) -> tuple[Counter[Tier], bool]:
        """What was moved by the list left, and whether somebody else has ended the run meanwhile."""
        moves: Counter[Tier] = Counter()
        after: Place | None = None
        while (chunk := self._chunk(after)) is not None and chunk.seen:
            moves.update(chunk.moves)
            after = chunk.last
        return moves, chunk is None

    def _chunk(self, after: Place | None) -> Chunk | None:
        """One unit of work; None where the run was ended by somebody else, who has told everybody."""
        with unit_of_work() as session:
            going = select(JobRun.id).where(JobRun.id == self.run_id, JobRun.finished_at.is_(None))
            if session.scalar(going.with_for_update(read=True)) is None:
                return None
            return move_up(self.until, now=self.now, run_id=self.run_id, after=after, most=self.most, waits=self.waits)


def _finish(run_id: int, now: datetime) -> None:
    """End the run: from here on nothing is moved under it, so that what is told of it is all of it."""
    with unit_of_work() as session:
        run = session.scalars(select(JobRun).where(JobRun.id == run_id).with_for_update()).one()
        if run.finished_at is None:
            run.finished_at = now
            claim_run(DIGEST, str(run_id), now)


# --- being told ------------------------------------------------------------------------------------------------


def _tell(digest_id: int, now: datetime, outcome: Outcome) -> None:
    """One message to each who now answers for something; whoever was told before an interruption is not told again."""
    moved_by = int(db.session.scalars(select(JobRun.key).where(JobRun.id == digest_id)).one())
    said = _said(moved_by)
    for text, persons in said.items():
        for start in range(0, len(persons), TOLD_AT_ONCE):
            with unit_of_work() as session:
                own = select(JobRun.id).where(JobRun.id == digest_id, JobRun.finished_at.is_(None)).with_for_update()
                if session.scalar(own) is None:
                    return
                some = persons[start : start + TOLD_AT_ONCE]
                tell(some, "lists", text, now=now, url="/inspections/lists/?mine=1", key=f"rollover:{moved_by}")
            outcome.told += len(some)
    with unit_of_work() as session:
        session.get_one(JobRun, digest_id, with_for_update=True).finished_at = now


def _said(run_id: int) -> dict[str, list[int]]:
    """Who is told what: of what the run moved, that which still stands where it moved to."""
    wanted = (
        select(HazardStanding.list_owner_id, TierMove.to_tier, func.count().label("number"))
        .join(Hazard, Hazard.id == TierMove.hazard_id)
        .join(Hazard.standing)
        .where(TierMove.run_id == run_id, HazardStanding.tier == TierMove.to_tier, Hazard.state.in_(LISTED))
        .where(HazardStanding.list_owner_id.is_not(None))
        .group_by(HazardStanding.list_owner_id, TierMove.to_tier)
    )
    counted: dict[int, dict[Tier, int]] = defaultdict(dict)
    for owner, tier, number in db.session.execute(wanted):
        counted[int(owner or 0)][tier] = number
    said: dict[str, list[int]] = defaultdict(list)
    for owner in sorted(counted):
        said[digest_text(counted[owner])].append(owner)
    return said


def digest_text(numbers: dict[Tier, int]) -> str:
    """3 条隐患进入您的周清单，1 条进入您的月清单。请督促在期限内清零。"""
    first, *more = [tier for tier in ORDER if tier in numbers]
    parts = [f"{numbers[first]:,} 条隐患进入您的{first.label}清单"]
    parts += [f"{numbers[tier]:,} 条进入您的{tier.label}清单" for tier in more]
    return "，".join(parts) + "。请督促在期限内清零。"


def summary(outcome: Outcome, until: datetime) -> str:
    """What an operator reads after `flask rollover`."""
    when = f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if not outcome.moved:
        return f"截至 {when}：没有要移动的隐患。" + (f"补告知 {outcome.told:,} 人。" if outcome.told else "")
    steps = dict(pairwise(ORDER))
    parts = [f"{left.label} → {steps[left].label} {outcome.moves[left]:,} 条" for left in ORDER if outcome.moves[left]]
    return f"截至 {when}：清单上移 {outcome.moved:,} 次，" + "，".join(parts) + f"；已告知 {outcome.told:,} 人。"
