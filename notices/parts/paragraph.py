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


class Align(StrEnum):
    """How lines stand in their width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is set: sizes in points, indent in em; `leading` is the distance from line to line, in em.

    `tracking` is added after each character, in em, so that squares of 16 points stand on a grid of 15.8.
    `fewest` lines of a paragraph stand on either side of a page break.
    """

    role: Role = Role.SONG
    size: float = 10.5
    leading: float = 1.5
    align: Align = Align.LEFT
    indent: float = 0.0
    colour: Colour = BLACK
    tracking: float = 0.0
    fewest: int = 2


@dataclass(frozen=True, slots=True)
class Lead:
    """The beginning of a paragraph that is set in another role: a heading that its text runs on from."""

    role: Role
    length: int  # characters


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text, cleaned; each \\n begins a new paragraph. `keeps_next`: a heading."""

    book: FontBook
    text: str
    style: TextStyle = TextStyle()
    keeps_next: bool = False
    lead: Lead | None = None

    def lay(self, width: float) -> Lines:
        """Broken into lines for the width."""
        style = self.style
        em = self.book.widths(style.role, style.tracking).__getitem__
        lines = break_lines(printable(self.text), width / style.size, em, style.indent)
        return Lines(tuple(lines), style, width, keeps_next=self.keeps_next, lead=self.lead)


@dataclass(frozen=True, slots=True)
class Lines:
    """A paragraph laid out; `begins` says whether its first line begins a paragraph, and so is indented."""

    lines: tuple[Line, ...]
    style: TextStyle
    width: float
    begins: bool = True
    keeps_next: bool = False
    lead: Lead | None = None

    @property
    def pitch(self) -> float:
        """Points from line to line."""
        return self.style.size * self.style.leading

    @property
    def height(self) -> float:
        """All lines, each with its leading half above and half below."""
        return len(self.lines) * self.pitch

    def split(self, room: float) -> tuple[Lines, Lines] | None:
        """After as many lines as fit, with as many on either side as the style wants; where it wants two,
        three lines are not worth a break."""
        fewest = self.style.fewest
        fitting = int((room + SLACK) / self.pitch)
        count = min(fitting, len(self.lines) - fewest)
        if fitting >= len(self.lines) or count < fewest:
            return None
        first = replace(self, lines=self.lines[:count], keeps_next=False)
        rest = replace(self, lines=self.lines[count:], begins=self.lines[count - 1].last)
        return first, replace(rest, lead=_left(self.lead, first.lines))

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Line by line; the Han squares stand in the middle of the leading."""
        size = self.style.size
        above = (self.pitch - size) / 2
        begins, lead = self.begins, self.lead
        for line in self.lines:
            indent = self.style.indent * size if begins else 0.0
            begins = line.last
            if line.text:
                left, spread = self._place(line, indent)
                self._draw_line(pen, x + left, top + above, line.text, spread + self.style.tracking * size, lead)
                lead = _left(lead, (line,))
            top += self.pitch

    def _draw_line(self, pen: Pen, x: float, top: float, text: str, spread: float, lead: Lead | None) -> None:
        """A line, the part of it that belongs to the lead in that role."""
        style = self.style
        leading = text[: lead.length] if lead else ""
        if lead and leading:
            pen.text(x, top, leading, lead.role, style.size, spread=spread, colour=style.colour)
            x += pen.book.width(lead.role, leading, style.size) + spread * len(leading)
        if len(leading) < len(text):
            pen.text(x, top, text[len(leading) :], style.role, style.size, spread=spread, colour=style.colour)

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


def _left(lead: Lead | None, lines: tuple[Line, ...]) -> Lead | None:
    """What of the lead is left after these lines."""
    if lead is None:
        return None
    length = lead.length - sum(len(line.text) for line in lines)
    return replace(lead, length=length) if length > 0 else None


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
