"""A font that is embedded as subsets and whose text copies out right, also above U+FFFF.

reportlab writes a character's code point as it is into the ToUnicode map, where the PDF standard wants UTF-16BE
(ISO 32000-1, 9.10.3): 𬭬 would copy as two wrong characters. It also puts more than 100 entries into one block,
which the CMap format forbids.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFObject
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

from notices.fonts.subsets import QuickFace

ENTRIES_PER_BLOCK = 100
# A face reads its file through one shared position, so two documents may not be subset at the same time.
_subsetting = threading.Lock()
_loaded: dict[tuple[Path, int, int], EmbeddedFont] = {}


class _Array(PDFObject):
    """Numbers as a PDF array, written at once: reportlab formats each of 256 as an object of its own."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self._numbers = tuple(numbers)

    def format(self, _doc: object) -> bytes:
        """The array as it stands in the file."""
        return b"[ %b ]" % b" ".join(b"%g" % number for number in self._numbers)


class EmbeddedFont(TTFont):
    """A TrueType font with a right ToUnicode map, safe to use from several threads."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), asciiReadable=False, shapable=False)
        self.face.__class__ = QuickFace

    @property
    def postscript_name(self) -> str:
        """The font's own name, as it is recorded in a document's properties."""
        name: bytes = self.face.name
        return name.decode("latin-1")

    def em(self, char: str) -> float:
        """The character's width in em."""
        thousandths: float = self.face.charWidths.get(ord(char), self.face.defaultWidth)
        return thousandths / 1000

    def has(self, char: str) -> bool:
        """Whether the font draws this character itself."""
        return bool(self.face.charToGlyph.get(ord(char)))

    def ink(self, char: str) -> tuple[float, float]:
        """How far the character's ink reaches below and above its baseline, in em; nothing for a blank."""
        face: Any = self.face  # the stubs leave out what it has read
        glyph = face.charToGlyph.get(ord(char), 0)
        start, end = face.glyphPos[glyph], face.glyphPos[glyph + 1]
        if start == end:
            return 0.0, 0.0
        _, _, low, _, high = struct.unpack_from(">hhhhh", face._ttf_data, face.get_table_pos("glyf")[0] + start)
        return low / face.unitsPerEm, high / face.unitsPerEm

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        """Write the subsets into the document, then put the right ToUnicode maps in place of reportlab's."""
        with _subsetting:
            subsets = [list(subset) for subset in self.state[doc].subsets]
            names = [self.getSubsetInternalName(number, doc)[1:] for number in range(len(subsets))]
            super().addObjects(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        for number, (name, subset) in enumerate(zip(names, subsets, strict=True)):
            fonts[name].Widths = _Array(map(self.face.getCharWidth, subset))
            base = f"{SUBSETN(number).decode('ascii')}+{self.postscript_name}"
            doc.idToObject[f"toUnicodeCMap:{base}"].content = unicode_map(subset)


def unicode_map(subset: list[int]) -> str:
    """The CMap from codes of one subset (their positions) to UTF-16BE."""
    entries = [f"<{code:02X}> <{_utf16(point)}>" for code, point in enumerate(subset)]
    blocks = [entries[start : start + ENTRIES_PER_BLOCK] for start in range(0, len(entries), ENTRIES_PER_BLOCK)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


def _utf16(point: int) -> str:
    return f"{point:04X}" if point < 0x10000 else chr(point).encode("utf-16-be").hex().upper()


def load_font(path: Path) -> EmbeddedFont:
    """The font of this file, registered with reportlab once per process and version of the file.

    Raises reportlab's TTFError where the file is no TrueType font or forbids embedding.
    """
    stat = path.stat()
    key = (path.resolve(), stat.st_size, stat.st_mtime_ns)
    if key not in _loaded:
        # The number keeps two files of one name apart; the name stays in the process, never in a document.
        _loaded[key] = EmbeddedFont(f"{path.stem}-{len(_loaded)}", path)
        pdfmetrics.registerFont(_loaded[key])
    return _loaded[key]
