"""Absences: who is away now or later, and how it was before."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.db import db
from core.refusals import NotFound
from inspections.models import Absence

PAGE = 50


def absences(enterprise_id: int, *, today: date, past: bool = False, before: int | None = None) -> list[Absence]:
    """Running and coming ones, or those that are over; the newest first, one more than a page."""
    wanted = select(Absence).where(Absence.enterprise_id == enterprise_id, Absence.withdrawn_at.is_(None))
    wanted = wanted.where(Absence.last_on < today if past else Absence.last_on >= today)
    if before is not None:
        wanted = wanted.where(Absence.id < before)
    return list(db.session.scalars(wanted.order_by(Absence.id.desc()).limit(PAGE + 1)))


def get_absence(absence_id: int) -> Absence:
    """An absence the viewer sees, else `NotFound`."""
    found = db.session.scalar(select(Absence).where(Absence.id == absence_id))
    if found is None:
        raise NotFound("找不到这条离岗记录，或者它不属于您所在的企业。")
    return found
