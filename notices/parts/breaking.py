"""Where a Chinese line may end (GB/T 15834 5.1, GB/T 9704 7.3): 禁则 and what stays in one piece.

No line begins with closing punctuation or ends with opening punctuation; dates, amounts, numbers, document numbers
and Latin words are not torn. A piece longer than a whole line is cut between characters, there being no other way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

NO_START = frozenset("、。，．：；？！）〕］】》〉」』｝”’…—～·‧％‰℃℉々〻,.:;?!)]}%>°′″ー゛゜")
NO_END = frozenset("（〔［【《〈「『｛“‘([{<￥＄￡$#＃№")
# Punctuation whose right half is empty: at the end of a line it may hang over by that half.
HANGING = frozenset("、。，：；）〕］】》〉」』”’")
HANG = 0.5  # em

_HAN = "[㐀-鿿豈-﫿\U00020000-\U000323af]"
_MEASURE = (
    "(?:万元|亿元|万|亿|千|元|个|项|条|处|名|人|次|天|日|年|月|周|时|分|秒|号|米|吨|台|套|间|家|页|级|层|区|楼|室)"
)
_PIECE = re.compile(
    # document numbers: （渝）应急责改〔2026〕12号
    rf"(?:（{_HAN}{{1,4}}）)?{_HAN}{{0,5}}〔[0-9]{{4}}〕第?[0-9]+号(?:-[0-9]+)?"
    # dates and times of day: 2026年11月8日 09:05
    r"|[0-9]{2,4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日(?: [0-9]{1,2}:[0-9]{2})?)?)?"
    r"|[0-9]{1,2}月[0-9]{1,2}日(?: [0-9]{1,2}:[0-9]{2})?"
    r"|第[一二三四五六七八九十百千零〇]+[条款项号章节页次届类]"
    r"|第[0-9]+(?:\.[0-9]+)*[条款项号章节页次届类]"
    # amounts with their unit: 39.60 万元
    rf"|[￥¥$]?[0-9][0-9,.:/%~\-]*(?:[ \u00a0]?{_MEASURE})?(?![0-9A-Za-z])"
    # Latin words, codes, addresses
    r"|[!-~\u00a0-\u024f\u0370-\u04ff\u2000-\u2014]+"
    # a dash or an ellipsis takes two squares and is not split
    r"|—+|…+|～+"
    r"|[\s\S]"
)


class Line(NamedTuple):
    """One line: its text, its width in em without a hanging half, and whether it ends its paragraph."""

    text: str
    width: float
    last: bool


def break_lines(text: str, room: float, width: Callable[[str], float], indent: float = 0.0) -> list[Line]:
    """Break a text (paragraphs ended by \\n) into lines of at most `room` em; `width` gives a character's em.

    `indent` is left free in each paragraph's first line. Every line takes at least one character, so that a room
    narrower than a character still ends.
    """
    return [line for paragraph in text.split("\n") for line in _break_paragraph(paragraph, room, width, indent)]


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that may not be torn, punctuation attached to what it belongs to."""
    held = ""
    for piece in _PIECE.findall(text):
        if held and not _may_part(held[-1], piece[0]):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _may_part(before: str, after: str) -> bool:
    """Whether a line may end between these two characters; a space stays with the line it ends."""
    return after != " " and before not in NO_END and after not in NO_START


def _break_paragraph(text: str, room: float, width: Callable[[str], float], indent: float) -> list[Line]:
    lines: list[Line] = []
    current: list[str] = []
    used = indent
    for piece, wide, slack in _fitting(pieces(text), room, width, indent):
        if current and used + wide - slack > room:
            lines.append(_line(current, room, width, last=False))
            current, used = [], 0.0
        current.append(piece)
        used += wide
    return [*lines, _line(current, room, width, last=True)]


def _fitting(
    whole: Iterator[str], room: float, width: Callable[[str], float], indent: float
) -> Iterator[tuple[str, float, float]]:
    """The pieces with their widths and slacks, those longer than a line cut to lines.

    The first of all is cut to what its indent leaves.
    """
    for piece in whole:
        wide, slack = _measured(piece, width)
        if wide - slack <= room - indent:
            yield piece, wide, slack
        else:
            yield from ((part, *_measured(part, width)) for part in _cut(piece, room, width, indent))
        indent = 0.0


def _measured(piece: str, width: Callable[[str], float]) -> tuple[float, float]:
    """The width of a piece, and what of it may lie beyond the line's end."""
    return (width(piece) if len(piece) == 1 else sum(map(width, piece))), _slack(piece, width)


def _cut(piece: str, room: float, width: Callable[[str], float], indent: float) -> Iterator[str]:
    start, used = 0, indent
    for at, char in enumerate(piece):
        wide = width(char)
        if at > start and used + wide > room:
            end = _kinder(piece, start, at)
            yield piece[start:end]
            start, used = end, sum(map(width, piece[end:at]))
        used += wide
    yield piece[start:]


def _kinder(piece: str, start: int, at: int) -> int:
    """The cut at `at`, or up to four characters before it, where 禁则 allows one."""
    for end in range(at, max(start, at - 4), -1):
        if _may_part(piece[end - 1], piece[end]):
            return end
    return at


def _slack(piece: str, width: Callable[[str], float]) -> float:
    """What of the piece may lie beyond the line's end: spaces, or the empty half of a punctuation mark."""
    last = piece[-1]
    if last == " ":
        return sum(map(width, piece[len(piece.rstrip(" ")) :]))
    return HANG if last in HANGING and width(last) > 0.9 else 0.0


def _line(parts: list[str], room: float, width: Callable[[str], float], *, last: bool) -> Line:
    text = "".join(parts).rstrip(" ")
    return Line(text, min(sum(map(width, text)), room) if text else 0.0, last)
