"""What ends a text and never stands alone: signatures, date and seal take the end of their text along.

GB/T 9704 7.3.5: where the page has no room left for the seal, the text moves with it; a page that bears nothing but
the seal could be put under any text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from notices.parts.blocks import SLACK, Block, Laid, LaidStack, without_headings
from notices.parts.pen import Pen


@dataclass(frozen=True, slots=True)
class Tied:
    """A text and its end. `company`: points of the text that stand on the page of the end; `page`: a page's height."""

    text: Sequence[Block]
    tail: Block
    company: float
    page: float

    def lay(self, width: float) -> LaidTied:
        """Everything laid out for the width."""
        text = tuple(block.lay(width) for block in self.text)
        return LaidTied(text, self.tail.lay(width), self.company, self.page)


@dataclass(frozen=True, slots=True)
class LaidTied:
    """A text with its end, laid out."""

    text: tuple[Laid, ...]
    tail: Laid
    company: float
    page: float
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """All of the text and its end."""
        return _height(self.text) + self.tail.height

    def split(self, room: float) -> tuple[Laid, Laid] | None:
        """Inside the text, leaving enough of it for the end; inside the end where that is higher than a page."""
        first, rest = _cut(self.text, room)
        while first and _height(rest) < self.company - SLACK:
            first, rest = self._given_up(first, rest)
        kept = without_headings(first) or (first if _height(first) > self.page / 2 else ())
        if kept:
            return LaidStack(kept), replace(self, text=(*first[len(kept) :], *rest))
        return self._split_tail(room)

    def _given_up(self, first: tuple[Laid, ...], rest: tuple[Laid, ...]) -> tuple[tuple[Laid, ...], tuple[Laid, ...]]:
        """A little more of the text for the next page: the end of the last part, or all of it."""
        last = first[-1]
        halves = last.split(last.height - SLACK * 2)
        if halves is not None and halves[0].height > 0:
            return (*first[:-1], halves[0]), (halves[1], *rest)
        return first[:-1], (last, *rest)

    def _split_tail(self, room: float) -> tuple[Laid, Laid] | None:
        """Only an end that fits no page beside its company is cut, by force."""
        if self.company + self.tail.height <= self.page:
            return None
        halves = self.tail.split(room - _height(self.text))
        return None if halves is None else (LaidStack((*self.text, halves[0])), halves[1])

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """The text, then its end."""
        for part in (*self.text, self.tail):
            part.draw(pen, x, top)
            top += part.height


def _height(parts: Sequence[Laid]) -> float:
    return sum(part.height for part in parts)


def _cut(parts: tuple[Laid, ...], room: float) -> tuple[tuple[Laid, ...], tuple[Laid, ...]]:
    """What fits and the rest, the part between them split where it may be."""
    for at, part in enumerate(parts):
        if part.height <= room + SLACK:
            room -= part.height
            continue
        halves = part.split(room)
        if halves is None:
            return parts[:at], parts[at:]
        return (*parts[:at], halves[0]), (halves[1], *parts[at + 1 :])
    return parts, ()
