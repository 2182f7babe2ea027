"""Excel workbooks, read row by row through openpyxl into bounded grids."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Literal, Protocol, cast

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from core.sheets.bad_file import BadFile
from core.sheets.container import SAVE_AS, open_container
from core.sheets.grid import Grid, Place
from core.sheets.limits import Limits
from core.sheets.sheet_scan import SheetScan, scan_workbook
from core.sheets.text import Value, clean, is_blank


class _Streamed(Protocol):
    """What is used of openpyxl's read-only sheet, which its type stubs do not describe."""

    title: str
    _worksheet_path: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, values_only: Literal[True]) -> Iterator[tuple[object, ...]]: ...


def read_workbook(data: bytes, limits: Limits, first_rows: int | None = None) -> tuple[Grid, ...]:
    """Every sheet with something in it, in the workbook's order; raises BadFile."""
    with open_container(data, limits) as archive:
        scans = scan_workbook(archive, limits)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions it leaves out; only values are read here
            warnings.simplefilter("ignore")
            workbook = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            grids = tuple(_grids(workbook, scans, limits, first_rows))
            workbook.close()
    except BadFile:
        raise
    except MemoryError as error:
        raise BadFile("文件太大，读不了。请拆成几个文件分别导入。") from error
    except Exception as error:
        # Whatever a damaged or hostile file makes the parser raise, the person is told one sentence.
        raise BadFile(f"文件不完整或已损坏，打不开。{SAVE_AS}") from error
    return grids


def _grids(workbook: Workbook, scans: dict[str, SheetScan], limits: Limits, first_rows: int | None) -> Iterator[Grid]:
    room = limits.cells
    if len(workbook.worksheets) > limits.sheets:
        raise BadFile(f"工作簿有 {len(workbook.worksheets)} 张工作表，超过 {limits.sheets} 张的上限。请拆开后再导入。")
    for worksheet in workbook.worksheets:
        if not isinstance(worksheet, ReadOnlyWorksheet):
            continue
        sheet = cast("_Streamed", worksheet)
        rows, used, is_partial = _rows(sheet, room, limits, first_rows)
        room -= used
        if not used:
            continue
        scan = scans.get(sheet._worksheet_path.lstrip("/"), SheetScan())
        yield Grid(
            name=clean(sheet.title or ""),
            rows=rows,
            merges=_merges(scan.merges, rows, limits),
            epoch_1904=workbook.epoch == CALENDAR_MAC_1904,
            uncomputed=scan.uncomputed,
            is_partial=is_partial,
        )


def _rows(
    sheet: _Streamed, room: int, limits: Limits, first_rows: int | None
) -> tuple[tuple[tuple[Value, ...], ...], int, bool]:
    """The rows down to the last filled one, how many cells they fill, whether there are more rows."""
    sheet.reset_dimensions()
    rows: list[tuple[Value, ...]] = []
    last = used = 0
    for values in sheet.iter_rows(values_only=True):
        if len(rows) == first_rows:
            return tuple(rows[:last]), used, True
        row = tuple(_value(value, limits) for value in values)
        rows.append(row)
        filled = sum(not is_blank(value) for value in row)
        used += filled
        last = len(rows) if filled else last
        if used > room or len(rows) > limits.rows or len(row) > limits.columns:
            raise BadFile("表格的单元格太多，超过一份台账的上限。请拆成几个文件分别导入。")
    return tuple(rows[:last]), used, False


def _value(value: object, limits: Limits) -> Value:
    if isinstance(value, str) and len(value) > limits.cell_characters:
        raise BadFile(f"某一格超过 {limits.cell_characters} 字，读不了。请缩短后再导入。")
    if value is None or isinstance(value, Value):
        return value
    return str(value)


def _merges(refs: list[str], rows: tuple[tuple[Value, ...], ...], limits: Limits) -> dict[Place, Place]:
    width = max((len(row) for row in rows), default=0)
    merges: dict[Place, Place] = {}
    covered = 0
    for ref in refs:
        left, top, right, bottom = (int(bound or 1) for bound in range_boundaries(ref))
        right, bottom = min(right, width), min(bottom, len(rows))
        covered += max(0, right - left + 1) * max(0, bottom - top + 1)
        if covered > limits.merged_cells:
            raise BadFile("合并单元格太多，读不了。请取消合并后再导入。")
        for place in product(range(top, bottom + 1), range(left, right + 1)):
            if place != (top, left):
                merges.setdefault(place, (top, left))
    return merges
