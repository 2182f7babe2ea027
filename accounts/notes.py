"""Words beside a person's history: the entry holds the note's id and digest, the words stand here and can be erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.access import Actor
from accounts.models import Person
from accounts.security_models import PersonNote
from core.chain import digest
from core.db import db

LONGEST = 300


def note_on(person: Person, text: str, *, by: Actor | None, now: datetime) -> dict[str, Any]:
    """Keep the words; what the history entry says of them. Inside a unit of work."""
    kept = PersonNote(person_id=person.id, by_id=by.person_id if by else None, at=now, text=text[:LONGEST])
    db.session.add(kept)
    db.session.flush()
    return {"note": kept.id, "note_digest": digest(kept.text.encode())}
