"""Ledgers as files: types, safety, print set-up, sameness of bytes. The layout here is small and made up."""

import csv
import gc
import hashlib
import io
import json
import tracemalloc
import weakref
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO, cast

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from reports.sheet import Column, LedgerHead, LedgerLayout, WrittenLedger, write_csv, write_jsonl, write_xlsx
from reports.sheet.text import CELL_LIMIT, CUT_MARK, clean, cut, for_cell


@dataclass
class Row:
    number: str = "YH-500110-2026-000001"
    found_on: object = date(2026, 10, 3)
    description: str | None = "安全阀未校验"
    funds_fen: object = 12_345_678
    rate: object = Decimal("0.125")
    extensions: object = 1
    state: str = "rectifying"
    overdue_days: object = 0


LAYOUT = LedgerLayout(
    code="sample",
    name="样表",
    title_template="{period}样表",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("number", "隐患编号", latin=True),
        Column("found_on", "发现时间", "date"),
        Column("description", "隐患描述", width=30, align="left"),
        Column("funds_fen", "整改资金(万元)", "money_wan"),
        Column("rate", "比例", "number"),
        Column("extensions", "延期次数", "integer"),
        Column("state", "整改进展", "state"),
        Column("overdue_days", "逾期天数", "overdue_days"),
    ),
    sign_off=("审核人", "填表人", "联系电话"),
    notes=("注：样表。",),
)
HEAD = LedgerHead(
    period="2026年10月",
    office="綦江区安委办",
    filled_on=date(2026, 11, 1),
    made_at=datetime(2026, 11, 1, 1, 30, tzinfo=UTC),
    as_of=date(2026, 10, 31),
)
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1", "  =1")


def written(
    rows: Iterable[object], head: LedgerHead = HEAD, layout: LedgerLayout = LAYOUT, **options: int
) -> tuple[WrittenLedger, bytes]:
    out = io.BytesIO()
    return write_xlsx(layout, head, rows, out, **options), out.getvalue()


def sheet_of(rows: Iterable[object], head: LedgerHead = HEAD, layout: LedgerLayout = LAYOUT) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(written(rows, head, layout)[1])).worksheets[0]


def cell(sheet: Worksheet, heading: str, row: int = 4) -> Cell:
    headings = [each.value for each in sheet[3]]
    found = sheet.cell(row, headings.index(heading) + 1)
    assert isinstance(found, Cell)
    return found


def footer_of(sheet: Worksheet) -> HeaderFooterItem:
    assert sheet.oddFooter is not None
    return sheet.oddFooter


def texts(sheet: Worksheet) -> list[str]:
    return [str(each.value) for line in sheet.iter_rows() for each in line if each.value is not None]


def csv_rows(rows: Iterable[object]) -> list[list[str]]:
    out = io.BytesIO()
    write_csv(LAYOUT, rows, out)
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


# What stands where ----------------------------------------------------------------------------------------


def test_title_office_and_dates_stand_above_the_headings() -> None:
    sheet = sheet_of([Row()], replace(HEAD, scope="綦江区"))
    assert sheet["A1"].value == "2026年10月样表"
    line = [each.value for each in sheet[2] if each.value]
    assert line == [
        "填报单位：綦江区安委办",
        "统计范围：綦江区",
        "数据截至：2026年10月31日24时",
        "填报日期：2026年11月1日",
    ]
    assert [each.value for each in sheet[3]] == [column.heading for column in LAYOUT.columns]


def test_a_ledger_of_an_unfinished_month_says_until_when() -> None:
    sheet = sheet_of([Row()], replace(HEAD, as_of=date(2026, 10, 12)))
    assert "数据截至：2026年10月12日24时" in texts(sheet)


def test_sign_off_lines_are_blank_for_ink_or_carry_the_name_given() -> None:
    sheet = sheet_of([Row()], replace(HEAD, people={"填表人": "陈镕"}))
    assert [each.value for each in sheet[6] if each.value] == ["审核人：", "填表人：陈镕", "联系电话："]


def test_count_digest_and_anchor_are_printed_below_the_records() -> None:
    result, data = written([Row(), Row()], replace(HEAD, anchor="2026-10-31 第120号"))
    found = texts(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0])
    assert f"本台账共 2 条；记录摘要（SHA-256）：{result.digest_of_records}；事件链锚点：2026-10-31 第120号" in found
    assert "注：样表。" in found


def test_an_empty_ledger_reports_zero() -> None:
    result, data = written([])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert result.count == 0
    assert sheet["A4"].value == LAYOUT.empty_line
    assert sheet.auto_filter.ref == "A3:I3"


