"""Messages that are written with what they tell of: nothing is told that did not happen, nothing is forgotten.

A message may name what it is true of (`About`). Before it leaves the house the room that knows is asked again, so that
nobody is reminded of what is already done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from core.changes import PreparedInsert
from core.db import db, is_sqlite
from core.models import OutboxMessage
from core.prepared import Prepared

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class About:
    """What a message is true of: a kind somebody registered (`add_subject`), which one, and how it stood."""

    kind: str
    id: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that is about to leave the house."""

    message_id: int
    person_id: int
    text: str
    about: About


StillTrue = Callable[[Sequence[Told], datetime], Mapping[int, str]]
"""The text of each message that is still true, as it reads now, by the message's id; the others are not sent."""


def tell(
    persons: Iterable[int],
    kind: str,
    text: str,
    *,
    now: datetime,
    url: str = "",
    key: str | None = None,
    about: About | None = None,
) -> None:
    """Write one message for each person, inside the running unit of work; `key` makes it once only for each."""
    wanted = sorted(set(persons))
    told = _told(key, wanted)
    _messages.put(
        OutboxMessage(
            made_at=now,
            person_id=person_id,
            kind=kind,
            text=text[:2000],
            url=url[:300],
            key=f"{key}:{person_id}" if key else None,
            about=about.kind if about else "",
            about_id=about.id if about else None,
            about_mark=about.mark[:40] if about else "",
        )
        for person_id in wanted
        if not (key and f"{key}:{person_id}" in told)
    )


_messages = PreparedInsert(OutboxMessage)


@dataclass(frozen=True, slots=True)
class Note:
    """A message to one person, once only for its key."""

    person_id: int
    kind: str
    text: str
    key: str
    url: str = ""
    about: About | None = None


def tell_each(notes: Sequence[Note], *, now: datetime) -> int:
    """Write many messages that differ, in a few statements; whose key was told already is left out; how many new."""
    made = 0
    insert = sqlite.insert(OutboxMessage) if is_sqlite() else postgresql.insert(OutboxMessage)
    for start in range(0, len(notes), AT_ONCE):
        rows = [_row(note, now) for note in notes[start : start + AT_ONCE]]
        new = insert.values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(OutboxMessage.id)
        made += len(db.session.scalars(new).all())
    return made


def _row(note: Note, now: datetime) -> dict[str, object]:
    return {
        "made_at": now,
        "person_id": note.person_id,
        "kind": note.kind,
        "text": note.text[:2000],
        "url": note.url[:300],
        "key": f"{note.key}:{note.person_id}",
        "tries": 0,
        "about": note.about.kind if note.about else "",
        "about_id": note.about.id if note.about else None,
        "about_mark": note.about.mark[:40] if note.about else "",
    }


def _told(key: str | None, persons: list[int]) -> set[str]:
    if key is None or not persons:
        return set()
    keys = [f"{key}:{person_id}" for person_id in persons]
    return set(_keys.scalars(keys=keys))


_keys = Prepared(lambda: select(OutboxMessage.key).where(OutboxMessage.key.in_(bindparam("keys", expanding=True))))


def add_subject(app: Flask, kind: str, still_true: StillTrue) -> None:
    """Say who knows whether messages about this kind of thing are still true; called by a room's `install`."""
    app.extensions.setdefault("told_subjects", {})[kind] = still_true


def still_true(messages: Iterable[OutboxMessage], now: datetime) -> dict[int, str]:
    """What each message says now, by id; those that are no longer true are left out."""
    known: dict[str, StillTrue] = current_app.extensions.get("told_subjects", {})
    said: dict[int, str] = {}
    asked: dict[str, list[Told]] = defaultdict(list)
    for message in messages:
        if message.about in known and message.about_id is not None:
            about = About(message.about, message.about_id, message.about_mark)
            asked[message.about].append(Told(message.id, message.person_id, message.text, about))
        else:
            said[message.id] = message.text
    for kind, told in asked.items():
        said |= known[kind](told, now)
    return said
