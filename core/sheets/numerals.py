"""Numbers written in Chinese numerals, ordinary and capital (叁仟, 一百零五)."""

from __future__ import annotations

from typing import Final

_DIGITS: Final = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "〇": 0,
    "两": 2,
}
_TENS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}


def read_chinese_number(text: str) -> int | None:
    """The number, or None where the numerals make none (一二三, 百千, empty)."""
    total = section = 0
    digit: int | None = None
    last_ten, last_group = 10_000, 10**12
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _TENS:
            ten = _TENS[character]
            # 十五 is 15 without a leading one; 百 alone is no number, and 十百 is none either
            if ten >= last_ten or not (digit or (ten == 10 and section == 0)):
                return None
            section, digit, last_ten = section + (digit or 1) * ten, None, ten
        elif character in _GROUPS:
            group = _GROUPS[character]
            section += digit or 0
            if group >= last_group or section == 0:
                return None
            total, section, digit = total + section * group, 0, None
            last_ten, last_group = 10_000, group
        else:
            return None
    return total + section + (digit or 0) if text else None
