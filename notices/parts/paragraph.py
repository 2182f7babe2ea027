"""Paragraphs of Chinese text: broken by 禁则, flowing over pages, escaped by never being markup at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from notices.fonts import FontBook, Role
from notices.parts.blocks import SLACK
from notices.parts.breaking import Line, break_lines
from notices.parts.cleaning import printable
from notices.parts.pen import BLACK, Colour, Pen

WIDEST_SPREAD = 0.12  # em a character may be moved when a line is set to full width; more looks torn
FEWEST_LINES = 2  # of a paragraph on either side of a page break


class Align(StrEnum):
    """How lines stand in their width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is set: sizes in points, indent in em; `leading` is the distance from line to line, in em."""

    role: Role = Role.SONG
    size: float = 10.5
    leading: float = 1.5
    align: Align = Align.LEFT
    indent: float = 0.0
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text, cleaned; each \\n begins a new paragraph. `keeps_next`: a heading."""

    book: FontBook
    text: str
    style: TextStyle = TextStyle()
    keeps_next: bool = False

    def lay(self, width: float) -> Lines:
        """Broken into lines for the width."""
        style = self.style

        def em(char: str) -> float:
            return self.book.glyph(style.role, char).width

        lines = break_lines(printable(self.text), width / style.size, em, style.indent)
        return Lines(tuple(lines), style, width, keeps_next=self.keeps_next)


@dataclass(frozen=True, slots=True)
class Lines:
    """A paragraph laid out; `begins` says whether its first line begins a paragraph, and so is indented."""

    lines: tuple[Line, ...]
    style: TextStyle
    width: float
    begins: bool = True
    keeps_next: bool = False

    @property
    def pitch(self) -> float:
        """Points from line to line."""
        return self.style.size * self.style.leading

    @property
    def height(self) -> float:
        """All lines, each with its leading half above and half below."""
        return len(self.lines) * self.pitch

    def split(self, room: float) -> tuple[Lines, Lines] | None:
        """After as many lines as fit, with at least two on either side; three lines are not worth a break."""
        fitting = int((room + SLACK) / self.pitch)
        count = min(fitting, len(self.lines) - FEWEST_LINES)
        if fitting >= len(self.lines) or count < FEWEST_LINES:
            return None
        first = replace(self, lines=self.lines[:count], keeps_next=False)
        return first, replace(self, lines=self.lines[count:], begins=self.lines[count - 1].last)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Line by line; the Han squares stand in the middle of the leading."""
        size = self.style.size
        above = (self.pitch - size) / 2
        begins = self.begins
        for line in self.lines:
            indent = self.style.indent * size if begins else 0.0
            begins = line.last
            if line.text:
                left, spread = self._place(line, indent)
                pen.text(
                    x + left, top + above, line.text, self.style.role, size, spread=spread, colour=self.style.colour
                )
            top += self.pitch

    def _place(self, line: Line, indent: float) -> tuple[float, float]:
        """Where a line begins, and how far its characters are spread, in points."""
        free = self.width - indent - line.width * self.style.size
        if self.style.align is Align.CENTRE:
            return indent + free / 2, 0.0
        if self.style.align is Align.RIGHT:
            return indent + free, 0.0
        if self.style.align is Align.FULL and not line.last and len(line.text) > 1:
            spread = free / (len(line.text) - 1)
            if 0 < spread <= WIDEST_SPREAD * self.style.size:
                return indent, spread
        return indent, 0.0


def fitted(book: FontBook, text: str, role: Role, size: float, width: float) -> str:
    """The text if it fits the width, else its beginning and …; for captions and footers of one line."""
    if book.width(role, text, size) <= width:
        return text
    room = width - book.width(role, "…", size)
    end = 0
    for char in text:
        room -= book.width(role, char, size)
        if room < 0:
            break
        end += 1
    return text[:end] + "…"
