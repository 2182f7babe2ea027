"""One sheet of an Excel workbook, read as it streams by: rows of values, merged cells, formulas without a result."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.text import Value, is_blank
from core.sheets.values import Row, as_day, as_number, from_iso
from core.sheets.work import DAMAGED, Work
from core.sheets.xlsx_parts import Styles
from core.sheets.xml_stream import Attributes, Stop

_CELL: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_MOST_MERGES = 200_000


class SheetReader:
    """Listens to the events of a sheet part; afterwards `rows`, `merges` and `uncomputed` hold what it said.

    `shared` gives the shared text of a number. With `first_rows` it stops after so many rows.
    """

    landmark = b""

    def __init__(
        self, work: Work, styles: Styles, shared: Callable[[int], str], *, epoch_1904: bool, first_rows: int | None
    ) -> None:
        self.rows: list[Row] = []
        self.merges: list[str] = []
        self.uncomputed = ""
        self.is_partial = False
        self._work = work
        self._styles = styles
        self._shared = shared
        self._epoch_1904 = epoch_1904
        self._first_rows = first_rows
        self._columns: dict[str, int] = {}
        self._kept: dict[str, str] = {}
        self._row: list[Value] = []
        self._column = 0
        self._kind = self._style = self._place = ""
        self._has_formula = self._has_value = self._collects = self._reading = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._reading):
            self._collects = self._has_value = True
        elif name == "row":
            self._start_row(attributes.get("r", ""))
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._reading = True
        elif name == "mergeCell":
            self.merges.append(attributes.get("ref", ""))
            if len(self.merges) > _MOST_MERGES:
                raise BadFile("合并单元格太多，读不了。请取消合并后再导入。")

    def _start_row(self, number: str) -> None:
        row = self._number(number) if number else len(self.rows) + 1
        if row <= len(self.rows):
            raise BadFile(DAMAGED)
        if self._first_rows is not None and row > self._first_rows:
            self.is_partial = True
            raise Stop
        self._work.row(row)
        self.rows.extend([()] * (row - 1 - len(self.rows)))
        self._row = []
        self._column = 0

    @staticmethod
    def _number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text)):
            raise BadFile(DAMAGED)
        return int(text)

    def _start_cell(self, attributes: Attributes) -> None:
        self._place = place = attributes.get("r", "")
        column = self._column_of(place) if place else self._column + 1
        if column <= self._column:
            raise BadFile(DAMAGED)
        self._column = column
        self._work.column(column)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._has_formula = self._has_value = False
        self._pieces = []
        self._length = 0

    def _column_of(self, place: str) -> int:
        match = _CELL.fullmatch(place)
        if match is None:
            raise BadFile(DAMAGED)
        letters = match[1]
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            self._columns[letters] = column
        return column

    def text(self, text: str) -> None:
        if self._collects:
            self._length += len(text)
            if self._length > self._work.limits.cell_characters:
                self._work.text(self._length)
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self._collects = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._reading = False

    def _end_cell(self) -> None:
        if not self._has_value and not self._has_formula:
            return
        text = "".join(self._pieces)
        if self._has_formula and not self.uncomputed and not text and self._kind != "str":
            self.uncomputed = self._place or "?"
        value = self._value(text)
        if not is_blank(value):
            self._row.extend([None] * (self._column - 1 - len(self._row)))
            self._row.append(value)

    def _end_row(self) -> None:
        self._work.fill(len(self._row))
        self.rows.append(tuple(self._row))

    def _value(self, text: str) -> Value:
        kind = self._kind
        if kind == "s":
            return self._shared(self._number_or_zero(text)) if text else None
        if kind == "n":
            return self._from_number(text) if text else None
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "d":
            return from_iso(text)
        self._work.text(len(text))
        return self._kept.setdefault(text, text) if len(text) <= 20 else text

    def _number_or_zero(self, text: str) -> int:
        return 0 if text == "0" else self._number(text)

    def _from_number(self, text: str) -> Value:
        number = as_number(text)
        if isinstance(number, str) or not self._style or len(self._style) > 9 or not self._style.isdigit():
            return number
        style = int(self._style)
        is_duration = style in self._styles.durations
        if not is_duration and style not in self._styles.dates:
            return number
        return as_day(number, epoch_1904=self._epoch_1904, is_duration=is_duration)
