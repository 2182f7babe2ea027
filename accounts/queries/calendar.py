"""Which years' working days are known, and the days of one year that differ from Monday-to-Friday."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.calendar import SpecialDay
from core.db import db
from core.models import CalendarDay, CalendarYear


def covered_years() -> list[CalendarYear]:
    """The years with their sources, newest first; bounded by the years that may be loaded."""
    return list(db.session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))


def special_days(year: int) -> list[SpecialDay]:
    """The days of that year which differ from Monday-to-Friday, in order; empty where the year is not loaded."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    rows = db.session.scalars(select(CalendarDay).where(within).order_by(CalendarDay.day))
    return [SpecialDay(row.day, row.is_working, row.name) for row in rows]
