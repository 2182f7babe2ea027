"""Running text of official documents: paragraphs, and headings known by their numbers (GB/T 9704 7.3.3).

一、 stands in 黑体, （一） in 楷体, 1. and （1） as the text. A heading that its text runs on from ends at its first 。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block
from notices.parts.cleaning import printable
from notices.parts.paragraph import Lead, Paragraph, TextStyle

_NUMERAL = "[一二三四五六七八九十百]{1,4}"
_HEADINGS = ((re.compile(f"{_NUMERAL}、"), Role.HEI), (re.compile(f"（{_NUMERAL}）"), Role.KAI))
LONGEST_HEADING = 60  # characters; what is longer is text that begins with a number


def prose(book: FontBook, text: str, style: TextStyle) -> Iterator[Block]:
    """One block a paragraph; nothing for an empty text."""
    for line in printable(text).split("\n"):
        told = line.strip(" \u3000")
        if told:
            yield paragraph(book, told, style)


def paragraph(book: FontBook, text: str, style: TextStyle) -> Paragraph:
    """The paragraph, its heading in its own role; one that is nothing but a heading stays with what follows."""
    for pattern, role in _HEADINGS:
        if pattern.match(text):
            end = text.find("。") + 1 or len(text)
            if end <= LONGEST_HEADING:
                return Paragraph(
                    book, text, style, keeps_next=not text.endswith("。") and end == len(text), lead=Lead(role, end)
                )
    return Paragraph(book, text, style)
