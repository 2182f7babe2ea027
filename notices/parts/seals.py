"""Office and date at the end of a document, with the space where the seal comes down (GB/T 9704 7.3.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from notices.fonts import FontBook
from notices.parts.blocks import Gap, LaidStack, Stack
from notices.parts.breaking import break_lines
from notices.parts.cleaning import one_line
from notices.parts.paragraph import TextStyle
from notices.parts.pen import MM, Pen

SEAL = 42 * MM  # an office's seal is 42 mm wide (国发〔1999〕25号)
BETWEEN_SEALS = 2 * MM  # they may neither cross nor touch
ABOVE = 2  # lines left free above the first name: the seal's upper edge then stands within one line of the text
DATE_INDENT = 4  # characters
MOST_IN_A_ROW = 3
MOST_LINES = 4  # of one name
BLANK_DATE = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class Signers:
    """The names over the date: each in the middle of its seal, the last one over the date.

    `advance` is a character's square in points, by which the date is indented.
    """

    book: FontBook
    names: Sequence[str]
    date: str
    style: TextStyle
    advance: float

    def lay(self, width: float) -> LaidStack:
        """As many names in a row as their seals and their own widths allow."""
        names = [one_line(name) for name in self.names] or [""]
        broken = [self._lines(name, width) for name in names]
        widest = max(self._width(line) for lines in broken for line in lines)
        column = max(SEAL + BETWEEN_SEALS, widest + self.advance)
        date_middle = width - DATE_INDENT * self.advance - self._width(self.date) / 2
        last = min(date_middle, width - widest / 2)
        a_row = max(1, min(MOST_IN_A_ROW, 1 + int((last - widest / 2) / column)))
        return Stack(list(self._rows(broken, a_row, column, last))).lay(width)

    def _rows(self, names: list[list[str]], a_row: int, column: float, last: float) -> Iterator[Gap | SignedRow]:
        """Row by row from the first name on; the last row ends over the date."""
        first = len(names) % a_row or a_row
        rows = [names[:first], *(names[at : at + a_row] for at in range(first, len(names), a_row))]
        for at, row in enumerate(rows):
            date = self.date if at == len(rows) - 1 else ""
            middles = tuple(last - column * (len(row) - 1 - place) for place in range(len(row)))
            yield SignedRow(self, tuple(map(tuple, row)), middles, date)

    def _lines(self, name: str, width: float) -> list[str]:
        """One line where it fits, else lines of about one length."""
        wide = self._width(name)
        if wide <= width:
            return [name]
        count = int(wide / width) + 1
        lines = break_lines(name, min(width, wide / count + self.advance) / self.style.size, self._em)
        return [line.text for line in lines[:MOST_LINES]]

    @property
    def _em(self) -> Callable[[str], float]:
        return self.book.widths(self.style.role, self.style.tracking).__getitem__

    def _width(self, text: str) -> float:
        return sum(map(self._em, text)) * self.style.size


@dataclass(frozen=True, slots=True)
class SignedRow:
    """Names side by side round their middles (points), and the date below the last; its own layout."""

    signers: Signers
    names: tuple[tuple[str, ...], ...]
    middles: tuple[float, ...]
    date: str
    keeps_next: bool = False

    @property
    def pitch(self) -> float:
        """Points from line to line."""
        return self.signers.style.size * self.signers.style.leading

    @property
    def _lines(self) -> int:
        return ABOVE + max(map(len, self.names)) + 1

    @property
    def height(self) -> float:
        """The free lines, the names, the date; a row without a date leaves as much for the lower half of its seals."""
        return self._lines * self.pitch if self.date else max(self._lines * self.pitch, SEAL + BETWEEN_SEALS)

    def lay(self, width: float) -> SignedRow:
        """The row itself."""
        return self

    def split(self, room: float) -> None:
        """A seal is not cut."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Names on the last lines above the date, each centred."""
        tallest = max(map(len, self.names))
        for lines, middle in zip(self.names, self.middles, strict=True):
            for at, line in enumerate(lines, ABOVE + tallest - len(lines)):
                self._line(pen, x + middle, top + at * self.pitch, line)
        self._line(pen, x + self.middles[-1], top + (ABOVE + tallest) * self.pitch, self.date)

    def _line(self, pen: Pen, middle: float, top: float, text: str) -> None:
        style = self.signers.style
        left = middle - self.signers._width(text) / 2
        pen.text(
            left, top + (self.pitch - style.size) / 2, text, style.role, style.size, spread=style.tracking * style.size
        )
