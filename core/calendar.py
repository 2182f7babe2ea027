"""The table of working days: read for counting, seeded from the published arrangements, loaded by an administrator.

The State Council's office announces each year's arrangement in the autumn before. Years not yet in the table count
Monday to Friday and are marked provisional; loading a year is announced, so that open deadlines are counted anew
(domain.md §6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar.constants as published
from flask import current_app
from sqlalchemy import ColumnElement, delete, func, insert, select

from core.days import WorkingDays
from core.db import db
from core.models import CalendarDay, CalendarYear
from core.prepared import Prepared
from core.refusals import Invalid
from core.version import VERSION

FIRST_YEAR, LAST_YEAR = 2000, 2100
SOURCE = "国务院办公厅节假日安排（随软件 {version}）"

_CHINESE_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利日",
}


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from Monday-to-Friday."""

    day: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarLoaded:
    """Announced inside the unit of work: this year's working days are now known, or have changed."""

    year: int


def load_calendar() -> WorkingDays:
    """The working days as the table has them; kept per application until a row changes."""
    stamp = _stamp_now()
    kept: tuple[object, WorkingDays] | None = current_app.extensions.get("calendar")
    if kept is None or kept[0] != stamp:
        rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working))
        years = db.session.scalars(select(CalendarYear.year))
        kept = (stamp, WorkingDays({row.day: row.is_working for row in rows}, frozenset(years)))
        current_app.extensions["calendar"] = kept
    return kept[1]


def _stamp_now() -> object:
    """Changes with every load, in whichever process it was done; asked once in a transaction."""
    session = db.session()
    asked: tuple[object, object] | None = session.info.get(_ASKED)
    if asked is None or asked[0] is not session.get_transaction():
        found = _years.first()
        asked = session.info[_ASKED] = (session.get_transaction(), found)
    return asked[1]


def stamp_columns() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What `_stamp_now` asks, as two columns for a page that reads something else anyway (`stamp_read`)."""
    return (
        select(func.count().label("n")).select_from(CalendarYear).scalar_subquery().label("calendar_years"),
        select(func.max(CalendarYear.loaded_at)).scalar_subquery().label("calendar_newest"),
    )


def stamp_read(years: int, newest: datetime | None) -> None:
    """Take what another query has just read of it, instead of asking again in this transaction."""
    session = db.session()
    session.info[_ASKED] = (session.get_transaction(), (years, newest))


_ASKED = "calendar_asked"


_years = Prepared(
    lambda: select(func.count().label("years"), func.max(CalendarYear.loaded_at).label("newest")).select_from(
        CalendarYear
    )
)


def seed_calendar(now: datetime) -> list[int]:
    """Put in the published years that the table lacks, inside the running unit of work; returns those years.

    A year already there is left as it is: an administrator may have corrected it.
    """
    known = set(db.session.scalars(select(CalendarYear.year)))
    missing = {year: days for year, days in published_years().items() if year not in known}
    for year, days in missing.items():
        _put(year, days, source=SOURCE.format(version=VERSION), by_id=None, now=now)
    return sorted(missing)


def load_year(year: int, days: Iterable[SpecialDay], *, source: str, by_id: int | None, now: datetime) -> None:
    """Make these the working days of a year, in place of what stood there, inside the running unit of work.

    `days` are those that differ from Monday-to-Friday; `source` is the document they come from. Announces
    `CalendarLoaded`. Raises `Invalid` where a day is of another year, doubled, or no source is named.
    """
    listed = list(days)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。请核对后再装载。", fields={"year": "年份不对"})
    if not source.strip():
        raise Invalid("没有写明依据的文件，没有装载。请填写通知的名称和文号。", fields={"source": "请填写依据"})
    if wrong := [entry.day for entry in listed if entry.day.year != year]:
        raise Invalid(f"{wrong[0].isoformat()} 不在 {year} 年，没有装载。请核对。", fields={"days": "有别的年份的日子"})
    if len({entry.day for entry in listed}) != len(listed):
        raise Invalid("有的日子写了两次，没有装载。请核对。", fields={"days": "有重复的日子"})
    _put(year, listed, source=source.strip()[:200], by_id=by_id, now=now)


def _put(year: int, days: Iterable[SpecialDay], *, source: str, by_id: int | None, now: datetime) -> None:
    newest = db.session.scalar(select(func.max(CalendarYear.loaded_at)))
    at = now if newest is None else max(now, newest + timedelta(microseconds=1))  # so that the stamp always changes
    db.session.execute(
        delete(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    )
    rows = [
        {"day": entry.day, "is_working": entry.is_working, "name": entry.name[:40]}
        for entry in days
        if entry.is_working is not (entry.day.weekday() < 5)
    ]
    if rows:
        db.session.execute(insert(CalendarDay), rows)
    db.session.merge(CalendarYear(year=year, source=source, loaded_at=at, loaded_by_id=by_id))
    db.session.flush()
    db.session().info.pop(_ASKED, None)
    current_app.extensions["announcements"].announce(CalendarLoaded(year))


def published_years() -> Mapping[int, list[SpecialDay]]:
    """The arrangements that come with the software: holidays on weekdays, and weekends worked instead."""
    found: dict[int, list[SpecialDay]] = defaultdict(list)
    for days, is_working in ((published.holidays, False), (published.workdays, True)):
        for day, name in days.items():
            if is_working is not (day.weekday() < 5):
                label = _CHINESE_NAMES.get(name, name) + ("调休上班" if is_working else "")
                found[day.year].append(SpecialDay(day, is_working, label))
    return found
