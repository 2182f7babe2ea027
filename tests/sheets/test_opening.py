"""Bytes in, grids out; and the files that end with one sentence."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.sheets import BadFile, Grid, Limits, open_sheets, refuse_uncomputed
from tests.sheets.files import Parts, repacked, saved, workbook

PLAIN = workbook([["序号", "企业名称"], [1, "䶮镕机械厂"]])
SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, name: str = "台账.xlsx") -> str:
    with pytest.raises(BadFile) as refusal:
        open_sheets(data, name)
    sentence = refusal.value.sentence
    assert "\n" not in sentence
    assert sentence.endswith("。")
    return sentence


def outcome(data: bytes, name: str) -> str | tuple[Grid, ...]:
    """The grids, or the sentence of the refusal; any other exception fails the test."""
    try:
        return open_sheets(data, name)
    except BadFile as refusal:
        return refusal.sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_offices_save(encoding: str) -> None:
    text = '序号,企业名称,隐患描述\r\n1,䶮镕机械厂,"第一行\r\n第二行，""引号"""\r\n'
    (grid,) = open_sheets(text.encode(encoding), "台账.csv")
    assert grid.rows[1] == ("1", "䶮镕机械厂", '第一行\r\n第二行，"引号"')
    assert grid.text(2, 3) == '第一行\n第二行，"引号"'
    assert grid.height == 2


def test_lost_characters_of_a_csv_are_counted() -> None:
    data = "序号,企业名称\n1,甲".encode("gb18030") + b"\xff" + "厂\n".encode("gb18030")
    (grid,) = open_sheets(data, "台账.csv")
    assert grid.lost_characters == 1
    assert "甲" in grid.text(2, 2)


def test_tabs_and_semicolons_separate_too() -> None:
    assert open_sheets(b"a\tb\n1\t2", "x.txt")[0].rows == (("a", "b"), ("1", "2"))
    assert open_sheets(b"a;b\n1;2", "x.csv")[0].rows == (("a", "b"), ("1", "2"))


def test_a_workbook_gives_its_sheets_with_content() -> None:
    book = Workbook()
    book.create_sheet("空表")
    page = book.create_sheet("台账")
    page["B3"] = "䶮"
    (grid,) = open_sheets(saved(book), "台账.XLSX")
    assert (grid.name, grid.height, grid.width, grid.own(3, 2)) == ("台账", 3, 2, "䶮")


@pytest.mark.parametrize(
    ("data", "name"), [(workbook([[n, "甲"] for n in range(9)]), "a.xlsx"), (b"1,a\n" * 9, "a.csv")]
)
def test_only_the_first_rows_are_read_where_that_is_asked(data: bytes, name: str) -> None:
    (grid,) = open_sheets(data, name, first_rows=4)
    assert (grid.height, grid.is_partial) == (4, True)
    (grid,) = open_sheets(data, name, first_rows=9)
    assert (grid.height, grid.is_partial) == (9, False)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "台账.xlsx", "空的"),
        (b" \r\n\t", "台账.csv", "空的"),
        (b"%PDF-1.7 ...", "台账.xlsx", "PDF"),
        (b"\xff\xd8\xff\xe0" + b"0" * 50, "台账.xlsx", "图片"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "台账.xls", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "台账.xlsx", "密码"),
        (b"<html><table><tr><td>1</td></tr></table>", "台账.xls", "网页"),
        (b"PK\x03\x04 broken", "台账.xlsx", "损坏"),
        (PLAIN[: len(PLAIN) // 2], "台账.xlsx", "损坏"),
        (PLAIN, "台账.csv", "扩展名"),
        (PLAIN, "台账.xlsm", "宏"),
        ("序号,企业".encode(), "台账.xlsx", "扩展名"),
        ("序号,企业".encode(), "../../etc/passwd", "扩展名"),
        (b"a,b\n\x00\x01\x02", "台账.csv", "文本表格"),
        (bytes(range(128, 256)) * 20, "台账.csv", "编码"),
        (b",,,\n,,\n", "台账.csv", "没有任何内容"),
        (('a,"' + "长" * 40_000).encode(), "台账.csv", "引号"),
        (workbook([]), "台账.xlsx", "没有任何内容"),
    ],
)
def test_what_is_no_table_ends_with_one_sentence(data: bytes, name: str, words: str) -> None:
    assert words in refused(data, name)


def test_a_file_over_its_size_is_refused_unread() -> None:
    with pytest.raises(BadFile, match="MB"):
        open_sheets(PLAIN, "台账.xlsx", limits=Limits(file_bytes=100))