def test_serial_numbers_count_from_one() -> None:
    sheet = sheet_of([Row(), Row(), Row()])
    assert [cell(sheet, "序号", row).value for row in (4, 5, 6)] == [1, 2, 3]


# Types ----------------------------------------------------------------------------------------------------


def test_days_are_real_dates() -> None:
    found = cell(sheet_of([Row()]), "发现时间")
    assert found.value == datetime(2026, 10, 3)  # noqa: DTZ001  # a spreadsheet's day has no zone
    assert found.number_format == "yyyy-mm-dd"


def test_a_day_before_the_calendar_of_spreadsheets_stays_readable() -> None:
    assert cell(sheet_of([Row(found_on=date(1899, 1, 2))]), "发现时间").value == "1899-01-02"


def test_money_is_exact_in_wan() -> None:
    out = written([Row(funds_fen=12_345_678), Row(funds_fen=1), Row(funds_fen=0)])[1]
    xml = zipfile.ZipFile(io.BytesIO(out)).read("xl/worksheets/sheet1.xml").decode()
    assert [f"<v>{amount}</v>" in xml for amount in ("12.345678", "0.000001", "0.000000")] == [True] * 3
    found = cell(sheet_of([Row(funds_fen=39_600_000)]), "整改资金(万元)")
    assert (found.value, found.number_format) == (39.6, "#,##0.00####")


def test_numbers_are_numbers() -> None:
    sheet = sheet_of([Row(rate=Decimal("0.125"), extensions=2)])
    assert (cell(sheet, "比例").value, cell(sheet, "延期次数").value) == (0.125, 2)
    assert {cell(sheet, heading).data_type for heading in ("序号", "比例", "延期次数", "逾期天数")} == {"n"}


@pytest.mark.parametrize(
    ("field", "heading", "text"),
    [("found_on", "发现时间", "6月底前"), ("funds_fen", "整改资金(万元)", "约42万元")],
)
def test_imported_words_that_are_no_value_are_kept(field: str, heading: str, text: str) -> None:
    found = cell(sheet_of([replace(Row(), **{field: text})]), heading)
    assert (found.value, found.data_type) == (text, "s")


def test_nothing_is_printed_for_nothing_but_the_cell_is_framed() -> None:
    found = cell(sheet_of([Row(description=None)]), "隐患描述")
    assert found.value is None
    assert found.border.left.style == "thin"


@pytest.mark.parametrize(
    "row",
    [
        Row(found_on=datetime(2026, 10, 3, tzinfo=UTC)),
        Row(funds_fen=1.5),
        Row(extensions=True),
        Row(rate=Decimal("NaN")),
        Row(state="overdue"),
    ],
)
def test_a_value_its_column_does_not_take_leaves_no_half_ledger(row: Row) -> None:
    out = io.BytesIO()
    with pytest.raises((TypeError, ValueError)):
        write_xlsx(LAYOUT, HEAD, [Row(), row], out)
    assert out.getvalue() == b""


def test_the_time_of_making_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(HEAD, made_at=datetime(2026, 11, 1))  # noqa: DTZ001


# Colours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "word", "fill"),
    [
        ("reported", "已上报", "00EDF0F3"),
        ("rectifying", "整改中", "00E9F0F9"),
        ("verified", "已验收", "00E3F2F1"),
        ("closed", "已销号", "00E7F3EB"),
        ("dismissed", "不予认定", "00FFFFFF"),
    ],
)
def test_a_state_is_a_word_on_its_colour(state: str, word: str, fill: str) -> None:
    found = cell(sheet_of([Row(state=state)]), "整改进展")
    assert (found.value, found.fill.fgColor.rgb) == (word, fill)


def test_only_days_overdue_are_red() -> None:
    sheet = sheet_of([Row(overdue_days=3), Row(overdue_days=0), Row(overdue_days=None)])
    late, on_time, undated = (cell(sheet, "逾期天数", row) for row in (4, 5, 6))
    assert (late.value, late.font.color.rgb, late.font.b) == (3, "00A8201A", True)
    assert (on_time.value, on_time.font.color) == (0, None)
    assert undated.value is None


# Hostile and rare text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str) -> None:
    data = written([Row(description=text, number=text)], replace(HEAD, people={"填表人": text}))[1]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    found = cell(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0], "隐患描述")
    assert (found.value, found.data_type) == (clean(text), "s")
    assert found.quotePrefix


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_runs_in_a_csv(text: str) -> None:
    assert csv_rows([Row(description=text)])[1][3] == "'" + clean(text)


@pytest.mark.parametrize("text", ["镕堃䶮𬭬喆", "😀👷‍♀️", "</t><v>1</v>&amp;<!--", "\u202e反\u200b", "  前后空格  "])
def test_rare_and_odd_text_comes_back_as_it_was(text: str) -> None:
    assert cell(sheet_of([Row(description=text)]), "隐患描述").value == text


