"""The parts of a container, unpacked in pieces, counted."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from core.sheets.bad_file import BadFile
from core.sheets.work import DAMAGED, Work
from core.sheets.xml_stream import PIECE, Handler, parse

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def pieces(archive: zipfile.ZipFile, name: str, work: Work) -> Iterator[bytes]:
    """The unpacked bytes of a part, a piece at a time; raises BadFile where it is damaged."""
    try:
        with archive.open(name) as part:
            while piece := part.read(PIECE):
                work.unpack(len(piece))
                yield piece
    except _BROKEN as error:
        raise BadFile(DAMAGED) from error


def parse_part(archive: zipfile.ZipFile, name: str, handler: Handler, work: Work) -> bool:
    """Send the events of a part to `handler`; whether they went to the end."""
    return parse(pieces(archive, name, work), handler, work)
