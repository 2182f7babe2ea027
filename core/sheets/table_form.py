"""Workbooks of a plain table: the blank form that is filled in and imported back, and rows written by the same rules.

Every cell is a text, a number or a day, never a formula, whatever it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.sheets.table_rules import ColumnRule, Kind, TableRule
from core.sheets.text import clean

PREPARED_ROWS: Final = 1_000
_FACE: Final = "宋体"
_EDGE = Side(style="thin", color="7F8A96")
_GRID = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_HEAD = PatternFill("solid", fgColor="DCE6F2")
_MUST = PatternFill("solid", fgColor="FBF3D6")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_LIST: Final = 250  # what a spreadsheet takes as a list in a cell's rule


def blank_form(rules: Sequence[TableRule]) -> bytes:
    """An empty workbook with the titles of each table and a line of instructions above them."""
    return _workbook([(rule, ()) for rule in rules], is_form=True)


def filled_form(rule: TableRule, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The table with these rows, by the keys of the columns; imports back as it is."""
    return _workbook([(rule, rows)], is_form=False)


def _workbook(tables: Sequence[tuple[TableRule, Iterable[Mapping[str, Any]]]], *, is_form: bool) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for rule, rows in tables:
        sheet = book.create_sheet(rule.sheet)
        _head(sheet, rule)
        for number, row in enumerate(rows, start=3):
            for column, of_column in enumerate(rule.columns, start=1):
                _write(sheet.cell(number, column), row.get(of_column.key))
        if is_form:
            _prepare(sheet, rule)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, rule: TableRule) -> None:
    hints = [rule.hint, "黄底的列必填，其余可空。", *(f"{c.title}：{c.hint}" for c in rule.columns if c.hint)]
    across = max(len(rule.columns), 3)  # one text over three columns or more is read as instructions
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=across)
    note = sheet.cell(1, 1)
    _put(note, f"填写说明：{' '.join(filter(None, hints))}")
    note.font, note.alignment = Font(name=_FACE, size=10, color="434E5C"), Alignment(wrap_text=True, vertical="top")
    width = sum(column.width for column in rule.columns)
    sheet.row_dimensions[1].height = 15 * max(2, -(-2 * len(str(note.value)) // max(width, 48)) + 1)
    for number, column in enumerate(rule.columns, start=1):
        cell = sheet.cell(2, number)
        _put(cell, column.title)
        cell.font, cell.border = Font(name="黑体", size=11, color="10294A"), _GRID
        cell.fill = _MUST if column.is_required else _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "A3"


def _prepare(sheet: Worksheet, rule: TableRule) -> None:
    """Columns of text are formatted as such, so that codes and numbers of telephones stay what they are."""
    for number, column in enumerate(rule.columns, start=1):
        letter = get_column_letter(number)
        if column.kind not in (Kind.NUMBER, Kind.DATE):
            sheet.column_dimensions[letter].number_format = "@"
            for row in range(3, PREPARED_ROWS + 3):
                sheet.cell(row, number).number_format = "@"
        words = _words(column)
        if words and len(words) <= _LONGEST_LIST:
            one_of = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            sheet.add_data_validation(one_of)
            one_of.add(f"{letter}3:{letter}{PREPARED_ROWS + 2}")


def _words(column: ColumnRule) -> str:
    if column.kind is Kind.FLAG:
        return "是,否"
    if column.kind is not Kind.CHOICE:
        return ""
    return ",".join(words[0] if words else value for value, words in column.choices.items())


def _write(cell: Cell, value: Any) -> None:
    cell.font, cell.border = Font(name=_FACE, size=10), _GRID
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        cell.value = value
    elif value is not None:
        _put(cell, str(value))
        cell.number_format = "@"


def _put(cell: Any, text: str) -> None:
    """Set a text as a text: what begins with = or + must not run."""
    plain = _NOT_IN_XML.sub("", clean(text))[:32_767]
    cell.value = plain
    cell.data_type = "s"
    if plain[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
