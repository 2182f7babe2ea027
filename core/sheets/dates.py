"""Days as offices write them. A text that is not exactly one day is none: nothing is guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from core.sheets.numerals import read_chinese_number
from core.sheets.text import Value, clean

LONGEST = 60
"""Characters of the longest text that is a day."""
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
_DIGITS = "〇一二三四五六七八九"
_CHINESE_DAY = re.compile(
    r"[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
)
_WEEKDAY = re.compile(r"\s?\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$|(?<=[日号])\s?(?:上午|下午|早上|晚上|中午)$")
_UNTIL = re.compile(
    r"^(?:(?:截至|截止到?|限|须|应|于|在|务必|至)\s?){0,3}(?P<day>.{6,24}?[日号\d])\s?(?:24时|24:00)?"
    r"(?:之前|以前|前)?\s?(?:完成整改|整改完成|整改完毕|整改到位|完成|整改)?$"
)
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
    """As `read_date`, and `2025年6月30日前`, `限2025年6月30日前完成整改`: a term that still ends on exactly one day."""
    found = read_date(value, epoch_1904=epoch_1904)
    if found is None and isinstance(value, str) and len(value) <= LONGEST:
        match = _UNTIL.fullmatch(normalize("NFKC", clean(value)))
        found = _from_text(match["day"], epoch_1904) if match else None
    return found


def _bounded(day: date, at: time | None = None) -> Moment | None:
    return Moment(day, at) if EARLIEST <= day <= LATEST else None


def _moment(value: datetime) -> Moment | None:
    if not EARLIEST.year - 1 <= value.year <= LATEST.year + 1:
        return None
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
    return _from_short_text(text, epoch_1904) if len(text) <= LONGEST else None


@lru_cache(maxsize=2048)  # the same days come back in every row
def _from_short_text(text: str, epoch_1904: bool) -> Moment | None:
    text = _WEEKDAY.sub("", normalize("NFKC", clean(text)))
    if _CHINESE_DAY.fullmatch(text):
        return _in_words(text)
    if _ISO_WITH_ZONE.fullmatch(text):
        try:
            return _moment(datetime.fromisoformat(text))
        except ValueError:
            return None
    text = _AROUND_SEPARATORS.sub(r"\1", text)
    if _SERIAL.fullmatch(text):
        return _from_number(float(text), epoch_1904)
    return _compact(text) or _written(text)


def _in_words(text: str) -> Moment | None:
    """二〇二五年六月三十日."""
    year, month, day = re.split("[年月]", text.rstrip("日号"))
    digits = "".join(str(_DIGITS.index(character) % 10) for character in year.replace("○", "〇").replace("零", "〇"))
    numbers = read_chinese_number(month), read_chinese_number(day)
    if None in numbers:
        return None
    try:
        return _bounded(date(int(digits), numbers[0] or 0, numbers[1] or 0))
    except ValueError:
        return None


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
