"""One row as worksheet XML.

Written by hand because a styled cell costs openpyxl some sixty microseconds: 100,000 rows of this ledger took
four minutes, this way some twenty seconds. There is no way here to write a formula: a cell is a number or a
string.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape

from openpyxl.utils import get_column_letter

from reports.sheet.heights import HIGHEST, MOST_LINES, capacity, height_of, lines_of
from reports.sheet.layout import Column, LedgerLayout
from reports.sheet.text import for_cell, looks_like_formula
from reports.sheet.values import printer

_SHORT = 40
_NAMED = 20
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_SURE_DAY = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was


@dataclass(frozen=True)
class ColumnStyles:
    """Numbers of the styles of one column.

    Texts, texts that must not run, texts higher than a row (shown from their beginning), values, alarms, and
    states by their word.
    """

    text: int
    guarded: int
    long: int
    value: int
    alarm: int
    states: dict[str, int]


class RowWriter:
    """Writes rows, and remembers which of them hold more text than a row of paper can show."""

    def __init__(self, layout: LedgerLayout, styles: Sequence[ColumnStyles]) -> None:
        self.overlong = 0
        self.first_overlong: list[int] = []
        """Serial numbers of the first ones."""
        self._height = height_of(layout)
        self._cells = [
            (get_column_letter(at), column.kind == "serial", _cell(column, layout, style))
            for at, (column, style) in enumerate(zip(layout.columns, styles, strict=True), start=1)
        ]

    def write(self, number: int, serial: int, fields: Sequence[object]) -> str:
        """The `<row>` element for these fields in row `number`."""
        height = self._height(fields)
        if height == HIGHEST:
            self._remember(serial)
        parts = [f'<row r="{number}" ht="{height}">']
        values = iter(fields)
        for letter, is_serial, cell in self._cells:
            body = cell(serial if is_serial else next(values))
            parts.append(f'<c r="{letter}{number}" {body}')
        parts.append("</row>")
        return "".join(parts)

    def _remember(self, serial: int) -> None:
        self.overlong += 1
        if len(self.first_overlong) < _NAMED:
            self.first_overlong.append(serial)


def _cell(column: Column, layout: LedgerLayout, style: ColumnStyles) -> Callable[[object], str]:
    """The function that writes a cell of this column after its reference: style, type, value, end."""
    show = printer(column, layout.states)
    empty, may_be_empty = f's="{style.text}"/>', column.kind != "state"
    per_line = capacity(column.width)

    def write(value: object) -> str:
        if value is None and may_be_empty:
            return empty
        shown = show(value)
        if shown is None or shown == "":
            return empty
        if isinstance(shown, str):
            if len(shown) > MOST_LINES and lines_of(shown, per_line) > MOST_LINES:
                return _string(style.long, _ready(shown)[1])
            return _text_cell(shown, style)
        if isinstance(shown, date):
            return _day_cell(shown, style)
        alarming = column.kind == "overdue_days" and shown > 0
        text = format(shown, "f") if isinstance(shown, Decimal) else str(shown)
        return f's="{style.alarm if alarming else style.value}"><v>{text}</v></c>'

    return write


def _text_cell(text: str, style: ColumnStyles) -> str:
    guarded, ready = _known(text) if len(text) <= _SHORT else _ready(text)
    number = style.guarded if guarded else style.states.get(text, style.text)
    return _string(number, ready)


def _string(style: int, ready: str) -> str:
    return f's="{style}" t="inlineStr"><is><t xml:space="preserve">{ready}</t></is></c>'


def _ready(text: str) -> tuple[bool, str]:
    """Whether the text must be kept from running, and the text as XML."""
    return looks_like_formula(text), escape(for_cell(text), quote=False)


_known = lru_cache(maxsize=4096)(_ready)  # the same districts, firms and offices come again and again


def _day_cell(day: date, style: ColumnStyles) -> str:
    if day < _FIRST_SURE_DAY:
        return _text_cell(day.isoformat(), style)
    return f's="{style.value}"><v>{day.toordinal() - _EPOCH}</v></c>'
