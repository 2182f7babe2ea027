"""Jobs of this room: many notices at once, and what a killed runner has left of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Flask, current_app

from accounts.access import Actor, actor_of, viewer_of
from accounts.queries import person_by_id
from core.db import db
from core.scope import Viewer, everything, viewing
from core.web import now as clock
from notices.models import NoticeRun
from notices.operations.runs import JOB, carry_out, give_up, lost_runs

EVERY_MINUTES: Final = 5


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs = app.extensions["jobs"]
    jobs.on_demand(JOB, lambda what, _now: run_for_owner(int(what)))
    jobs.every(EVERY_MINUTES, "notice-runs", _finish)


def run_for_owner(run_id: int) -> None:
    """Carry a run on with the eyes of whoever asked for it, as if they had waited for it."""
    found = _owner(run_id)
    if found is None:
        with everything("nobody is there any more for whom to do it"):
            give_up(run_id, clock())
        return
    actor, viewer = found
    with viewing(viewer):
        carry_out(run_id, by=actor, clock=clock)


def _owner(run_id: int) -> tuple[Actor, Viewer] | None:
    with everything("notices are issued for whoever asked"):
        run = db.session.get(NoticeRun, run_id)
        person = person_by_id(run.person_id) if run is not None else None
        return (actor_of(person), viewer_of(person)) if person is not None and person.active else None


def _finish(now: datetime) -> None:
    """What a killed runner has left is asked for again."""
    with everything("notices are issued for whoever asked"):
        lost = lost_runs(now)
    for run_id in lost:
        current_app.extensions["jobs"].ask_for(JOB, str(run_id))
