"""Control measures as they stand in one cell of a list: several, counted or not, with who answers for them. Pure."""

from __future__ import annotations

import re
from typing import Final

from hazards.ledger.splitting import split_hazards

_LINES: Final = re.compile(r"[\r\n]+")
_ENDS: Final = re.compile(r"[；;]+")
_COUNT: Final = re.compile(r"^(?:\d{1,2}\s*[.．、)）](?!\d)|[(（]\s*\d{1,2}\s*[)）]|[①-⑳]|[-—•·●■])\s*")
_ANSWERS: Final = re.compile(
    r"\s*[（(]?\s*(?:管控)?责任人\s*[:：]\s*([^（）()；;，,。\s]{1,60})\s*[）)]?\s*[。；;]?\s*$"
)
_BLANK: Final = " \t\u3000；;，,、"


def split_measures(text: str) -> tuple[str, ...]:
    """The measures of a cell: those counted (1. 2. …, ①②, 一是 二是), else its lines, else what semicolons part.

    >>> split_measures("1.设防护栏；2.每班点检")
    ('设防护栏', '每班点检')
    """
    parts = split_hazards(text) or tuple(_LINES.split(text))
    if len(parts) == 1:
        parts = tuple(_ENDS.split(text))
    plain = (_COUNT.sub("", part.strip(_BLANK)).strip(_BLANK) for part in parts)
    return tuple(dict.fromkeys(part for part in plain if part))


def who_answers(measure: str) -> tuple[str, str]:
    """The measure and the name that stands behind it: 每班点检（责任人：甲）; no name is ""."""
    found = _ANSWERS.search(measure)
    if found is None or found.start() == 0:
        return measure, ""
    return measure[: found.start()].rstrip(_BLANK), found[1]


def written(measure: str, answers: str) -> str:
    """The measure as a list writes it, read back by `who_answers`."""
    return f"{measure}（责任人：{answers}）" if answers else measure
