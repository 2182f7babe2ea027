"""Which font draws which character: roles as official documents name them, each a chain with a last resort.

The fonts practice names (仿宋_GB2312, 方正小标宋 …) are not free. Where an office has put its own into
`office/` they come first; every character they lack, and every role they leave empty, falls to Noto Serif SC or
Noto Sans SC (OFL), which hold every rare name character tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont as FontFile
from fontTools.ttLib import TTLibError as FontFileError
from reportlab.pdfbase.ttfonts import TTFError

from notices.fonts.face import EmbeddedFont, load_font
from notices.fonts.files import SANS, SERIF, usable_files

MISSING = "〓"  # the printers' mark for a character that no font holds: seen, not lost
TITLE_WEIGHT = 0.026  # em; a stroke round Noto Serif's regular weight comes near 小标宋, which is heavier


class FontsMissing(RuntimeError):
    """The folder holds no fonts: `flask init` has not been run."""


class Role(StrEnum):
    """What a text is in a document."""

    TITLE = "title"  # 小标宋
    FANGSONG = "fangsong"  # 仿宋
    KAI = "kai"  # 楷体
    HEI = "hei"  # 黑体
    SONG = "song"  # 宋体


# In order: 仿宋体 also contains 宋体.
FAMILIES: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.TITLE, ("小标宋", "xiaobiaosong", "fzxbs", "xbsong")),
    (Role.FANGSONG, ("仿宋", "fangsong", "simfang")),
    (Role.KAI, ("楷体", "kaiti", "simkai", "fandolkai")),
    (Role.HEI, ("黑体", "simhei", "heiti", "fandolhei")),
    (Role.SONG, ("宋体", "simsun", "songti", "fandolsong")),
)


@dataclass(frozen=True, slots=True)
class Face:
    """A font in a chain, and the stroke (em) that makes it as heavy as its role wants."""

    font: EmbeddedFont
    stroke: float = 0.0


class Glyph(NamedTuple):
    """How one character is drawn: by which face, as which character (〓 where none has it), how wide (em)."""

    face: Face
    char: str
    width: float


class Widths(dict[str, float]):
    """How wide each character is in one role, in em; filled as characters are asked for."""

    def __init__(self, book: FontBook, role: Role, tracking: float) -> None:
        super().__init__()
        self._book, self._role, self._tracking = book, role, tracking

    def __missing__(self, char: str) -> float:
        width = self[char] = self._book.glyph(self._role, char).width + self._tracking
        return width


@dataclass(frozen=True)
class FontBook:
    """The registered fonts by role. Shared by all documents of a process; only its cache of glyphs grows."""

    chains: Mapping[Role, tuple[Face, ...]]
    refused: tuple[tuple[str, str], ...] = ()
    _glyphs: dict[tuple[Role, str], Glyph] = field(default_factory=dict, repr=False, compare=False)
    _widths: dict[tuple[Role, float], Widths] = field(default_factory=dict, repr=False, compare=False)

    def glyph(self, role: Role, char: str) -> Glyph:
        """How this character is drawn in this role."""
        found = self._glyphs.get((role, char))
        if found is None:
            found = self._glyphs[role, char] = self._find(role, char)
        return found

    def _find(self, role: Role, char: str) -> Glyph:
        for shown in (char, MISSING):
            for face in self.chains[role]:
                if face.font.has(shown):
                    return Glyph(face, shown, face.font.em(shown))
        raise FontsMissing(f"no font of {role} draws even {MISSING}")

    def width(self, role: Role, text: str, size: float) -> float:
        """The width of a text in points."""
        return size * sum(map(self.widths(role).__getitem__, text))

    def widths(self, role: Role, tracking: float = 0.0) -> Widths:
        """The widths of characters in a role, each with `tracking` em after it."""
        found = self._widths.get((role, tracking))
        if found is None:
            found = self._widths[role, tracking] = Widths(self, role, tracking)
        return found

    def ink(self, role: Role, text: str, size: float) -> tuple[float, float]:
        """How far the text's ink reaches below and above its baseline, in points: (-0.9, 13.4)."""
        found = [glyph.face.font.ink(glyph.char) for glyph in (self.glyph(role, char) for char in text)]
        return size * min((low for low, _ in found), default=0.0), size * max((high for _, high in found), default=0.0)

    def runs(self, role: Role, text: str) -> Iterator[tuple[Face, str]]:
        """The text in stretches of one face each."""
        glyphs = [self.glyph(role, char) for char in text]
        start = 0
        for at, glyph in enumerate(glyphs):
            if glyph.face is not glyphs[start].face:
                yield glyphs[start].face, "".join([one.char for one in glyphs[start:at]])
                start = at
        if glyphs:
            yield glyphs[start].face, "".join([one.char for one in glyphs[start:]])

    @property
    def base(self) -> EmbeddedFont:
        """A font to start a document with, so that no unembedded Helvetica appears."""
        return self.chains[Role.SONG][-1].font


def register_fonts(folder: Path) -> FontBook:
    """Register the folder's fonts with reportlab; once at start, cheap when repeated.

    An office font that cannot be embedded is left out and named in `refused`.
    Raises FontsMissing where `install_fonts` has not been run.
    """
    if not (folder / SERIF).is_file() or not (folder / SANS).is_file():
        raise FontsMissing(f"字体尚未安装（{folder}）。请先运行 flask init。")
    serif, sans, *office = usable_files(folder)
    own, refused = _own_faces(office)
    return FontBook(_chains(own, load_font(serif), load_font(sans)), refused)


def _own_faces(files: Iterable[Path]) -> tuple[dict[Role, list[Face]], tuple[tuple[str, str], ...]]:
    """The office's fonts by role, and those that cannot be used with the reason."""
    own: dict[Role, list[Face]] = {role: [] for role in Role}
    refused = []
    for path in files:
        try:
            role = role_of(path)
            if role is None:
                refused.append((path.name, "字体名称中没有仿宋、楷体、黑体、宋体或小标宋"))
            else:
                own[role].append(Face(load_font(path)))
        except (FontFileError, TTFError, OSError, ValueError) as error:
            refused.append((path.name, str(error)))
    return own, tuple(refused)


def _chains(own: Mapping[Role, list[Face]], serif: EmbeddedFont, sans: EmbeddedFont) -> dict[Role, tuple[Face, ...]]:
    serif_like = (Face(serif), Face(sans))
    last: dict[Role, tuple[Face, ...]] = dict.fromkeys(Role, serif_like)
    last[Role.HEI] = (Face(sans), Face(serif))
    last[Role.TITLE] = (Face(serif, TITLE_WEIGHT), Face(sans, TITLE_WEIGHT))
    return {role: (*own[role], *last[role]) for role in Role}


def role_of(path: Path) -> Role | None:
    """The role an office's font serves, told from its family names and its file name; None where neither says."""
    with path.open("rb") as file:  # opened here, since fonttools leaves a broken font's file open
        records = FontFile(file, fontNumber=0, lazy=True)["name"].names
        names = [record.toUnicode(errors="replace") for record in records if record.nameID in (1, 4, 6, 16)]
    told = " ".join([path.stem, *names]).casefold().replace("_", "").replace("-", "")
    return next((role for role, words in FAMILIES if any(word in told for word in words)), None)
