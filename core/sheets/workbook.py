"""Excel workbooks (.xlsx), streamed into bounded grids; a preview reads no more than it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.sheets.bad_file import BadFile
from core.sheets.container import open_container, refuse_contents
from core.sheets.grid import Grid
from core.sheets.merging import area_of, merges_of
from core.sheets.package_parts import parse_part, pieces
from core.sheets.text import clean
from core.sheets.work import DAMAGED, Work
from core.sheets.xlsx_package import Package, SheetPart
from core.sheets.xlsx_parts import Styles
from core.sheets.xlsx_sheet import SheetReader

_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]{0,200}?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_KEPT = 512


def read_workbook(data: bytes, work: Work, first_rows: int | None = None) -> tuple[Grid, ...]:
    """Every sheet with something in it, in the workbook's order; raises BadFile."""
    with open_container(data, work.limits) as archive:
        refuse_contents(set(archive.namelist()))
        package = Package(archive, work)
        styles = package.styles()
        strings = package.strings(_wanted(package, styles, first_rows) if first_rows is not None else None)
        return tuple(grid for part in package.sheets if (grid := _grid(package, part, styles, strings, first_rows)))


def _wanted(package: Package, styles: Styles, first_rows: int) -> set[int]:
    """The numbers of the shared texts that the first rows of all sheets use."""
    wanted: set[int] = set()

    def note(number: int) -> str:
        wanted.add(number)
        return "?"

    for part in package.sheets:
        reader = SheetReader(package.work, styles, note, epoch_1904=False, first_rows=first_rows)
        parse_part(package.archive, part.part, reader, package.work)
    return wanted


def _grid(
    package: Package, sheet: SheetPart, styles: Styles, strings: dict[int, str], first_rows: int | None
) -> Grid | None:
    def shared(number: int) -> str:
        try:
            return strings[number]
        except KeyError as error:
            raise BadFile(DAMAGED) from error

    work = package.work
    reader = SheetReader(work, styles, shared, epoch_1904=package.epoch_1904, first_rows=first_rows)
    reached_end = parse_part(package.archive, sheet.part, reader, work)
    rows = reader.rows
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        return None
    merges = reader.merges if reached_end else list(_merges_below(package, sheet.part))
    return Grid(
        name=clean(sheet.name),
        rows=tuple(rows),
        merges=merges_of(map(area_of, merges), rows, work),
        epoch_1904=package.epoch_1904,
        uncomputed=reader.uncomputed,
        is_partial=reader.is_partial,
    )


def _merges_below(package: Package, part: str) -> Iterator[str]:
    """The merged ranges of a sheet whose rows are not all read: they stand below the last row."""
    tail = b""
    for piece in pieces(package.archive, part, package.work):
        seen = tail + piece
        end = 0
        if b"mergeCell" in seen:
            for match in _MERGE.finditer(seen):
                yield match[1].decode("ascii")
                end = match.end()
        tail = seen[max(end, len(seen) - _KEPT) :]
