"""Values of cells as files write them: numbers, serial days, days in ISO 8601. What is none of them stays as it is."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from core.sheets.text import Value

Row = tuple[Value, ...]
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_EXACT: Final = 2**53


def as_day(number: float, *, epoch_1904: bool, is_duration: bool = False) -> Value:
    """The day or time that a serial number is shown as; the number itself where there is no such day."""
    if number < 0:
        return as_whole(number)
    epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    try:
        found = from_excel(number, epoch, timedelta=is_duration)
    except (OverflowError, ValueError):
        return as_whole(number)
    return found if isinstance(found, date | datetime | time) else str(found)


def as_whole(number: float) -> int | float | str:
    """A whole number without a point; text for what is no number (NaN, infinity)."""
    if not abs(number) < float("inf"):
        return str(number)
    return int(number) if abs(number) < _EXACT and number == int(number) else number


def as_number(text: str) -> int | float | str:
    """A number as a file writes it; what is none, or none that a person could mean (NaN), stays text."""
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < float("inf") else text


def from_iso(text: str) -> Value:
    """A day, a moment or a time as ISO 8601 writes it; anything else stays text."""
    text = text.strip()
    for kind in (datetime, time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return text
