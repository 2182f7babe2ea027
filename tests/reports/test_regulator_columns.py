"""Ledger 重大事故隐患台账 as it is handed in, also as LibreOffice opens and prints it."""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from reports.regulator_columns import REGULATOR, RegulatorRow
from reports.sheet import LedgerHead, write_xlsx

# fmt: off
HEADINGS = [
    "序号", "隐患编号", "区县", "乡镇(街道)", "企业名称", "统一社会信用代码", "产权/出租单位", "行业领域",
    "隐患来源", "检查单位", "文书号", "发现时间", "上报时间", "隐患位置", "隐患类别", "隐患描述",
    "判定依据", "整改措施", "整改责任人", "整改资金(万元)", "整改时限(原)", "整改时限(现)", "延期次数",
    "应急预案/管控措施", "是否停产", "是否挂牌督办(级别/单位/文号)", "告知主要负责人时间",
    "告知实际控制人时间", "监管责任单位", "监管责任人", "整改进展", "逾期天数", "自验时间", "整改完成时间",
    "复查时间", "复查人(两名)", "核销单位", "销号时间", "清单销号时间", "摘牌时间", "处罚文号", "导入标记",
    "备注",
]
# fmt: on

HEAD = LedgerHead(
    period="2026年10月",
    office="重庆市綦江区安全生产委员会办公室",
    filled_on=date(2026, 11, 1),
    made_at=datetime(2026, 11, 1, 1, tzinfo=UTC),
    as_of=date(2026, 10, 31),
    scope="綦江区",
)
A3_ACROSS = (1190.55, 841.89)  # points

ROW = RegulatorRow(
    number="YH-500110-2026-000123",
    district="綦江区",
    town="三江街道",
    enterprise_name="示例綦江机械制造有限公司23号厂",
    uscc="91500110MA00000238",
    owner_name="示例綦江置业有限公司",
    industry="工贸-有限空间",
    channel="督导检查",
    inspected_by="綦江区应急管理局",
    document_number="（渝綦）应急责改〔2026〕12号",
    found_on=date(2026, 9, 7),
    reported_on=date(2026, 9, 7),
    place="1号车间污水池",
    category="管理缺陷",
    description="污水池已辨识为有限空间，但未建立作业监护制度、未明确监护人员",
    criterion="《工贸企业重大事故隐患判定标准》第十三条第（一）项",
    measures="停止作业；建立监护制度；培训监护人员",
    responsible_person="陈镕",
    funds_fen=50_000_000,
    first_deadline_on=date(2026, 9, 30),
    deadline_on=date(2026, 10, 20),
    extensions=1,
    interim_controls="专人值守，设置警示标志",
    stopped="局部停产",
    listing="市级/重庆市安委会/渝安委〔2026〕12号",
    principal_told_on=date(2026, 9, 7),
    controller_told_on=date(2026, 9, 8),
    regulator="綦江区应急管理局",
    regulator_person="王堃",
    state="rectifying",
    overdue_days=11,
    applied_on=None,
    rectified_on=None,
    reinspected_on=None,
    reinspectors="张䶮、李𬭬",
    closing_office=None,
    closed_on=None,
    struck_off_on=None,
    delisted_on=None,
    penalty_numbers=None,
    import_mark=None,
    remarks=None,
)
HOSTILE = ["=1+1", "@SUM(A1)", "_x000D_ 甲", "😀 \x07 <b>&", "长" * 10_000, "+1"]


def rows(count: int) -> Iterator[RegulatorRow]:
    """The same hazard in every state."""
    for at, state in islice(enumerate(cycle(["reported", "rectifying", "verified", "closed"]), 1), count):
        yield ROW._replace(number=f"YH-500110-2026-{at:06d}", state=state)


def hostile() -> Iterator[RegulatorRow]:
    for text in HOSTILE:
        yield ROW._replace(description=text, remarks=text)


