"""The headings of a ledger: one row for a list; groups above each other, units and numbers of columns for a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from reports.sheet import faces
from reports.sheet.heights import capacity, lines_of
from reports.sheet.layout import Column, LedgerLayout

_LINE = 14.5  # points per line of a heading
_LOW_ROW = 18  # points of a row of groups, units or numbers
UNITS, NUMBERS = "计量单位", "甲"


class Block(NamedTuple):
    """One heading and the cells it takes: levels from 0, columns from 1, both ends included."""

    text: str
    top: int
    bottom: int
    first: int
    last: int


def head_rows(layout: LedgerLayout) -> int:
    """How many rows the headings take, units and numbers included."""
    return layout.depth + layout.has_units + layout.is_form


def write_headings(sheet: Worksheet, layout: LedgerLayout, start: int) -> None:
    """All headings from row `start` on, merged where one stands over several cells."""
    for block in blocks(layout):
        _write(sheet, block, start)
    lines = max(_lines_of(column, layout.depth) for column in layout.columns)
    for level in range(head_rows(layout)):
        sheet.row_dimensions[start + level].height = _LOW_ROW
    leaves = start + layout.depth - 1
    sheet.row_dimensions[leaves].height = max(2, lines) * _LINE + 4


def blocks(layout: LedgerLayout) -> Iterator[Block]:
    """Every heading once: groups over their columns, a column's own down to the last level, units, numbers."""
    bottom = layout.depth - 1
    for at, column in enumerate(layout.columns, start=1):
        for level, text in enumerate(column.above):
            if not _same_group(layout, at - 1, at, level):
                yield Block(text, level, level, at, _end_of_group(layout, at, level))
        yield Block(column.heading, len(column.above), bottom, at, at)
        if layout.has_units:
            text = column.unit or (UNITS if at == 1 else "")
            yield Block(text, bottom + 1, bottom + 1, at, at)
        if layout.is_form:
            level = bottom + 1 + layout.has_units
            yield Block(NUMBERS if at == 1 else str(at - 1), level, level, at, at)


def _same_group(layout: LedgerLayout, one: int, other: int, level: int) -> bool:
    """Whether two columns, counted from 1, stand under the same groups down to a level."""
    if one == 0 or other > len(layout.columns):
        return False
    over, beside = layout.columns[one - 1].above, layout.columns[other - 1].above
    return len(over) > level and over[: level + 1] == beside[: level + 1]


def _end_of_group(layout: LedgerLayout, at: int, level: int) -> int:
    while _same_group(layout, at, at + 1, level):
        at += 1
    return at


def _write(sheet: Worksheet, block: Block, start: int) -> None:
    for row in range(start + block.top, start + block.bottom + 1):
        for at in range(block.first, block.last + 1):
            cell = sheet.cell(row, at)
            cell.font, cell.fill, cell.border = faces.HEADING_FONT, faces.HEADING_FILL, faces.GRID
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.cell(start + block.top, block.first).value = block.text
    if (block.top, block.first) != (block.bottom, block.last):
        top, bottom = start + block.top, start + block.bottom
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=block.first, end_column=block.last)


def _lines_of(column: Column, depth: int) -> int:
    lines = lines_of(column.heading, capacity(column.width))
    return lines if len(column.above) == depth - 1 else max(1, lines - 1)
