"""Queries of log-ins that run, second factors, and who looked at whose data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.models import Person
from accounts.security_models import LogInSession, PersonNote, SecondFactor
from core.db import db
from core.models import Event

SHOWN = 20
LOOKED = "looked"  # the kind of entry in a person's history


def sessions_of(person: Person, *, begun_after: datetime, seen_after: datetime) -> list[LogInSession]:
    """The log-ins of a person that still run, the one used last first."""
    wanted = select(LogInSession).where(
        LogInSession.person_id == person.id,
        LogInSession.epoch == person.session_epoch,
        LogInSession.ended_at.is_(None),
        LogInSession.started_at > begun_after,
        LogInSession.seen_at > seen_after,
    )
    return list(db.session.scalars(wanted.order_by(LogInSession.seen_at.desc(), LogInSession.id.desc()).limit(SHOWN)))


def factor_since(person_id: int) -> datetime | None:
    """Since when this person has a second factor; None without."""
    return db.session.scalar(select(SecondFactor.since).where(SecondFactor.person_id == person_id))


def looks_at(person_id: int, since: datetime) -> list[Event]:
    """Who looked at this person's data, newest first."""
    wanted = select(Event).where(Event.subject_kind == "person", Event.subject_id == person_id)
    wanted = wanted.where(Event.kind == LOOKED, Event.at > since)
    return list(db.session.scalars(wanted.order_by(Event.seq.desc()).limit(SHOWN)))


def person_notes(note_ids: Iterable[int]) -> dict[int, str]:
    """The words that belong to entries of people's histories, by id."""
    asked = sorted(set(note_ids))
    if not asked:
        return {}
    rows = select(PersonNote.id, PersonNote.text).where(PersonNote.id.in_(asked))
    return {row.id: row.text for row in db.session.execute(rows)}


LOOKS_SHOWN_FOR = timedelta(days=183)
