"""Work in the background: what rooms want done every so often, and how the runner does it.

The runner (huey) keeps its queue in a local file, or in Redis where `REDIS_URL` is set; the same code runs on both. A
periodic job may fire twice or late: what must happen once claims its key in the database (`claim_run`), inside the
same transaction as the deed. Jobs run without a viewer and so see nothing of tenants unless they say why they must.

A job on demand (`on_demand`, `ask_for`) is run once with a word that says what for; what it was asked to do stands in
a table, since a runner that is killed takes the request with it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.api import TaskWrapper
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from core.db import db, is_sqlite, unit_of_work
from core.history import anchor
from core.models import JobRun
from core.once import forget_old_keys
from core.settings import Settings
from core.witness import witness_anchors

Act = Callable[[datetime], None]
ActFor = Callable[[str, datetime], None]

ANCHOR_MINUTES = 5
RUNS_KEPT = timedelta(days=30)
SHUTDOWN_SECONDS = 30


class Jobs:
    """The periodic jobs of one application and, made when first needed, its queue."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.periodic: dict[str, tuple[int, Act]] = {}
        self.demanded: dict[str, ActFor] = {}
        self._tasks: dict[str, TaskWrapper] = {}

    def every(self, minutes: int, name: str, act: Act) -> None:
        """Have `act(now)` called every so many minutes of the day (5, 60, 1440 = daily at 08:00 Shanghai)."""
        self._check_new(name)
        self.periodic[name] = (minutes, act)

    def on_demand(self, name: str, act: ActFor) -> None:
        """Have `act(what, now)` done whenever it is asked for by `ask_for`."""
        self._check_new(name)
        self.demanded[name] = act

    def _check_new(self, name: str) -> None:
        if name in self.periodic or name in self.demanded:
            raise ValueError(f"two jobs are called {name}")

    def run(self, name: str) -> None:
        """Do one periodic job now, with the application's clock."""
        _minutes, act = self.periodic[name]
        with self._app.app_context():
            try:
                act(self._app.extensions["clock"]())
            except Exception:
                self._app.logger.exception("job %s failed; it is tried again at its next time", name)

    def run_for(self, name: str, what: str) -> None:
        """Do one job on demand now, with the application's clock; it says itself what became of it."""
        with self._app.app_context():
            try:
                self.demanded[name](what, self._app.extensions["clock"]())
            except Exception:
                self._app.logger.exception("job %s failed for %s; it is not tried again by itself", name, what)

    @cached_property
    def queue(self) -> Huey:
        """The queue with every job registered."""
        queue = _queue(self._app.extensions["settings"])
        for name, (minutes, _act) in self.periodic.items():
            self._tasks[name] = queue.periodic_task(partial(_is_due, minutes), name=name)(partial(self.run, name))
        for name in self.demanded:
            self._tasks[name] = queue.task(name=name)(partial(self.run_for, name))
        return queue

    def soon(self, name: str) -> None:
        """Have the runner do a periodic job now, besides at its times; after the commit, not before."""
        queue = self.queue
        queue.enqueue(self._tasks[name].s())

    def ask_for(self, name: str, what: str) -> None:
        """Have the runner do a job on demand; after the commit of what it will read, not before."""
        queue = self.queue
        queue.enqueue(self._tasks[name].s(what))


def _is_due(minutes: int, moment: datetime) -> bool:
    return (moment.hour * 60 + moment.minute) % minutes == 0


def _queue(settings: Settings) -> Huey:
    # signed: whoever can write to the queue must not be able to have his own code unpacked here
    common: dict[str, Any] = {"results": False, "utc": True, "serializer": SignedSerializer(settings.secret_key)}
    if settings.redis_url:
        return RedisHuey("hazard-register", url=settings.redis_url, **common)
    return SqliteHuey("hazard-register", filename=str(settings.instance / "jobs.db"), **common)


def install(app: Flask) -> None:
    """Give the application its jobs, and core's own: anchors, sweeping."""
    jobs = Jobs(app)
    app.extensions["jobs"] = jobs
    jobs.every(ANCHOR_MINUTES, "anchor", anchor_history)
    jobs.every(1440, "sweep", sweep)


def run_worker(app: Flask, *, with_parent: bool = False) -> None:
    """Run jobs until told to stop; `with_parent`: also until standard input closes, as it does when a parent dies."""
    consumer: Consumer = app.extensions["jobs"].queue.create_consumer(
        workers=2, worker_type="thread", max_delay=2.0, scheduler_interval=5, shutdown_timeout=SHUTDOWN_SECONDS
    )
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(consumer,), daemon=True).start()
    consumer.run()
    if with_parent:
        consumer.stop(graceful=True)  # lets running jobs end; only here are the workers sure to have been started


def _wait_for_parent(consumer: Consumer) -> None:
    sys.stdin.read()
    consumer.stop_flag.set()


def claim_run(job: str, key: str, now: datetime) -> JobRun | None:
    """Claim what must happen once, inside the unit of work that does it; None where it was done already.

    A second runner waits here for the first's commit and then finds it done; a first that fails leaves no claim.
    """
    make = sqlite.insert(JobRun) if is_sqlite() else postgresql.insert(JobRun)
    made = make.values(job=job, key=key, started_at=now).on_conflict_do_nothing().returning(JobRun.id)
    claimed = db.session.scalar(made)
    return None if claimed is None else db.session.get_one(JobRun, claimed)


def anchor_history(now: datetime) -> None:
    """Bind the events since the last anchor, once for each five minutes, and write the witness."""
    slot = now.replace(minute=now.minute // ANCHOR_MINUTES * ANCHOR_MINUTES, second=0, microsecond=0)
    with unit_of_work():
        if (run := claim_run("anchor", slot.isoformat(), now)) is not None:
            anchor(at=now, reason="periodic")
            run.finished_at = now
    witness_anchors()


def sweep(now: datetime) -> None:
    """Remove used form keys and the claims of core's own jobs once nobody can need them."""
    with unit_of_work() as session:
        forget_old_keys(now)
        session.execute(delete(JobRun).where(JobRun.job == "anchor", JobRun.started_at < now - RUNS_KEPT))
