"""Texts of cells: what is removed when they are read, and how two of them are compared."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from unicodedata import normalize

Value = str | int | float | bool | datetime | date | time | None

# Control characters, marks that turn the reading direction, byte order marks and noncharacters: they have no
# meaning in a ledger, break XML and PDF, and can make a text read differently from what it says.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_RETURN = re.compile("_x000[dD]_")
_WORD = 40
_BLANK = re.compile(r"\s+")


def clean(text: str) -> str:
    """The text without invisible characters, with `\\n` as its only line break, without blanks around it."""
    if text.isprintable() and "_x000" not in text:  # nearly every cell, in one pass
        return text.strip()
    text = _ESCAPED_RETURN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = _SURROGATE.sub("\ufffd", text)
    return _INVISIBLE.sub("", text).strip()


def invisible_count(text: str) -> int:
    """How many characters `clean` removes that a reader could not see anyway."""
    return 0 if text.isprintable() else len(_INVISIBLE.findall(text))


def squeeze(text: str) -> str:
    """A text for comparing only: full-width forms folded, lower case, no blanks at all."""
    return _squeezed_word(text) if len(text) <= _WORD else _squeezed(text)


def _squeezed(text: str) -> str:
    return _BLANK.sub("", normalize("NFKC", clean(text))).lower()


_squeezed_word = lru_cache(maxsize=4096)(_squeezed)  # the same titles and words come back in every row


def as_text(value: Value) -> str:
    """A cell as a person reads it: whole numbers without a point, dates as 2026-06-30, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing a reader could see."""
    if not isinstance(value, str):
        return value is None
    if value.isprintable() and "_x000" not in value:  # nearly every cell, without building a text
        return not value or value.isspace()
    return not clean(value)
