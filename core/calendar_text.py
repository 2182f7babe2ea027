"""The working days of a year as an administrator types them: one day, or one run of days, a line.

Pure. `2027-01-01 休 元旦`, `2027-02-06～2027-02-12 休 春节`, `2027-01-03 班 调休上班`: date or first and last date,
休 or 班, what for. Lines count from 1, blank ones too, as an editor shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

LONGEST_TEXT = 20_000  # characters
MOST_LINES = 400  # a year has at most 366 days
LONGEST_NAME = 40  # characters

UNCOVERED = "{year} 年的工作日表还没有装载，期限暂按周一至周五计，装载后自动重算。"

_DATE = r"(\d{4}-\d{1,2}-\d{1,2})"
_LINE = re.compile(rf"{_DATE}(?:\s*[~～至]\s*{_DATE})?\s*([休班])\s+(\S.*)")
_SHOWN = 30  # characters of a line that was not understood


class ListedDay(NamedTuple):
    """One day as listed, in the order of core.calendar.SpecialDay."""

    day: date
    is_working: bool
    name: str


@dataclass(slots=True)
class ReadDays:
    """What a text says: its days, and a sentence for each line that is wrong."""

    days: list[ListedDay] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class _WrongLineError(Exception):
    """What is wrong with a line, to stand after its number."""


def read_days(text: str, year: int) -> ReadDays:
    """The days of that year which the text lists; each day once. Every wrong line has its sentence, in order."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        return ReadDays(wrong=[f"有 {len(lines)} 行，最多 {MOST_LINES} 行。请删去多余的。"])
    found, first_named = ReadDays(), dict[date, int]()
    for number, line in enumerate(lines, start=1):
        try:
            days = _days_of(line.strip(), year)
            _refuse_doubled(days, first_named)
        except _WrongLineError as wrong:
            found.wrong.append(f"第 {number} 行{wrong}")
            continue
        found.days += days
        first_named.update((entry.day, number) for entry in days)
    return found


def written(days: Iterable[ListedDay]) -> str:
    """The text that lists these days, one a line, so that they can be corrected."""
    return "\n".join(f"{entry.day.isoformat()} {'班' if entry.is_working else '休'} {entry.name}" for entry in days)


def _days_of(line: str, year: int) -> list[ListedDay]:
    if not line:
        return []
    parts = _LINE.fullmatch(line)
    name = _printable(parts[4]) if parts else ""
    if parts is None or not name:
        raise _WrongLineError(f"“{_printable(line)[:_SHOWN]}”看不懂。请写成 {year}-01-01 休 元旦 的样子。")
    if len(name) > LONGEST_NAME:
        raise _WrongLineError(f"的名称超过 {LONGEST_NAME} 个字。请缩短。")
    first = _day_in(parts[1], year)
    last = _day_in(parts[2], year) if parts[2] else first
    if last < first:
        raise _WrongLineError(f"的止日 {last.isoformat()} 早于起日 {first.isoformat()}。请核对。")
    run = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [ListedDay(day, parts[3] == "班", name) for day in run]


def _day_in(text: str, year: int) -> date:
    try:
        day = date(*(int(part) for part in text.split("-")))
    except ValueError:
        raise _WrongLineError(f"的 {text} 不是确切日期。请核对。") from None
    if day.year != year:
        raise _WrongLineError(f"的 {day.isoformat()} 不在 {year} 年。请核对。")
    return day


def _refuse_doubled(days: Iterable[ListedDay], first_named: dict[date, int]) -> None:
    for entry in days:
        if number := first_named.get(entry.day):
            raise _WrongLineError(f"的 {entry.day.isoformat()} 在第 {number} 行已经写过。请留一行。")


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()
