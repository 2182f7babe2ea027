"""Adding to a history, and binding histories with anchors.

A subject's chain needs no lock but that of its own row; an anchor files every event not yet filed, so that changed,
removed, reordered, cut or rolled-back history shows (see core/verification.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Row, func, select, update

from core.chain import START, Chain, canonical
from core.db import db
from core.models import Anchor, Chained, Event


def chain() -> Chain:
    """The chain of this installation: its key and hash from the settings."""
    made: Chain = current_app.extensions["chain"]
    return made


def event_content(event: Event | Row[Any]) -> dict[str, Any]:
    """Everything of an event that its digest covers."""
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    subject = event.subject_kind, event.subject_id, event.seq
    return _covered(subject, at, event.actor_id, event.kind, event.content)


def _covered(
    subject: tuple[str, int, int], at: str, actor_id: int | None, kind: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    return {"subject": list(subject), "at": at, "actor": actor_id, "kind": kind, "content": content}


class TellsItsHistory(Protocol):
    """A subject that reads and sets head and length where they stand, on a row beside its own."""

    chain_head: str
    chain_length: int


Subject = Chained | TellsItsHistory


class AlikeEvents:
    """Events that differ in nothing but whose they are and their number: their text is made once, for plain rows."""

    def __init__(self, link: Chain, subject_kind: str, *, at: datetime, kind: str, content: Mapping[str, Any]) -> None:
        moment = at.astimezone(UTC).isoformat(timespec="microseconds")
        whole = canonical(_covered((subject_kind, 0, 0), moment, None, kind, content))
        self._before = whole.removesuffix(b"0,0]}")
        assert self._before != whole, "the subject stands last in the text"
        self._link = link
        self.content = canonical(content).decode()

    def digest(self, previous: str, subject_id: int, seq: int) -> str:
        """The digest of the event of this subject with this number after the previous digest."""
        return self._link.seal(b"%b\n%b%d,%d]}" % (previous.encode(), self._before, subject_id, seq))


def append(
    subject: Subject,
    kind: str,
    *,
    at: datetime,
    actor_id: int | None,
    content: dict[str, Any] | None = None,
) -> Event:
    """Add one event to the subject's history inside the running unit of work (the subject must have its id)."""
    entry = next_event(subject, kind, at=at, actor_id=actor_id, content=content)
    db.session.add(entry)
    return entry


def next_event(
    subject: Subject,
    kind: str,
    *,
    at: datetime,
    actor_id: int | None,
    content: dict[str, Any] | None = None,
) -> Event:
    """The next event of the subject's history, which counts it from now on; whoever makes it must also write it."""
    row: Any = subject
    subject.chain_length += 1
    entry = Event(
        subject_kind=row.__tablename__,
        subject_id=row.id,
        seq=subject.chain_length,
        at=at,
        actor_id=actor_id,
        kind=kind,
        content=content or {},
        previous=subject.chain_head,
    )
    entry.digest = chain().link(entry.previous, event_content(entry))
    subject.chain_head = entry.digest
    return entry


def anchor(*, at: datetime, reason: str) -> Anchor | None:
    """Bind all events not yet bound; None when there is nothing new. Inside a unit of work."""
    last = db.session.scalar(select(Anchor).order_by(Anchor.seq.desc()).limit(1).with_for_update())
    unbound = select(Event.id).where(Event.anchor_id.is_(None))
    newest = db.session.scalar(select(func.max(Event.id)).where(Event.anchor_id.is_(None)))
    if newest is None:
        return last
    made = Anchor(
        seq=(last.seq if last else 0) + 1,
        at=at,
        events=0,
        reason=reason,
        previous=last.digest if last else START,
        digest="",
    )
    db.session.add(made)
    db.session.flush()
    db.session.execute(
        update(Event).where(Event.id.in_(unbound.where(Event.id <= newest))).values(anchor_id=made.id),
        execution_options={"synchronize_session": False},
    )
    made.events, made.digest = bound_digest(made)
    return made


def bound_digest(made: Anchor) -> tuple[int, str]:
    """How many events an anchor binds, and the digest over them in the order of their ids."""
    rows = db.session.execute(
        select(Event.subject_kind, Event.subject_id, Event.seq, Event.digest)
        .where(Event.anchor_id == made.id)
        .order_by(Event.id)
        .execution_options(yield_per=2000)
    )
    return seal_anchor(made, (tuple(row) for row in rows))


def seal_anchor(made: Any, events: Iterable[tuple[Any, ...]]) -> tuple[int, str]:
    """The count and digest of an anchor (its row) over these events: kind, subject, seq, digest of each."""
    link, digest, count = chain(), made.previous, 0
    for event in events:
        digest = link.link(digest, {"event": list(event)})
        count += 1
    at = made.at.astimezone(UTC).isoformat(timespec="microseconds")
    return count, link.link(digest, {"anchor": [made.seq, at, made.reason, count]})
