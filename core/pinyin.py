"""Pinyin initials: 镕堃机械 is looked for as rkjx."""

from __future__ import annotations

from typing import Final

from core.search_words import plain

LONGEST: Final = 200


def initials_of(name: str) -> str:
    """The first letters of a name's characters, in lower case; Latin letters and digits stay as they are."""
    from pypinyin import Style, lazy_pinyin  # its tables take half a second to read

    text = plain(name).replace(" ", "")[:LONGEST]
    spoken = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return "".join(letter for letter in spoken if letter.isascii() and letter.isalnum())[:LONGEST]
