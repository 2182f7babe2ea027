"""A bordered table that may break over pages: its head stands again on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notices.fonts import FontBook, Role
from notices.parts.blocks import SLACK, Laid, without_headings
from notices.parts.breaking import pieces
from notices.parts.grouped import GroupedHead, LaidHead
from notices.parts.paragraph import Align, Paragraph, TextStyle
from notices.parts.pen import Pen
from notices.parts.table import PAD_X, Cell, LaidRow, Row

HEAD = TextStyle(Role.HEI, size=10.5, leading=1.35, align=Align.CENTRE)
TEXT = TextStyle(Role.FANGSONG, size=10.5, leading=1.4)
TALL = 180.0  # points; a higher row is split rather than sent to the next page
WORD = 4  # characters of a head that stays on one line
SHORT = 12  # characters up to which a column's texts are centred


@dataclass(frozen=True, slots=True)
class Bordered:
    """Heads and rows of texts; `shares` of the width sum up to 1, none: equal columns.

    A head may stand below others that it shares with its neighbours: 重大隐患｜整改率（%）. A row with a text in its
    first column alone heads the rows below it, over the whole width: 本期：2026年10月.
    """

    book: FontBook
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    head: TextStyle = HEAD
    text: TextStyle = TEXT

    def lay(self, width: float) -> LaidBordered:
        """Every row laid out."""
        centred = [self._is_short(at) for at in range(len(self.heads))]
        shares = self._shares(width, centred)
        head = GroupedHead(self.book, self.heads, shares, self.head).lay(width)
        rows = tuple(row.lay(width) for row in self._rows(shares, centred))
        return LaidBordered(head, rows)

    def _shares(self, width: float, short: Sequence[bool]) -> list[float]:
        """The shares wished for, a column of short texts wide enough for its dates and numbers, the others less so."""
        count = len(self.heads)
        shares = list(self.shares) if len(self.shares) == count else [1 / count] * count
        needed = [self._needed(at) / width if short[at] else 0.0 for at in range(count)]
        lacking = sum(max(0.0, need - share) for need, share in zip(needed, shares, strict=True))
        spare = sum(max(0.0, share - need) for need, share in zip(needed, shares, strict=True))
        if not 0 < lacking < spare / 2:
            return shares
        kept = 1 - lacking / spare
        return [need + max(0.0, share - need) * kept for need, share in zip(needed, shares, strict=True)]

    def _needed(self, column: int) -> float:
        """Points that the longest piece of a column takes that may not be torn, its head where that is a word."""
        em = self.book.widths(self.text.role).__getitem__
        whole = [piece for text in self._texts(column) for piece in pieces(text)]
        if len(self.heads[column]) <= WORD:
            whole.append(self.heads[column])
        longest = max((sum(map(em, piece)) for piece in whole), default=0.0)
        return longest * self.text.size + 2 * PAD_X + SLACK

    def _is_short(self, column: int) -> bool:
        return all(len(text) <= SHORT for text in self._texts(column))

    def _texts(self, column: int) -> set[str]:
        """What stands in a column and has to do with its width."""
        return {row[column] for row in self.rows if column < len(row) and not self._heads(row)}

    def _heads(self, row: Sequence[str]) -> bool:
        """Whether a row is no more than a heading of those below it."""
        return len(self.heads) > 1 and any(map(str.strip, row[:1])) and not any(map(str.strip, row[1:]))

    def _rows(self, shares: Sequence[float], centred: Sequence[bool]) -> Iterator[Row]:
        middle = replace(self.text, align=Align.CENTRE)
        styles = [middle if short else self.text for short in centred]
        for row in self.rows:
            if self._heads(row):
                yield Row([Cell(1.0, Paragraph(self.book, row[0], self.text), middle=True)], keeps_next=True)
                continue
            texts = [*row[: len(shares)], *[""] * (len(shares) - len(row))]
            yield Row(
                [
                    Cell(share, Paragraph(self.book, text, style), middle=True)
                    for share, text, style in zip(shares, texts, styles, strict=True)
                ]
            )


@dataclass(frozen=True, slots=True)
class LaidBordered:
    """A table laid out."""

    head: LaidHead
    rows: tuple[LaidRow, ...]
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """Its head and its rows."""
        return self.head.height + sum(row.height for row in self.rows)

    def split(self, room: float) -> tuple[Laid, Laid] | None:
        """Between two rows, or inside one that is so high that the page would stay empty."""
        left = room - self.head.height
        for at, row in enumerate(self.rows):
            if row.height > left + SLACK:
                return self._split_at(at, row.split(left) if at == 0 or row.height > TALL else None)
            left -= row.height
        return None

    def _split_at(self, at: int, halves: tuple[LaidRow, LaidRow] | None) -> tuple[Laid, Laid] | None:
        first, rest = self.rows[:at], self.rows[at:]
        if halves is not None:
            first, rest = (*first, halves[0]), (halves[1], *rest[1:])
        elif kept := len(without_headings(first)):
            first, rest = self.rows[:kept], self.rows[kept:]
        if not first:
            return None
        return replace(self, rows=first), replace(self, rows=rest)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """From top to bottom."""
        self.head.draw(pen, x, top)
        top += self.head.height
        for row in self.rows:
            row.draw(pen, x, top)
            top += row.height
