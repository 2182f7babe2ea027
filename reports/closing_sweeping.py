"""Closes whose runner died are begun anew; after some tries they are given up and the month may be closed again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from core.db import db, unit_of_work
from core.scope import everything
from reports.closing import hand_over, locked
from reports.closing_work import refuse
from reports.models import CloseStatus, MonthClose
from reports.running import STALLED_AFTER, TRIES, is_stalled

AT_ONCE: Final = 100
GAVE_UP: Final = f"试了 {TRIES} 次都没有办完，没有冻结任何内容，可能后台任务反复中断。请联系系统管理员，然后再办一次。"


def resume_closes(now: datetime) -> None:
    """Take up again what gave no sign of life."""
    with everything("months whose close died with its runner"):
        silent = (MonthClose.status == CloseStatus.WRITING) & (MonthClose.marked_at < now - STALLED_AFTER)
        for close_id in db.session.scalars(select(MonthClose.id).where(silent).limit(AT_ONCE)).all():
            with unit_of_work():
                close = locked(close_id)
                if not is_stalled(close, now):
                    continue
                if close.tries >= TRIES:
                    refuse(close, GAVE_UP, now)
                else:
                    hand_over(close, now)
