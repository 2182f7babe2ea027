"""Files made in memory for the tests of reading."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook

from core.sheets import Grid, Value

Parts = dict[str, bytes]


def workbook(rows: Iterable[Sequence[object]], *, merges: Iterable[str] = (), sheet: str = "台账") -> bytes:
    """An .xlsx with one sheet of these rows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for area in merges:
        page.merge_cells(area)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, change: Callable[[Parts], None]) -> bytes:
    """A workbook with its inner parts changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def grid(*rows: Sequence[Value], merges: dict[tuple[int, int], tuple[int, int]] | None = None) -> Grid:
    """A grid of these rows."""
    return Grid(name="台账", rows=tuple(tuple(row) for row in rows), merges=merges or {})
