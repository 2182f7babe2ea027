"""A label and the text beside it, whose further lines stand under its first: 附件：1. …, 抄送：…"""

from __future__ import annotations

from dataclasses import dataclass, replace

from notices.parts.blocks import Block, Laid
from notices.parts.paragraph import Lines, Paragraph
from notices.parts.pen import Pen


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label of one line, `indent` points from the left, and a text up to `right` points from the right."""

    label: Paragraph
    text: Block
    indent: float = 0.0
    right: float = 0.0

    def lay(self, width: float) -> LaidLabelled:
        """The text laid out beside its label."""
        style = self.label.style
        wide = self.label.book.width(style.role, self.label.text, style.size)
        wide += len(self.label.text) * style.tracking * style.size
        label = self.label.lay(width)
        return LaidLabelled(
            label, self.text.lay(width - self.indent - wide - self.right), self.indent, self.indent + wide
        )


@dataclass(frozen=True, slots=True)
class LaidLabelled:
    """A label, and its text laid out at `left` points; after a page break without the label."""

    label: Lines | None
    text: Laid
    indent: float
    left: float
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """That of the text."""
        return self.text.height

    def split(self, room: float) -> tuple[LaidLabelled, LaidLabelled] | None:
        """Where the text may be split."""
        halves = self.text.split(room)
        if halves is None:
            return None
        return replace(self, text=halves[0]), replace(self, label=None, text=halves[1])

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Side by side."""
        if self.label is not None:
            self.label.draw(pen, x + self.indent, top)
        self.text.draw(pen, x + self.left, top)
