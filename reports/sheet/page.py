"""What surrounds the records on a worksheet: title, 填报单位 line, headings, sign-off lines, print set-up."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.sheet import faces
from reports.sheet.headings import head_rows, write_headings
from reports.sheet.layout import Column, LedgerHead, LedgerLayout
from reports.sheet.text import for_cell, for_print_code

TITLE_ROW, LINE_ROW, HEADING_ROW = 1, 2, 3
FOOT_ROWS = 8
"""Rows kept free below the records for sign-off lines and notes."""

Align = Literal["left", "center"]

_PAPERS = {"A3": 8, "A4": 9}
_MM = 1 / 25.4  # margins are in inches


def dress(sheet: Worksheet, layout: LedgerLayout, head: LedgerHead) -> None:
    """Everything above the records, and how the sheet is shown and printed."""
    _widths(sheet, layout.columns)
    _line(sheet, TITLE_ROW, [layout.title(head)], faces.TITLE_FONT, height=48, align="center")
    _line(sheet, LINE_ROW, _head_line(layout, head), faces.LINE_FONT, height=27)
    write_headings(sheet, layout, HEADING_ROW)
    sheet.freeze_panes = f"{'B' if layout.is_form else 'C'}{first_row(layout)}"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 90
    _print_set_up(sheet, layout, head)


def first_row(layout: LedgerLayout) -> int:
    """The row of the first record, below all headings."""
    return HEADING_ROW + head_rows(layout)


def foot_start(layout: LedgerLayout, count: int) -> int:
    """Row where the foot of a sheet with so many records begins: an empty ledger says so in place of its first."""
    return first_row(layout) + (count + 1 if count else 0)


def foot(sheet: Worksheet, layout: LedgerLayout, head: LedgerHead, start: int, notes: Sequence[str]) -> None:
    """Sign-off lines for ink, then the notes."""
    row = start
    if start == first_row(layout):
        _line(sheet, row, [layout.empty_line], faces.LINE_FONT, height=40, align="center")
        row += 2
    if layout.sign_off:
        people = [f"{label}：{head.people.get(label, '')}" for label in layout.sign_off]
        _line(sheet, row, people, faces.LINE_FONT, height=48)
        row += 1
    for note in notes:
        _line(sheet, row, [note], faces.NOTE_FONT, height=20)
        row += 1


def continued(sheet: Worksheet, start: int, next_name: str) -> None:
    """The foot of a worksheet that is not the last."""
    _line(sheet, start, [f"（续下一工作表「{next_name}」）"], faces.LINE_FONT, height=27)


def _head_line(layout: LedgerLayout, head: LedgerHead) -> list[str]:
    if head.line:
        return list(head.line)
    said = {
        "office": head.office,
        "scope": head.scope,
        "period": head.period,
        "until": _chinese(head.as_of),
        "filled": _chinese(head.filled_on),
    }
    empty = {name for name, value in said.items() if not value}
    return [part.format(**said) for part in layout.head_line if not any(f"{{{name}}}" in part for name in empty)]


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _widths(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width


def _line(
    sheet: Worksheet, row: int, texts: Sequence[str], font: Font, *, height: float, align: Align = "left"
) -> None:
    """Texts side by side over the whole width, each in one merged cell of about the same width."""
    sheet.row_dimensions[row].height = height
    for text, (first, last) in zip(texts, _spans(sheet, len(texts)), strict=True):
        cell = sheet.cell(row, first, for_cell(text))
        cell.data_type = "s"  # never a formula, whatever the text
        cell.font = font
        cell.alignment = Alignment(horizontal=align, vertical="center", shrink_to_fit=True)
        if last > first:
            sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def _spans(sheet: Worksheet, pieces: int) -> list[tuple[int, int]]:
    """First and last column of each of `pieces` stretches of nearly equal width."""
    widths = [dimension.width for dimension in sheet.column_dimensions.values()]
    total, reached = sum(widths), 0.0
    starts = [1]
    for at, width in enumerate(widths, start=1):
        # a column that lies mostly beyond the border begins the next stretch: a wide one leaves no sliver behind it
        if at > 1 and len(starts) < pieces and reached + width / 2 >= total * len(starts) / pieces:
            starts.append(at)
        reached += width
    ends = [start - 1 for start in starts[1:]] + [len(widths)]
    return list(zip(starts, ends, strict=True))


def _print_set_up(sheet: Worksheet, layout: LedgerLayout, head: LedgerHead) -> None:
    sheet.page_setup.paperSize = _PAPERS[layout.paper]
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = f"{HEADING_ROW}:{first_row(layout) - 1}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 8 * _MM
    margins.top, margins.bottom = 12 * _MM, 14 * _MM
    margins.header = margins.footer = 6 * _MM
    footer = sheet.oddFooter
    assert footer is not None
    footer.left.text = for_print_code(layout.title(head))
    footer.center.text = "第 &P 页 共 &N 页"
    footer.right.text = for_print_code(head.office)
