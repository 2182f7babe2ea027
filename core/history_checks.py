"""Verifying all histories from a page: asked for, done by the job runner, with progress and result to be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Flask, current_app
from sqlalchemy import func, select, update

from core.audit_models import HistoryCheck
from core.damage import Report
from core.db import after_commit, db, unit_of_work
from core.models import Event
from core.refusals import Conflict
from core.verification import verify

JOB: Final = "history_check"
TOLD_EVERY: Final = 20_000  # events between two signs of life
SILENT: Final = timedelta(minutes=10)  # after which a check counts as broken off
SHOWN: Final = 10


def install(app: Flask) -> None:
    """Give the application the job."""
    app.extensions["jobs"].on_demand(JOB, run_check)


def ask_check(by_id: int, now: datetime) -> HistoryCheck:
    """Have all histories verified, inside a unit of work; `Conflict` while one is under way."""
    last = db.session.scalar(select(HistoryCheck).order_by(HistoryCheck.id.desc()).limit(1).with_for_update())
    if last is not None and is_under_way(last, now):
        raise Conflict("正在核验，还没有完成。请等它完成后再核验。")
    made = HistoryCheck(asked_by_id=by_id, asked_at=now)
    db.session.add(made)
    db.session.flush()
    jobs, asked = current_app.extensions["jobs"], str(made.id)
    after_commit(lambda: jobs.ask_for(JOB, asked))
    return made


def is_under_way(check: HistoryCheck, now: datetime) -> bool:
    """Whether it is neither finished nor broken off."""
    return check.finished_at is None and now - (check.moved_at or check.asked_at) < SILENT


def newest_checks() -> list[HistoryCheck]:
    """The last verifications, newest first."""
    return list(db.session.scalars(select(HistoryCheck).order_by(HistoryCheck.id.desc()).limit(SHOWN)))


def run_check(check_id: str, now: datetime) -> None:
    """The job: claim the check, walk everything, write down what was found. A second runner finds it claimed."""
    number = int(check_id)
    with unit_of_work() as session:
        claim = update(HistoryCheck).where(HistoryCheck.id == number, HistoryCheck.started_at.is_(None))
        expected = session.scalar(select(func.count()).select_from(Event)) or 0
        claimed = session.execute(
            claim.values(started_at=now, moved_at=now, expected=expected).returning(HistoryCheck.id),
            execution_options={"synchronize_session": False},
        )
        if claimed.first() is None:
            return
    report = verify(_Progress(number))
    _write(number, report, is_done=True)


class _Progress:
    """Writes down how far it is, every so many events."""

    def __init__(self, check_id: int) -> None:
        self._check_id = check_id
        self._next = TOLD_EVERY

    def __call__(self, report: Report) -> None:
        if report.events >= self._next:
            self._next = report.events + TOLD_EVERY
            _write(self._check_id, report)


def _write(check_id: int, report: Report, *, is_done: bool = False) -> None:
    moment: datetime = current_app.extensions["clock"]()
    with unit_of_work() as session:
        check = session.get_one(HistoryCheck, check_id)
        check.moved_at, check.finished_at = moment, moment if is_done else None
        check.subjects, check.events = report.subjects, report.events
        check.anchors, check.witnessed = report.anchors, report.witnessed
        check.breaks = [found.sentence for found in report.breaks]
        check.remarks = list(report.remarks)
