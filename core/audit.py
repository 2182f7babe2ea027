"""Who did what, from every history there is: read by the auditor, filtered, paged by key, streamed into files.

Rooms say in words what their entries mean (`add_words`). An entry holds ids, codes and digests; a text that stands in
one all the same is not shown, so that the auditor reads who did what and never what a hazard is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import Row, Select, select, tuple_

from core.chains import Kind, chained_kinds
from core.db import db
from core.models import Anchor, Event
from core.scope import everything

PAGE: Final = 50
BATCH: Final = 500
NOT_SHOWN: Final = "（文字，这里不显示）"

_CODE: Final = re.compile(r"[A-Za-z0-9_.:+/ -]{0,80}")
_EVENT: Any = Event.__table__.c


@dataclass(frozen=True, slots=True)
class Words:
    """How the entries of one kind of subject are called: by their kind, and the keys and codes in their content."""

    kinds: Mapping[str, str]
    keys: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


def add_words(app: Flask, subject_kind: str, words: Words) -> None:
    """Let a room say what the entries of its subjects mean; called by its `install`."""
    app.extensions.setdefault("audit_words", {})[subject_kind] = words


def words_of(subject_kind: str) -> Words:
    """What the room of these subjects said; entries nobody explained are shown by their code."""
    known: dict[str, Words] = current_app.extensions.get("audit_words", {})
    return known.get(subject_kind, Words({}))


def subject_kinds() -> dict[str, str]:
    """Every kind of subject with a history: how people call it, by how events name it."""
    return {kind.name: kind.label for kind in chained_kinds()}


def entry_kinds() -> dict[str, str]:
    """Every kind of entry that a room explained, by its code; one code may mean alike things of several subjects."""
    meant: dict[str, dict[str, list[str]]] = {}
    for subject_kind, label in subject_kinds().items():
        for code, words in words_of(subject_kind).kinds.items():
            meant.setdefault(code, {}).setdefault(words, []).append(label)
    return {code: _meaning(by_words) for code, by_words in meant.items()}


def _meaning(by_words: dict[str, list[str]]) -> str:
    if len(by_words) > 1:
        return "、".join(by_words)
    return "".join(f"{words}（{'、'.join(labels)}）" for words, labels in by_words.items())


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the histories is asked for; `actors` and `subject_ids` None: anybody's, anything's."""

    since: datetime
    before: datetime
    actors: tuple[int, ...] | None = None
    subject_kind: str = ""
    subject_ids: tuple[int, ...] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in a list or a file."""

    id: int
    at: datetime
    actor_id: int | None
    kind: str
    what: str
    subject_kind: str
    subject_label: str
    subject_id: int
    subject: str
    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of entries, newest first, and the key after which the next one begins (None at the end)."""

    rows: tuple[Entry, ...]
    next_after: tuple[datetime, int] | None


def entries(asked: Asked, after: tuple[datetime, int] | None = None) -> EntryPage:
    """The newest entries asked for, older than the key."""
    wanted = _wanted(asked).order_by(Event.at.desc(), Event.id.desc()).limit(PAGE + 1)
    if after is not None:
        wanted = wanted.where(tuple_(Event.at, Event.id) < after)
    found = db.session.execute(wanted).all()
    rows = _told(found[:PAGE])
    last = rows[-1] if len(found) > PAGE else None
    return EntryPage(tuple(rows), (last.at, last.id) if last else None)


def all_entries(asked: Asked) -> Iterator[Entry]:
    """Every entry asked for, oldest first, a batch at a time whatever their number."""
    key: tuple[datetime, int] | None = None
    while True:
        wanted = _wanted(asked).order_by(Event.at, Event.id).limit(BATCH)
        if key is not None:
            wanted = wanted.where(tuple_(Event.at, Event.id) > key)
        found = db.session.execute(wanted).all()
        yield from _told(found)
        if len(found) < BATCH:
            return
        key = (found[-1].at, found[-1].id)


def _wanted(asked: Asked) -> Select[Any]:
    columns = (Event.id, Event.at, Event.actor_id, Event.kind, Event.content)
    subject = (Event.subject_kind, Event.subject_id, Event.seq, Event.digest)
    wanted = select(*columns, *subject).where(Event.at >= asked.since, Event.at < asked.before)
    if asked.actors is not None:
        wanted = wanted.where(Event.actor_id.in_(asked.actors))
    if asked.subject_kind:
        wanted = wanted.where(Event.subject_kind == asked.subject_kind)
    if asked.subject_ids is not None:
        wanted = wanted.where(Event.subject_id.in_(asked.subject_ids))
    if asked.kind:
        wanted = wanted.where(Event.kind == asked.kind)
    return wanted


