"""Turns a font with CFF outlines into one with TrueType outlines, since reportlab embeds only those.

Apart from `files.py`, because every conversion runs in a process of its own, which imports only this.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

# Layout tables reportlab never reads, and vertical metrics: half of the file.
UNUSED = ("CFF ", "BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")
# Copied into every embedded subset, so only what names the font and its licence.
KEPT_NAMES = frozenset({0, 1, 2, 3, 4, 5, 6, 14})
MAX_ERROR = 1.0  # of 1000 units: a hundredth of a point at 10.5 pt


def convert(source: str, target: str) -> None:
    """Write the font `source` (CFF) to `target` (TrueType); the target appears whole or not at all.

    The same source always gives the same bytes: embedded subsets, and so documents, depend on them.
    """
    font = TTFont(source, recalcTimestamp=False)
    _replace_outlines(font)
    _trim(font)
    _save_whole(font, Path(target))


def _replace_outlines(font: TTFont) -> None:
    order = font.getGlyphOrder()
    drawn = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    glyf = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = glyphs
    font["glyf"] = glyf
    font["loca"] = newTable("loca")
    metrics = font["hmtx"].metrics
    for name, glyph in glyphs.items():
        glyph.recalcBounds(glyf)
        metrics[name] = (metrics[name][0], glyph.xMin)
    font.sfntVersion = "\x00\x01\x00\x00"
    _replace_profile(font)


def _replace_profile(font: TTFont) -> None:
    """The maxp table of a TrueType font; fonttools counts points and contours when it saves."""
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    for name in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
    ):
        setattr(profile, name, 0)
    profile.maxZones = 1
    profile.maxComponentElements = 0


def _trim(font: TTFont) -> None:
    for tag in UNUSED:
        if tag in font:
            del font[tag]
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES and record.platformID == 3]
    # reportlab reads the last Unicode table it meets: leave the one that reaches above U+FFFF.
    widest = max(font["cmap"].tables, key=lambda table: (table.format == 12, table.format == 4))
    widest.platformID, widest.platEncID = 3, 10 if widest.format == 12 else 1
    font["cmap"].tables = [widest]
    font["post"].formatType = 3.0


def _save_whole(font: TTFont, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.stem, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        font.save(part)
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
