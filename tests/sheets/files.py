"""Files made in memory for the tests of reading."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from io import BytesIO

import xlwt
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


def old_workbook(rows: Iterable[Sequence[object]], *, merges: Iterable[tuple[int, int, int, int]] = ()) -> bytes:
    """An .xls with one sheet of these rows; merges are top, bottom, left, right from 0."""
    book = xlwt.Workbook()
    page = book.add_sheet("台账", cell_overwrite_ok=True)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                page.write(r, c, value, *([day] if isinstance(value, date) else []))
    for area in merges:
        page.merge(*area)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def document(rows: Iterable[Sequence[object]], *, body: str = "") -> bytes:
    """An .ods with one sheet of these rows, or with this body of table rows."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        '<office:document-content xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x"><office:body>'
        f'<office:spreadsheet><table:table table:name="台账">{lines}{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def grid_values(grid: Grid) -> list[list[Value]]:
    """What a reader sees, row by row."""
    return [[grid.shown(row, column) for column in range(1, grid.width + 1)] for row in range(1, grid.height + 1)]


def with_shared_texts(data: bytes) -> bytes:
    """The workbook as Excel writes it: its texts in one list, the cells with their numbers, the last text first."""

    def change(parts: Parts) -> None:
        texts = list(dict.fromkeys(re.findall(r"<is>(.*?)</is>", parts[_SHEET].decode(), re.DOTALL)))[::-1]
        parts[_SHEET] = re.sub(
            r't="inlineStr"><is>(.*?)</is>',
            lambda match: f't="s"><v>{texts.index(match[1])}</v>',
            parts[_SHEET].decode(),
            flags=re.DOTALL,
        ).encode()
        items = "".join(f"<si>{text}</si>" for text in texts)
        parts["xl/sharedStrings.xml"] = f'<?xml version="1.0"?><sst count="9">{items}<si/></sst>'.encode()
        relation = f'<Relationship Type="{_RELATION}" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
        parts[_LINKS] = parts[_LINKS].replace(b"</Relationships>", relation.encode())

    return repacked(data, change)


_SHEET = "xl/worksheets/sheet1.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
