"""Messages that are written with what they tell of: nothing is told that did not happen, nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.db import db
from core.models import OutboxMessage


def tell(persons: Iterable[int], kind: str, text: str, *, now: datetime, url: str = "", key: str | None = None) -> None:
    """Write one message for each person, inside the running unit of work; `key` makes it once only."""
    for person_id in sorted(set(persons)):
        db.session.add(
            OutboxMessage(
                made_at=now,
                person_id=person_id,
                kind=kind,
                text=text[:2000],
                url=url[:300],
                key=f"{key}:{person_id}" if key else None,
            )
        )
