"""How the number of a notice reads (（渝）应急责改〔2026〕12号), and what a pattern for it must hold. Pure.

A pattern is plain words with {字头} {文种} {年} {序号} in it. Year and sequence are Arabic digits without leading
zeros, the year in 〔〕 (GB/T 9704 7.2.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

PLACES: Final[dict[str, str]] = {
    "字头": "本单位的文号字头",
    "文种": "文书种类的代字",
    "年": "四位年份",
    "序号": "当年的流水号，不补零",
}
LONGEST_PATTERN: Final = 60
LONGEST_NUMBER: Final = 80
LARGEST: Final = 999_999  # the longest sequence a pattern must have room for

_PLACE = re.compile(r"\{([^{}]*)\}")
_ODD = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufdd0-\ufdef]|\s")


def pattern_faults(pattern: str, prefix: str = "", word: str = "") -> tuple[str, ...]:
    """Everything wrong with a pattern, as sentences; empty: it may be kept. With what it is filled, its length too."""
    return tuple(_faults(pattern, prefix, word))


def _faults(pattern: str, prefix: str, word: str) -> Iterator[str]:
    if len(pattern) > LONGEST_PATTERN:
        yield f"文号写法最多 {LONGEST_PATTERN} 个字。请精简。"
    if _ODD.search(pattern):
        yield "文号写法中不能有空格和换行。请删去。"
    named = _PLACE.findall(pattern)
    if unknown := [name for name in named if name not in PLACES]:
        yield f"没有「{{{unknown[0][:10]}}}」。可以用的是 {' '.join(f'{{{name}}}' for name in PLACES)}。"
    if re.search(r"[{}]", _PLACE.sub("", pattern)):
        yield "大括号没有成对。写成 {年}、{序号}，括号要用半角。"
    for name in ("年", "序号"):
        if (count := named.count(name)) != 1:
            yield f"{{{name}}} 必须有，而且只能写一次，现在有 {count} 处。"
    if re.search(r"[\[［【]\{年\}[\]］】]", pattern):
        yield "年份要用六角括号：〔{年}〕（GB/T 9704）。"
    if re.search(r"[0-9０-９](?=\{(?:年|序号)\})|(?<=\})[0-9０-９]|\{年\}\{序号\}|\{序号\}\{年\}", pattern):
        yield "{年}、{序号} 的两边不能紧挨数字，彼此也要隔开，否则读不清。"
    if len(number_text(pattern[:LONGEST_PATTERN], prefix, word, 9999, LARGEST)) > LONGEST_NUMBER:
        yield f"编出的文号超过 {LONGEST_NUMBER} 个字。请精简写法或字头。"


def number_text(pattern: str, prefix: str, word: str, year: int, sequence: int) -> str:
    """The number: every place of the pattern filled, digits as they are."""
    filled = {"字头": prefix, "文种": word, "年": str(year), "序号": str(sequence)}
    return _PLACE.sub(lambda place: filled.get(place[1], place[0]), pattern)


def fixed_text(pattern: str, prefix: str, word: str) -> str:
    """The pattern with all filled but year and sequence: two series of the same would give the same numbers."""
    filled = {"字头": prefix, "文种": word}
    return _PLACE.sub(lambda place: filled.get(place[1], place[0]), pattern)


def read_number(number: str, pattern: str, prefix: str, word: str) -> tuple[int, int] | None:
    """Year and sequence of a number, were it written by this pattern; None where it cannot have been."""
    parts = re.split(r"(\{年\}|\{序号\})", fixed_text(pattern, prefix, word))
    shape = {"{年}": "(?P<year>[0-9]{4})", "{序号}": "(?P<sequence>[1-9][0-9]{0,8})"}
    found = re.fullmatch("".join(shape.get(part) or re.escape(part) for part in parts), number)
    return (int(found["year"]), int(found["sequence"])) if found else None
