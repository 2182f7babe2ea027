"""What the check and the writing of a file on its way in share: the claim, the marks of progress, the refusal.

Reading holds no transaction; what it finds is kept in short ones, so that nobody waits. Work whose `run` is no longer
that of the draft stops at its next mark: it was started again, or given up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from accounts.access import Actor
from core.db import beside, is_writing, unit_of_work
from core.files import file_store
from core.refusals import Refusal
from hazards.header_titles import titles_in_force
from hazards.ledger import Corrections, NotALedger
from hazards.models import DraftStage, ImportDraft
from hazards.operations.import_drafts import draft_for
from hazards.operations.import_findings import understood_of
from hazards.operations.import_names import Recalled, recall, with_recalled
from hazards.operations.importing import Decisions, Options
from workflows.vocabulary import Channel

MARK_EVERY: Final = timedelta(seconds=1)

Clock = Callable[[], datetime]


class Stopped(Exception):
    """The work was started again elsewhere, or given up."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a run needs of its draft, as plain values."""

    draft_id: int
    run: str
    by: Actor
    clock: Clock
    data: bytes
    name: str
    options: Options
    is_first: bool
    outline: str
    confirmed_at: datetime | None
    recalled: Mapping[str, Recalled]

    def mark(self, done: int, total: int) -> None:
        """Note how far the work has come; raises `Stopped` where it is no longer wanted."""
        here = (ImportDraft.id == self.draft_id) & (ImportDraft.run == self.run)
        values = {"rows_done": done, "rows_total": total, "marked_at": self.clock()}
        with beside() as connection:
            marked = connection.execute(update(ImportDraft).where(here).values(**values))
        if not marked.rowcount:
            raise Stopped


class Ticks:
    """Marks at most one in a second, and none inside a unit of work; `lap` counts the laps of the same rows."""

    def __init__(self, work: Work, lap: int = 0, laps: int = 1) -> None:
        self.work, self.lap, self.laps, self.last = work, lap, laps, work.clock()

    def __call__(self, done: int, total: int) -> None:
        moment = self.work.clock()
        if moment - self.last >= MARK_EVERY and not is_writing():
            self.last = moment
            self.work.mark(self.lap * total + done, self.laps * total)


def take_up(draft_id: int, run: str, stage: DraftStage, by: Actor, clock: Clock) -> Work | None:
    """Claim the run; None where another did, or it is no longer wanted."""
    titles, recalled = titles_in_force(), recall()
    with unit_of_work():
        draft = draft_for(draft_id)
        if draft.run != run or draft.stage is not stage or draft.run_since is not None:
            return None
        draft.run_since = draft.marked_at = clock()
        decided = Decisions.from_json(draft.decisions)
        told, digest = draft.wanted or draft.corrections, draft.file.digest
        options = Options(
            enterprise=draft.told_enterprise,
            region=draft.told_region,
            channel=Channel(draft.told_channel) if draft.told_channel else None,
            corrections=Corrections.from_json(told if stage is DraftStage.CHECKING else draft.corrections),
            titles=titles,
            decisions=with_recalled(decided, recalled) if stage is DraftStage.CHECKING else decided,
            only_clean=draft.only_clean if stage is DraftStage.WRITING else False,
        )
        plain = (draft.file_name, options, not draft.shape, draft.outline, draft.confirmed_at, recalled)
    with file_store().open(digest) as file:
        return Work(draft_id, run, by, clock, file.read(), *plain)


def still_wanted(work: Work) -> ImportDraft:
    """The draft, locked, while this run is the one that is wanted; else raises `Stopped`."""
    draft = draft_for(work.draft_id)
    if draft.run != work.run:
        raise Stopped
    return draft


def refuse(work: Work, refusal: Refusal) -> None:
    """Keep the sentence; with an earlier check the draft goes back to it, as it was understood then."""
    outline = refusal.outline if isinstance(refusal, NotALedger) else None
    with unit_of_work():
        draft = draft_for(work.draft_id)
        if draft.run != work.run:
            return
        draft.said, draft.run, draft.touched_at = refusal.sentence[:500], "", work.clock()
        if draft.check_no:
            draft.stage, draft.wanted = DraftStage.READY, {}
            return
        draft.stage, draft.corrections = DraftStage.REFUSED, work.options.corrections.as_json()
        draft.understood = understood_of(outline) if outline is not None else {}
        draft.shape = outline.shape if outline is not None else draft.shape
