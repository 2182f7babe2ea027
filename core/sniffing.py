"""What a file is by its content, whatever its name says. Pure.

Only what the register takes is recognised: photos (JPEG, PNG, WebP, HEIC) and papers (PDF, Word, Excel, PowerPoint
without macros). Everything else is None, and so refused.
"""

from __future__ import annotations

import io
import zipfile

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"
PDF = "application/pdf"
PHOTOS = frozenset({JPEG, PNG, WEBP, HEIC})
SHOWN = PHOTOS - {HEIC}
"""Photos that every browser shows as they are."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
CSV = "text/csv"
PAPERS = frozenset({PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT})

SUFFIXES: dict[str, str] = {
    JPEG: ".jpg",
    PNG: ".png",
    WEBP: ".webp",
    HEIC: ".heic",
    PDF: ".pdf",
    DOCX: ".docx",
    XLSX: ".xlsx",
    PPTX: ".pptx",
    DOC: ".doc",
    XLS: ".xls",
    PPT: ".ppt",
    ODS: ".ods",
    CSV: ".csv",
}

# the brands of still pictures of HEVC; moving ones and other codecs in the same container are none
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_MAX_PARTS = 20_000
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}


def sniff(data: bytes) -> str | None:
    """The media type of these bytes (the whole file), or None for what the register does not take."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return HEIC
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _office_compound(data)
    return None


def _office_zip(data: bytes) -> str | None:
    """Office Open XML: a zip with its list of contents and one main part; with macros it is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:_MAX_PARTS])
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)


def _office_compound(data: bytes) -> str | None:
    """The older binary formats: told by the names of their streams, which stand there in UTF-16."""
    if _stream("_VBA_PROJECT") in data:
        return None
    return next((kind for name, kind in _STREAMS.items() if _stream(name) in data), None)


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"
