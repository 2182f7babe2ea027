"""A file is what its content is, whatever it is called."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from PIL import Image

from core import sniffing
from core.sniffing import sniff


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(made, kind)
    return made.getvalue()


def office(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return made.getvalue()


def workbook() -> bytes:
    made = io.BytesIO()
    Workbook().save(made)
    return made.getvalue()


def compound(*streams: str) -> bytes:
    names = b"".join(name.encode("utf-16-le") + b"\0" * 8 for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("JPEG"), sniffing.JPEG),
        (picture("PNG"), sniffing.PNG),
        (picture("WEBP"), sniffing.WEBP),
        (b"%PDF-1.7\n", sniffing.PDF),
        (workbook(), sniffing.XLSX),
        (office("[Content_Types].xml", "word/document.xml"), sniffing.DOCX),
        (office("[Content_Types].xml", "ppt/presentation.xml"), sniffing.PPTX),
        (compound("WordDocument"), sniffing.DOC),
        (compound("Workbook"), sniffing.XLS),
        (compound("PowerPoint Document"), sniffing.PPT),
    ],
)
def test_what_the_register_takes_is_recognised(data: bytes, expected: str) -> None:
    assert sniff(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        b"<html>%PDF-1.7",
        picture("GIF"),
        b"RIFF\0\0\0\0WAVE",
        office("anything.txt"),
        office("[Content_Types].xml"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        compound("Root Entry"),
        compound("Workbook", "_VBA_PROJECT"),
        b"PK\x03\x04 broken",
        b"MZ\x90\0",
    ],
    ids=range(12),
)
def test_everything_else_is_not(data: bytes) -> None:
    assert sniff(data) is None
