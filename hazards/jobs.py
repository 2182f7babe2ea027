"""Work of this room in the background: large ledgers, what nobody confirmed, checks of controls, reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from accounts.access import Actor, actor_of, viewer_of
from accounts.queries import person_by_id
from core.db import db
from core.outbox import add_subject
from core.scope import Viewer, everything, viewing
from core.web import now as clock
from hazards.models import ImportDraft
from hazards.operations.controls import watch_controls
from hazards.operations.import_checking import run_check
from hazards.operations.import_runs import CHECK_JOB, WRITE_JOB
from hazards.operations.import_sweeping import sweep_imports
from hazards.operations.import_writing import run_write
from hazards.operations.importing import finish_imports
from hazards.operations.reminding import JOB, SUBJECT, remind, still_due
from hazards.operations.still_so import CHECK, HELD, still_held, still_unchecked

DAILY = 1440
FINISH_MINUTES = 5
EVERY_TEN = 10


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs = app.extensions["jobs"]
    jobs.on_demand(CHECK_JOB, lambda what, _now: _for_owner(run_check, what))
    jobs.on_demand(WRITE_JOB, lambda what, _now: _for_owner(run_write, what))
    jobs.every(FINISH_MINUTES, "finish-imports", _finish)
    jobs.every(DAILY, "sweep-imports", sweep_imports)
    jobs.every(EVERY_TEN, "controls", watch_controls)
    jobs.every(EVERY_TEN, JOB, remind)
    add_subject(app, SUBJECT, still_due)
    add_subject(app, HELD, still_held)
    add_subject(app, CHECK, still_unchecked)


def _finish(now: datetime) -> None:
    """What imports that were interrupted have left is brought to an end."""
    finish_imports(now)


def _for_owner(act: Callable[..., Any], what: str) -> None:
    """Do it with the eyes of the person whose file it is, as if they had waited for it."""
    text, _, run = what.partition(":")
    found = _owner(int(text))
    if found is not None:
        actor, viewer = found
        with viewing(viewer):
            act(int(text), run, by=actor, clock=clock)


def _owner(draft_id: int) -> tuple[Actor, Viewer] | None:
    with everything("an import runs for its owner"):
        owner_id = db.session.scalar(select(ImportDraft.owner_id).where(ImportDraft.id == draft_id))
        person = person_by_id(owner_id) if owner_id is not None else None
        return (actor_of(person), viewer_of(person)) if person is not None and person.active else None
