"""版记, the imprint at the foot of an official letter's last page (GB/T 9704 7.4; without rules on a 信函, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notices.fonts import FontBook
from notices.parts.blocks import Block, Stack
from notices.parts.cleaning import one_line
from notices.parts.labelled import Labelled
from notices.parts.official import IMPRINT, SMALL, THICK_RULE, THIN_RULE
from notices.parts.paragraph import Paragraph, fitted
from notices.parts.pen import Pen

INDENT = SMALL  # one character on either side
COPIES = "抄送："
LONGEST_COPIES = 300  # characters


@dataclass(frozen=True, slots=True)
class RuleAcross:
    """A black line over the width, in the middle of no height, so that the last one lies on the text area's edge."""

    weight: float
    width: float = 0.0
    height: float = 0.0
    keeps_next: bool = True

    def lay(self, width: float) -> RuleAcross:
        """As long as the text is wide."""
        return RuleAcross(self.weight, width)

    def split(self, room: float) -> None:
        """A line is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """From edge to edge."""
        pen.rule(x, top, x + self.width, top, self.weight)


@dataclass(frozen=True, slots=True)
class Printed:
    """印发机关 on the left, its date with 印发 on the right, on one line; serves as its own layout."""

    book: FontBook
    office: str
    day: str
    width: float = 0.0
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """One line."""
        return IMPRINT.size * IMPRINT.leading

    def lay(self, width: float) -> Printed:
        """The office's name cut where it would meet the date."""
        room = width - 3 * INDENT - self.book.width(IMPRINT.role, self.day, SMALL)
        return Printed(self.book, fitted(self.book, self.office, IMPRINT.role, SMALL, room), self.day, width)

    def split(self, room: float) -> None:
        """A line is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """One character in from either edge."""
        down = top + (self.height - SMALL) / 2
        pen.text(x + INDENT, down, self.office, IMPRINT.role, SMALL)
        right = x + self.width - INDENT - self.book.width(IMPRINT.role, self.day, SMALL)
        pen.text(right, down, self.day, IMPRINT.role, SMALL)


def imprint(book: FontBook, copies: Sequence[str], printed: tuple[str, str] | None) -> Block | None:
    """抄送 and, where `printed` (office, day) is given, 印发机关 between their rules; None where there is neither."""
    parts: list[Block] = [_copies(book, copies)] if copies else []
    if printed is not None:
        parts.append(Printed(book, one_line(printed[0]), f"{printed[1]}印发"))
    return Stack(list(_ruled(parts)), whole=True) if parts else None


def copies_only(book: FontBook, copies: Sequence[str]) -> Block | None:
    """The imprint of a 信函: 抄送 alone, without rules."""
    return _copies(book, copies) if copies else None


def _copies(book: FontBook, copies: Sequence[str]) -> Block:
    told = copies_text(copies)
    text = Paragraph(book, told, IMPRINT)
    return Labelled(Paragraph(book, COPIES, IMPRINT), text, indent=INDENT, right=INDENT)


def copies_text(copies: Sequence[str]) -> str:
    """The offices, with 。 after the last; a list that would fill a page ends with 等."""
    names = list(filter(None, map(one_line, copies)))
    told = "，".join(names)
    return told + "。" if len(told) <= LONGEST_COPIES else told[:LONGEST_COPIES] + "……等。"


def _ruled(parts: Sequence[Block]) -> Iterator[Block]:
    yield RuleAcross(THICK_RULE)
    for at, part in enumerate(parts):
        if at:
            yield RuleAcross(THIN_RULE)
        yield part
    yield RuleAcross(THICK_RULE)
