"""The same table says the same in every format, its first rows too."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from core import sniffing
from core.sheets import BadFile, Grid, Value, media_type_of, open_sheets, refuse_uncomputed
from core.sheets.dates import read_date
from core.sheets.xlsx_strings import only_strings
from tests.sheets.bad_files import ROWS, SHEET
from tests.sheets.files import Parts, document, grid_values, old_workbook, repacked, saved, with_shared_texts, workbook

TABLE: list[list[object]] = [
    ["隐患台账", None, None, None],
    ["序号", "企业名称", "发现日期", "投入（万元）"],
    [1, "䶮镕机械厂\n二车间", date(2026, 6, 30), 1.25],
    [2, None, date(2026, 7, 1), 20000],
]
MERGED = {(1, 2): (1, 1), (1, 3): (1, 1), (1, 4): (1, 1), (4, 2): (3, 2)}
AS_DOCUMENT = """
<table:table-row><table:table-cell table:number-columns-spanned="4"><text:p>隐患台账</text:p></table:table-cell>
<table:covered-table-cell table:number-columns-repeated="3"/></table:table-row>
<table:table-row><table:table-cell><text:p>序号</text:p></table:table-cell>
<table:table-cell><text:p>企业名称</text:p></table:table-cell>
<table:table-cell><text:p>发现日期</text:p></table:table-cell>
<table:table-cell><text:p>投入（万元）</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="1"/>
<table:table-cell table:number-rows-spanned="2"><office:annotation><text:p>批注</text:p></office:annotation>
<text:p>䶮镕机械厂</text:p><text:p>二<text:span>车</text:span>间</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-06-30"><text:p>2026/6/30</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="1.25"/></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="2"/><table:covered-table-cell/>
<table:table-cell office:value-type="date" office:date-value="2026-07-01"/>
<table:table-cell office:value-type="currency" office:value="20000"/></table:table-row>
<table:table-row table:number-rows-repeated="1048572"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
"""
FILES = {
    "台账.xlsx": workbook(TABLE, merges=["A1:D1", "B3:B4"]),
    "台账.xls": old_workbook(TABLE, merges=[(0, 0, 0, 3), (2, 3, 1, 1)]),
    "台账.ods": document([], body=AS_DOCUMENT),
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def only(data: bytes, name: str, first_rows: int | None = None) -> Grid:
    (grid,) = open_sheets(data, name, first_rows=first_rows)
    return grid


@pytest.mark.parametrize("name", FILES)
def test_values_days_and_merged_cells_are_the_same_in_every_format(name: str) -> None:
    grid = only(FILES[name], name)
    assert (grid.name, grid.height, grid.width, grid.is_partial) == ("台账", 4, 4, False)
    assert grid.merges == MERGED
    assert [grid.own(2, column) for column in range(1, 5)] == TABLE[1]
    assert (grid.own(3, 1), grid.own(3, 4), grid.own(4, 4)) == (1, 1.25, 20000)
    assert [type(grid.own(row, 1)) for row in (3, 4)] == [int, int]
    assert grid.text(3, 2) == grid.text(4, 2) == "䶮镕机械厂\n二车间"
    found = [read_date(grid.own(row, 3)) for row in (3, 4)]
    assert [moment.day for moment in found if moment] == [date(2026, 6, 30), date(2026, 7, 1)]


@pytest.mark.parametrize("name", FILES)
def test_the_first_rows_are_the_first_of_the_whole_in_every_format(name: str) -> None:
    whole, first = only(FILES[name], name), only(FILES[name], name, 3)
    assert first.rows == whole.rows[:3]
    assert first.is_partial
    assert first.merges == {place: anchor for place, anchor in MERGED.items() if place[0] <= 3}
    for enough in (4, 5, 1000):
        assert only(FILES[name], name, enough) == whole


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.ods"])
def test_a_preview_goes_on_to_the_next_sheets_and_unpacks_little(name: str) -> None:
    book = Workbook()
    for title in ("一", "二", "三"):
        page = book.create_sheet(title)
        for number in range(3_000):
            page.append([number, f"文字{number}{title}"])
    data = saved(book) if name.endswith("x") else three_sheets()
    grids = open_sheets(data, name, first_rows=5)
    assert [(grid.name, grid.height, grid.is_partial) for grid in grids] == [(t, 5, True) for t in ("一", "二", "三")]
    assert [grid.rows for grid in grids] == [grid.rows[:5] for grid in open_sheets(data, name)]


def three_sheets() -> bytes:
    row = '<table:table-row><table:table-cell office:value-type="float" office:value="7"/></table:table-row>'
    body = row * 3_000

    def name_them(parts: Parts) -> None:
        text = parts["content.xml"].decode()
        head, _, rest = text.partition("<table:table ")
        table, _, tail = f"<table:table {rest}".partition("</office:spreadsheet>")
        tables = "".join(table.replace("台账", name) for name in ("一", "二", "三"))
        parts["content.xml"] = f"{head}{tables}</office:spreadsheet>{tail}".encode()

    return repacked(document([], body=body), name_them)


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_counted_from_1904_are_the_same_days(is_1904: bool) -> None:
    def count_from_1904(parts: Parts) -> None:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)

    data = workbook([["发现日期"], [date(2026, 6, 30)]])
    grid = only(repacked(data, count_from_1904) if is_1904 else data, "a.xlsx")
    assert grid.epoch_1904 is is_1904
    expected = moment("2030-07-01") if is_1904 else moment("2026-06-30")  # the same number, 1462 days later
    assert grid.own(2, 1) == expected


def test_a_chinese_day_format_that_is_not_written_down_is_a_day() -> None:
    def use_built_in(parts: Parts) -> None:
        parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'numFmtId="165"', b'numFmtId="31"')
        parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'numFmtId="14"', b'numFmtId="31"')

    data = repacked(workbook([["发现日期"], [date(2026, 6, 30)]]), use_built_in)
    assert only(data, "a.xlsx").own(2, 1) == moment("2026-06-30")


def cell(xml: str, *, style: str = "") -> Value:
    """What a cell of this XML says."""

    def put(parts: Parts) -> None:
        row = f'<row r="3"><c r="A3"{style} {xml}</c></row>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", row.encode() + b"</sheetData>")

    return only(repacked(workbook([*ROWS[:1], [date(2026, 1, 1)]]), put), "a.xlsx").own(3, 1)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("><v>1e308</v>", 1e308),
        ("><v>1e999</v>", "1e999"),
        ("><v>NaN</v>", "NaN"),
        ("><v>" + "9" * 400 + "</v>", "9" * 400),
        ("><v>-5</v>", -5),
        ("><v>007</v>", 7),
        ('t="b"><v>1</v>', True),
        ('t="e"><v>#DIV/0!</v>', "#DIV/0!"),
        ('t="str"><f>A1</f><v>甲</v>', "甲"),
        ('t="d"><v>2026-06-30T00:00:00</v>', moment("2026-06-30")),
        ('t="d"><v>2026-13-45</v>', "2026-13-45"),
        ('t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t>厂</t></r></is>', "甲厂"),
        ('t="未知"><v>x</v>', "x"),
    ],
)
def test_odd_values_of_a_workbook_stay_what_they_say(xml: str, expected: Value) -> None:
    assert cell(xml) == expected


@pytest.mark.parametrize("number", ["99999999", "-3", "1e308"])
def test_a_day_that_is_none_stays_a_number(number: str) -> None:
    assert cell(f"><v>{number}</v>", style=' s="1"') == float(number)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('office:value-type="percentage" office:value="0.5"/>', 0.5),
        ('office:value-type="float" office:value="NaN"><text:p>算不出</text:p></table:table-cell>', "算不出"),
        ('office:value-type="boolean" office:boolean-value="true"/>', True),
        ('office:value-type="time" office:time-value="PT13H05M00S"/>', "13:05:00"),
        ('office:value-type="date" office:date-value="2026-06-30T08:30:00"/>', moment("2026-06-30T08:30")),
        ('office:value-type="date" office:date-value="6月底"/>', "6月底"),
        (
            "><text:p>甲<text:s text:c='2'/>乙<text:tab/>丙<text:line-break/>丁</text:p></table:table-cell>",
            "甲  乙\t丙\n丁",
        ),
        ('table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>', "x"),
    ],
)
def test_odd_values_of_a_document_stay_what_they_say(xml: str, expected: Value) -> None:
    body = f"<table:table-row><table:table-cell {xml}</table:table-row>"
    assert only(document([], body=body), "a.ods").own(1, 1) == expected


def test_of_overlapping_merges_the_first_counts() -> None:
    def merge(parts: Parts) -> None:
        merges = b'<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b"</sheetData>" + merges)

    grid = only(repacked(workbook([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), merge), "a.xlsx")
    assert grid_values(grid) == [[1, 1, 3], [1, 1, 6], [7, 8, 9]]


def test_thousands_of_merged_cells_are_read() -> None:
    rows = [["甲", number] for number in range(6_000)]
    grid = only(workbook(rows, merges=[f"A{row}:A{row + 1}" for row in range(1, 6_000, 2)]), "a.xlsx")
    assert len(grid.merges) == 3_000


def test_elements_with_prefixes_are_read_as_those_without() -> None:
    def prefix(parts: Parts) -> None:
        for name in (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"):
            text = parts[name].replace(b"</", b"</x:")
            parts[name] = b"".join(
                b"<" + (b"" if piece.startswith((b"/", b"?")) else b"x:") + piece if index else piece
                for index, piece in enumerate(text.split(b"<"))
            )

    data = repacked(with_shared_texts(workbook(ROWS)), prefix)
    assert [list(row) for row in only(data, "a.xlsx").rows] == ROWS
    assert [list(row) for row in only(data, "a.xlsx", 1).rows] == ROWS[:1]


@pytest.mark.parametrize("first_rows", [None, 2, 100, 101])
def test_shared_texts_are_found_wherever_they_stand_in_their_list(first_rows: int | None) -> None:
    rows = [[number, f"隐患{number % 40}", f" 描述 {number}&<"] for number in range(100)]
    grid = only(with_shared_texts(workbook(rows)), "a.xlsx", first_rows)
    assert [list(row) for row in grid.rows] == rows[: first_rows or 100]


def test_only_the_wanted_texts_of_a_long_list_are_parsed() -> None:
    texts = [b"<si><t>" + str(number).encode() * 9 + b"</t></si>" if number % 7 else b"<si/>" for number in range(900)]
    part = b'<?xml version="1.0"?><sst count="1">' + b"".join(texts) + b"</sst>"
    for size in (5, 64, 100_000):
        pieces = [part[place : place + size] for place in range(0, len(part), size)]
        found = b"".join(only_strings(pieces, {0, 3, 14, 899}))
        assert (
            found == b'<?xml version="1.0"?><sst count="1">' + b"".join(texts[n] for n in (0, 3, 14, 899)) + b"</sst>"
        )


def test_a_csv_with_mixed_line_ends_is_read_record_by_record() -> None:
    grid = only(b'a,b\r1,"x\ry"\n2,z\r\n3,w', "a.csv")
    assert grid.rows == (("a", "b"), ("1", "x\ry"), ("2", "z"), ("3", "w"))


def test_a_formula_of_a_document_without_a_result_is_told() -> None:
    other = "<table:table-cell><text:p>x</text:p></table:table-cell>"
    body = f'<table:table-row><table:table-cell table:formula="of:=1+1"/>{other}</table:table-row>'
    with pytest.raises(BadFile, match="第 1 行"):
        refuse_uncomputed(only(document([], body=body), "a.ods"))


def test_an_old_workbook_in_its_oldest_form_is_damaged_and_said_so() -> None:
    with pytest.raises(BadFile, match="扩展名"):
        open_sheets(b"\x09\x00\x04\x00\x02\x00\x10\x00" + BytesIO().getvalue(), "a.xls")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("台账.xlsx", sniffing.XLSX), ("台账.xls", sniffing.XLS), ("台账.ods", sniffing.ODS)],
)
def test_a_file_is_kept_under_what_it_is(name: str, expected: str) -> None:
    assert media_type_of(FILES[name]) == expected
    assert media_type_of("序号,企业\n".encode("gb18030")) == sniffing.CSV
    with pytest.raises(BadFile):
        media_type_of(b"%PDF-1.7")
