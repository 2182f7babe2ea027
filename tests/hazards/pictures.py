"""Pictures made for tests: a red left half and a blue right half, so that a turn shows."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import ExifTags, Image

RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(width: int = 400, height: int = 200) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def jpeg(
    width: int = 400,
    height: int = 200,
    *,
    orientation: int | None = None,
    taken: str | None = None,
    offset: str | None = None,
    gps: Mapping[int, object] | None = None,
) -> bytes:
    """A JPEG as a phone makes it."""
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    notes = exif.get_ifd(ExifTags.IFD.Exif)
    if taken is not None:
        notes[ExifTags.Base.DateTimeOriginal] = taken
    if offset is not None:
        notes[ExifTags.Base.OffsetTimeOriginal] = offset
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    made = io.BytesIO()
    picture(width, height).save(made, "JPEG", exif=exif)
    return made.getvalue()


def saved(image: Image.Image, kind: str) -> bytes:
    """The image in another format."""
    made = io.BytesIO()
    image.save(made, kind)
    return made.getvalue()


def opened(data: bytes) -> Image.Image:
    """An image read back."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def looks(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel of a JPEG is about this colour."""
    assert isinstance(pixel, tuple)
    return all(abs(got - wanted) < 40 for got, wanted in zip(pixel, colour, strict=True))
