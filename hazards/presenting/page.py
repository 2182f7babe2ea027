"""The whole detail page as plain values: reads what the loaded case does not hold, then only arranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.access import Actor
from hazards.case import Loaded
from hazards.presenting.doing import Doing, doing_of
from hazards.presenting.flow import Flow, flow_of
from hazards.presenting.head import Head, head_of
from hazards.presenting.record import (
    FactRow,
    Paper,
    Photo,
    Plan,
    deadline_rows,
    facts_of,
    is_masked,
    papers_of,
    photos_of,
    plan_of,
    work_of,
)
from hazards.presenting.words import Names
from hazards.timeline import LONGEST, Entry, entries_of, read_history


@dataclass(frozen=True, slots=True)
class DetailPage:
    """Everything `hazards/detail.html` prints."""

    head: Head
    doing: Doing
    flow: Flow
    facts: tuple[FactRow, ...]
    plan: Plan | None
    work: tuple[FactRow, ...]
    points: int
    before: tuple[Photo, ...]
    after: tuple[Photo, ...]
    deadlines: tuple[tuple[str, ...], ...]
    papers: tuple[Paper, ...]
    timeline: tuple[Entry, ...]
    entries: int
    is_cut: bool
    digest: str


def detail_page(loaded: Loaded, actor: Actor, *, now: datetime, oldest_first: bool = False) -> DetailPage:
    """The page of a hazard for this person; two more queries than the loaded case."""
    hazard, changes = loaded.hazard, loaded.deadlines
    masked = is_masked(hazard, actor)
    history = read_history(hazard.id, oldest_first=oldest_first, persons=_named_in(loaded))
    hidden = {hazard.reporter_id} if masked and hazard.reporter_id is not None else set()
    names = Names(history.labels, frozenset(hidden))
    before, after = photos_of(loaded, names, masked=masked)
    return DetailPage(
        head=head_of(loaded, changes, now),
        doing=doing_of(loaded, actor, now),
        flow=flow_of(loaded, names, actor.person_id, now),
        facts=facts_of(loaded, actor, names),
        plan=plan_of(loaded, actor),
        work=work_of(hazard),
        points=hazard.points_total,
        before=before,
        after=after,
        deadlines=deadline_rows(changes, names),
        papers=papers_of(loaded),
        timeline=entries_of(history, loaded, names, masked=masked),
        entries=hazard.chain_length,
        is_cut=hazard.chain_length > LONGEST,
        digest=hazard.chain_head,
    )


def _named_in(loaded: Loaded) -> set[int | None]:
    """Everybody the page mentions beside the history; who took the complaint stays unnamed to the enterprise."""
    hazard = loaded.hazard
    signatures = [signature for request in loaded.requests for signature in request.signatures]
    wanted: set[int | None] = {change.by_id for change in loaded.deadlines}
    wanted |= {item.added_by_id for item in loaded.evidence}
    wanted |= {signature.recorder_id for signature in signatures}
    wanted |= {signature.deputising_for_id for signature in signatures}
    return wanted | {hazard.criterion_by_id, hazard.plan_filed_by_id, hazard.list_owner_id}
