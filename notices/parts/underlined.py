"""A fact on underlined lines, as forms have them: label, then its value over lines that reach the margin."""

from __future__ import annotations

from dataclasses import dataclass, replace

from notices.fonts import FontBook
from notices.parts.breaking import break_lines
from notices.parts.cleaning import printable
from notices.parts.paragraph import Align, Lines, TextStyle
from notices.parts.pen import Pen

WEIGHT = 0.5
LONGEST_LABEL = 0.5  # of the width


@dataclass(frozen=True, slots=True)
class Underlined:
    """Label and value; the value's further lines begin at the left margin."""

    book: FontBook
    label: str
    value: str
    style: TextStyle

    def lay(self, width: float) -> LaidUnderlined:
        """The value broken with the label's room left free in its first line."""
        size = self.style.size
        em = self.book.widths(self.style.role).__getitem__
        label = self.label
        while sum(map(em, label)) * size > width * LONGEST_LABEL:
            label = label[: len(label) // 2] + "…"
        free = sum(map(em, label)) + 0.5
        text = printable(self.value).replace("\n", "　") or "　"
        lines = break_lines(text, width / size - 0.25, em, free)
        style = replace(self.style, align=Align.LEFT, indent=free)
        return LaidUnderlined(Lines(tuple(lines), style, width), label)


@dataclass(frozen=True, slots=True)
class LaidUnderlined:
    """A fact laid out; after a page break without its label."""

    lines: Lines
    label: str
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """All lines."""
        return self.lines.height

    def split(self, room: float) -> tuple[LaidUnderlined, LaidUnderlined] | None:
        """Between two lines."""
        halves = self.lines.split(room)
        return None if halves is None else (replace(self, lines=halves[0]), replace(self, lines=halves[1], label=""))

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Label, value, and a rule below each line of it."""
        style, pitch = self.lines.style, self.lines.pitch
        above = (pitch - style.size) / 2
        if self.label:
            pen.text(x, top + above, self.label, style.role, style.size)
        self.lines.draw(pen, x, top)
        for at in range(len(self.lines.lines)):
            left = x + pen.book.width(style.role, self.label, style.size) if at == 0 else x
            foot = top + at * pitch + above + style.size * 1.12
            pen.rule(left, foot, x + self.lines.width, foot, WEIGHT)
