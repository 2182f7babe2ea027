"""Subsets of a font, made without copying ten million bytes of outlines for each hundred glyphs.

The tables are those that reportlab writes, byte for byte; a font with composite glyphs is left to it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFace, TTFontMaker

COPIED = ("name", "OS/2", "cvt ", "fpgm", "prep")
LONGEST_SHORT = 0xFFFF  # of half offsets, with which a table of places may be written in two bytes each


class QuickFace(TTFontFace):
    """A face whose subsets cost what their own glyphs cost."""

    def makeSubset(self, subset: Sequence[int]) -> bytes:  # noqa: N802 - reportlab's name
        """A font of these characters' glyphs, the first of which is drawn for what is missing."""
        face: Any = self  # the stubs leave out what it has read
        glyphs = list(dict.fromkeys([0, *(face.charToGlyph.get(code, 0) for code in subset)]))
        outlines = _outlines(face, glyphs)
        if any(outline[:1] >= b"\x80" for outline in outlines):  # fewer than no contours: made of other glyphs
            made: bytes = super().makeSubset(subset)
            return made
        maker: Any = TTFontMaker()
        for tag, data in _kept(face).items():
            maker.add(tag, data)
        offsets = [0, *accumulate(map(len, outlines))]
        short = (offsets[-1] + 1) >> 1 <= LONGEST_SHORT
        places = [offset >> 1 for offset in offsets] if short else offsets
        maker.add("glyf", b"".join(outlines))
        maker.add("loca", struct.pack(f">{len(places)}{'H' if short else 'L'}", *places))
        maker.add("head", _with(face.get_table("head"), 50, not short))
        maker.add("maxp", _with(face.get_table("maxp"), 4, len(glyphs)))
        _add_widths(face, maker, glyphs)
        _add_codes(face, maker, subset, glyphs)
        stream: bytes = maker.makeStream()
        return stream


def _outlines(face: Any, glyphs: list[int]) -> list[bytes]:
    """Each glyph's outline, filled up to whole words."""
    data, places = face._ttf_data, face.glyphPos
    start = face.get_table_pos("glyf")[0]
    found = [data[start + places[glyph] : start + places[glyph + 1]] for glyph in glyphs]
    return [outline + b"\0" * (-len(outline) % 4) for outline in found]


def _kept(face: Any) -> dict[str, bytes]:
    """The tables that are the same in every subset."""
    tables = {tag: face.get_table(tag) for tag in COPIED if tag in face.table}
    tables["post"] = b"\x00\x03\x00\x00" + face.get_table("post")[4:16] + b"\x00" * 16
    return tables


def _with(table: bytes, offset: int, value: int) -> bytes:
    """The table with another number at a place."""
    return table[:offset] + struct.pack(">H", value) + table[offset + 2 :]


def _add_widths(face: Any, maker: Any, glyphs: list[int]) -> None:
    """hmtx and hhea: widths, those of a run of equal ones at the end written once."""
    metrics = [face.hmetrics[glyph] for glyph in glyphs]
    full = len(metrics)
    while full > 1 and metrics[full - 2][0] == metrics[-1][0]:
        full -= 1
    numbers = [int(number) for metric in metrics[:full] for number in metric]
    numbers += [int(bearing) for _, bearing in metrics[full:]]
    maker.add("hmtx", struct.pack(f">{len(numbers)}H", *numbers))
    maker.add("hhea", _with(face.get_table("hhea"), 34, full))


def _add_codes(face: Any, maker: Any, subset: Sequence[int], glyphs: list[int]) -> None:
    """cmap: the codes 0, 1, 2 … of the subset (format 6)."""
    place = {glyph: at for at, glyph in enumerate(glyphs)}
    codes = [place[face.charToGlyph.get(code, 0)] for code in subset]
    head = [0, 1, 1, 0, 0, 12, 6, 10 + 2 * len(codes), 0, 0, len(codes)]
    maker.add("cmap", struct.pack(f">{len(head) + len(codes)}H", *head, *codes))