def test_what_xml_forbids_is_shown_as_a_mark() -> None:
    found = cell(sheet_of([Row(description="甲\x00\x08乙\ud800丙\uffff丁\r\n戊\x0b己")]), "隐患描述")
    assert found.value == "甲��乙�丙�丁\n戊\n己"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_text_comes_back_clean(some: list[str]) -> None:
    sheet = sheet_of([Row(description=text) for text in some])
    back = [cell(sheet, "隐患描述", row).value or "" for row in range(4, 4 + len(some))]
    assert back == [for_cell(text) for text in some]


def test_typed_escapes_stay_text() -> None:
    data = written([Row(description="_x000D_ _x0041_")])[1]
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"_x005F_x000D_ _x005F_x0041_" in xml


@pytest.mark.parametrize("glyph", ["隐", "𬭬"])
def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(glyph: str) -> None:
    found = str(cell(sheet_of([Row(description=glyph * 40_000)]), "隐患描述").value)
    assert found.endswith(glyph + CUT_MARK)
    assert CELL_LIMIT - 1 <= len(found.encode("utf-16-le")) // 2 <= CELL_LIMIT


def test_a_text_that_just_fits_is_whole() -> None:
    assert cut("隐" * CELL_LIMIT) == "隐" * CELL_LIMIT


def test_hostile_names_in_the_head_stay_names() -> None:
    head = replace(HEAD, office="&A\x01<b>&P", scope="=1+1", people={"审核人": "=2"})
    sheet = sheet_of([Row()], head)
    assert sheet["A2"].value == "填报单位：&A�<b>&P"
    assert footer_of(sheet).right.text == "&&A�<b>&&P"


# Screen and paper -----------------------------------------------------------------------------------------


def test_headings_stay_in_view_and_filter_exactly_the_records() -> None:
    sheet = sheet_of([Row()] * 7)
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:I10"


def test_it_prints_on_a3_across_with_headings_and_page_numbers() -> None:
    sheet = sheet_of([Row()])
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert footer_of(sheet).center.text == "第 &P 页 共 &N 页"
    assert sheet.page_margins.left == pytest.approx(8 / 25.4)


def test_long_text_is_wrapped_in_a_row_high_enough() -> None:
    sheet = sheet_of(Row(number="1", description=text) for text in ("短", "隐患" * 60, "一\n二\n三\n四", "长" * 9999))
    assert cell(sheet, "隐患描述", 5).alignment.wrap_text
    short, long, lines, endless = (sheet.row_dimensions[row].height for row in (4, 5, 6, 7))
    assert short == 33  # two lines
    assert long >= 9 * 13
    assert lines >= 4 * 13
    assert endless == 409


def test_paper_says_which_texts_it_cannot_show_whole() -> None:
    rows = [Row(), Row(description="=长" * 2000), Row(description="行\n" * 40)]
    sheet = sheet_of(rows)
    assert "序号 2、3 共 2 条文字较多，纸面只印得下开头，全文见本文件的单元格。" in texts(sheet)
    assert [cell(sheet, "隐患描述", row).alignment.vertical for row in (4, 5, 6)] == ["center", "top", "top"]
    assert cell(sheet, "隐患描述", 5).value == "=长" * 2000
    assert cell(sheet, "隐患描述", 5).quotePrefix


def test_of_many_such_texts_paper_names_the_first() -> None:
    found = texts(sheet_of([Row(description="长" * 2000)] * 21))
    assert any(text.startswith("序号 1、2、") and "20 等共 21 条" in text for text in found)


# Many rows ------------------------------------------------------------------------------------------------


