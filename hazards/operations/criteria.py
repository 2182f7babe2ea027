"""Verbs on the clauses that make a hazard major: load, correct, and say until which day an edition holds.

Kept by the system administrator, who sees no hazard. Nothing is removed, and what is replaced is kept: old hazards hold
a copy of the text they were judged by, which no correction touches (domain.md §9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from accounts.access import Actor
from accounts.authority import allow
from accounts.roles import Role
from core.chain import digest
from core.db import db
from core.history import append
from core.refusals import Conflict, Invalid
from hazards.editions import Edition, stream_clauses
from hazards.models import Criterion, CriterionVersion

LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class ClauseDetails:
    """What is said of a clause that may be put right; which clause it is stays."""

    text: str
    effective_from: date | None = None
    effective_to: date | None = None


def may_keep_criteria(actor: Actor) -> bool:
    """Who loads and corrects the standards."""
    return actor.holds(Role.SYSTEM_ADMIN)


def allow_keeping(actor: Actor) -> None:
    """Refuse whoever does not keep the standards."""
    allow(may_keep_criteria(actor), "装载或更正判定标准", "系统管理员")


def add_criteria(rows: list[dict[str, Any]], *, by: Actor, now: datetime) -> list[Criterion]:
    """Add clauses (the columns of each as a dict); inside a unit of work."""
    allow_keeping(by)
    made = [Criterion(**row) for row in rows]
    db.session.add_all(made)
    db.session.flush()
    for criterion in made:
        content = {"text": digest(criterion.text.encode())}
        append(criterion, "added", at=now, actor_id=by.person_id, content=content)
    return made


def correct_criterion(
    criterion: Criterion, details: ClauseDetails, *, source: str, by: Actor, now: datetime, expected: int | None = None
) -> None:
    """Put a clause right and keep how it read; inside a unit of work.

    `expected` is the length of its history when the form was shown: `Conflict` where somebody has corrected it since.
    """
    allow_keeping(by)
    _wait_for_turn(criterion)
    if expected is not None and criterion.chain_length != expected:
        raise Conflict("这一条款刚被别人更正过，您的更正没有提交。请刷新后核对，再更正。")
    _check(details)
    before = ClauseDetails(criterion.text, criterion.effective_from, criterion.effective_to)
    if before == details:
        raise Invalid("没有改动。", fields={"text": "与现在的内容一样，没有改动。"})
    kept = CriterionVersion(
        criterion_id=criterion.id,
        number=criterion.chain_length + 1,
        text=before.text,
        effective_from=before.effective_from,
        effective_to=before.effective_to,
        source=source,
        replaced_at=now,
        replaced_by_id=by.person_id,
    )
    db.session.add(kept)
    criterion.text = details.text
    criterion.effective_from, criterion.effective_to = details.effective_from, details.effective_to
    content = {"version": kept.number, "before": _digest(before), "after": _digest(details)}
    append(criterion, "corrected", at=now, actor_id=by.person_id, content=content)


def set_edition_days(
    edition: Edition, since: date | None, until: date | None, *, source: str, by: Actor, now: datetime
) -> int:
    """Say from when to when an edition holds, for each of its clauses; how many of them changed."""
    allow_keeping(by)
    changed = 0
    for criterion in list(stream_clauses(edition)):
        details = ClauseDetails(criterion.text, since, until)
        if details != ClauseDetails(criterion.text, criterion.effective_from, criterion.effective_to):
            correct_criterion(criterion, details, source=source, by=by, now=now)
            changed += 1
    if not changed:
        raise Invalid("没有改动。", fields={"effective_to": "日期与现在的一样，没有改动。"})
    return changed


def _check(details: ClauseDetails) -> None:
    if not details.text.strip():
        raise Invalid("没有内容。", fields={"text": "请填条款内容。"})
    if details.effective_from and details.effective_to and details.effective_to < details.effective_from:
        raise Invalid("日期不对。", fields={"effective_to": "有效至的日期早于施行日期。请核对。"})


def _digest(details: ClauseDetails) -> str:
    said = (details.text, str(details.effective_from or ""), str(details.effective_to or ""))
    return digest("\n".join(said).encode())


def _wait_for_turn(criterion: Criterion) -> None:
    """Wait for whoever is correcting the same clause, then continue from what stands there."""
    db.session.flush()
    newest = select(Criterion.chain_head, Criterion.chain_length).where(Criterion.id == criterion.id)
    head, length = db.session.execute(newest.with_for_update()).one()
    set_committed_value(criterion, "chain_head", head)
    set_committed_value(criterion, "chain_length", length)
