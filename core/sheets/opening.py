"""The one door: bytes and a name in, bounded grids out."""

from __future__ import annotations

from pathlib import PurePosixPath

from core.sheets.bad_file import BadFile
from core.sheets.container import is_workbook
from core.sheets.delimited import read_delimited
from core.sheets.grid import Grid
from core.sheets.limits import STANDARD, Limits
from core.sheets.text import clean
from core.sheets.workbook import read_workbook


def open_sheets(
    data: bytes, filename: str, *, limits: Limits = STANDARD, first_rows: int | None = None
) -> tuple[Grid, ...]:
    """The sheets of an .xlsx or .csv file that hold anything, at least one.

    What the file is, is told from its bytes; `filename` must agree and is used for nothing else.
    With `first_rows` only so many rows of each sheet are read, however large the file (`Grid.is_partial`).
    Raises BadFile with one sentence for everything that is no plain table.
    """
    if is_workbook(data, filename, limits):
        grids = read_workbook(data, limits, first_rows)
    else:
        name = clean(PurePosixPath(filename.replace("\\", "/")).stem)
        grids = (read_delimited(data, name, limits, first_rows),)
    grids = tuple(grid for grid in grids if grid.rows)
    if not grids:
        raise BadFile("表格里没有任何内容，没有写入任何内容。请检查是否选错了文件。")
    return grids


def refuse_uncomputed(grid: Grid) -> None:
    """Refuses a sheet with a formula that was saved without its result: its value would have to be invented."""
    if grid.uncomputed:
        raise BadFile(f"单元格 {grid.uncomputed} 是没有计算结果的公式。请用 Excel 或 WPS 打开、保存一次，再重新导入。")
