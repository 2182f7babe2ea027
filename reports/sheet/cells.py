"""One row as worksheet XML.

Written by hand because a styled cell costs openpyxl some sixty microseconds: 100,000 rows of this ledger took
four minutes, this way some twenty seconds. There is no way here to write a formula: a cell is a number or a
string.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

from openpyxl.utils import get_column_letter

from reports.sheet.heights import HIGHEST, MOST_LINES, capacity, height_for, lines_of
from reports.sheet.layout import Column, LedgerLayout
from reports.sheet.text import for_cell, looks_like_formula
from reports.sheet.values import Printed, printer

_SHORT = 40
_KNOWN = 4096
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
        # a row with its number left open (no text of ours holds this character, XML forbids it) and its cells
        letters = [get_column_letter(at) for at in range(1, len(layout.columns) + 1)]
        self._row = '<row r="\0" ht="%s">' + "".join(f'<c r="{letter}\0" %s' for letter in letters) + "</row>"
        self._fewest = layout.fewest_lines
        self._serials = [at for at, column in enumerate(layout.columns) if column.kind == "serial"]
        made = zip(layout.columns, styles, strict=True)
        self._cells = [_cell(column, layout, style) for column, style in made if column.kind != "serial"]
        self._serial_styles = [styles[at].value for at in self._serials]

    def write(self, number: int, serial: int, fields: Sequence[object]) -> str:
        """The `<row>` element for these fields in row `number`."""
        bodies: list[str | int] = []
        most = self._fewest
        for (empty, cell), value in zip(self._cells, fields, strict=True):
            if value is None and empty:
                bodies.append(empty)
                continue
            body, lines = cell(value)
            bodies.append(body)
            if lines > most:
                most = lines
        for at, style in zip(self._serials, self._serial_styles, strict=True):
            bodies.insert(at, f's="{style}"><v>{serial}</v></c>')
        height = height_for(most)
        if height == HIGHEST:
            self._remember(serial)
        return self._row.replace("\0", str(number)) % (height, *bodies)

    def _remember(self, serial: int) -> None:
        self.overlong += 1
        if len(self.first_overlong) < _NAMED:
            self.first_overlong.append(serial)


Written = tuple[str, int]
"""A cell after its reference (style, type, value, end), and how many lines its text takes."""


def _cell(column: Column, layout: LedgerLayout, style: ColumnStyles) -> tuple[str, Callable[[object], Written]]:
    """What an empty cell of this column is ("" where none may be), and the function that writes another."""
    show = printer(column, layout.states)
    empty = f's="{style.text}"/>'
    per_line = capacity(column.width)
    is_measured = column.wrap and column.kind != "state"
    known: dict[object, Written] = {}  # the same districts, firms, offices and days come again and again

    def write(value: object) -> Written:
        is_short = value.__class__ is date or (value.__class__ is str and len(value) <= _SHORT)
        if is_short and (found := known.get(value)) is not None:
            return found
        shown = show(value)
        lines = lines_of(shown, per_line) if is_measured and isinstance(shown, str) and shown else 0
        written = (_body(shown, lines, column, style) or empty), lines
        if is_short:
            if len(known) >= _KNOWN:
                known.clear()
            known[value] = written
        return written

    return ("" if column.kind == "state" else empty), write


def _body(shown: Printed, lines: int, column: Column, style: ColumnStyles) -> str:
    """The cell of a printed value; "" for nothing."""
    if shown is None or shown == "":
        return ""
    if isinstance(shown, str):
        return _string(style.long, _ready(shown)) if lines > MOST_LINES else _text_cell(shown, style)
    if isinstance(shown, date):
        return _day_cell(shown, style)
    alarming = column.kind == "overdue_days" and shown > 0
    text = format(shown, "f") if isinstance(shown, Decimal) else str(shown)
    return f's="{style.alarm if alarming else style.value}"><v>{text}</v></c>'


def _text_cell(text: str, style: ColumnStyles) -> str:
    number = style.guarded if looks_like_formula(text) else style.states.get(text, style.text)
    return _string(number, _ready(text))


def _string(style: int, ready: str) -> str:
    return f's="{style}" t="inlineStr"><is><t xml:space="preserve">{ready}</t></is></c>'


def _ready(text: str) -> str:
    """The text as XML."""
    return escape(for_cell(text), quote=False)


def _day_cell(day: date, style: ColumnStyles) -> str:
    if day < _FIRST_SURE_DAY:
        return _text_cell(day.isoformat(), style)
    return f's="{style.value}"><v>{day.toordinal() - _EPOCH}</v></c>'
