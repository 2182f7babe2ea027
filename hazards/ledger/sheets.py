"""The sheet of a file that is the ledger: found or told, or refused with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.sheets import Grid, is_blank, squeeze, title_of
from hazards.ledger.fields import Field
from hazards.ledger.plans import column_of, in_order, plans_of
from hazards.ledger.record import NotALedger, Outline
from hazards.ledger.understanding import Sheet, Understanding

STATISTICS: Final = "这不是隐患台账，而是统计表（没有逐条的隐患描述），没有写入任何内容。"
NO_DESCRIPTION: Final = "这不是隐患台账：没有找到「隐患描述」一列，没有写入任何内容。请检查是否选错了文件。"
NO_ROWS: Final = "台账里没有一条记录，没有写入任何内容。请检查是否选错了文件。"

_STATISTICS_WORDS: Final = ("统计表", "月报表", "季报表", "年报表", "排查单位数", "整改率", "隐患数", "已整改数")


@dataclass(frozen=True, slots=True)
class Choice:
    """The sheet that is read, other sheets with records, and the shape the file has without corrections."""

    sheet: Sheet
    others: tuple[str, ...]
    shape: str


def choose(grids: Sequence[Grid], understanding: Understanding) -> Choice:
    """The sheet with the most understood columns, then rows, or the one that a correction names."""
    found = [sheet for grid in grids if (sheet := understanding.sheet(grid, corrected=False))]
    ledgers = [sheet for sheet in found if is_ledger(sheet)]
    filled = [sheet for sheet in ledgers if sheet.layout.data_rows or sheet.layout.asides]
    best = max(filled or ledgers or found, key=_likeness, default=None)
    told = understanding.corrections
    grid = next((grid for grid in grids if told.sheet and grid.name == told.sheet), None) or (best and best.grid)
    is_corrected = bool(grid) and (bool(told.header_rows or told.fields) or best is None or grid is not best.grid)
    sheet = understanding.sheet(grid, corrected=True) if grid and is_corrected else best
    if sheet is None or not is_ledger(sheet):
        raise NotALedger(_why_not(grids, sheet), _outline(sheet, grids))
    if not (sheet.layout.data_rows or sheet.layout.asides):
        raise NotALedger(NO_ROWS, _outline(sheet, grids))
    others = tuple(one.grid.name for one in filled if one.grid is not sheet.grid)
    return Choice(sheet, others, best.shape if best else sheet.shape)


def _likeness(sheet: Sheet) -> tuple[int, int]:
    return len(set(sheet.fields)), len(sheet.layout.data_rows)


def is_ledger(sheet: Sheet) -> bool:
    """Whether there is a column of descriptions, and it does not hold numbers: then it would count hazards."""
    if Field.DESCRIPTION not in sheet.fields:
        return False
    column = sheet.fields.index(Field.DESCRIPTION) + 1
    values = (sheet.grid.same_as_above(row, column) for row in sheet.layout.data_rows)
    said = [isinstance(value, int | float) for value in values if not is_blank(value)]
    return not said or not all(said)


def _why_not(grids: Sequence[Grid], sheet: Sheet | None) -> str:
    counts = sheet is not None and Field.DESCRIPTION in sheet.fields
    return STATISTICS if counts or any(_is_statistics(grid) for grid in grids) else NO_DESCRIPTION


def _is_statistics(grid: Grid) -> bool:
    head = squeeze(title_of(grid, 10) + "".join(grid.text(r, c) for r in range(1, 11) for c in grid.filled(r)))
    return any(word in head for word in _STATISTICS_WORDS)


def _outline(sheet: Sheet | None, grids: Sequence[Grid]) -> Outline | None:
    if sheet is None:
        return None
    header = sheet.layout.header
    columns = tuple(column_of(sheet, plan) for plan in in_order(plans_of(sheet)))
    names = tuple(grid.name for grid in grids)
    return Outline(names, sheet.grid.name, (header.first_row, header.last_row), columns, sheet.shape)
