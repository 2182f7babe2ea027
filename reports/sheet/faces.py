"""Fonts, borders and fills of a ledger, registered in a workbook: the cell styles by their numbers.

Faces are the ones every Chinese office has (宋体 黑体, Times New Roman for figures); sizes are for paper: forty
columns on A3 are printed at about half size.
"""

from typing import Literal

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from reports.sheet.cells import ColumnStyles
from reports.sheet.layout import Column, LedgerLayout, StateLook

SONG, HEI, ROMAN = "宋体", "黑体", "Times New Roman"
BODY_SIZE = 10
TITLE_FONT = Font(name=HEI, size=30, color="17202B")
LINE_FONT = Font(name=SONG, size=15, color="17202B")
NOTE_FONT = Font(name=SONG, size=12, color="434E5C")
HEADING_FONT = Font(name=HEI, size=BODY_SIZE, color="10294A")
HEADING_FILL = PatternFill("solid", fgColor="DCE6F2")
RED = "A8201A"

_EDGE = Side(style="thin", color="7F8A96")
GRID = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)

_FORMATS = {"date": "yyyy-mm-dd", "money_wan": "#,##0.00####", "number": "#,##0.####"}


def column_styles(sheet: Worksheet, layout: LedgerLayout) -> tuple[ColumnStyles, ...]:
    """The styles of every column, made known to the sheet's workbook."""
    return tuple(_of_column(sheet, layout, column) for column in layout.columns)


def _of_column(sheet: Worksheet, layout: LedgerLayout, column: Column) -> ColumnStyles:
    face = ROMAN if column.latin else SONG
    numeric = column.kind in ("serial", "date", "integer", "number", "money_wan", "overdue_days")
    looks = layout.states.values() if column.kind == "state" else ()
    return ColumnStyles(
        text=_style(sheet, column, Font(name=face, size=BODY_SIZE)),
        guarded=_style(sheet, column, Font(name=face, size=BODY_SIZE), guarded=True),
        long=_style(sheet, column, Font(name=face, size=BODY_SIZE), guarded=True, vertical="top"),
        value=_style(sheet, column, Font(name=ROMAN, size=BODY_SIZE), form=numeric),
        alarm=_style(sheet, column, Font(name=ROMAN, size=BODY_SIZE, bold=True, color=RED), form=numeric),
        states={look.word: _style(sheet, column, _state_font(look), fill=look.fill) for look in looks},
    )


def _state_font(look: StateLook) -> Font:
    return Font(name=HEI, size=BODY_SIZE, color=look.ink)


def _style(
    sheet: Worksheet,
    column: Column,
    font: Font,
    *,
    guarded: bool = False,
    form: bool = False,
    fill: str | None = None,
    vertical: Literal["center", "top"] = "center",
) -> int:
    """Number of a style in the workbook; the cell is only carried along to register it."""
    cell = Cell(sheet, row=1, column=1)
    cell.font, cell.border = font, GRID
    cell.alignment = Alignment(horizontal=column.align, vertical=vertical, wrap_text=column.wrap)
    if guarded:
        cell.quotePrefix = True  # stays text even after somebody edits the cell
    if form:
        cell.number_format = _FORMATS.get(column.kind, "0")
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell.style_id
