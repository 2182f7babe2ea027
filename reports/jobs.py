"""Work of this room in the background: large ledgers, and the closing of months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import select

from accounts.access import Actor, actor_of, viewer_of
from accounts.queries import person_by_id
from core.db import db
from core.scope import Viewer, everything, viewing
from core.web import now as clock
from reports import closing, closing_work, runs
from reports.closing_sweeping import resume_closes
from reports.models import LedgerRun, MonthClose
from reports.run_sweeping import resume_runs, sweep_runs

EVERY_FIVE, HOURLY = 5, 60


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs = app.extensions["jobs"]
    jobs.on_demand(runs.JOB, partial(_for_person, runs.write_run, runs.drop, LedgerRun.person_id))
    jobs.on_demand(closing.JOB, partial(_for_person, closing_work.run, closing_work.drop, MonthClose.closed_by_id))
    jobs.every(EVERY_FIVE, "resume-ledgers", resume)
    jobs.every(HOURLY, "sweep-ledgers", sweep_runs)


def resume(now: datetime) -> None:
    """What died with its runner is begun anew."""
    resume_runs(now)
    resume_closes(now)


def _for_person(act: Callable[..., None], drop: Callable[..., None], whose: Any, what: str, now: datetime) -> None:
    """Do it with the eyes of the person who asked for it, as if they had waited for it."""
    text, _, claim = what.partition(":")
    with everything("a ledger is written for its person"):
        found = _person(int(text), whose)
        if found is None:
            drop(int(text), claim, now)
            return
    actor, viewer = found
    with viewing(viewer):
        act(int(text), claim, by=actor, clock=clock)


def _person(work_id: int, whose: Any) -> tuple[Actor, Viewer] | None:
    person_id = db.session.scalar(select(whose).where(whose.class_.id == work_id))
    person = person_by_id(person_id) if person_id is not None else None
    return (actor_of(person), viewer_of(person)) if person is not None and person.active else None
