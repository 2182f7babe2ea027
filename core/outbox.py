"""Messages that are written with what they tell of: nothing is told that did not happen, nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from core.db import db
from core.models import OutboxMessage


def tell(persons: Iterable[int], kind: str, text: str, *, now: datetime, url: str = "", key: str | None = None) -> None:
    """Write one message for each person, inside the running unit of work; `key` makes it once only for each."""
    wanted = sorted(set(persons))
    told = _told(key, wanted)
    for person_id in wanted:
        if key and f"{key}:{person_id}" in told:
            continue
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


def _told(key: str | None, persons: list[int]) -> set[str]:
    if key is None or not persons:
        return set()
    keys = [f"{key}:{person_id}" for person_id in persons]
    found = db.session.scalars(select(OutboxMessage.key).where(OutboxMessage.key.in_(keys)))
    return {text for text in found if text is not None}
