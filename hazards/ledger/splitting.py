"""Several hazards in one cell (1… 2…, ①②, 一是 二是, a b), taken apart only where the count is beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from core.sheets import squeeze
from core.sheets.numerals import read_chinese_number

LONGEST: Final = 8_000
MOST_PARTS: Final = 50
_BEGIN = r"(?:^|(?<=[\s；;。，,、：:]))"
_AFTER_WORDS = r"(?:^|(?<=[\s；;。，,、：:现题患])|(?<=存在))"
_CHINESE = "[一二三四五六七八九十]{1,3}"
_STYLES: Final = tuple(
    (second, re.compile(pattern))
    for second, pattern in (
        ("2２", _BEGIN + r"(?P<n>\d{1,2})\s?[.．](?!\d)\s?"),
        ("2２", _BEGIN + r"(?P<n>\d{1,2})\s?、\s?"),
        ("2２", _BEGIN + r"(?P<n>\d{1,2})\s?[)）]\s?"),
        ("2２", _BEGIN + r"[(（]\s?(?P<n>\d{1,2})\s?[)）]\s?[、.．]?\s?"),
        ("二", _BEGIN + rf"[(（]\s?(?P<n>{_CHINESE})\s?[)）]\s?、?\s?"),
        ("二", _BEGIN + rf"(?P<n>{_CHINESE})、\s?"),
        (
            "二",
            rf"(?:^|(?<=[\s；;。，,、：:现题患])|(?<=存在)|(?<=发现))(?P<n>{_CHINESE})是(?![一二三四五六七八九十否])[：:，,]?\s?",
        ),
        ("二", _BEGIN + rf"(?:第(?P<n>{_CHINESE})[，,、：:]|其(?P<m>[一二三四五六七八九十])[，,、：:是])\s?"),
        ("②", r"(?P<n>[①-⑳])\s?[、.．]?\s?"),
        ("❷", r"(?P<n>[❶-❿])\s?[、.．]?\s?"),
        ("⑵", r"(?P<n>[⑴-⒇])\s?[、.．]?\s?"),
        ("⒉", r"(?P<n>[⒈-⒛])\s?、?\s?"),
        ("㈡", r"(?P<n>[㈠-㈩])\s?、?\s?"),
        ("Ⅱ", r"(?P<n>[Ⅰ-Ⅻ])\s?[、.．]?\s?"),
        ("bB", _BEGIN + r"(?P<n>[a-hA-H])\s?[.．、)）](?![A-Za-z\d])\s?"),
    )
)
_FIRSTS: Final = "①❶⑴⒈㈠Ⅰ"
_ENDS: Final = "；;。，,、 \t\n\u3000"
_EMPTY_LEAD = re.compile(
    r"(?:经|现场|检查|核查|排查|督查|该|企业|单位|公司|发现|存在|的|有|以下|下列|如下|主要|安全|事故|隐患|问题|具体|为|"
    r"重大|一般|描述|情况|其中|及|和|分别|是|[\d一二三四五六七八九十]{1,3}[条项处个]|[\s，,。；;：:])*"
)


class _Mark(NamedTuple):
    number: int
    start: int
    end: int


def split_hazards(text: str) -> tuple[str, ...]:
    """The hazards counted in a text, at least two, or () where it is not certain that they are several.

    Certain is a count of one style that runs 1, 2, 3 … without gap or repetition, over parts that all say something
    and differ. Words before the count that say where (`一车间：1.… 2.…`) go with every part.
    """
    if not 6 <= len(text) <= LONGEST:
        return ()
    counted = (list(_marks(style, text)) for style in _styles_in(text))
    found = [marks for marks in counted if len(marks) >= 2 and marks[0].number == 1]
    if not found:
        return ()
    marks = min(found, key=lambda one: one[0].start)
    if len(marks) > MOST_PARTS or [mark.number for mark in marks] != list(range(1, len(marks) + 1)):
        return ()
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    said = [text[mark.end : end].strip(_ENDS) for mark, end in zip(marks, ends, strict=True)]
    lead = text[: marks[0].start].strip()
    if any(len(squeeze(part)) < 2 or part.isdecimal() for part in said) or len(set(map(squeeze, said))) < len(said):
        return ()
    if not lead or _EMPTY_LEAD.fullmatch(lead):
        return tuple(said)
    joint = "" if lead[-1] in "：:" else "："
    return tuple(f"{lead.rstrip('，,；;。')}{joint}{part}" for part in said)


def looks_like_several(text: str) -> bool:
    """Whether a text counts 1 and then 2 in one style with words between, certain or not."""
    for style in _styles_in(text):
        marks = list(_marks(style, text[:LONGEST]))
        for one, two in pairwise(marks):
            if (one.number, two.number) == (1, 2) and len(text[one.end : two.start].strip(_ENDS)) >= 2:
                return True
    return False


def _styles_in(text: str) -> Iterator[re.Pattern[str]]:
    """The styles whose sign for the second hazard stands in the text at all."""
    return (style for second, style in _STYLES if any(sign in text for sign in second))


def _marks(style: re.Pattern[str], text: str) -> Iterator[_Mark]:
    for match in style.finditer(text):
        groups = match.groupdict()
        number = _value(groups.get("n") or groups.get("m") or "")
        if number:
            yield _Mark(number, match.start(), match.end())


def _value(written: str) -> int | None:
    if written.isdecimal():
        return int(written)
    if len(written) == 1 and written.isascii():
        return ord(written.lower()) - ord("a") + 1
    first = next((first for first in _FIRSTS if 0 <= ord(written[0]) - ord(first) < 20), None) if written else None
    return ord(written) - ord(first) + 1 if first and len(written) == 1 else read_chinese_number(written)
