"""The checks of interim controls as their page prints them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.queries import person_labels
from core.db import db
from hazards.models import ControlCheck, Hazard
from hazards.presenting.words import moment_text
from workflows.controls import is_missed

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line: when, who, what was found."""

    at: str
    who: str
    found: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: the interval, the next check, how many were missed in a row, and the newest checks."""

    every: str
    next_at: str
    is_late: bool
    missed: int
    rows: tuple[CheckRow, ...]


def standing(hazard: Hazard, now: datetime) -> Standing:
    """The page of a hazard's checks; at most a hundred lines, newest first."""
    wanted = select(ControlCheck).where(ControlCheck.hazard_id == hazard.id)
    checks = list(db.session.scalars(wanted.order_by(ControlCheck.id.desc()).limit(SHOWN)))
    names = person_labels({check.by_id for check in checks if check.by_id is not None})
    hours, next_at = hazard.control_every_hours, hazard.control_next_at
    return Standing(
        every=f"每 {hours} 小时一次" if hours else "",
        next_at=moment_text(next_at),
        is_late=bool(hours and next_at and is_missed(next_at, hours, now)) or hazard.control_missed > 0,
        missed=hazard.control_missed,
        rows=tuple(_row(check, names[check.by_id].name if check.by_id in names else "") for check in checks),
    )


def _row(check: ControlCheck, who: str) -> CheckRow:
    if check.missed:
        first = f"自 {moment_text(check.due_at)} 起" if check.due_at else ""
        return CheckRow(moment_text(check.at), "系统", f"漏检 {check.missed} 次", "late", first)
    found, tone = ("有效", "") if check.holds else ("失效", "late")
    return CheckRow(moment_text(check.at), who, found, tone, check.note)
