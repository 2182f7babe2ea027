"""Photos on paper: upright, bounded, as small JPEGs without their metadata, before and after side by side."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from PIL import Image, ImageOps

from notices.fonts import FontBook
from notices.parts.blocks import Block, Laid
from notices.parts.cleaning import one_line
from notices.parts.paragraph import Align, Paragraph, TextStyle
from notices.parts.pen import MM, Pen
from notices.parts.table import Cell, Row

BOX = 56 * MM  # height; two pairs and their captions go on a page with text
LONGEST_SIDE = 1000  # pixels: some 320 dpi at 80 mm
MOST_PIXELS = 60_000_000
QUALITY = 82
UNREADABLE = "〔照片文件无法读取，原件见系统〕"
CAPTION = TextStyle(size=8.5, leading=1.35, align=Align.CENTRE)
LONGEST_CAPTION = 120


@dataclass(frozen=True, slots=True)
class CaptionedPhoto:
    """A photo (JPEG or PNG) and the line below it: who, when, how taken."""

    data: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo in a box of fixed height, centred; a broken one is said to be broken."""

    book: FontBook
    data: bytes
    box: float = BOX

    def lay(self, width: float) -> Laid:
        """The photo made small enough for the box."""
        try:
            jpeg, size = small_jpeg(self.data)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return Paragraph(self.book, UNREADABLE, CAPTION).lay(width)
        scale = min(width / size[0], self.box / size[1])
        return LaidPicture(jpeg, size[0] * scale, size[1] * scale, width, self.box)


@dataclass(frozen=True, slots=True)
class LaidPicture:
    """A photo laid out: its own size, and the box it stands in (points)."""

    jpeg: bytes
    shown_width: float
    shown_height: float
    width: float
    height: float
    keeps_next: bool = True

    def split(self, room: float) -> None:
        """A photo is not cut."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Centred in its box."""
        left = x + (self.width - self.shown_width) / 2
        down = (self.height - self.shown_height) / 2
        pen.image(left, top + down, self.shown_width, self.shown_height, self.jpeg)


@lru_cache(maxsize=16)
def small_jpeg(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """The photo upright as an RGB JPEG of at most LONGEST_SIDE pixels, with its size; no place, no device in it.

    Raises OSError or ValueError where it is no photo, or has more pixels than MOST_PIXELS.
    """
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as photo:
        if photo.width * photo.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        photo.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
        upright = ImageOps.exif_transpose(photo)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        flat = Image.new("RGB", upright.size, "white")
        layered = upright.convert("RGBA")
        flat.paste(layered, mask=layered.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), flat.size


def photo_rows(
    book: FontBook,
    before: Sequence[CaptionedPhoto],
    after: Sequence[CaptionedPhoto],
    absent: tuple[str, str],
) -> Iterator[Row]:
    """Pairs of photos, before | after, each with its caption; `absent` says what stands where one is missing."""
    for left, right in zip_longest(before, after):
        pair = ((left, absent[0]), (right, absent[1]))
        yield Row(
            [Cell(0.5, _picture(book, photo, text), middle=True) for photo, text in pair],
            keeps_next=True,
            line_below=False,
        )
        yield Row([Cell(0.5, _caption(book, photo)) for photo, _ in pair], line_above=False)


def _picture(book: FontBook, photo: CaptionedPhoto | None, absent: str) -> Block:
    return Paragraph(book, absent, CAPTION) if photo is None else Picture(book, photo.data)


def _caption(book: FontBook, photo: CaptionedPhoto | None) -> Block:
    text = one_line(photo.caption) if photo else ""
    cut = text if len(text) <= LONGEST_CAPTION else text[:LONGEST_CAPTION] + "…"
    return Paragraph(book, cut, CAPTION)
