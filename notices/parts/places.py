"""Places to sign by hand: a line for each name, blank dates, room for seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block, Gap, LaidStack, Stack
from notices.parts.cleaning import one_line
from notices.parts.paragraph import Align, Paragraph, TextStyle, fitted
from notices.parts.pen import MM, Pen
from notices.snapshots import SignPlace

TEXT = TextStyle(Role.FANGSONG, size=12.0, leading=2.0)
NAME_LINE = 42 * MM  # to sign on
LEAST_LINE = 20 * MM
DATE = "　　　年　　月　　日"
SEALED = "（盖章）"
SEAL_ROOM = 14 * MM
MOST_NAMES = 20
INDENT = "　　"  # before a line whose label stands above it


@dataclass(frozen=True, slots=True)
class Place:
    """One place: what is said, then a line to sign on for each name known, or one; never torn apart."""

    book: FontBook
    place: SignPlace
    style: TextStyle = TEXT

    def lay(self, width: float) -> LaidStack:
        """The label before the first line where name and date leave room for it, else on a line of its own."""
        label = f"{one_line(self.place.label).rstrip('：:')}："
        known = list(self._known())
        roomy = all(self._wide(label + name + DATE) + LEAST_LINE <= width for name in known)
        opinion: list[Block] = (
            [Paragraph(self.book, self.place.opinion, self._said, True)] if self.place.opinion else []
        )
        above: list[Block] = [] if roomy else [Paragraph(self.book, label, self.style, True)]
        before = label if roomy else INDENT
        lines = [self._line(before, name, at, last=at == len(known) - 1) for at, name in enumerate(known)]
        return LaidStack(tuple(block.lay(width) for block in (*opinion, *above, *lines)), whole=not opinion)

    @property
    def _said(self) -> TextStyle:
        return replace(self.style, align=Align.FULL)

    def _known(self) -> Iterator[str]:
        """The names known beforehand and what stands beside them: 王某　证号 5001."""
        pairs = zip_longest(self.place.names or ("",), self.place.notes, fillvalue="")
        for name, note in islice(pairs, MOST_NAMES):
            yield "　".join(filter(None, (one_line(name), one_line(note))))

    def _line(self, label: str, known: str, at: int, *, last: bool) -> Block:
        sealed = self.place.sealed and last
        line = SignLine(self.book, label, at == 0, known, self.place.dated, sealed, self.style)
        return Stack([Gap(SEAL_ROOM), line], whole=True) if sealed else line

    def _wide(self, text: str) -> float:
        return self.book.width(self.style.role, text, self.style.size)


@dataclass(frozen=True, slots=True)
class SignLine:
    """Label, a line to sign on, who is to sign, a blank date at the right; its own layout.

    A further name of one place leaves its label's room free.
    """

    book: FontBook
    label: str
    labelled: bool
    known: str
    dated: bool
    sealed: bool
    style: TextStyle
    width: float = 0.0
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """One line, high enough for a hand."""
        return self.style.size * self.style.leading * 1.15

    def lay(self, width: float) -> SignLine:
        """For this width."""
        return SignLine(self.book, self.label, self.labelled, self.known, self.dated, self.sealed, self.style, width)

    def split(self, room: float) -> None:
        """A line is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """From the left label, line and name; from the right the date."""
        style = self.style
        down = top + (self.height - style.size) / 2
        label = fitted(self.book, self.label, style.role, style.size, self.width * 0.45)
        left = x + self._wide(label)
        if self.labelled:
            pen.text(x, down, label, style.role, style.size)
        right = x + self.width
        for shown, text in ((self.dated, DATE), (self.sealed, SEALED)):
            if shown:
                right -= self._wide(text)
                pen.text(right, down, text, style.role, style.size)
        room = right - left - LEAST_LINE
        known = fitted(self.book, self.known, style.role, style.size, room) if self.known and room > 0 else ""
        end = max(left + LEAST_LINE, min(left + NAME_LINE, right - self._wide(known) - style.size / 2))
        foot = down + style.size * 1.15
        pen.rule(left, foot, end, foot, 0.5)
        if known:
            pen.text(end + style.size / 4, down, known, style.role, style.size)

    def _wide(self, text: str) -> float:
        return self.book.width(self.style.role, text, self.style.size)
