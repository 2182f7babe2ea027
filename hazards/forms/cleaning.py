"""What was typed, as it may be kept: control and direction characters never reach the register."""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import TypeVar

E = TypeVar("E", bound=Enum)

_KEPT = {"\n", "\t", "\u200c", "\u200d"}  # joiners hold emoji and some scripts together


def several_lines(text: str | None) -> str:
    """A text of several lines, without blanks around; line ends become one kind."""
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")).strip()


def one_line(text: str | None) -> str:
    """A text of one line; blanks of any kind become one."""
    return " ".join(several_lines(text).split())


def member(kind: type[E], value: str | None) -> E | None:
    """The member of a vocabulary with this value; None for whatever is none."""
    return next((found for found in kind if found.value == value), None)
