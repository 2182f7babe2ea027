"""A ledger given back as Excel: its own columns as they came, and beside each row what becomes of it and why.

Rows are written one by one into a temporary file. Nothing in it runs: what was a text stays a text.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from itertools import groupby
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlalchemy import select

from core.db import db
from core.files import file_store
from core.sheets import Grid, open_sheets
from core.sheets.text import Value, clean
from hazards.models import ImportDraft, ImportDraftRow
from hazards.presenting.import_rows import HEADS, PreviewRow, preview_row

LONGEST: Final = 32_000
_LOOKS_LIKE_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_LOOKS_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDTH, _RESULT_WIDTH, _REMARK_WIDTH = 16, 24, 70
_FLAG = PatternFill("solid", fgColor="FBF3D6")
_LEFT_OUT = PatternFill("solid", fgColor="FCECEA")
_BOLD = Font(bold=True)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_AT_ONCE: Final = 500


def remarks_workbook(draft: ImportDraft) -> IO[bytes]:
    """The workbook as an open temporary file, at its beginning."""
    with file_store().open(draft.file.digest) as file:
        data = file.read()
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet("逐行备注")
    assert isinstance(sheet, WriteOnlyWorksheet)
    lines = groupby(_lines(draft), key=lambda line: line.row)
    grid = None if draft.understood.get("is_form") else _grid(data, draft)
    if grid is None:
        _write_plain(sheet, lines)
    else:
        _write_beside(sheet, grid, draft.understood["header_rows"][1], lines)
    whole = tempfile.TemporaryFile()  # noqa: SIM115 handed on to whoever sends it
    workbook.save(whole)
    whole.seek(0)
    return whole


def _grid(data: bytes, draft: ImportDraft) -> Grid | None:
    grids = open_sheets(data, draft.file_name)
    return next((grid for grid in grids if grid.name == draft.understood["sheet"]), None)


def _lines(draft: ImportDraft) -> Iterator[PreviewRow]:
    wanted = select(ImportDraftRow).where(
        ImportDraftRow.draft_id == draft.id, ImportDraftRow.check_no == draft.check_no
    )
    found = db.session.scalars(
        wanted.order_by(ImportDraftRow.row, ImportDraftRow.part).execution_options(yield_per=_AT_ONCE)
    )
    for row in found:
        yield preview_row(row)
        db.session.expunge(row)


Lines = Iterable[tuple[int, Iterable[PreviewRow]]]


def _write_beside(sheet: Any, grid: Grid, head: int, lines: Lines) -> None:
    """The sheet as it came, with two columns more."""
    width = grid.width
    for column in range(1, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.column_dimensions[get_column_letter(width + 1)].width = _RESULT_WIDTH
    sheet.column_dimensions[get_column_letter(width + 2)].width = _REMARK_WIDTH
    sheet.freeze_panes = f"A{head + 1}"
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(width + 2)}{max(grid.height, head + 1)}"
    waiting = iter(lines)
    line = next(waiting, None)
    for number in range(1, grid.height + 1):
        is_data, is_head = number > head, number == head
        values = [grid.same_as_above(number, c) if is_data else grid.own(number, c) for c in range(1, width + 1)]
        result, remark = ("结果", "备注") if is_head else ("", "")
        fills: dict[int, PatternFill] = {}
        if line is not None and line[0] == number:
            parts = list(line[1])
            result, remark = "\n".join(map(_result, parts)), "\n".join(filter(None, map(_remark, parts)))
            fills = _fills(parts)
            line = next(waiting, None)
        cells = [
            _cell(sheet, value, fill=fills[place]) if place in fills else _plain(sheet, value)
            for place, value in enumerate(values)
        ]
        sheet.append([*cells, *_beside(sheet, result, remark, bold=is_head)])


def _write_plain(sheet: Any, lines: Lines) -> None:
    """A table of its own where the file has no rows to stand beside."""
    heads = ("行", *(head for _name, head in HEADS), "结果", "备注")
    for column, _head in enumerate(heads, start=1):
        wide = _REMARK_WIDTH if column == len(heads) else _WIDTH
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for number, parts in lines:
        for part in parts:
            cells = [_cell(sheet, one.text, fill=_FLAG) if one.mark else _plain(sheet, one.text) for one in part.cells]
            sheet.append([number, *cells, *_beside(sheet, _result(part), _remark(part))])


def _beside(sheet: Any, result: str, remark: str, *, bold: bool = False) -> tuple[Any, Any]:
    """The two cells after those of the file."""
    if not remark:
        return _plain(sheet, result), None
    cell = _cell(sheet, remark, bold=bold)
    cell.alignment = _WRAPPED
    return (_cell(sheet, result, bold=True) if bold else _plain(sheet, result)), cell


def _fills(parts: list[PreviewRow]) -> dict[int, PatternFill]:
    """The colours of a row's cells, by their places from 0."""
    found = {column_index_from_string(letter) - 1: _FLAG for part in parts for letter in part.marked}
    return {0: _LEFT_OUT} | found if all(part.became == "不导入" for part in parts) else found


def _result(line: PreviewRow) -> str:
    return f"{line.became} {line.number}".strip()


def _remark(line: PreviewRow) -> str:
    differs = [f"{column}：登记为“{here or '空'}”，文件为“{file}”" for column, here, file in line.differences]
    split = f"这一格写了 {len(line.parts)} 条" if line.parts else ""
    return "；".join(filter(None, (line.reason, *line.remarks, *differs, split)))


def _plain(sheet: Any, value: Value) -> Any:
    """A value as it may stand in a row: nearly all as they are, since each styled cell costs."""
    if not isinstance(value, str):
        return _day(value)
    return _cell(sheet, value) if _LOOKS_LIKE_FORMULA.match(value) else _safe(value)


def _cell(sheet: Any, value: Value, *, fill: PatternFill | None = None, bold: bool = False) -> Any:
    """A styled cell that shows the value and never runs it."""
    kept: Any = _safe(value) if isinstance(value, str) else _day(value)
    cell = WriteOnlyCell(sheet, kept)
    if isinstance(value, str):
        cell.data_type = "s"
        if _LOOKS_LIKE_FORMULA.match(value):
            cell.quotePrefix = True
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = _BOLD
    return cell


def _day(value: Value) -> Value:
    """A moment that is only a day, as a day."""
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def _safe(text: str) -> str:
    plain = clean(text)
    if len(plain) > LONGEST:
        plain = f"{plain[:LONGEST]}…（全文见原文件）"
    return _LOOKS_LIKE_ESCAPE.sub("_x005F_", plain)
