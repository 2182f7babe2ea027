"""How a value reads on paper, and the few formats a text may ask for: {{ 检查开始时间|日期 }}."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from core.days import SHANGHAI

Plain = str | int | bool | date | None  # a datetime is a date

_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))


def written(value: object) -> str:
    """A value as it reads on paper: dates and moments with 年月日, yes and no as words, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        at = value.astimezone(SHANGHAI)
        return f"{day_written(at)}{at.hour}时{at.minute:02}分"
    return day_written(value) if isinstance(value, date) else str(value)


def day_written(day: date) -> str:
    """2026年3月5日: Arabic digits, no zero padding (GB/T 9704 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def only_day(value: Plain) -> str:
    """The day of a date or a moment; a text stays as it is."""
    if isinstance(value, datetime):
        return day_written(value.astimezone(SHANGHAI))
    return written(value)


def in_words(value: Plain) -> str:
    """A number below ten thousand in Chinese (12 → 十二), for 共十二项; anything else stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000:
        return written(value)
    made, pending = "", False
    for size, place in _PLACES:
        digit = value // size % 10
        if digit:
            made += ("零" if pending else "") + _DIGITS[digit] + place
        pending = bool(made) and not digit
    made = made or _DIGITS[0]
    return made[1:] if made.startswith("一十") else made


FILTERS: Final[dict[str, Callable[[Plain], str]]] = {"日期": only_day, "汉字": in_words}
"""日期: only the day of a moment. 汉字: a number in Chinese characters."""
