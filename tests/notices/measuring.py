"""Reads a finished PDF back: where each character stands, and where ink is, in millimetres from the top left corner."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
from PIL import Image, ImageChops

MM = 72 / 25.4
ABOVE_BASELINE = 0.88  # of a Han square


@dataclass(frozen=True)
class Row:
    """The characters of one baseline: text, from where to where (mm), the squares' top, size in points."""

    text: str
    left: float
    right: float
    top: float
    size: float
    chars: tuple[dict[str, Any], ...]

    @property
    def bottom(self) -> float:
        """Where the squares end."""
        return self.top + self.size / MM


def rows_of(document: bytes) -> list[list[Row]]:
    """The rows of each page, from top to bottom."""
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        return [sorted(_rows(page), key=lambda row: (row.top, row.left)) for page in pdf.pages]


def _rows(page: Any) -> Iterator[Row]:
    def baseline(char: dict[str, Any]) -> tuple[float, float]:
        return round(char["matrix"][5], 1), round(char["size"], 1)

    for (height, size), group in groupby(sorted(page.chars, key=baseline), key=baseline):
        chars = tuple(sorted(group, key=lambda char: float(char["x0"])))
        top = (float(page.height) - height) / MM - ABOVE_BASELINE * size / MM
        text = "".join(char["text"] for char in chars)
        yield Row(text, chars[0]["x0"] / MM, chars[-1]["x1"] / MM, top, size, chars)


def row_with(rows: list[Row], words: str) -> Row:
    """The first row that holds these words."""
    return next(row for row in rows if words in row.text)


def rules_of(document: bytes, page: int = 0) -> list[tuple[float, float, float, float]]:
    """The lines of a page: left, right, height and weight in mm, from top to bottom."""
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        lines = pdf.pages[page].lines
        found = [(line["x0"], line["x1"], line["top"], line["linewidth"]) for line in lines]
    return sorted((tuple(value / MM for value in line) for line in found), key=lambda line: line[2])  # type: ignore[misc,arg-type]


def picture(document: bytes, folder: Path, *, page: int = 1, dots_per_mm: int = 10) -> Image.Image:
    """A page as a picture."""
    (folder / "page.pdf").write_bytes(document)
    dpi = str(dots_per_mm * 25.4)
    command = ["pdftoppm", "-r", dpi, "-png", "-f", str(page), "-l", str(page), "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return Image.open(folder / "page.png").convert("RGB")


def red_rows(image: Image.Image, dots_per_mm: int = 10) -> list[tuple[float, float]]:
    """From where to where (mm) there is red ink, band by band, from top to bottom."""
    red, green, _ = image.split()
    inked = ImageChops.subtract(red, green).point(lambda value: 255 if value > 60 else 0)
    rows = [inked.crop((0, y, inked.width, y + 1)).getbbox() is not None for y in range(inked.height)]
    return [(start / dots_per_mm, end / dots_per_mm) for start, end in _stretches(rows)]


def dark_rows(image: Image.Image, left: float, right: float, dots_per_mm: int = 10) -> list[tuple[float, float]]:
    """The same for black ink between a left and a right edge (mm)."""
    strip = image.convert("L").crop((int(left * dots_per_mm), 0, int(right * dots_per_mm), image.height))
    inked = strip.point(lambda value: 255 if value < 128 else 0)
    rows = [inked.crop((0, y, inked.width, y + 1)).getbbox() is not None for y in range(inked.height)]
    return [(start / dots_per_mm, end / dots_per_mm) for start, end in _stretches(rows)]


def _stretches(rows: list[bool]) -> Iterator[tuple[int, int]]:
    """Where rows with ink begin and end."""
    at = 0
    for inked, group in groupby(rows):
        count = len(list(group))
        if inked:
            yield at, at + count
        at += count


def quick_pages(document: bytes) -> list[list[str]]:
    """The lines of each page as pdfium reads them: much quicker than pdfplumber, for properties."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [pdf[number].get_textpage().get_text_bounded().splitlines() for number in range(len(pdf))]
    finally:
        pdf.close()


def outside(document: bytes) -> list[str]:
    """Texts that are not wholly on their page: pdfium's boxes round the characters of a line that stand together."""
    pdf = pypdfium2.PdfDocument(document)
    found = []
    try:
        for number in range(len(pdf)):
            width, height = pdf[number].get_size()
            text = pdf[number].get_textpage()
            for at in range(text.count_rects()):
                left, bottom, right, top = box = text.get_rect(at)
                if left < 0 or bottom < 0 or right > width or top > height:
                    found.append(f"page {number + 1}: {text.get_text_bounded(*box)!r} at {left:.0f}, {bottom:.0f}")
    finally:
        pdf.close()
    return found
