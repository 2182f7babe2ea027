"""The red heads of official letters: of a 文件 (GB/T 9704 7.2) and of a 信函 (10.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notices.fonts import FontBook, Role
from notices.parts.breaking import break_lines
from notices.parts.cleaning import one_line
from notices.parts.official import (
    FRAME,
    HEAD_BELOW_PAGE_TOP,
    HEAD_BELOW_TEXT_TOP,
    LETTER_RULE_ABOVE_PAGE_END,
    LETTER_RULE_LENGTH,
    NUMBER_BELOW_LETTER_RULE,
    PITCH,
    RED,
    RULE_BELOW,
    SIZE,
)
from notices.parts.paragraph import fitted
from notices.parts.pen import ASCENT, MM, Pen

BIGGEST, SMALLEST = 42.0, 20.0  # points; 初号 down to what still reads as a head
MOST_LINES = 3
SMALLEST_OF_ALL = 15.0
LEADING = 1.25
RED_RULE = 0.5 * MM
THICK, BETWEEN, THIN = 2.2, 1.0, 0.7  # points: the two lines of a double rule and what is between them
DOUBLE = THICK + BETWEEN + THIN


@dataclass(frozen=True, slots=True)
class Name:
    """An issuer's name as it stands at the head: its lines, their size, and the ink of first and last (points)."""

    lines: tuple[str, ...]
    size: float
    rise: float  # of the first line's ink above its baseline
    fall: float  # of the last line's ink below its baseline

    @property
    def height(self) -> float:
        """From the top of the ink to its end."""
        return self.rise + self.fall + (len(self.lines) - 1) * self.size * LEADING

    def draw(self, pen: Pen, top: float) -> None:
        """Red and centred, its ink beginning at `top`."""
        baseline = top + self.rise
        for line in self.lines:
            left = FRAME.left + (FRAME.text_width - pen.book.width(Role.TITLE, line, self.size)) / 2
            pen.text(left, baseline - ASCENT * self.size, line, Role.TITLE, self.size, colour=RED)
            baseline += self.size * LEADING


def name_of(book: FontBook, text: str) -> Name:
    """The name on one line where it can be read there, else on up to three; what goes beyond ends with …"""
    text = one_line(text) or " "
    em = book.width(Role.TITLE, text, 1.0)
    room = FRAME.text_width
    size = min(BIGGEST, room / em)
    lines = [text]
    if size < SMALLEST:
        size = max(SMALLEST_OF_ALL, min(SMALLEST, MOST_LINES * 0.9 * room / em))
        lines = [line.text for line in break_lines(text, room / size, lambda char: book.width(Role.TITLE, char, 1.0))]
        if len(lines) > MOST_LINES:
            rest = "".join(lines[MOST_LINES - 1 :])
            lines = [*lines[: MOST_LINES - 1], fitted(book, rest, Role.TITLE, size, room)]
    return Name(tuple(lines), size, book.ink(Role.TITLE, lines[0], size)[1], -book.ink(Role.TITLE, lines[-1], size)[0])


@dataclass(frozen=True, slots=True)
class FileHead:
    """文件格式: the name 35 mm below the text area's top edge, the number two lines below it, the red rule."""

    book: FontBook
    name: str
    number: str

    def lay(self, width: float) -> LaidFileHead:
        """The name as large as fits."""
        number = fitted(self.book, one_line(self.number), Role.FANGSONG, SIZE, width)
        return LaidFileHead(name_of(self.book, self.name), number, width)


@dataclass(frozen=True, slots=True)
class LaidFileHead:
    """The head of a 文件, laid out; two empty lines follow the rule."""

    name: Name
    number: str
    width: float
    keeps_next: bool = True

    @property
    def _number_top(self) -> float:
        return HEAD_BELOW_TEXT_TOP + self.name.height + 2 * PITCH + (PITCH - SIZE) / 2

    @property
    def _rule(self) -> float:
        return self._number_top + SIZE + RULE_BELOW

    @property
    def height(self) -> float:
        """Down to where the title's line begins."""
        return self._rule + RED_RULE + 2 * PITCH

    def split(self, room: float) -> None:
        """A head is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Name, number, rule."""
        self.name.draw(pen, top + HEAD_BELOW_TEXT_TOP)
        left = x + (self.width - pen.book.width(Role.FANGSONG, self.number, SIZE)) / 2
        pen.text(left, top + self._number_top, self.number, Role.FANGSONG, SIZE)
        middle = top + self._rule + RED_RULE / 2
        pen.rule(x, middle, x + self.width, middle, RED_RULE, RED)


@dataclass(frozen=True, slots=True)
class LetterHead:
    """信函格式: the name 30 mm below the page's top edge, a red double rule 4 mm below it, the number on the right."""

    book: FontBook
    name: str
    number: str

    def lay(self, width: float) -> LaidLetterHead:
        """The name as large as fits."""
        number = fitted(self.book, one_line(self.number), Role.FANGSONG, SIZE, width)
        return LaidLetterHead(name_of(self.book, self.name), number, width)


@dataclass(frozen=True, slots=True)
class LaidLetterHead:
    """The head of a 信函, laid out: it begins above the text area. Two empty lines follow the number."""

    name: Name
    number: str
    width: float
    keeps_next: bool = True

    @property
    def _rule(self) -> float:
        """The upper edge of the double rule, from the page's top edge."""
        return HEAD_BELOW_PAGE_TOP + self.name.height + RULE_BELOW

    @property
    def _number_top(self) -> float:
        return self._rule + DOUBLE + NUMBER_BELOW_LETTER_RULE

    @property
    def height(self) -> float:
        """From the text area's top edge down to where the title's line begins."""
        return self._number_top + SIZE + (PITCH - SIZE) / 2 + 2 * PITCH - FRAME.top

    def split(self, room: float) -> None:
        """A head is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Name, double rule, number, and the double rule at the page's end; all measured from the page."""
        self.name.draw(pen, HEAD_BELOW_PAGE_TOP)
        double_rule(pen, self._rule, (THICK, THIN))
        double_rule(pen, FRAME.height - LETTER_RULE_ABOVE_PAGE_END - DOUBLE, (THIN, THICK))
        left = x + self.width - pen.book.width(Role.FANGSONG, self.number, SIZE)
        pen.text(left, self._number_top, self.number, Role.FANGSONG, SIZE)


def double_rule(pen: Pen, top: float, weights: Sequence[float]) -> None:
    """Two red lines of 170 mm in the middle of the page, the upper and the lower of these weights."""
    left = (FRAME.width - LETTER_RULE_LENGTH) / 2
    upper, lower = weights
    for weight, middle in ((upper, top + upper / 2), (lower, top + DOUBLE - lower / 2)):
        pen.rule(left, middle, left + LETTER_RULE_LENGTH, middle, weight, RED)