def test_what_a_worksheet_cannot_hold_goes_on_in_the_next() -> None:
    rows = [Row(number=f"YH-{at}") for at in range(1, 12)]
    result, data = written(rows, sheet_rows=16)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert result.sheets == 3
    assert book.sheetnames == ["样表", "样表（2）", "样表（3）"]
    assert [sheet.auto_filter.ref for sheet in book] == ["A3:I8", "A3:I8", "A3:I4"]
    numbers = [row[:2] for sheet in book for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert [pair for pair in numbers if pair[1]] == [(at, f"YH-{at}") for at in range(1, 12)]
    assert "（续下一工作表「样表（2）」）" in texts(book.worksheets[0])
    assert "审核人：" not in texts(book.worksheets[1])
    assert "审核人：" in texts(book.worksheets[2])
    assert [sheet.print_title_rows for sheet in book] == ["$3:$3"] * 3


def test_exactly_full_worksheets_leave_no_empty_one() -> None:
    assert written([Row()] * 10, sheet_rows=16)[0].sheets == 2


def test_a_worksheet_ends_before_it_is_too_large_for_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.sheet.xlsx._SHEET_BYTES", 100_000)
    rows = [Row(number=f"YH-{at}", description="长" * 20_000) for at in range(20)]
    result, data = written(rows)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert result.sheets == len(book.worksheets) > 1
    numbers = [row[1] for sheet in book for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert [number for number in numbers if number] == [row.number for row in rows]


def test_rows_stream_through_without_being_kept() -> None:
    alive: weakref.WeakSet[Row] = weakref.WeakSet()
    most = 0

    class Counted(Row):
        __hash__ = object.__hash__

    def rows(count: int) -> Iterator[Row]:
        nonlocal most
        for at in range(count):
            row = Counted(number=f"YH-{at:06d}", description=f"第{at}条" * 10)
            alive.add(row)
            most = max(most, len(alive))
            yield row

    written(rows(10))  # what is loaded once is not counted
    gc.collect()
    tracemalloc.start()
    try:
        result = write_xlsx(LAYOUT, HEAD, rows(20_000), cast(BinaryIO, _Nowhere()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.count == 20_000
    assert most <= 3
    assert peak < 8_000_000


class _Nowhere(io.RawIOBase):
    """An output that cannot seek, like a response, and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        assert isinstance(data, bytes)
        return len(data)


# Sameness and digests -------------------------------------------------------------------------------------


def test_same_input_gives_the_same_bytes() -> None:
    first, second = (written([Row(), Row(description="=1")]) for _ in range(2))
    assert first == second
    assert first[0].sha256 == hashlib.sha256(first[1]).hexdigest()
    assert first[0].size == len(first[1])


def test_no_time_in_the_file_but_the_time_it_was_made() -> None:
    archive = zipfile.ZipFile(io.BytesIO(written([Row()])[1]))
    assert {info.date_time for info in archive.infolist()} == {(2026, 11, 1, 9, 30, 0)}
    properties = openpyxl.load_workbook(io.BytesIO(written([Row()])[1])).properties
    assert properties.created == properties.modified == datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001  # UTC
    assert properties.creator == "綦江区安委办"
    assert archive.testzip() is None


def test_the_digest_is_of_the_records_alone() -> None:
    first, other_head = written([Row()])[0], written([Row()], replace(HEAD, office="别的单位"))[0]
    assert first.digest_of_records == other_head.digest_of_records
    assert first.sha256 != other_head.sha256


def test_the_digest_tells_records_and_their_order_apart() -> None:
    one, two = Row(number="一"), Row(number="二")
    digests = [written(rows)[0].digest_of_records for rows in ([one, two], [two, one], [one], [one, one])]
    assert len(set(digests)) == 4


def test_all_three_forms_have_the_same_digest_and_jsonl_shows_it() -> None:
    rows = [Row(), Row(description="=1\ud800𬭬", found_on="6月底前", funds_fen=None)]
    lines, table = io.BytesIO(), io.BytesIO()
    as_lines = write_jsonl(LAYOUT, iter(rows), lines)
    as_table = write_csv(LAYOUT, iter(rows), table)
    assert as_lines.digest_of_records == as_table.digest_of_records == written(rows)[0].digest_of_records
    assert hashlib.sha256(lines.getvalue()).hexdigest() == as_lines.sha256 == as_lines.digest_of_records
    assert hashlib.sha256(table.getvalue()).hexdigest() == as_table.sha256


def test_jsonl_holds_the_records_exactly() -> None:
    out = io.BytesIO()
    write_jsonl(LAYOUT, [Row(description="=1\r\n\ud800", rate=Decimal("0.10"))], out)
    record = json.loads(out.getvalue())
    assert record == {
        "number": "YH-500110-2026-000001",
        "found_on": "2026-10-03",
        "description": "=1\r\n\ud800",
        "funds_fen": 12_345_678,
        "rate": "0.10",
        "extensions": 1,
        "state": "rectifying",
        "overdue_days": 0,
    }


def test_csv_opens_in_excel_and_holds_what_the_sheet_holds() -> None:
    out = io.BytesIO()
    write_csv(LAYOUT, [Row(description='甲"乙,\n丙')], out)
    assert out.getvalue().startswith("\ufeff序号,隐患编号".encode())
    assert csv_rows([Row(description='甲"乙,\n丙')])[1] == [
        "1",
        "YH-500110-2026-000001",
        "2026-10-03",
        '甲"乙,\n丙',
        "12.345678",
        "0.125",
        "1",
        "整改中",
        "0",
    ]
