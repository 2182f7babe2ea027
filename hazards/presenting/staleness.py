"""Whether a form was made from what the record still says; who did what meanwhile, and what is different now.

Nothing is merged: a form made from an older record is refused, with what was typed kept (pages.md §6). Entries that
change nothing a form shows (a reminder, an acknowledgement) leave it as good as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.queries import person_labels
from core.db import db
from core.refusals import Difference, Invalid, Stale
from hazards.case import Loaded
from hazards.models import Hazard, HazardVersion, Signature
from hazards.presenting.doing import holder_text
from hazards.presenting.words import Names, clock_text, signer
from hazards.snapshot import LABELS, snapshot
from hazards.timeline import QUIET, WORDS, read_events, shown
from workflows.vocabulary import Action, Verdict

INCOMPLETE = "这张表不完整，没有提交。请返回上一页刷新后再提交。"
SHOWN_ROWS = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form was made from: the record's version and the length of its history."""

    version: int
    entries: int

    @classmethod
    def of(cls, hazard: Hazard) -> Seen:
        """The record as it stands."""
        return cls(hazard.version, hazard.chain_length)

    @classmethod
    def read(cls, version: str | None, entries: str | None) -> Seen:
        """From a form's hidden fields; `Invalid` where they are missing or no numbers."""
        if not all(text and text.isascii() and text.isdigit() and len(text) < 10 for text in (version, entries)):
            raise Invalid(INCOMPLETE)
        return cls(int(version or 0), int(entries or 0))


def meanwhile(hazard: Hazard, seen: Seen) -> tuple[Any, ...]:
    """Entries since the form was made, oldest first, if one of them changed what it shows; else none."""
    if hazard.version == seen.version:
        return ()
    events = read_events(hazard.id, oldest_first=True, after=seen.entries)
    return () if events and all(event.kind in QUIET for event in events) else events


def stale(
    loaded: Loaded,
    seen: Seen,
    events: Sequence[Any],
    *,
    now: datetime,
    what: str,
    typed: str = "",
    next_url: str = "",
    next_label: str = "",
) -> Stale:
    """The refusal of a form that others were quicker than: `what` was not submitted, `typed` is kept."""
    told = _told(loaded, events, now)
    sentence = f"您的{what}没有提交。您打开此页后，{told or '内容已有变化'}。" + "您写的内容保留在下面。" * bool(typed)
    return Stale(
        sentence,
        who=told,
        differences=_differences(loaded, seen, events),
        typed=typed,
        next_url=next_url,
        next_label=next_label,
    )


def _told(loaded: Loaded, events: Sequence[Any], now: datetime) -> str:
    """检查人员·甲 于 14:31 先签了现场复查（第 1 人）: the last thing that was done."""
    last = next((event for event in reversed(events) if event.kind not in QUIET), None)
    if last is None:
        return ""
    at = clock_text(last.at, now)
    signature = _signature(loaded, last)
    if signature is not None:
        return f"{signer(signature.role, signature.person_name)} 于 {at} 先签了{signature.step_label}"
    return f"{_names(events).of(last.actor_id)} 于 {at} {_act(loaded, last)}"


def _names(events: Sequence[Any]) -> Names:
    return Names(person_labels({event.actor_id for event in events if event.actor_id is not None}))


def _signature(loaded: Loaded, event: Any) -> Signature | None:
    wanted = event.content.get("signature")
    return next((s for request in loaded.requests for s in request.signatures if s.id == wanted), None)


def _act(loaded: Loaded, event: Any) -> str:
    if event.kind == "open_request":
        return f"提出了「{Action(event.content['action']).label}」申请"
    request = next((r for r in loaded.requests if r.id == event.content.get("request")), None)
    return WORDS.get(event.kind, "登记了一项变动") + (f"：{request.action.label}" if request is not None else "")


def _differences(loaded: Loaded, seen: Seen, events: Sequence[Any]) -> tuple[Difference, ...]:
    rows: list[Difference] = []
    for event in events:
        signature = _signature(loaded, event)
        if signature is not None:
            step = signature.step_label
            verdict = Verdict(signature.verdict).label
            after = f"{step}：{signer(signature.role, signature.person_name)} {verdict}"
            rows.append(Difference("签批流程", f"{step} 等待签批", after))
        elif event.kind in ("open_request", "withdraw", "end_request"):
            rows.append(Difference("签批流程", "", _act(loaded, event)))
    rows += _content(loaded.hazard, seen)
    rows.append(Difference("轮到谁", "", holder_text(loaded) or loaded.hazard.state.label))
    return tuple(rows[:SHOWN_ROWS])


def _content(hazard: Hazard, seen: Seen) -> list[Difference]:
    """Facts that differ from the version the form was made from."""
    wanted = select(HazardVersion).where(HazardVersion.hazard_id == hazard.id, HazardVersion.version <= seen.entries)
    before = db.session.scalar(wanted.order_by(HazardVersion.version.desc()).limit(1))
    if before is None:
        return []
    after = snapshot(hazard)
    return [
        Difference(label, shown(name, before.content.get(name)), shown(name, after.get(name)))
        for name, label in LABELS.items()
        if before.content.get(name) != after.get(name)
    ]
