"""The records of an old binary workbook (.xls), looked at before a parser is let near them.

Only records that hold values are kept, of a preview only those of its first rows; merged cells are read here. Macros,
passwords, links to other files and everything over a bound are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import error as struct_error
from struct import pack_into, unpack_from
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.container import LINKED, LOCKED, MACROS
from core.sheets.merging import Area
from core.sheets.work import DAMAGED, Work

_BOF, _EOF, _CONTINUE, _STRING = 0x0809, 0x000A, 0x003C, 0x0207
_FILEPASS, _BOUNDSHEET, _SUPBOOK, _EXTERNSHEET, _VBA, _MERGED = 0x2F, 0x85, 0x1AE, 0x17, 0xD3, 0xE5
_MULRK: Final = 0xBD
_CELLS: Final = frozenset({0x203, 0x27E, _MULRK, 0xFD, 0x204, 0xD6, 0x06, 0x206, 0x406, 0x205})
_WORKSHEET, _MACRO_SHEET, _MODULE = 0, 1, 6
_OWN_BOOK: Final = frozenset({0x0401, 0x3A01})
_EXTERNAL_PATH = 0x01
_COUNTED = 1000


@dataclass(slots=True)
class SheetRecords:
    """What the look at one sheet found beside its values."""

    areas: list[Area] = field(default_factory=list)
    is_partial: bool = False


class Filtered:
    """A workbook stream reduced to what is read of it: `stream`, and what each worksheet said, in order."""

    def __init__(self, stream: bytes, work: Work, first_rows: int | None) -> None:
        self._work = work
        self._first_rows = first_rows
        self._old = stream
        self.stream = bytearray()
        self.sheets: list[SheetRecords] = []
        try:
            self._copy()
        except struct_error as error:
            raise BadFile(DAMAGED) from error
        self._old = b""  # the file itself is kept by who gave it

    def _copy(self) -> None:
        sheets = self._globals()
        if len(sheets) > self._work.limits.sheets:
            raise BadFile(
                f"工作簿有 {len(sheets)} 张工作表，超过 {self._work.limits.sheets} 张的上限。请拆开后再导入。"
            )
        for place, start in sheets:
            pack_into("<I", self.stream, place, len(self.stream))
            self.sheets.append(self._sheet(start))

    def _globals(self) -> list[tuple[int, int]]:
        """The first substream copied; where in it each worksheet's start is written, and what is written there."""
        old, sheets, seen = self._old, list[tuple[int, int]](), 0
        kind, length, _ = self._record(0)
        if kind != _BOF:
            raise BadFile(DAMAGED)
        place = 0
        while kind != _EOF:
            kind, length, body = self._record(place)
            seen += 1
            if kind == _FILEPASS:
                raise BadFile(LOCKED)
            if kind == _VBA:
                raise BadFile(MACROS)
            if kind == _BOUNDSHEET:
                start, _visible, sort = unpack_from("<IBB", old, body)
                if sort in {_MACRO_SHEET, _MODULE}:
                    raise BadFile(MACROS)
                if sort == _WORKSHEET:
                    sheets.append((body, start))
            elif self._leads_out(kind, length, body):
                raise BadFile(LINKED)
            place = body + length
        self._work.mark(seen)
        self.stream += old[:place]
        return sheets

    def _leads_out(self, kind: int, length: int, body: int) -> bool:
        """Whether a record names another file; a workbook names itself in the same records."""
        if kind == _SUPBOOK and length >= 4:
            return unpack_from("<HH", self._old, body)[1] not in _OWN_BOOK
        is_biff5 = unpack_from("<H", self._old, 4)[0] == 0x0500
        return kind == _EXTERNSHEET and is_biff5 and length >= 2 and self._old[body + 1] == _EXTERNAL_PATH

    def _record(self, place: int) -> tuple[int, int, int]:
        """Kind, length and first byte of the body of the record at `place`."""
        kind, length = unpack_from("<HH", self._old, place)
        if place + 4 + length > len(self._old):
            raise BadFile(DAMAGED)
        return kind, length, place + 4

    def _sheet(self, start: int) -> SheetRecords:
        """One worksheet's records copied as far as they hold values."""
        old, found = self._old, SheetRecords()
        widths: dict[int, int] = {}
        depth = seen = 0
        place, is_kept = start, False
        while True:
            kind, length, body = self._record(place)
            end = body + length
            seen += 1
            if seen % _COUNTED == 0:
                self._work.mark(_COUNTED)
            if kind == _BOF:
                depth += 1
                is_kept = depth == 1
            elif kind == _EOF:
                is_kept = depth == 1
                depth -= 1
            elif depth != 1:
                is_kept = False
            elif kind in _CELLS:
                is_kept = self._cell(kind, length, body, widths, found)
            elif kind == _MERGED:
                self._merged(body, length, found)
                is_kept = False
            elif kind not in {_STRING, _CONTINUE}:
                is_kept = False
            if is_kept:
                self.stream += old[place:end]
            if depth <= 0:
                break
            place = end
        self._work.fill(sum(widths.values()))
        if len(self.stream) > 2 * len(old):  # sheets that share their records
            raise BadFile(DAMAGED)
        return found

    def _cell(self, kind: int, length: int, body: int, widths: dict[int, int], found: SheetRecords) -> bool:
        row, column = unpack_from("<HH", self._old, body)
        last = column + 1 + ((length - 6) // 6 - 1 if kind == _MULRK else 0)
        if self._first_rows is not None and row >= self._first_rows:
            found.is_partial = True
            return False
        self._work.row(row + 1)
        self._work.column(last)
        if last > widths.get(row, 0):
            widths[row] = last
        return True

    def _merged(self, body: int, length: int, found: SheetRecords) -> None:
        count = min(unpack_from("<H", self._old, body)[0], (length - 2) // 8)
        self._work.merge(count)
        for number in range(count):
            top, bottom, left, right = unpack_from("<4H", self._old, body + 2 + number * 8)
            found.areas.append((top + 1, left + 1, bottom + 1, right + 1))
