"""A first look at a workbook's XML, in pieces of bounded size, before a parser is let near it.

Finds what the row-by-row reader does not give (merged cells, formulas without a result) and refuses what could
hurt it (document types and entities, too many rows or columns).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.sheets.bad_file import BadFile
from core.sheets.container import SAVE_AS
from core.sheets.limits import MEGABYTE, Limits

_PIECE = MEGABYTE
_LONGEST_TAIL = 4 * MEGABYTE

_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,9})[\"']")
_FAR_CELL = re.compile(rb"\sr=[\"'](?:[A-Z]{3}|[J-Z][A-Z]|I[W-Z])\d{1,9}[\"']")  # right of IV, column 256
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL_NAME = re.compile(rb"\br=[\"']([A-Z]{1,3}\d{1,7})[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")


@dataclass(slots=True)
class SheetScan:
    """What the scan of one sheet found: ranges like `A1:C3`, and the first formula without a result."""

    merges: list[str] = field(default_factory=list)
    uncomputed: str = ""


def scan_workbook(archive: zipfile.ZipFile, limits: Limits) -> dict[str, SheetScan]:
    """One scan for each sheet, by its path in the container; raises BadFile for a dangerous part."""
    scans: dict[str, SheetScan] = {}
    for entry in archive.infolist():
        name = entry.filename
        if not name.lower().endswith((".xml", ".rels")):
            continue
        scan = scans.setdefault(name, SheetScan()) if name.startswith("xl/worksheets/") else None
        for piece in _pieces(archive, name):
            if _ENTITY.search(piece) or _OTHER_ENCODING.search(piece):
                raise BadFile(f"文件内部含有不允许的 XML 定义，没有打开。{SAVE_AS}")
            if scan is not None:
                _scan_sheet(piece, scan, limits)
    return scans


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part's bytes in pieces that end before a row, so that no element is cut in two."""
    tail = b""
    try:
        with archive.open(name) as part:
            while fresh := part.read(_PIECE):
                if b"\x00" in fresh:
                    raise BadFile(f"文件不完整或已损坏，打不开。{SAVE_AS}")
                piece = tail + fresh
                cut = piece.rfind(b"<row")
                cut = cut if cut > 0 else piece.rfind(b"<")
                if cut <= 0 or len(piece) - cut > _LONGEST_TAIL:
                    cut = len(piece)
                yield piece[:cut]
                tail = piece[cut:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise BadFile(f"文件不完整或已损坏，打不开。{SAVE_AS}") from error
    yield tail


def _scan_sheet(piece: bytes, scan: SheetScan, limits: Limits) -> None:
    rows = [int(number) for number in _ROW.findall(piece)]
    if rows and max(rows) > limits.rows:
        raise BadFile(
            f"表格有 {max(rows)} 行，超过 {limits.rows} 行的上限。请删去数据下面的空行，或拆成几个文件再导入。"
        )
    if _FAR_CELL.search(piece):
        raise BadFile(f"表格超过 {limits.columns} 列。请删去数据右边的空列再导入。")
    scan.merges += [ref.decode() for ref in _MERGE.findall(piece)]
    if not scan.uncomputed and b"<f" in piece:
        scan.uncomputed = _first_uncomputed(piece)


def _first_uncomputed(piece: bytes) -> str:
    for match in _FORMULA.finditer(piece):
        if not _TEXT_RESULT.search(match[1]):
            name = _CELL_NAME.search(match[1])
            return name[1].decode() if name else "?"
    return ""
