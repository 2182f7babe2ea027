"""The head of a table, of one row or several: neighbours under one upper head share its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from notices.fonts import FontBook
from notices.parts.blocks import Laid
from notices.parts.cleaning import printable
from notices.parts.paragraph import Paragraph, TextStyle
from notices.parts.pen import Pen
from notices.parts.table import LINE, PAD_X, PAD_Y

BELOW = "｜"  # 重大隐患｜整改率（%）: the second stands below the first
DEEPEST = 4  # levels
MOST_LINES = 3
LONGEST = 40  # characters of a head, which must stand on every page with room left below it


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of a head: from which level to which, where it begins and how wide it is (points), and its text."""

    first: int
    last: int
    left: float
    width: float
    text: Laid


@dataclass(frozen=True, slots=True)
class LaidHead:
    """A head laid out: the height of each of its levels, and its cells."""

    levels: tuple[float, ...]
    cells: tuple[HeadCell, ...]

    @property
    def height(self) -> float:
        """All levels."""
        return sum(self.levels)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Each cell with its border, its text in the middle."""
        for cell in self.cells:
            above = top + sum(self.levels[: cell.first])
            below = top + sum(self.levels[: cell.last + 1])
            left, right = x + cell.left, x + cell.left + cell.width
            cell.text.draw(pen, left + PAD_X, above + (below - above - cell.text.height) / 2)
            for y in (above, below):
                pen.rule(left, y, right, y, LINE)
            for edge in (left, right):
                pen.rule(edge, above - LINE / 2, edge, below + LINE / 2, LINE)


@dataclass(frozen=True, slots=True)
class GroupedHead:
    """Heads of columns over their shares of the width."""

    book: FontBook
    heads: Sequence[str]
    shares: Sequence[float]
    style: TextStyle

    def lay(self, width: float) -> LaidHead:
        """Levels as high as their highest cell needs; a column of fewer levels reaches down through the rest."""
        paths = [[_short(name) for name in text.split(BELOW, DEEPEST - 1)] for text in self.heads]
        depth = max(map(len, paths))
        cells = tuple(self._cells(paths, depth, width))
        levels = [0.0] * depth
        for cell in sorted(cells, key=lambda cell: cell.last - cell.first):
            needed = cell.text.height + 2 * PAD_Y - sum(levels[cell.first : cell.last])
            levels[cell.last] = max(levels[cell.last], needed)
        return LaidHead(tuple(levels), cells)

    def _cells(self, paths: list[list[str]], depth: int, width: float) -> Iterator[HeadCell]:
        edges = [0.0]
        for share in self.shares:
            edges.append(edges[-1] + share * width)
        for level in range(depth):
            columns = [at for at, path in enumerate(paths) if len(path) > level]
            for (_, lasting), group in groupby(columns, key=lambda at: _shared(paths, at, level)):
                own = list(group)
                left, wide = edges[own[0]], edges[own[-1] + 1] - edges[own[0]]
                text = Paragraph(self.book, paths[own[0]][level], self.style).lay(wide - 2 * PAD_X)
                yield HeadCell(level, depth - 1 if lasting else level, left, wide, text)


def _short(name: str) -> str:
    lines = printable(name).strip().split("\n")[:MOST_LINES]
    return "\n".join(lines)[:LONGEST]


def _shared(paths: list[list[str]], at: int, level: int) -> tuple[object, bool]:
    """What neighbours who share a cell on this level have in common; a column's own head is shared by none."""
    own = len(paths[at]) == level + 1
    return (at if own else tuple(paths[at][: level + 1])), own
