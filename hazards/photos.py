"""Photos and papers as they come in: judged by their content, turned upright, made small for pages.

The original is kept byte for byte, since it is evidence; pages show upright copies without the camera's data. What
is refused is refused in a sentence, and nothing of a file is believed because of its name.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from typing import Any, Final

from PIL import ExifTags, Image, UnidentifiedImageError

from core.days import SHANGHAI
from core.files import MAX_FILE, MEBIBYTE
from core.refusals import Invalid, TooLarge
from core.sniffing import HEIC, JPEG, PAPERS, PHOTOS, PNG, WEBP, sniff
from hazards.operations.attaching import NewFile

MAX_PIXELS: Final = 50_000_000
VIEW_SIDE: Final = 1600
THUMB_SIDE: Final = 360
VIEW_QUALITY: Final = 80
THUMB_QUALITY: Final = 75
MAX_NAME: Final = 120

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
# how to turn an image upright, by EXIF orientation; 1 and whatever is no orientation stay
_UPRIGHT: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# whatever Pillow raises on bytes that are no whole image of their kind
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError, struct.error)
_NO_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def read_photo(data: bytes, name: str) -> NewFile:
    """A photo with its upright copies (`view` at most 1600 px, `thumb` 360 px, JPEG) and what the camera noted.

    Raises `TooLarge` over 20 MB or 50 million pixels, `Invalid` for what is no whole JPEG, PNG, WebP or HEIC.
    """
    shown = clean_name(name, "照片")
    _bound(data, shown)
    kind = sniff(data)
    if kind not in PHOTOS:
        raise Invalid(f"“{shown}”不是照片。请换成 JPEG、PNG、WebP 或 HEIC 格式的照片。")
    if kind == HEIC and not reads_heic():
        raise Invalid(
            f"这台服务器读不了 HEIC 照片“{shown}”。请在手机相机设置中改为 JPEG（兼容性最佳）后重拍，或转换后再传。"
        )
    image, exif = _open(data, kind, shown)
    view, thumb = _copies(image, exif.get(ExifTags.Base.Orientation), shown)
    longitude, latitude = _where(exif)
    return NewFile(
        data,
        kind,
        name=shown,
        view=view,
        thumb=thumb,
        taken_at=_taken_at(exif),
        longitude=longitude,
        latitude=latitude,
    )


@cache
def reads_heic() -> bool:
    """Whether photos of this kind can be read; the decoder takes 4 MB of a process and is loaded by the first."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:  # no wheel for this machine: photos of that kind are refused with a way out
        return False
    register_heif_opener(thumbnails=False)
    return True


def read_document(data: bytes, name: str) -> NewFile:
    """A paper: PDF, Word, Excel or PowerPoint without macros, by content. Raises `TooLarge`, `Invalid`."""
    shown = clean_name(name, "文件")
    _bound(data, shown)
    kind = sniff(data)
    if kind not in PAPERS:
        raise Invalid(f"“{shown}”不能收。请换成 PDF、Word、Excel 或 PPT 文件（不带宏）。")
    return NewFile(data, kind, name=shown)


def read_evidence(data: bytes, name: str) -> NewFile:
    """A photo or a paper, whichever it is (a scan may be either). Raises `TooLarge`, `Invalid`."""
    return read_photo(data, name) if sniff(data) in PHOTOS else read_document(data, name)


def clean_name(name: str, otherwise: str) -> str:
    """A file's name as plain text to show: without folders, control and direction characters, at most 120 long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join(_NO_NAME.sub(" ", last).split()).strip(". ")
    if len(plain) <= MAX_NAME:
        return plain or otherwise
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: MAX_NAME - 1 - len(suffix)]}{dot}{suffix}" if dot and len(suffix) <= 8 else plain[:MAX_NAME]


def _bound(data: bytes, shown: str) -> None:
    if not data:
        raise Invalid(f"“{shown}”是空的，没有存上。请重新选择。")
    if len(data) > MAX_FILE:
        raise TooLarge(f"“{shown}”超过 {MAX_FILE // MEBIBYTE} MB，没有存上。请压缩后再传。")


def _open(data: bytes, kind: str, shown: str) -> tuple[Image.Image, dict[int, Any]]:
    """The image with its header read and bounded, nothing decoded yet, and its EXIF as a plain dict."""
    try:
        with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as checked:
            width, height = checked.size
            if width * height <= MAX_PIXELS:
                checked.verify()
        image = Image.open(io.BytesIO(data), formats=(_FORMATS[kind],))
    except _BOMBS as error:
        raise _too_many_pixels(shown) from error
    except _BROKEN as error:
        raise _broken(shown) from error
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(shown)
    return image, _exif(image)


def _too_many_pixels(shown: str) -> TooLarge:
    return TooLarge(f"“{shown}”的像素超过 {MAX_PIXELS // 10_000:,} 万，没有存上。请缩小后再传。")


def _broken(shown: str) -> Invalid:
    return Invalid(f"“{shown}”不是完整的照片，打不开。请重新拍照或重新选择。")


def _copies(image: Image.Image, orientation: object, shown: str) -> tuple[bytes, bytes]:
    """Decode the whole image once, turn it upright and make both copies."""
    try:
        image.draft("RGB", (VIEW_SIDE, VIEW_SIDE))  # JPEG only: decodes at a fraction of the size where that is enough
        image.load()
        image.thumbnail((VIEW_SIDE, VIEW_SIDE))
        plain = _on_white(image)
    except _BROKEN as error:
        raise _broken(shown) from error
    turn = _UPRIGHT.get(orientation)
    upright = plain if turn is None else plain.transpose(turn)
    small = upright.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return _jpeg(upright, VIEW_QUALITY), _jpeg(small, THUMB_QUALITY)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True)
    return made.getvalue()


# --- what the camera noted -------------------------------------------------------------------------------------


def _exif(image: Image.Image) -> dict[int, Any]:
    """The camera's data with the two inner tables under their own tags; {} where they cannot be read."""
    try:
        found = image.getexif()
        inner = {tag: dict(found.get_ifd(tag)) for tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)}
        return dict(found) | inner
    except (*_BROKEN, KeyError, AttributeError, ZeroDivisionError):
        return {}  # the camera's data may be broken in any way, which is no reason to refuse the photo


def _taken_at(exif: dict[int, Any]) -> datetime | None:
    """When the shutter went, by the camera's clock; a clock without a zone shows Shanghai time."""
    notes = exif.get(ExifTags.IFD.Exif, {})
    text = notes.get(ExifTags.Base.DateTimeOriginal)
    if not isinstance(text, str):
        return None
    try:
        naive = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 the zone follows
    except ValueError:
        return None
    if not 1990 <= naive.year <= 2200:
        return None
    return naive.replace(tzinfo=_zone(notes.get(ExifTags.Base.OffsetTimeOriginal)) or SHANGHAI)


def _zone(offset: object) -> timezone | None:
    """A zone written as +08:00; None for anything else."""
    if not isinstance(offset, str) or not (found := re.fullmatch(r"([+-])(\d\d):(\d\d)", offset.strip("\0 "))):
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))


def _where(exif: dict[int, Any]) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees, both or neither."""
    place = exif.get(ExifTags.IFD.GPSInfo, {})
    latitude = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):  # 0/0 is a camera without a fix
        return None, None
    return longitude, latitude


def _degrees(place: dict[int, Any], tag: int, side: int, negative: str, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (Fraction(str(float(part))) for part in place[tag])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    value = float(degrees + minutes / 60 + seconds / 3600)
    if not 0 <= value <= limit:
        return None
    return round(-value if place.get(side) == negative else value, 6)
