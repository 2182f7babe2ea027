"""The sheets of an OpenDocument spreadsheet, read as content.xml streams by.

Cells and rows that repeat are written once with a count; blank ones at the end, often a million, are never made.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.container import LINKED, SAVE_AS
from core.sheets.grid import Grid
from core.sheets.merging import Area, merges_of
from core.sheets.text import Value, clean, is_blank
from core.sheets.values import Row, as_number, from_iso
from core.sheets.work import DAMAGED, Work
from core.sheets.xml_stream import Attributes, Names

_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_ASIDE: Final = frozenset({"annotation", "shapes", "forms", "object", "image"})
"""What stands in or beside a cell without being its text: notes, drawings."""
_DURATION: Final = re.compile(r"PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})
_OTHER_BODIES: Final = {"text": "文字文档", "presentation": "演示文稿", "drawing": "图片"}
_MOST = 2_000_000


class DocumentReader:
    """Listens to the events of content.xml; afterwards `grids` holds the sheets with something in them."""

    landmark = b""

    def __init__(self, work: Work, first_rows: int | None) -> None:
        self.grids: list[Grid] = []
        self._work = work
        self._names = Names()
        self._first_rows = first_rows
        self._sheets = 0
        self._inside = self._is_partial = False
        self._name = self._uncomputed = ""
        self._rows: list[Row] = []
        self._blank_rows = self._blank_cells = 0
        self._areas: list[Area] = []
        self._row: list[Value] = []
        self._row_repeats = 1
        self._attributes: Attributes = {}
        self._aside = 0
        self._paragraphs = self._length = 0
        self._collects = False
        self._pieces: list[str] = []
        self._epoch_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self._is_partial:
            return
        if self._aside or name in _ASIDE:
            self._aside += 1
        elif name == "table":
            self._start_sheet(attributes)
        elif name in _OTHER_BODIES:
            raise BadFile(f"这其实是{_OTHER_BODIES[name]}，不是表格，没有写入任何内容。{SAVE_AS}")
        elif name in {"table-source", "cell-range-source", "dde-source"}:
            raise BadFile(LINKED)
        elif name == "null-date":
            self._epoch_1904 = self._local(attributes).get("date-value", "").startswith("1904")
        elif self._inside:
            self._start_inside(name, attributes)

    def _local(self, attributes: Attributes) -> Attributes:
        """Attributes by their names without the prefix, which a file may choose freely; of two the first counts."""
        names = self._names
        return {names[name]: value for name, value in reversed(attributes.items())}

    def _start_sheet(self, attributes: Attributes) -> None:
        if self._inside:
            raise BadFile("表格里面还嵌着表格，读不了。请把内容复制到新的工作簿再导入。")
        self._sheets += 1
        if self._sheets > self._work.limits.sheets:
            raise BadFile(f"工作簿超过 {self._work.limits.sheets} 张工作表的上限。请拆开后再导入。")
        self._inside = True
        self._name, self._uncomputed = self._local(attributes).get("name", ""), ""
        self._rows, self._areas = [], []
        self._blank_rows = 0

    def _start_inside(self, name: str, attributes: Attributes) -> None:
        if name in _CELLS:
            self._attributes = self._local(attributes)
            self._pieces = []
            self._paragraphs = self._length = 0
        elif name == "p":
            self._paragraphs += 1
            self._collects = True
            if self._paragraphs > 1:
                self.text("\n")
        elif name == "table-row":
            self._row, self._blank_cells = [], 0
            self._row_repeats = _count(self._local(attributes), "number-rows-repeated")
        elif self._collects:
            self._start_mark(name, attributes)

    def _start_mark(self, name: str, attributes: Attributes) -> None:
        if name == "line-break":
            self.text("\n")
        elif name == "tab":
            self.text("\t")
        elif name == "s":
            self.text(" " * min(_count(self._local(attributes), "c"), self._work.limits.cell_characters))

    def text(self, text: str) -> None:
        if self._collects and not self._aside:
            self._length += len(text)
            if self._length > self._work.limits.cell_characters:
                self._work.text(self._length)
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif not self._inside:
            return
        elif name == "table":
            self._end_sheet()
        elif self._is_partial:
            return
        elif name == "p":
            self._collects = False
        elif name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        attributes, times = self._attributes, _count(self._attributes, "number-columns-repeated")
        value = self._value(attributes)
        column = len(self._row) + self._blank_cells + 1
        self._note_merge(attributes, column)
        if is_blank(value):
            self._blank_cells += times
            return
        self._work.column(column + times - 1)
        self._row.extend([None] * self._blank_cells)
        self._row.extend([value] * times)
        self._blank_cells = 0

    def _note_merge(self, attributes: Attributes, column: int) -> None:
        down, across = _count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned")
        if down > 1 or across > 1:
            row = len(self._rows) + self._blank_rows + 1
            self._areas.append((row, column, row + down - 1, column + across - 1))
            self._work.merge(1)

    def _value(self, attributes: Attributes) -> Value:
        kind = attributes.get("value-type", "")
        text = "".join(self._pieces)
        formula = attributes.get("formula", "")
        if "file:/" in formula or "'http" in formula or "dde(" in formula.lower():
            raise BadFile(LINKED)
        if formula and not kind and not text and not self._uncomputed:
            self._uncomputed = f"第 {len(self._rows) + self._blank_rows + 1} 行"
        if kind in _NUMBERS:
            number = as_number(attributes.get("value", ""))
            return text if isinstance(number, str) else number
        if kind == "date":
            return from_iso(attributes.get("date-value", "")) or text
        if kind == "boolean":
            return attributes.get("boolean-value", "") == "true"
        if kind == "time":
            return _from_duration(attributes.get("time-value", "")) or text
        text = text or attributes.get("string-value", "")
        self._work.text(len(text))
        return text

    def _end_row(self) -> None:
        times = self._row_repeats
        if not self._row:
            self._blank_rows += times
            return
        bottom = len(self._rows) + self._blank_rows + times
        if self._first_rows is not None and bottom > self._first_rows:
            times = max(0, self._first_rows - len(self._rows) - self._blank_rows)
            self._is_partial = True
            self.landmark = b"table>"
        if times:
            self._work.row(len(self._rows) + self._blank_rows + times)
            self._work.fill(len(self._row) * times)
            self._rows.extend([()] * self._blank_rows)
            self._rows.extend([tuple(self._row)] * times)
        self._blank_rows = 0

    def _end_sheet(self) -> None:
        self.landmark = b""
        if self._rows:
            self.grids.append(
                Grid(
                    name=clean(self._name),
                    rows=tuple(self._rows),
                    merges=merges_of(self._areas, self._rows, self._work),
                    epoch_1904=self._epoch_1904,
                    uncomputed=self._uncomputed,
                    is_partial=self._is_partial,
                )
            )
        self._inside = self._is_partial = False


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "")
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadFile(DAMAGED)
    return min(max(1, int(text)), _MOST)


def _from_duration(text: str) -> str:
    """A time of day as 13:05, or a duration as days and hours; nothing for what is neither."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return ""
    return str(timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3])))
