"""What comes in as a photo or paper is judged by its content, bounded, and shown upright."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from core.refusals import Invalid, Refusal, TooLarge
from core.sniffing import DOCX, HEIC, JPEG, PDF, PNG, WEBP
from hazards.photos import MAX_NAME, clean_name, read_document, read_evidence, read_photo, reads_heic
from tests.hazards.pictures import BLUE, RED, jpeg, looks, opened, picture, saved

PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OUT_AT_SEA = {1: "N", 2: (29.0, 1.0, 30.0), 3: "E", 4: (106.0, 39.0, 0.0)}


def office(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return made.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def test_the_original_is_kept_byte_for_byte() -> None:
    data = jpeg()
    assert read_photo(data, "a.jpg").data == data


# where the red half lies after the camera was held in one of the eight ways
UPRIGHT = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
SPOT = {"left": (0.1, 0.5), "right": (0.9, 0.5), "top": (0.5, 0.1), "bottom": (0.5, 0.9)}


@pytest.mark.parametrize(("orientation", "red_at"), UPRIGHT.items())
def test_view_and_thumb_stand_upright(orientation: int, red_at: str) -> None:
    photo = read_photo(jpeg(orientation=orientation), "a.jpg")
    for copy in (photo.view, photo.thumb):
        assert copy is not None
        image = opened(copy)
        x, y = SPOT[red_at]
        assert looks(image.getpixel((int(image.width * x), int(image.height * y))), RED)
        assert looks(image.getpixel((int(image.width * (1 - x)), int(image.height * (1 - y)))), BLUE)
        assert (image.width > image.height) == (red_at in ("left", "right"))


def test_copies_are_bounded_and_carry_no_camera_data() -> None:
    photo = read_photo(jpeg(4000, 3000, taken="2026:11:20 08:41:00", gps=OUT_AT_SEA), "a.jpg")
    view, thumb = opened(photo.view or b""), opened(photo.thumb or b"")
    assert (view.format, view.size) == ("JPEG", (1600, 1200))
    assert (thumb.format, thumb.size) == ("JPEG", (360, 270))
    assert not dict(view.getexif())
    assert not dict(thumb.getexif())


def test_a_small_photo_is_not_blown_up() -> None:
    assert opened(read_photo(jpeg(120, 90), "a.jpg").view or b"").size == (120, 90)


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_three_kinds_of_photos_are_taken(kind: str, media_type: str) -> None:
    photo = read_photo(saved(picture(), kind), "misleading.txt")
    assert photo.media_type == media_type
    assert looks(opened(photo.view or b"").getpixel((20, 100)), RED)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_colour_mode_becomes_a_plain_picture(mode: str) -> None:
    image = Image.new("I;16", (40, 20)) if mode == "I;16" else picture().convert(mode)
    assert opened(read_photo(saved(image, "PNG"), "a.png").view or b"").mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    assert looks(opened(read_photo(saved(clear, "PNG"), "a.png").view or b"").getpixel((5, 5)), (255, 255, 255))


def test_time_and_place_of_the_camera_are_read() -> None:
    photo = read_photo(jpeg(taken="2026:11:20 08:41:07", gps=OUT_AT_SEA), "a.jpg")
    assert photo.taken_at == datetime(2026, 11, 20, 0, 41, 7, tzinfo=UTC)
    assert (photo.longitude, photo.latitude) == (106.65, 29.025)


def test_a_camera_that_knows_its_zone_is_believed() -> None:
    photo = read_photo(jpeg(taken="2026:11:20 08:41:00", offset="+06:00"), "a.jpg")
    assert photo.taken_at == datetime(2026, 11, 20, 2, 41, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "2026:13:45 08:41:00", "0001:01:01 00:00:00"])
def test_a_camera_without_a_clock_leaves_the_time_open(taken: str) -> None:
    assert read_photo(jpeg(taken=taken), "a.jpg").taken_at is None


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (29.0, 1.0, 30.0)},
        {1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (106.0, 0.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (29.0,), 3: "E", 4: (106.0, 0.0, 0.0)},
    ],
)
def test_half_a_place_is_no_place(gps: dict[int, object]) -> None:
    photo = read_photo(jpeg(gps=gps), "a.jpg")
    assert (photo.longitude, photo.latitude) == (None, None)


def test_south_and_west_are_negative() -> None:
    photo = read_photo(jpeg(gps=OUT_AT_SEA | {1: "S", 3: "W"}), "a.jpg")
    assert (photo.longitude, photo.latitude) == (-106.65, -29.025)


@pytest.mark.filterwarnings("ignore")
def test_broken_camera_data_do_not_refuse_a_photo() -> None:
    data = jpeg(orientation=6, taken="2026:11:20 08:41:00")
    start = data.index(b"Exif\0\0") + 6
    photo = read_photo(data[:start] + b"\xff" * 40 + data[start + 40 :], "a.jpg")
    assert photo.view is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "是空的"),
        (b"\xff\xd8\xff\xe0 this is no picture", "打不开"),
        (b"<html><script>alert(1)</script>", "不是照片"),
        (b"GIF89a\x01\x00\x01\x00", "不是照片"),
        (PAPER, "不是照片"),
        (jpeg(2000, 1000)[:-4000], "打不开"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "打不开"),
    ],
)
def test_what_is_no_whole_photo_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_photo(data, "IMG_1.jpg")
    assert words in refused.value.sentence
    assert "“IMG_1.jpg”" in refused.value.sentence


@pytest.mark.parametrize("size", [(10_001, 5_000), (30_000, 30_000), (65_000, 65_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="5,000 万"):
        read_photo(png_claiming(*size), "bomb.png")


def test_a_file_over_the_bound_is_refused() -> None:
    with pytest.raises(TooLarge, match="20 MB"):
        read_photo(jpeg() + b"\0" * (20 * 1024 * 1024), "a.jpg")
    with pytest.raises(TooLarge, match="20 MB"):
        read_document(PAPER + b"\0" * (20 * 1024 * 1024), "a.pdf")


CUTS = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=20)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(cuts=CUTS, length=st.integers(4, 20_000))
def test_damaged_bytes_end_in_a_photo_or_a_refusal(cuts: list[tuple[int, int]], length: int) -> None:
    damaged = bytearray(jpeg(300, 200, orientation=6, taken="2026:11:20 08:41:00", gps=OUT_AT_SEA)[:length])
    for place, value in cuts:
        damaged[place % len(damaged)] = value
    with suppress(Refusal):
        assert read_photo(bytes(damaged), "a.jpg").view


@pytest.mark.parametrize(("data", "media_type"), [(PAPER, PDF), (office("word/document.xml"), DOCX)])
def test_papers_are_taken_by_content(data: bytes, media_type: str) -> None:
    paper = read_document(data, "evaluation.exe")
    assert (paper.media_type, paper.data, paper.view) == (media_type, data, None)


@pytest.mark.parametrize(
    "data",
    [office("word/document.xml", "word/vbaProject.bin"), office("payload.exe"), b"MZ\x90\0", b"PK\x03\x04", jpeg()],
)
def test_macros_programs_and_pictures_are_no_papers(data: bytes) -> None:
    with pytest.raises(Invalid, match="不带宏"):
        read_document(data, "a.docx")


def test_a_scan_may_be_a_photo_or_a_paper() -> None:
    assert read_evidence(jpeg(), "a").media_type == JPEG
    assert read_evidence(PAPER, "a").media_type == PDF


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("C:\\fakepath\\喷漆室·䶮.jpg", "喷漆室·䶮.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie x=1.jpg"),
        ("invoice\u202egpj.exe", "invoice gpj.exe"),
        ("<img src=x>.jpg", "img src=x .jpg"),
        ("..", "照片"),
        ("", "照片"),
        ("\0\0", "照片"),
    ],
)
def test_names_are_plain_text(name: str, shown: str) -> None:
    assert clean_name(name, "照片") == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = clean_name("长" * 10_000 + ".pdf", "文件")
    assert len(shown) <= MAX_NAME
    assert shown.endswith("长.pdf")


def heic(orientation: int | None = None) -> bytes:
    """A photo as a telephone of the other make takes it."""
    pytest.importorskip("pillow_heif")
    assert reads_heic()
    made, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation or 1
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:13 09:12:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(OUT_AT_SEA)
    picture().save(made, "HEIF", quality=90, exif=exif)
    return made.getvalue()


def test_a_heic_photo_is_kept_as_it_is_and_shown_as_jpeg() -> None:
    data = heic()
    photo = read_photo(data, "IMG_0001.HEIC")
    assert (photo.data, photo.media_type) == (data, HEIC)
    assert photo.view is not None
    assert photo.view.startswith(b"\xff\xd8\xff")
    assert photo.taken_at == datetime(2026, 11, 13, 1, 12, tzinfo=UTC)
    assert photo.longitude == pytest.approx(106.65)


@given(st.integers(20, 400), st.binary(min_size=1, max_size=30))
@settings(max_examples=60)
def test_a_broken_heic_is_refused_in_a_sentence(at: int, other: bytes) -> None:
    data = heic()
    broken = data[:at] + other + data[at + len(other) :]
    with suppress(Refusal):
        assert read_photo(broken, "x.heic").view is not None


def test_without_its_reader_a_heic_photo_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hazards.photos.reads_heic", lambda: False)
    with pytest.raises(Invalid, match="请在手机相机设置中改为 JPEG"):
        read_photo(b"\0\0\0\x18ftypheic" + b"\0" * 200, "IMG.HEIC")
