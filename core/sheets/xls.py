"""Old binary workbooks (.xls of Excel 5 to 2003 and WPS), read by xlrd after their records were looked at."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Final

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDoc
from xlrd.sheet import Sheet

from core.sheets.bad_file import BadFile
from core.sheets.container import MACROS, SAVE_AS
from core.sheets.grid import Grid
from core.sheets.merging import merges_of
from core.sheets.text import Value, clean, is_blank
from core.sheets.values import Row, as_day, as_whole
from core.sheets.work import DAMAGED, Work
from core.sheets.xls_stream import Filtered, SheetRecords

_STREAMS: Final = ("Workbook", "Book")
_DOCUMENTS: Final = {"WordDocument": "Word 文档", "PowerPoint Document": "演示文稿"}


class _Silence(StringIO):
    """Where xlrd may say what it likes."""

    def write(self, text: str) -> int:
        return len(text)


def read_old_workbook(data: bytes, work: Work, first_rows: int | None = None) -> tuple[Grid, ...]:
    """Every worksheet with something in it, in the workbook's order; raises BadFile."""
    try:
        return _read(data, work, first_rows)
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        # Whatever a damaged or hostile file makes the parser raise, the person is told one sentence.
        raise BadFile(DAMAGED) from error


def _read(data: bytes, work: Work, first_rows: int | None) -> tuple[Grid, ...]:
    filtered = Filtered(_stream(data), work, first_rows)
    stream, sheets = bytes(filtered.stream), filtered.sheets
    del filtered
    with xlrd.open_workbook(file_contents=stream, logfile=_Silence(), on_demand=True, ragged_rows=True) as book:
        return tuple(_grids(book, sheets, work))


def _stream(data: bytes) -> bytes:
    """The workbook inside the compound file."""
    document = CompDoc(data, logfile=_Silence())
    names = {entry.name for entry in document.dirlist}
    if any(name.upper().startswith("_VBA_PROJECT") for name in names):
        raise BadFile(MACROS)
    for name in _STREAMS:
        found, base, length = document.locate_named_stream(name)
        if found:
            return bytes(found[base : base + length])
    kind = next((said for name, said in _DOCUMENTS.items() if name in names), "别的文件")
    raise BadFile(f"这其实是{kind}，不是表格，没有写入任何内容。{SAVE_AS}")


def _grids(book: xlrd.book.Book, found: list[SheetRecords], work: Work) -> Iterator[Grid]:
    epoch_1904 = book.datemode == 1
    kept: dict[str, str] = {}
    for index, records in enumerate(found):
        sheet = book.sheet_by_index(index)
        rows = [_row(sheet, number, kept, work, epoch_1904=epoch_1904) for number in range(sheet.nrows)]
        book.unload_sheet(index)
        while rows and not rows[-1]:
            rows.pop()
        if rows:
            yield Grid(
                name=clean(sheet.name),
                rows=tuple(rows),
                merges=merges_of(records.areas, rows, work),
                epoch_1904=epoch_1904,
                is_partial=records.is_partial,
            )


def _row(sheet: Sheet, number: int, kept: dict[str, str], work: Work, *, epoch_1904: bool) -> Row:
    values = [
        _value(kind, value, kept, work, epoch_1904=epoch_1904)
        for kind, value in zip(sheet.row_types(number), sheet.row_values(number), strict=True)
    ]
    while values and values[-1] is None:
        values.pop()
    return tuple(values)


def _value(kind: int, value: object, kept: dict[str, str], work: Work, *, epoch_1904: bool) -> Value:
    if isinstance(value, str):
        if value not in kept:
            work.text(len(value))
        text = kept.setdefault(value, value)
        return None if is_blank(text) else text
    if not isinstance(value, int | float):
        return None
    if kind == xlrd.XL_CELL_DATE:
        return as_day(value, epoch_1904=epoch_1904)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return error_text_from_code.get(int(value), "#N/A")
    return as_whole(value)
