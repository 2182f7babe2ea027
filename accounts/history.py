"""Writes what happened to an organisation or a person into its history, one writer at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from accounts.access import Actor
from accounts.models import Enterprise, Person, Regulator
from core.db import db
from core.history import append
from core.scope import everything

Subject = Person | Enterprise | Regulator
AT_ONCE = 500


def record(subject: Subject, kind: str, *, by: Actor | Person | None, now: datetime, **content: Any) -> None:
    """Add one event to the subject's history inside the running unit of work.

    `by` is whoever acts, None the operator at the command line or the system itself. `content` holds ids, codes and
    names of fields, never personal data.
    """
    state: Any = inspect(subject)
    is_new = not state.persistent
    db.session.flush()
    if not is_new:
        _wait_for_turn(subject)
    append(subject, kind, at=now, actor_id=_id_of(by), content=content)


def record_own(by: Actor, kind: str, *, now: datetime, **content: Any) -> None:
    """Add an event to the history of whoever acts: for what has no history of its own (a setting, a look, a file)."""
    with everything("history of accounts"):
        person = db.session.get_one(Person, by.person_id)
    record(person, kind, by=by, now=now, **content)


def record_new(subjects: Sequence[Subject], *, by: Actor | Person | None, now: datetime, **content: Any) -> None:
    """Begin the histories of subjects just made; nobody else can be writing to them yet, so none is locked."""
    db.session.flush()
    for subject in subjects:
        append(subject, "created", at=now, actor_id=_id_of(by), content=content)


def record_each(
    entries: Sequence[tuple[Enterprise, dict[str, Any]]], kind: str, *, by: Actor | Person | None, now: datetime
) -> None:
    """Add one event to each of several histories, whose writers are waited for together, in the order of their ids."""
    db.session.flush()
    subjects = {subject.id: subject for subject, _content in entries}
    for start in range(0, len(subjects), AT_ONCE):
        _wait_for_turns(dict(sorted(subjects.items())[start : start + AT_ONCE]))
    for subject, content in entries:
        append(subject, kind, at=now, actor_id=_id_of(by), content=content)


def _wait_for_turns(subjects: Mapping[int, Enterprise]) -> None:
    columns = (Enterprise.id, Enterprise.chain_head, Enterprise.chain_length)
    newest = select(*columns).where(Enterprise.id.in_(subjects)).order_by(Enterprise.id).with_for_update()
    with everything("history of accounts"):
        for subject_id, head, length in db.session.execute(newest):
            set_committed_value(subjects[subject_id], "chain_head", head)
            set_committed_value(subjects[subject_id], "chain_length", length)


def _id_of(by: Actor | Person | None) -> int | None:
    return by.id if isinstance(by, Person) else by.person_id if by else None


def _wait_for_turn(subject: Subject) -> None:
    """Wait for whoever is writing to the same history, then continue from its newest entry."""
    kind: Any = type(subject)
    newest = select(kind.chain_head, kind.chain_length).where(kind.id == subject.id).with_for_update()
    with everything("history of accounts"):
        head, length = db.session.execute(newest).one()
    set_committed_value(subject, "chain_head", head)
    set_committed_value(subject, "chain_length", length)