def test_macros_are_refused() -> None:
    def add_macro(parts: Parts) -> None:
        parts["xl/vbaProject.bin"] = b"macro"

    assert "宏" in refused(repacked(PLAIN, add_macro))


def test_links_to_other_files_are_refused() -> None:
    def add_link(parts: Parts) -> None:
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    assert "外部链接" in refused(repacked(PLAIN, add_link))


def test_paths_that_leave_the_container_are_refused() -> None:
    def add_path(parts: Parts) -> None:
        parts["../../evil.xml"] = b"<x/>"

    assert "路径" in refused(repacked(PLAIN, add_path))


def test_other_office_documents_are_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert "不是 Excel" in refused(buffer.getvalue())


@pytest.mark.parametrize(
    ("bomb", "words"),
    [(b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', "XML"), (b'<!ENTITY a SYSTEM "file:///etc/passwd">', "损坏")],
)
def test_xml_entities_are_refused(bomb: bytes, words: str) -> None:
    def add_entity(parts: Parts) -> None:
        parts[SHEET] = parts[SHEET].replace(b"<worksheet", bomb + b"<worksheet", 1)

    assert words in refused(repacked(PLAIN, add_entity))


def test_a_part_in_another_encoding_cannot_hide_an_entity() -> None:
    def recode(parts: Parts) -> None:
        hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
        parts[SHEET] = hidden.encode("utf-16")

    assert "XML" in refused(repacked(PLAIN, recode))


def test_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    def inflate(parts: Parts) -> None:
        parts["xl/media/huge.xml"] = b"0" * (60 * 1024 * 1024)

    assert "MB" in refused(repacked(PLAIN, inflate))


def test_a_million_blank_rows_are_refused() -> None:
    def stretch(parts: Parts) -> None:
        blank = b"".join(b'<row r="%d"/>' % number for number in range(3, 1_048_577, 7)) + b'<row r="1048576"/>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", blank + b"</sheetData>")

    assert "行" in refused(repacked(PLAIN, stretch))


def test_rows_without_numbers_are_counted_too() -> None:
    def stretch(parts: Parts) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b"<row/>" * 2_000 + b"</sheetData>")

    with pytest.raises(BadFile, match="1001 行"):
        open_sheets(repacked(PLAIN, stretch), "台账.xlsx", limits=Limits(rows=1_000))


def test_sixteen_thousand_columns_are_refused() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["XFD1"] = "序号", "最后一列"
    assert "列" in refused(saved(book))


def test_too_many_merged_cells_are_refused() -> None:
    def merge(parts: Parts) -> None:
        merges = b'<mergeCells count="1"><mergeCell ref="A1:AN40"/></mergeCells>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b"</sheetData>" + merges)

    data = workbook([["a"] * 40] * 40)
    with pytest.raises(BadFile, match="合并"):
        open_sheets(repacked(data, merge), "台账.xlsx", limits=Limits(merged_cells=1_000))


def test_a_merge_over_the_whole_sheet_reaches_only_as_far_as_the_data() -> None:
    def stretch(parts: Parts) -> None:
        merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b"</sheetData>" + merge)

    (grid,) = open_sheets(repacked(PLAIN, stretch), "台账.xlsx")
    assert len(grid.merges) == 3


def test_a_formula_is_read_by_its_result_and_refused_without_one() -> None:
    def give_result(parts: Parts) -> None:
        parts[SHEET] = re.sub(rb"<v ?/>|<v></v>", b"<v>7</v>", parts[SHEET])

    data = workbook([["序号", "企业名称"], ["=3+4", "甲厂"]])
    (bare,) = open_sheets(data, "台账.xlsx")
    with pytest.raises(BadFile, match="A2"):
        refuse_uncomputed(bare)
    (computed,) = open_sheets(repacked(data, give_result), "台账.xlsx")
    refuse_uncomputed(computed)
    assert computed.own(2, 1) == 7


def test_an_empty_text_is_a_result_too() -> None:
    def give_text(parts: Parts) -> None:
        cell = b'<c r="A2" t="str"><f>IF(1,"","")</f><v></v></c>'
        parts[SHEET] = parts[SHEET].replace(b'<row r="2">', b'<row r="2">' + cell)

    (grid,) = open_sheets(repacked(workbook([["序号", "名"], [None, "甲"]]), give_text), "台账.xlsx")
    refuse_uncomputed(grid)
    assert grid.text(2, 1) == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.txt", "a"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    assert outcome(data, name)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PLAIN) - 1), st.integers(1, 255))
def test_a_workbook_with_one_damaged_byte_is_read_or_refused(place: int, change: int) -> None:
    damaged = bytearray(PLAIN)
    damaged[place] ^= change
    assert outcome(bytes(damaged), "台账.xlsx")
