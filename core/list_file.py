"""A plain list as a file to take away: CSV of any length, or a workbook where it is not too long, row by row.

A text that a spreadsheet might run gets a leading apostrophe. Written to a temporary file first, so that a row that
fails leaves no half list; memory stays the same whatever the length.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from openpyxl import Workbook

from core.refusals import TooLarge

IN_MEMORY: Final = 4 * 1024 * 1024  # bytes
MOST_IN_WORKBOOK: Final = 50_000
FORMATS: Final[dict[str, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""By file ending: the media type."""

_BOM: Final = b"\xef\xbb\xbf"  # without it Excel reads Chinese as GBK
_RUNS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A written list, at its beginning, and how many rows it holds."""

    file: BinaryIO
    rows: int


def write_list(heads: Sequence[str], rows: Iterable[Sequence[str]], ending: str) -> ListFile:
    """The list as a file of this ending; `TooLarge` where a workbook would be too long."""
    with ExitStack() as unless_large:
        file = cast(BinaryIO, unless_large.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY)))
        count = (_write_csv if ending == "csv" else _write_workbook)(file, heads, rows)
        size = file.tell()
        file.seek(0)
        if size <= IN_MEMORY:
            return ListFile(io.BytesIO(file.read()), count)
        unless_large.pop_all()
    return ListFile(file, count)


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    plain = "".join(character for character in text if character >= " " or character == "\n")
    return f"'{plain}" if plain.startswith(_RUNS) else plain


def _write_csv(file: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    file.write(_BOM + _line(heads))
    count = 0
    for row in rows:
        file.write(_line([safe(cell) for cell in row]))
        count += 1
    return count


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8")


def _write_workbook(file: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    sheet.freeze_panes = "A2"
    sheet.append(list(heads))
    count = 0
    for row in rows:
        if count == MOST_IN_WORKBOOK:
            book.close()
            raise TooLarge(f"超过 {MOST_IN_WORKBOOK:,} 行，Excel 文件装不下。请缩短期间，或导出 CSV。")
        sheet.append([safe(cell) for cell in row])
        count += 1
    book.save(file)
    return count