def test_headings_stand_in_the_order_of_the_form() -> None:
    assert [column.heading for column in REGULATOR.columns] == HEADINGS


def test_every_field_has_its_column_and_every_column_its_field() -> None:
    assert REGULATOR.keys == RegulatorRow._fields


@pytest.mark.parametrize("column", REGULATOR.columns, ids=lambda column: column.heading)
def test_times_are_dates_and_counts_are_numbers(column: object) -> None:
    heading, kind = column.heading, column.kind  # type: ignore[attr-defined]
    expected = {"序号": "serial", "整改资金(万元)": "money_wan", "延期次数": "integer", "整改进展": "state"}
    expected["逾期天数"] = "overdue_days"
    a_day = heading.endswith("时间") or heading.startswith("整改时限")
    assert kind == expected.get(heading, "date" if a_day else "text")


def test_no_two_columns_are_one() -> None:
    assert len({column.key for column in REGULATOR.columns}) == len(REGULATOR.columns)


def test_one_record_fills_its_line() -> None:
    out = io.BytesIO()
    write_xlsx(REGULATOR, HEAD, [ROW], out)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert sheet.title == "重大事故隐患台账"
    assert sheet["A1"].value == "2026年10月重大事故隐患台账"
    line = dict(zip(HEADINGS, [each.value for each in sheet[4]], strict=True))
    assert line["隐患编号"] == "YH-500110-2026-000123"
    assert line["整改资金(万元)"] == 50
    assert str(line["整改时限(原)"])[:10] == "2026-09-30"
    assert (line["整改进展"], line["逾期天数"]) == ("整改中", 11)
    assert line["复查人(两名)"] == "张䶮、李𬭬"
    assert line["销号时间"] is None


def test_the_paper_is_wide_enough_to_be_read() -> None:
    pixels = sum(column.width * 7 + 5 for column in REGULATOR.columns)
    printable = (420 - 16) / 25.4 * 96
    assert printable / pixels > 0.52  # of 10 pt: no smaller than a newspaper's small advertisements


# LibreOffice ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice (soffice) is not installed: ledgers were not opened and printed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program, tmp_path_factory.mktemp("libreoffice")


def converted(office: tuple[str, Path], records: Iterator[RegulatorRow], form: str) -> Path:
    """The ledger of the records as LibreOffice writes it in another form (pdf, or csv with its options)."""
    program, folder = office
    ending = form.partition(":")[0]
    source = folder / f"ledger-{ending}.xlsx"
    with source.open("wb") as out:
        write_xlsx(REGULATOR, HEAD, records, out)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    result = source.with_suffix(f".{ending}")
    assert result.exists(), done.stderr
    return result


def test_libreoffice_prints_a3_pages_with_headings_and_numbers(office: tuple[str, Path]) -> None:
    pages = PdfReader(converted(office, rows(70), "pdf")).pages
    assert 2 <= len(pages) <= 6
    for number, sheet in enumerate(pages, start=1):
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(A3_ACROSS, abs=1)
        text = sheet.extract_text()
        assert "隐患描述" in text
        assert f"第 {number} 页 共 {len(pages)} 页" in text
    assert "2026年10月重大事故隐患台账" in pages[0].extract_text()
    whole = "".join(sheet.extract_text() for sheet in pages)
    assert all(glyph in whole for glyph in "镕堃䶮")
    assert "单位负责人(签字)" in whole
    assert "###" not in whole


def test_libreoffice_reads_hostile_text_as_text(office: tuple[str, Path]) -> None:
    as_utf8 = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"
    path = converted(office, hostile(), as_utf8)
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    column = HEADINGS.index("隐患描述")
    found = [line[column] for line in table[3 : 3 + len(HOSTILE)]]
    assert found == [text.replace("\x07", "�") for text in HOSTILE]
    assert table[3][HEADINGS.index("发现时间")] == "2026-09-07"
    assert table[3][HEADINGS.index("整改资金(万元)")] == "50.00"
