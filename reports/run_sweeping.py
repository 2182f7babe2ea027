"""What becomes of large ledgers by themselves: taken up again when their runner died, taken away after their days."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from core.db import db, unit_of_work
from core.files import forget_file
from core.scope import everything
from reports.models import LedgerRun, RunStatus
from reports.running import STALLED_AFTER, TRIES
from reports.runs import REMEMBERED, hand_over, locked, refuse

AT_ONCE: Final = 100
GAVE_UP: Final = f"试了 {TRIES} 次都没有写完，可能后台任务反复中断。请联系系统管理员，然后再生成一次。"


def resume_runs(now: datetime) -> None:
    """Ledgers whose runner gave no sign of life are begun anew; after some tries they are given up."""
    with everything("ledgers whose runner died"):
        silent = (LedgerRun.status == RunStatus.WRITING) & (LedgerRun.marked_at < now - STALLED_AFTER)
        for run_id in db.session.scalars(select(LedgerRun.id).where(silent).limit(AT_ONCE)).all():
            with unit_of_work():
                _resume(run_id, now)


def _resume(run_id: int, now: datetime) -> None:
    run = locked(run_id)
    if run.status is not RunStatus.WRITING or now - run.marked_at <= STALLED_AFTER:
        return
    if run.tries >= TRIES:
        refuse(run, GAVE_UP, now)
    else:
        hand_over(run, now)


def sweep_runs(now: datetime) -> None:
    """Take away the files whose days are over, and forget old runs."""
    with everything("ledgers whose days are over"):
        over = (LedgerRun.status == RunStatus.DONE) & (LedgerRun.expires_at <= now)
        while ids := db.session.scalars(select(LedgerRun.id).where(over).limit(AT_ONCE)).all():
            for run_id in ids:
                _take_away(run_id)
        ended = LedgerRun.status.in_((RunStatus.EXPIRED, RunStatus.REFUSED, RunStatus.CANCELLED))
        old = delete(LedgerRun).where(ended, LedgerRun.asked_at < now - REMEMBERED)
        with unit_of_work() as session:
            session.execute(old, execution_options={"synchronize_session": False})


def _take_away(run_id: int) -> None:
    with unit_of_work():
        run = locked(run_id)
        file_id, run.file_id, run.status = run.file_id, None, RunStatus.EXPIRED
    if file_id is not None:
        forget_file(file_id)
