"""OpenDocument spreadsheets (.ods): the container looked at, then its content streamed into bounded grids."""

from __future__ import annotations

import zipfile

from core.sheets.bad_file import BadFile
from core.sheets.container import LOCKED, MACROS, NO_WORKBOOK, open_container
from core.sheets.grid import Grid
from core.sheets.ods_sheet import DocumentReader
from core.sheets.package_parts import parse_part
from core.sheets.work import Work
from core.sheets.xml_stream import Attributes

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MACROS = ("basic/", "scripts/")
_EMPTY_LIBRARIES = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")


class _Manifest:
    """META-INF/manifest.xml names the parts that are encrypted."""

    landmark = b""
    is_locked = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.is_locked |= name in {"encryption-data", "keyinfo", "encrypted-key"}

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


def read_document(data: bytes, work: Work, first_rows: int | None = None) -> tuple[Grid, ...]:
    """Every sheet with something in it, in the document's order; raises BadFile."""
    with open_container(data, work.limits) as archive:
        _refuse_contents(archive, work)
        reader = DocumentReader(work, first_rows)
        parse_part(archive, _CONTENT, reader, work)
    return tuple(reader.grids)


def _refuse_contents(archive: zipfile.ZipFile, work: Work) -> None:
    names = set(archive.namelist())
    if _MANIFEST in names:
        manifest = _Manifest()
        parse_part(archive, _MANIFEST, manifest, work)
        if manifest.is_locked:
            raise BadFile(LOCKED)
    if any(
        name.lower().startswith(_MACROS) and not name.endswith("/") and not name.endswith(_EMPTY_LIBRARIES)
        for name in names
    ):
        raise BadFile(MACROS)
    if _CONTENT not in names:
        raise BadFile(NO_WORKBOOK)
