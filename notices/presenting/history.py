"""The history of a notice in words, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from accounts.queries import person_labels
from core.days import SHANGHAI
from core.db import db
from core.models import Event
from hazards.presenting.words import clock_text, moment_text
from hazards.timeline import Entry
from notices.audit_words import CODES, KINDS
from notices.models import Notice
from notices.presenting.words import Names, is_numbered, name_of

SHOWN: Final = 100
SYSTEM: Final = "系统"


def events_of(notice: Notice) -> list[Event]:
    """The entries of a notice, newest first."""
    wanted = select(Event).where(Event.subject_kind == Notice.__tablename__, Event.subject_id == notice.id)
    return list(db.session.scalars(wanted.order_by(Event.seq.desc()).limit(SHOWN)))


def last_entry(notice: Notice, now: datetime) -> Entry | None:
    """The newest entry, with its hour where it was today."""
    last = next(iter(events_of(notice)), None)
    if last is None:
        return None
    names = person_labels({last.actor_id} if last.actor_id is not None else set())
    return Entry(clock_text(last.at, now), "", name_of(last.actor_id, names) or SYSTEM, KINDS.get(last.kind, last.kind))


def timeline_of(notice: Notice, events: Sequence[Event], names: Names) -> list[Entry]:
    """The entries as a person reads them."""
    return [_entry(notice, event, names) for event in events]


def _entry(notice: Notice, event: Event, names: Names) -> Entry:
    return Entry(
        at=moment_text(event.at),
        iso=event.at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        who=name_of(event.actor_id, names) or SYSTEM,
        what="定稿" if event.kind == "issued" and not is_numbered(notice) else KINDS.get(event.kind, event.kind),
        detail=_detail(event.kind, event.content),
        quote=notice.void_reason if event.kind in ("voided", "withdrawn") else "",
    )


def _detail(kind: str, content: Mapping[str, Any]) -> str:
    """What the entry says besides, in words; digests and ids stay with the auditor."""
    manner, receipt = CODES.get(content.get("manner", ""), ""), CODES.get(content.get("receipt", ""), "")
    said = {
        "numbered": content.get("number", ""),
        "issued": content.get("number", ""),
        "served": "，".join(filter(None, (manner, content.get("on", ""), receipt))),
    }
    return str(said.get(kind, ""))
