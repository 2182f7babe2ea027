"""Bordered rows: a form is a stack of them. A row may break over pages; its label then says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from notices.parts.blocks import Block, Gap, Laid
from notices.parts.pen import SHADE, Pen

LINE = 0.6  # points
PAD_X = 5.0
PAD_Y = 4.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its share of the row's width, what it holds, and what its label says after a page break."""

    share: float
    content: Block
    middle: bool = False  # centred between top and bottom
    shaded: bool = False
    continued: Block | None = None  # stands here again after a break; None: nothing


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side; shares add up to 1. Lines above and below may be left out to join rows optically."""

    cells: Sequence[Cell]
    least: float = 0.0  # points, height
    keeps_next: bool = False
    line_above: bool = True
    line_below: bool = True

    def lay(self, width: float) -> LaidRow:
        """Every cell laid out for its share of the width."""
        cells = tuple(_lay_cell(cell, cell.share * width) for cell in self.cells)
        return LaidRow(cells, width, self.least, self.keeps_next, self.line_above, self.line_below)


@dataclass(frozen=True, slots=True)
class LaidCell:
    """A cell laid out."""

    content: Laid
    width: float
    cell: Cell


@dataclass(frozen=True, slots=True)
class LaidRow:
    """A row laid out."""

    cells: tuple[LaidCell, ...]
    width: float
    least: float
    keeps_next: bool
    line_above: bool
    line_below: bool

    @property
    def height(self) -> float:
        """The tallest cell with its padding."""
        return max(self.least, *(cell.content.height + 2 * PAD_Y for cell in self.cells))

    def split(self, room: float) -> tuple[LaidRow, LaidRow] | None:
        """Each cell split at the same height, borders closed on both sides of the break."""
        room -= 2 * PAD_Y
        if all(cell.content.height <= room for cell in self.cells):
            return None  # only its least height does not fit
        halves = [_split_cell(cell, room) for cell in self.cells]
        both = [half for half in halves if half is not None]
        if len(both) < len(halves):
            return None
        first = replace(self, cells=tuple(half[0] for half in both), least=0.0, keeps_next=False, line_below=True)
        return first, replace(self, cells=tuple(half[1] for half in both), least=0.0, line_above=True)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Shades, contents, then lines on top of the shades."""
        height = self.height
        left = x
        for cell in self.cells:
            if cell.cell.shaded:
                pen.fill(left, top, cell.width, height, SHADE)
            down = (height - cell.content.height) / 2 if cell.cell.middle else PAD_Y
            cell.content.draw(pen, left + PAD_X, top + down)
            left += cell.width
        self._draw_lines(pen, x, top, top + height)

    def _draw_lines(self, pen: Pen, x: float, top: float, bottom: float) -> None:
        if self.line_above:
            pen.rule(x, top, x + self.width, top, LINE)
        if self.line_below:
            pen.rule(x, bottom, x + self.width, bottom, LINE)
        left = x
        for at, cell in enumerate(self.cells):
            if at:
                pen.rule(left, top, left, bottom, LINE)
            left += cell.width
        for edge in (x, x + self.width):
            pen.rule(edge, top - LINE / 2, edge, bottom + LINE / 2, LINE)


def _lay_cell(cell: Cell, width: float) -> LaidCell:
    return LaidCell(cell.content.lay(width - 2 * PAD_X), width, cell)


def _split_cell(cell: LaidCell, room: float) -> tuple[LaidCell, LaidCell] | None:
    """The cell before and after the break; one that fits is followed by what its `continued` says."""
    if cell.content.height <= room:
        again = cell.cell.continued or Gap(0.0)
        return cell, replace(cell, content=again.lay(cell.width - 2 * PAD_X))
    halves = cell.content.split(room)
    if halves is None:
        return None
    return replace(cell, content=halves[0]), replace(cell, content=halves[1])