def _told(found: Sequence[Row[Any]]) -> list[Entry]:
    names, labels = _names(found), subject_kinds()
    return [
        Entry(
            id=row.id,
            at=row.at,
            actor_id=row.actor_id,
            kind=row.kind,
            what=what_of(row.subject_kind, row.kind, row.content),
            subject_kind=row.subject_kind,
            subject_label=labels.get(row.subject_kind, row.subject_kind),
            subject_id=row.subject_id,
            subject=names.get((row.subject_kind, row.subject_id), f"{row.subject_id} 号"),
            seq=row.seq,
            digest=row.digest,
        )
        for row in found
    ]


def _names(found: Sequence[Row[Any]]) -> dict[tuple[str, int], str]:
    """Number or name of each subject, one query for each kind."""
    by_kind: dict[str, set[int]] = {}
    for row in found:
        by_kind.setdefault(row.subject_kind, set()).add(row.subject_id)
    kinds = {kind.name: kind for kind in chained_kinds()}
    names: dict[tuple[str, int], str] = {}
    for name, ids in by_kind.items():
        column = _naming(kinds[name]) if name in kinds else None
        if column is None:
            continue
        columns = kinds[name].table.c
        with everything("names of audited records"):
            rows = db.session.execute(select(columns.id, column).where(columns.id.in_(sorted(ids))))
            names |= {(name, subject_id): text for subject_id, text in rows if text}
    return names


def _naming(kind: Kind) -> Any:
    """The column by which people know such a subject: its number, else its name; never a description."""
    columns = kind.table.c
    return next((columns[name] for name in ("number", "name") if name in columns), None)


def subject_ids(subject_kind: str, text: str) -> tuple[int, ...]:
    """The subjects of this kind that are called so: by number or whole name, or by their id."""
    kind = next((one for one in chained_kinds() if one.name == subject_kind), None)
    if kind is None:
        return ()
    columns, naming, found = kind.table.c, _naming(kind), set[int]()
    if naming is not None:
        with everything("names of audited records"):
            found |= set(db.session.scalars(select(columns.id).where(naming == text).order_by(columns.id).limit(50)))
    if text.isascii() and text.isdigit() and len(text) < 19:
        found.add(int(text))
    return tuple(sorted(found))


# --- one entry -------------------------------------------------------------------------------------------------


def what_of(subject_kind: str, kind: str, content: Mapping[str, Any]) -> str:
    """What was done, in words: 签批（验收，通过）."""
    words = words_of(subject_kind)
    said = words.kinds.get(kind, kind)
    codes = (str(content.get(key)) for key in ("action", "verdict", "role"))
    more = [words.codes[code] for code in codes if code in words.codes and words.codes[code] not in said]
    return f"{said}（{'，'.join(more)}）" if more else said


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry with everything that may be shown of it."""

    entry: Entry
    content: tuple[tuple[str, str], ...]
    previous: str
    anchor: int | None
    note_id: int | None


def entry_shown(entry_id: int) -> EntryShown | None:
    """One entry by its id; None where there is none."""
    event = db.session.get(Event, entry_id)
    if event is None:
        return None
    row = db.session.execute(select(*_EVENT).where(_EVENT.id == entry_id)).one()
    note = event.content.get("note") if event.subject_kind == "person" else None
    return EntryShown(
        entry=_told([row])[0],
        content=tuple(_shown_content(event.subject_kind, event.content)),
        previous=event.previous,
        anchor=db.session.scalar(select(Anchor.seq).where(Anchor.id == event.anchor_id)),
        note_id=note if isinstance(note, int) else None,
    )


def _shown_content(subject_kind: str, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    words = words_of(subject_kind)
    for key in sorted(content):
        yield words.keys.get(key, key), _shown(content[key], words.codes)


def _shown(value: Any, codes: Mapping[str, str]) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, int | str) for one in value):
        return "、".join(_shown(one, codes) for one in value[:50])
    if isinstance(value, str):
        return codes.get(value) or (value if _CODE.fullmatch(value) else NOT_SHOWN)
    return NOT_SHOWN
