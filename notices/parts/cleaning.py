"""User text as it may stand on paper: no control characters, no invisible tricks, one kind of line end.

What cannot be seen is removed; what should be seen but has no glyph becomes 〓 later, in the font book.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from core.days import SHANGHAI

MAX_TEXT = 20_000  # characters of one field; a form is no place for a book
CUT = "……（以下略，全文见系统）"

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_COMBINED = re.compile("[^\\W_][\u0300-\u036f]+")
# Format characters (joiners, bidirectional overrides, tags), variation selectors, skin tones, controls but \n.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001f3fb-\U0001f3ff"
    "\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with what cannot be printed removed and lines ended by \\n; at most MAX_TEXT characters."""
    text = _LINE_END.sub("\n", text[: MAX_TEXT * 2]).replace("\t", " ")
    text = _SURROGATE.sub("〓", _INVISIBLE.sub("", text))
    # é typed as e + accent: fonts hold the composed one. Not over the whole text: NFC would change rare Han.
    text = _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + CUT


def one_line(text: str) -> str:
    """The text as a single line, for captions, footers and properties."""
    return " ".join(printable(text).split())


def day_text(day: date | None, absent: str = "—") -> str:
    """2026年11月8日: Arabic digits, no zero padding (GB/T 9704); a moment is shown as its Shanghai day."""
    if day is None:
        return absent
    if isinstance(day, datetime):
        day = local(day)
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(at: date | None, absent: str = "—") -> str:
    """2026年11月8日 09:05 in Shanghai; a mere day, as paper bears it, without a time."""
    if not isinstance(at, datetime):
        return day_text(at, absent)
    return f"{day_text(at)} {local(at):%H:%M}"


def local(at: datetime) -> datetime:
    """The moment in Shanghai. Raises ValueError for a naive one, which could mean any place."""
    if at.tzinfo is None:
        raise ValueError("a moment without time zone cannot be printed")
    return at.astimezone(SHANGHAI)
