"""The two stages of setting: a block is laid out for a width, and what is laid out is split over pages and drawn.

Everything that stands on a page — paragraphs, table rows, photos, codes — is a Block. Laying out never draws and
drawing never measures, so the number of pages is known before the first is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from notices.parts.pen import Pen

LONGEST_HEADING = 150.0  # points
SLACK = 0.01  # points; rounding must not send a line to the next page


class Laid(Protocol):
    """Something laid out for its width."""

    @property
    def height(self) -> float:
        """Its height in points."""
        ...

    @property
    def keeps_next(self) -> bool:
        """Whether it must not be the last thing on a page, as a heading."""
        ...

    def split(self, room: float) -> tuple[Laid, Laid] | None:
        """What fits into `room` and the rest, both not empty; None where nothing useful fits."""
        ...

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Draw it with its top left corner there."""
        ...


class Block(Protocol):
    """Something to be set."""

    def lay(self, width: float) -> Laid:
        """Lay it out for a width in points."""
        ...


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space; serves as its own layout."""

    height: float
    keeps_next: bool = True

    def lay(self, width: float) -> Gap:
        """The gap itself."""
        return self

    def split(self, room: float) -> None:
        """A gap is not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Nothing to see."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one below the other, with a gap (points) between them; `whole`: never split."""

    blocks: Sequence[Block]
    gap: float = 0.0
    whole: bool = False

    def lay(self, width: float) -> LaidStack:
        """Each block laid out for the width."""
        return LaidStack(tuple(block.lay(width) for block in self.blocks), self.gap, self.whole)


def without_headings(parts: tuple[Laid, ...]) -> tuple[Laid, ...]:
    """The parts without headings at their end; what is as long as a text is none."""
    end = len(parts)
    while end and parts[end - 1].keeps_next and parts[end - 1].height <= LONGEST_HEADING:
        end -= 1
    return parts[:end]


@dataclass(frozen=True, slots=True)
class LaidStack:
    """A stack laid out."""

    parts: tuple[Laid, ...]
    gap: float = 0.0
    whole: bool = False

    @property
    def height(self) -> float:
        """The sum of the parts and the gaps between them."""
        return sum(part.height for part in self.parts) + self.gap * max(0, len(self.parts) - 1)

    @property
    def keeps_next(self) -> bool:
        """As its last part does."""
        return bool(self.parts) and self.parts[-1].keeps_next

    def split(self, room: float) -> tuple[LaidStack, LaidStack] | None:
        """Between two parts, or inside the one that does not fit."""
        if self.whole:
            return None
        used = 0.0
        for at, part in enumerate(self.parts):
            if used + part.height > room + SLACK:
                return self._split_at(at, part.split(room - used))
            used += part.height + self.gap
        return None

    def _split_at(self, at: int, halves: tuple[Laid, Laid] | None) -> tuple[LaidStack, LaidStack] | None:
        first, rest = self.parts[:at], self.parts[at:]
        if halves is not None:
            first, rest = (*first, halves[0]), (halves[1], *rest[1:])
        else:
            kept = without_headings(first)
            first, rest = kept, (*first[len(kept) :], *rest)
        if not first:
            return None
        return LaidStack(first, self.gap), LaidStack(rest, self.gap)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """From top to bottom."""
        for part in self.parts:
            part.draw(pen, x, top)
            top += part.height + self.gap


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks side by side without borders, never split; shares add up to 1."""

    columns: Sequence[tuple[float, Block]]
    keeps_next: bool = False

    def lay(self, width: float) -> LaidColumns:
        """Each block laid out for its share."""
        laid = tuple((share * width, block.lay(share * width)) for share, block in self.columns)
        return LaidColumns(laid, self.keeps_next)


@dataclass(frozen=True, slots=True)
class LaidColumns:
    """Columns laid out, each with its width in points."""

    columns: tuple[tuple[float, Laid], ...]
    keeps_next: bool

    @property
    def height(self) -> float:
        """The tallest column."""
        return max(laid.height for _, laid in self.columns)

    def split(self, room: float) -> None:
        """Columns are not split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """From left to right, all from the same top."""
        for width, laid in self.columns:
            laid.draw(pen, x, top)
            x += width
