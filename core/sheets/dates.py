"""Days as offices write them. A text that is not exactly one day is none: nothing is guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from core.sheets.text import Value, clean

EARLIEST, LATEST = date(1980, 1, 1), date(2100, 12, 31)
SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SERIALS = range(29_221, 73_415)  # the days between EARLIEST and LATEST as a spreadsheet numbers them

_AROUND_SEPARATORS = re.compile(r"\s*([年月日号./-])\s*")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?P<sep>[-./年])(?P<month>\d{1,2})(?:(?<!年)[-./月])(?P<day>\d{1,2})(?:[日号]|\.)?"
    r"(?:(?:(?<=[日号])|[T\s])\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_ISO_WITH_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})")


class Moment(NamedTuple):
    """A day, and the time of day where the file gives one (Shanghai)."""

    day: date
    at: time | None = None


def read_date(value: Value, *, epoch_1904: bool = False) -> Moment | None:
    """The day a cell means: a real date, a serial number, 2025.6.30, 2025年6月30日, 20250630; else None.

    `6月底前`, `立即整改`, `3月11日至13日` and dates without a year or a day are None: the caller keeps the text.
    """
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _bounded(value)
    if isinstance(value, bool) or value is None or isinstance(value, time):
        return None
    if isinstance(value, int | float):
        return _from_number(value, epoch_1904)
    return _from_text(value, epoch_1904)


def read_deadline(value: Value, *, epoch_1904: bool = False) -> Moment | None:
    """As `read_date`, and `2025年6月30日前`: the last day of a term that is still exactly one day."""
    if isinstance(value, str):
        value = re.sub(r"(?<=[日号\d])(?:之前|以前|前)$", "", clean(value))
    return read_date(value, epoch_1904=epoch_1904)


def _bounded(day: date, at: time | None = None) -> Moment | None:
    return Moment(day, at) if EARLIEST <= day <= LATEST else None


def _moment(value: datetime) -> Moment | None:
    local = value.astimezone(SHANGHAI) if value.tzinfo else value
    at = local.time().replace(second=0, microsecond=0)
    return _bounded(local.date(), None if at == time() else at)


def _from_number(value: float, epoch_1904: bool) -> Moment | None:
    if value != value or abs(value) > 99_999_999:
        return None
    whole = int(value)
    if whole > 19_000_000:
        return _compact(str(whole)) if whole == value else None
    if whole not in _SERIALS:
        return None
    minutes = round((value - whole) * 1440)
    start = _EPOCH_1904 if epoch_1904 else _EPOCH
    at = time(minutes // 60, minutes % 60) if 0 < minutes < 1440 else None
    return _bounded(start + timedelta(days=whole), at)


def _from_text(text: str, epoch_1904: bool) -> Moment | None:
    text = normalize("NFKC", clean(text))
    if len(text) > 40:
        return None
    if _ISO_WITH_ZONE.fullmatch(text):
        try:
            return _moment(datetime.fromisoformat(text))
        except ValueError:
            return None
    text = _AROUND_SEPARATORS.sub(r"\1", text)
    if _SERIAL.fullmatch(text):
        return _from_number(float(text), epoch_1904)
    return _compact(text) or _written(text)


def _compact(text: str) -> Moment | None:
    match = _COMPACT.fullmatch(text)
    return _built(match) if match else None


def _written(text: str) -> Moment | None:
    match = _WRITTEN.fullmatch(text)
    return _built(match, match["hour"], match["minute"]) if match else None


def _built(match: re.Match[str], hour: str | None = None, minute: str | None = None) -> Moment | None:
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        at = time(int(hour), int(minute)) if hour and minute else None
    except ValueError:
        return None
    return _bounded(day, None if at == time() else at)
