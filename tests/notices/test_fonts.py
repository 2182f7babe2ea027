"""Fonts: converted once, an office's own first, a fallback for each character, everything embedded."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from pypdf import PdfReader

from notices import closure_form
from notices.fonts import FontBook, FontsMissing, Role, install_fonts, register_fonts
from notices.fonts.face import unicode_map
from tests.notices.forms import BASE, signature


@pytest.fixture
def own_folder(tmp_path: Path, font_folder: Path) -> Path:
    """A font folder of the test's own, with finished fonts linked from the cache."""
    install_fonts(tmp_path / "fonts", cache=font_folder)
    return tmp_path / "fonts"


def office_font(path: Path, family: str, chars: str) -> None:
    """A font with CFF outlines that draws a square for each of these characters."""
    pen = T2CharStringPen(1000, None)
    pen.moveTo((100, 0))
    for point in ((900, 0), (900, 800), (100, 800)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.getCharString()
    names = [".notdef", *(f"u{ord(char):04X}" for char in chars)]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): name for char, name in zip(chars, names[1:], strict=True)})
    builder.setupCFF(family, {}, dict.fromkeys(names, square), {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    builder.save(path)


def used_fonts(document: bytes) -> list[Any]:
    """Every font of every page."""
    pages: list[Any] = list(PdfReader(io.BytesIO(document)).pages)
    return [font.get_object() for page in pages for font in page["/Resources"]["/Font"].get_object().values()]


def test_installing_again_makes_nothing_and_keeps_every_font(font_folder: Path) -> None:
    report = install_fonts(font_folder)
    assert report.made == ()
    assert report.kept == ("NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf")


def test_a_folder_without_fonts_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="flask init"):
        register_fonts(tmp_path)


def test_every_font_is_embedded_as_a_subset_and_none_is_a_standard_one(fonts: FontBook) -> None:
    found = used_fonts(closure_form.render(BASE, fonts))
    assert found
    for font in found:
        assert font["/BaseFont"][7:8] == "+", f"{font['/BaseFont']} is no subset"
        assert len(font["/FontDescriptor"]["/FontFile2"].get_data()) < 200_000


def test_the_names_of_the_fonts_used_stand_in_the_properties(fonts: FontBook) -> None:
    told = PdfReader(io.BytesIO(closure_form.render(BASE, fonts))).metadata
    assert told is not None
    assert str(told["/Keywords"]) == "字体：NotoSansSC-Regular、NotoSerifSC-Regular"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("char", "镕堃䶮𬭬喆龑𬬭〓〔〕①℃㎡")
def test_rare_characters_of_names_have_a_glyph_in_every_role(fonts: FontBook, role: Role, char: str) -> None:
    assert fonts.glyph(role, char).char == char


def test_a_character_without_glyph_is_drawn_as_a_visible_mark(fonts: FontBook) -> None:
    assert fonts.glyph(Role.SONG, "😀").char == "〓"


def test_an_office_font_comes_first_and_lacks_are_filled_by_another(own_folder: Path) -> None:
    office_font(own_folder / "office" / "仿宋_GB2312.otf", "FangSong_GB2312", "同意")
    assert install_fonts(own_folder).made == ("converted/仿宋_GB2312.ttf",)
    book = register_fonts(own_folder)
    runs = [(face.font.postscript_name, text) for face, text in book.runs(Role.FANGSONG, "同意𬭬某")]
    assert runs == [("FangSong_GB2312", "同意"), ("NotoSerifSC-Regular", "𬭬某")]
    assert book.glyph(Role.SONG, "同").face.font.postscript_name == "NotoSerifSC-Regular"


def test_a_document_with_an_office_font_copies_out_right(own_folder: Path) -> None:
    office_font(own_folder / "office" / "fangsong.otf", "FangSong", "材料齐全")
    install_fonts(own_folder)
    document = closure_form.render(replace(BASE, signatures=(signature(),)), register_fonts(own_folder))
    assert "材料齐全，同意核销。" in PdfReader(io.BytesIO(document)).pages[0].extract_text()
    assert {str(font["/BaseFont"])[8:] for font in used_fonts(document)} >= {"FangSong", "NotoSerifSC-Regular"}


def test_a_damaged_conversion_is_made_again(own_folder: Path) -> None:
    office_font(own_folder / "office" / "kaiti.otf", "KaiTi", "同")
    install_fonts(own_folder)
    made = own_folder / "converted" / "kaiti.ttf"
    whole = made.read_bytes()
    made.write_bytes(whole[:100])
    assert install_fonts(own_folder).made == ("converted/kaiti.ttf",)
    assert made.read_bytes() == whole


def test_an_unreadable_office_font_is_refused_and_stops_nothing(own_folder: Path) -> None:
    (own_folder / "office" / "simhei.otf").write_bytes(b"OTTO no font at all")
    (own_folder / "office" / "simsun.ttf").write_bytes(b"\x00\x01\x00\x00 nor this")
    report = install_fonts(own_folder)
    assert [name for name, _ in report.refused] == ["converted/simhei.ttf"]
    book = register_fonts(own_folder)
    assert [name for name, _ in book.refused] == ["simsun.ttf"]
    assert book.glyph(Role.HEI, "中").face.font.postscript_name == "NotoSansSC-Regular"


def test_a_font_taken_out_of_the_office_folder_is_no_longer_used(own_folder: Path) -> None:
    office_font(own_folder / "office" / "fangsong.otf", "FangSong", "同")
    install_fonts(own_folder)
    (own_folder / "office" / "fangsong.otf").unlink()
    glyph = register_fonts(own_folder).glyph(Role.FANGSONG, "同")
    assert glyph.face.font.postscript_name == "NotoSerifSC-Regular"


def test_no_unfinished_file_is_left_behind(own_folder: Path) -> None:
    office_font(own_folder / "office" / "kaiti.otf", "KaiTi", "同")
    install_fonts(own_folder)
    assert not list(own_folder.rglob("*.part"))


def test_the_unicode_map_writes_surrogates_and_blocks_of_at_most_a_hundred() -> None:
    told = unicode_map([0, 0x2CB6C, *range(0x4E00, 0x4E00 + 250)])
    assert "<01> <D872DF6C>" in told
    assert "<02> <4E00>" in told
    assert [int(line.split()[0]) for line in told.splitlines() if line.endswith("beginbfchar")] == [100, 100, 52]


def test_a_linked_folder_survives_the_loss_of_its_cache(tmp_path: Path, font_folder: Path) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(font_folder, cache)
    install_fonts(tmp_path / "fonts", cache=cache)
    shutil.rmtree(cache)
    assert install_fonts(tmp_path / "fonts").made == ()
