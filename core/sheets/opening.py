"""The one door: bytes and a name in, bounded grids out."""

from __future__ import annotations

from core.sheets.bad_file import BadFile
from core.sheets.container import Kind, kind_of, stem_of
from core.sheets.delimited import read_delimited
from core.sheets.grid import Grid
from core.sheets.limits import STANDARD, Limits
from core.sheets.ods import read_document
from core.sheets.work import Work
from core.sheets.workbook import read_workbook


def open_sheets(
    data: bytes,
    filename: str,
    *,
    limits: Limits = STANDARD,
    first_rows: int | None = None,
    work: Work | None = None,
) -> tuple[Grid, ...]:
    """The sheets of an .xlsx, .xls, .ods or .csv file that hold anything, at least one.

    What the file is, is told from its bytes; `filename` must agree and is used for nothing else.
    With `first_rows` only so many rows of each sheet are read, however large the file (`Grid.is_partial`).
    `work` counts what reading cost. Raises BadFile with one sentence for everything that is no plain table.
    """
    work = work or Work(limits)
    try:
        grids = tuple(grid for grid in _grids(data, filename, work, first_rows) if grid.rows)
    except MemoryError as error:
        raise BadFile("文件太大，读不了。请拆成几个文件分别导入。") from error
    if not grids:
        raise BadFile("表格里没有任何内容，没有写入任何内容。请检查是否选错了文件。")
    return grids


def _grids(data: bytes, filename: str, work: Work, first_rows: int | None) -> tuple[Grid, ...]:
    kind = kind_of(data, filename, work.limits)
    if kind is Kind.XLSX:
        return read_workbook(data, work, first_rows)
    if kind is Kind.ODS:
        return read_document(data, work, first_rows)
    if kind is Kind.XLS:
        from core.sheets.xls import read_old_workbook  # a format of before 2007: most processes never read one

        return read_old_workbook(data, work, first_rows)
    return (read_delimited(data, stem_of(filename), work, first_rows),)


def refuse_uncomputed(grid: Grid) -> None:
    """Refuses a sheet with a formula that was saved without its result: its value would have to be invented."""
    if grid.uncomputed:
        raise BadFile(f"单元格 {grid.uncomputed} 是没有计算结果的公式。请用 Excel 或 WPS 打开、保存一次，再重新导入。")
