"""Sums of money as offices write them, read into integer fen. What is not one sum is none."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple
from unicodedata import normalize

from core.sheets.numerals import read_chinese_number
from core.sheets.text import Value, clean

FEN_PER: Final = {
    "元": 100,
    "百元": 10_000,
    "千元": 100_000,
    "万元": 1_000_000,
    "百万元": 100_000_000,
    "千万元": 1_000_000_000,
    "亿元": 10_000_000_000,
}
MOST_FEN: Final = 10_000_000_000 * 1_000
"""1 000 亿元: more than any rectification costs; a larger figure is a slip or an attack."""

_BEFORE = r"(?:(?P<about>约|大约|大概|近)|人民币|共计|共|合计|计|rmb|¥)*"
_AFTER = r"(?:整|正)?(?P<after>左右|上下)?"
_FIGURES = re.compile(
    _BEFORE + r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,8})?|\d{1,15}(?:\.\d{1,8})?)"
    r"(?P<scale>百万|千万|百|千|万|亿)?(?P<more>余|多)?(?P<yuan>元|圆|块)?" + _AFTER
)
_WORDS = re.compile(
    _BEFORE + r"(?P<number>[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]{1,30})[元圆]"
    r"(?:(?P<jiao>[一二两三四五六七八九壹贰叁肆伍陆柒捌玖])角)?"
    r"(?:零?(?P<fen>[一二两三四五六七八九壹贰叁肆伍陆柒捌玖])分)?" + _AFTER
)


class Amount(NamedTuple):
    """A sum in fen, and whether the file says only about how much (约)."""

    fen: int
    is_about: bool = False


def read_amount(value: Value, *, unit: str = "元") -> Amount | None:
    """The sum a cell means; `unit` is that of the header and counts where the cell has none of its own.

    Reads 1.2, 20,000元, 约42万元, 叁仟元整; a range, a sentence or a negative number is None.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _amount(Decimal(repr(value)), unit) if value == value and 0 <= value <= 1e15 else None
    if not isinstance(value, str):
        return None
    text = re.sub(r"\s", "", normalize("NFKC", clean(value))).lower()
    if len(text) > 60:
        return None
    return _from_figures(text, unit) or _from_words(text)


def _from_figures(text: str, unit: str) -> Amount | None:
    match = _FIGURES.fullmatch(text)
    if match is None:
        return None
    if match["scale"] or match["yuan"]:
        unit = (match["scale"] or "") + "元"
    is_about = bool(match["about"] or match["more"] or match["after"])
    return _amount(Decimal(match["number"].replace(",", "")), unit, is_about=is_about)


def _from_words(text: str) -> Amount | None:
    match = _WORDS.fullmatch(text)
    number = read_chinese_number(match["number"]) if match else None
    if match is None or number is None:
        return None
    jiao = read_chinese_number(match["jiao"]) if match["jiao"] else 0
    fen = read_chinese_number(match["fen"]) if match["fen"] else 0
    total = Decimal(number * 100 + (jiao or 0) * 10 + (fen or 0)) / 100
    return _amount(total, "元", is_about=bool(match["about"] or match["after"]))


def _amount(number: Decimal, unit: str, *, is_about: bool = False) -> Amount | None:
    fen = int((number * FEN_PER.get(unit, 100)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Amount(fen, is_about) if 0 <= fen <= MOST_FEN else None
