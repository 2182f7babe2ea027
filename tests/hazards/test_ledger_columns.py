"""What the columns of a ledger mean: titles, groups, units, codes, and what a person corrects about them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from hazards.ledger import Corrections, Field, LedgerReading, NotALedger, read_ledger
from hazards.ledger.fields import synonyms
from tests.hazards.ledgers import FOLDER, TODAY, kept, made, one
from tests.sheets.files import saved, workbook
from workflows.vocabulary import Channel, Grade, State

TWENTY_ONE = {
    "上报单位": Field.REPORT_OFFICE,
    "行业领域": Field.INDUSTRY,
    "企业类型": Field.ENTERPRISE_KIND,
    "企业名称": Field.ENTERPRISE_NAME,
    "统一社会信用代码": Field.USCC,
    "属地": Field.REGION_NAME,
    "详细地址": Field.ADDRESS,
    "负责人": Field.PRINCIPAL_NAME,
    "隐患分类": Field.CATEGORY,
    "隐患描述": Field.DESCRIPTION,
    "隐患位置": Field.PLACE,
    "检查方式": Field.CHECK_MANNER,
    "检查人": Field.FOUND_BY,
    "检查时间": Field.FOUND_ON,
    "判定依据": Field.BASIS,
    "违反判定依据具体条款": Field.BASIS,
    "是否整改": Field.STATUS,
    "实际整改完成时间": Field.COMPLETED_ON,
    "整改责任部门/责任人": Field.RESPONSIBLE_PERSON,
    "整改措施": Field.MEASURES,
    "举报情况备注": Field.COMPLAINT_NOTE,
}
ROW = (
    *("区安委办", "工贸-机械", "规上", "甲厂", "91350100M000100Y43", "綦江区", "某路1号", "王五", "电气", "配电箱无门"),
    *("1号车间", "执法检查", "李四", "2026.9.1", "《工贸企业重大事故隐患判定标准》", "第三条第（二）项", "是"),
    *("2026-09-09", "设备部/张三", "装门", "无"),
)
COLUMNS = ["企业名称", "隐患描述", "情况", "限定"]
CELLS = ["甲厂", "配电箱无门", "2026-09-01", "2026-10-01"]


@pytest.mark.parametrize("title", TWENTY_ONE)
def test_each_of_the_titles_offices_use_has_its_field(title: str) -> None:
    for written in (title, f"*{title}", f" {title} ", f"{title}：", f"{title}（必填）"):
        meaning = synonyms().meaning(("".join(written.split()),))
        assert meaning is not None, written
        assert meaning.field == TWENTY_ONE[title]


def test_a_ledger_of_these_columns_is_read() -> None:
    reading = made(list(TWENTY_ONE), list(ROW))
    (row,) = reading.rows
    assert {column.title: column.field for column in reading.columns} == TWENTY_ONE
    assert (row.report_office, row.enterprise_kind, row.address) == ("区安委办", "规上", "某路1号")
    assert (row.region_name, row.principal_name, row.found_by) == ("綦江区", "王五", "李四")
    assert (row.found_on, row.completed_on, row.state) == (date(2026, 9, 1), date(2026, 9, 9), State.RECTIFYING)
    assert (row.responsible_unit, row.responsible_person) == ("设备部", "张三")
    assert row.basis == "《工贸企业重大事故隐患判定标准》；第三条第（二）项"
    assert [(named.standard, named.key) for named in row.clauses] == [("工贸企业重大事故隐患判定标准", (3, 2))]
    assert row.complaint_note == ""


def test_a_department_or_team_is_told_apart_from_the_office_that_checks() -> None:
    row = one(**{"排查部门/班组": "机修班", "检查单位": "区督导组"})
    assert (row.unit_name, row.check_office) == ("机修班", "区督导组")


@pytest.mark.parametrize(
    ("title", "cell", "grade"),
    [
        ("隐患等级（1：一般隐患 2：重大隐患）", 2, Grade.MAJOR),
        ("隐患等级（1：一般隐患 2：重大隐患）", "1", Grade.GENERAL),
        ("隐患等级(1-一般,2-重大)", "2-重大", Grade.MAJOR),
        ("隐患等级（A：一般 B：重大）", "b", Grade.MAJOR),
        ("隐患等级：1=一般；2=重大", "２", Grade.MAJOR),
    ],
)
def test_codes_by_the_list_in_the_title(title: str, cell: object, grade: Grade) -> None:
    (row,) = made(["企业名称", "隐患描述", title], ["甲厂", "配电箱无门", cell]).rows
    assert (row.grade, row.grade_declared) == (grade, True)


def test_codes_of_states_and_sources() -> None:
    columns = [
        "企业名称",
        "隐患描述",
        "整改状态（0：未整改 1：整改中 2：已整改）",
        "隐患来源（1：企业自查 2：监管检查）",
    ]
    (row,) = made(columns, ["甲厂", "配电箱无门", 1, 2]).rows
    assert (row.state, row.channel) == (State.RECTIFYING, Channel.SUPERVISION)


def test_a_unit_of_money_above_the_table_counts_for_columns_without_their_own() -> None:
    reading = made(
        ["单位：万元"], ["企业名称", "隐患描述", "整改资金", "治理资金(元)"], ["甲厂", "漏电伤人", 1.5, None]
    )
    assert reading.rows[0].cost_fen == 1_500_000
    assert not any("没有写单位" in remark.reason for remark in reading.remarks)


def test_headers_of_one_to_five_rows_give_the_same_fields() -> None:
    names = ["企业名称", "隐患描述", "建设", "施工"]
    for depth in range(1, 6):
        head: list[list[object]] = [[None] * 4 for _ in range(depth)]
        head[0][:2] = names[:2]
        head[-1][2:] = ["整改责任单位", "备注"] if depth == 1 else names[2:]
        if depth > 1:
            head[0][2] = "整改责任单位"
        down = [f"{letter}2:{letter}{depth + 1}" for letter in "AB"] if depth > 1 else []
        across = [f"C2:D{depth}"] if depth > 1 else []
        data = workbook([["台账"], *head, ["甲厂", "漏电伤人", "乙公司", "丙公司"]], merges=[*down, *across])
        reading = read_ledger(data, "台账.xlsx", today=TODAY)
        assert reading.header_rows == (2, depth + 1)
        assert len(reading.rows) == 1
        said = reading.rows[0].responsible_unit
        assert said == ("乙公司" if depth == 1 else "建设：乙公司；施工：丙公司")


def test_rows_around_the_records_are_told_apart() -> None:
    data = workbook(
        [
            ["附件2：隐患排查治理台账"],
            ["填表说明：请如实填写，联系电话 023-67891234"],
            ["填报单位：示例机械厂", None, "填报日期：2026.10.1", None],
            ["序号", "隐患描述", "整改措施", "备注"],
            ["必填", "必填", "选填", "选填"],
            ["示例", "通道堵塞", "清理", None],
            [1, "配电箱无门", "装门", None],
            [2, "灭火器过期", "更换", None],
            ["合计", 2, None, None],
            ["主要负责人签字：", None, "安全管理人员签字：", None],
        ],
        merges=["A2:D2"],
    )
    reading = read_ledger(data, "台账.xlsx", today=TODAY)
    assert [row.row for row in reading.rows] == [7, 8]
    assert [(one.row, one.reason) for one in reading.skipped] == [
        (5, "这一行写的是填报要求，不是一条记录"),
        (6, "这是填写示例，不是一条记录"),
    ]
    assert (reading.filed_by, reading.filed_on) == ("示例机械厂", date(2026, 10, 1))
    assert "合计" in reading.footer


def test_a_merged_cell_is_the_same_as_above_and_a_blank_one_is_not() -> None:
    rows = [
        ["序号", "企业名称", "隐患描述", "整改责任人"],
        [1, "甲厂", "漏电伤人", "张三"],
        [2, None, "漏气伤人", None],
    ]
    blank = read_ledger(workbook(rows), "a.xlsx", today=TODAY)
    merged = read_ledger(workbook(rows, merges=["B2:B3"]), "a.xlsx", today=TODAY)
    assert [row.row for row in blank.rows] == [2]
    assert blank.skipped[0].reason == "没有企业名称和统一社会信用代码，不知道是谁的隐患"
    assert [(row.enterprise_name, row.responsible_person) for row in merged.rows] == [("甲厂", "张三"), ("甲厂", "")]


def corrected(corrections: Corrections) -> LedgerReading:
    return read_ledger(workbook([["隐患台账"], COLUMNS, CELLS]), "台账.xlsx", today=TODAY, corrections=corrections)


def test_a_columns_meaning_can_be_corrected() -> None:
    before = corrected(Corrections())
    assert [column.title for column in before.not_understood] == ["情况", "限定"]
    after = corrected(Corrections(fields={"C": Field.FOUND_ON, "D": Field.DEADLINE, "B": Field.DESCRIPTION}))
    assert (after.rows[0].found_on, after.rows[0].deadline) == (date(2026, 9, 1), date(2026, 10, 1))
    assert after.shape == before.shape


def test_a_column_of_no_meaning_keeps_its_text_with_the_row_and_is_not_asked_about_again() -> None:
    reading = corrected(Corrections(fields={"C": None}))
    assert kept(reading.rows[0])["情况"] == "2026-09-01"
    assert [remark.column for remark in reading.remarks if "没有看懂" in remark.reason] == ["限定"]


def test_without_a_description_a_correction_can_still_name_it() -> None:
    data = workbook([["序号", "企业名称", "现场所见", "整改措施"], [1, "甲厂", "配电箱无门", "装门"]])
    with pytest.raises(NotALedger, match="没有找到「隐患描述」") as refused:
        read_ledger(data, "a.xlsx", today=TODAY)
    outline = refused.value.outline
    assert outline is not None
    assert (outline.sheet, outline.header_rows, outline.sheets) == ("台账", (1, 1), ("台账",))
    assert {column.letter: column.samples for column in outline.columns}["C"] == ("配电箱无门",)
    told = Corrections(fields={"C": Field.DESCRIPTION})
    reading = read_ledger(data, "a.xlsx", today=TODAY, corrections=told)
    assert (reading.rows[0].description, reading.shape) == ("配电箱无门", outline.shape)


def test_the_rows_of_the_header_can_be_corrected() -> None:
    data = workbook([["企业名称", "隐患描述"], ["（全称）", "（逐条）"], ["甲厂", "配电箱无门"]])
    assert len(read_ledger(data, "a.xlsx", today=TODAY).rows) == 2
    reading = read_ledger(data, "a.xlsx", today=TODAY, corrections=Corrections(header_rows=(1, 2)))
    assert (reading.header_rows, [row.row for row in reading.rows]) == ((1, 2), [3])
    beyond = read_ledger(data, "a.xlsx", today=TODAY, corrections=Corrections(header_rows=(8, 9)))
    assert beyond.header_rows == (1, 1)


def test_the_sheet_can_be_corrected() -> None:
    book = Workbook()
    for name in ("甲", "乙"):
        page = book.create_sheet(name)
        page.append(["企业名称", "隐患描述"])
        page.append([f"{name}厂", "配电箱无门"])
    data = saved(book)
    first = read_ledger(data, "a.xlsx", today=TODAY)
    second = read_ledger(data, "a.xlsx", today=TODAY, corrections=Corrections(sheet="乙"))
    assert (first.sheet, first.sheets) == ("甲", ("甲", "乙"))
    assert (second.sheet, [row.enterprise_name for row in second.rows]) == ("乙", ["乙厂"])
    assert read_ledger(data, "a.xlsx", today=TODAY, corrections=Corrections(sheet="没有")).sheet == "甲"


def test_the_shape_depends_on_the_titles_alone() -> None:
    first = made(["企业名称", "隐患描述"], ["甲厂", "配电箱无门"])
    other = made([" 企业 名称", "隐患描述 "], ["乙厂", "灭火器过期"], ["丙厂", "漏电伤人"], title="别的台账")
    assert first.shape == other.shape
    assert len(first.shape) == 64
    assert first.shape != made(["企业名称", "隐患描述", "备注"], ["甲厂", "配电箱无门", ""]).shape


def test_an_offices_own_titles_go_before_the_built_in_ones() -> None:
    data = workbook([["企业名称", "隐患描述", "处理人", "备注"], ["甲厂", "配电箱无门", "张三", "李四"]])
    own = {"处理人": Field.RESPONSIBLE_PERSON, "备注": Field.FOUND_BY}
    (row,) = read_ledger(data, "a.xlsx", today=TODAY, titles=own).rows
    assert (row.responsible_person, row.found_by, row.note) == ("张三", "李四", "")


def test_a_preview_reads_only_the_first_rows() -> None:
    data = (FOLDER / "regulator_ledger.xlsx").read_bytes()
    reading = read_ledger(data, "regulator_ledger.xlsx", today=TODAY, first_rows=10)
    whole = read_ledger(data, "regulator_ledger.xlsx", today=TODAY)
    assert (len(reading.rows), reading.is_partial, whole.is_partial) == (10, True, False)
    assert reading.rows == whole.rows[:10]
    assert reading.shape == whole.shape


FIELDS = st.dictionaries(st.text("ABCDEFG", min_size=1, max_size=2), st.none() | st.sampled_from(Field), max_size=5)
CORRECTIONS = st.builds(
    Corrections,
    sheet=st.text(max_size=10),
    header_rows=st.none() | st.tuples(st.integers(1, 4), st.integers(4, 9)),
    fields=FIELDS,
    split=st.none() | st.frozensets(st.integers(1, 99), max_size=5),
)


@given(CORRECTIONS)
def test_corrections_come_back_from_json_as_they_were(corrections: Corrections) -> None:
    assert Corrections.from_json(json.loads(json.dumps(corrections.as_json()))) == corrections


@pytest.mark.parametrize(
    "stored",
    [None, [], "x", {"fields": {"A": "gone"}, "split": ["1"], "header_rows": [3, 1]}, {"fields": 3, "sheet": 4}],
)
def test_stored_corrections_of_another_version_are_read_as_far_as_they_go(stored: object) -> None:
    assert Corrections.from_json(stored) == Corrections()


@pytest.mark.parametrize(("answer", "grade"), [("是", Grade.MAJOR), ("否", Grade.GENERAL), ("√", Grade.MAJOR)])
def test_a_title_that_asks_whether_it_is_major(answer: str, grade: Grade) -> None:
    (row,) = made(["企业名称", "隐患描述", "是否重大隐患"], ["甲厂", "配电箱无门", answer]).rows
    assert (row.grade, row.grade_declared) == (grade, True)


@pytest.mark.parametrize(
    ("answer", "closed_on", "state"),
    [("是", "2026-10-01", State.CLOSED), ("是", None, State.VERIFIED), ("否", None, State.REPORTED)],
)
def test_a_title_that_asks_whether_it_is_closed(answer: str, closed_on: str | None, state: State) -> None:
    assert one(是否销号=answer, 销号时间=closed_on).state is state


def test_titles_with_breaks_a_blank_first_column_and_blank_rows() -> None:
    rows: list[list[object]] = [
        [None, "隐患台账"],
        [None],
        [None, "序号", "企业\n名称", "隐患\r\n描述", "整改情况", None],
        [None, None, None, None, "是否完成", "完成时间"],
        [None],
        [None, 1, "甲厂", "配电箱无门", "是", "2026.9.1"],
        [None],
        [None, 2, "乙厂", "灭火器过期", "否", None],
    ]
    reading = read_ledger(workbook(rows, merges=["B3:B4", "C3:C4", "D3:D4", "E3:F3"]), "a.xlsx", today=TODAY)
    assert [(row.row, row.enterprise_name, row.state) for row in reading.rows] == [
        (6, "甲厂", State.RECTIFYING),
        (8, "乙厂", State.REPORTED),
    ]
    assert reading.rows[0].completed_on == date(2026, 9, 1)


def test_the_same_ledger_as_csv_with_other_line_ends_and_encodings_reads_the_same() -> None:
    text = '企业名称,隐患描述,整改资金(万元)\n甲厂,"通道堵塞\n未清理",约3.5万元\n乙厂,配电箱无门,"20,000元"\n'
    readings = [
        read_ledger(data, "a.csv", today=TODAY)
        for data in (
            text.encode("utf-8"),
            text.encode("utf-8-sig"),
            text.encode("gb18030"),
            text.replace("\n", "\r\n").encode("utf-8"),
        )
    ]
    assert all(reading == readings[0] for reading in readings)
    assert [row.cost_fen for row in readings[0].rows] == [3_500_000, 2_000_000]


@pytest.mark.parametrize("header", [["单位", "隐患数", "已整改数", "整改率"], ["行业", "存在问题", "已整改", "整改率"]])
def test_a_table_that_counts_is_refused_as_statistics(header: list[str]) -> None:
    with pytest.raises(NotALedger, match="统计表"):
        made(header, ["工贸", 12, 10, "83%"], ["化工", 3, 3, "100%"], title="隐患情况汇总")


def test_what_stands_above_the_table_holds_for_all_its_rows() -> None:
    data = workbook(
        [
            ["检查记录表"],
            ["被检查单位", "甲厂", "统一社会信用代码", "91350100M000100Y43"],
            ["检查时间", "2026年9月1日", "检查人", "李四"],
            ["序号", "存在问题", "整改要求", "整改期限"],
            [1, "通道堵塞", "清理", "2026.9.3"],
            [2, "配电箱无门", "装门", "2026.9.3"],
            ["被检查单位负责人签字：", None, "检查人员签字：", None],
        ]
    )
    reading = read_ledger(data, "a.xlsx", today=TODAY)
    assert [(row.row, row.found_on, row.found_by, row.uscc) for row in reading.rows] == [
        (5, date(2026, 9, 1), "李四", "91350100M000100Y43"),
        (6, date(2026, 9, 1), "李四", "91350100M000100Y43"),
    ]
    assert reading.skipped == ()
    assert [(one.cell, one.reason) for one in reading.remarks if one.field is Field.FOUND_ON] == [
        ("A3", "表头上方写着检查时间：每一行都按它登记")
    ]


def test_a_column_goes_before_what_stands_above_the_table() -> None:
    rows = [["检查时间：2026年9月1日"], ["企业名称", "隐患描述", "检查时间"], ["甲厂", "通道堵塞", None]]
    assert read_ledger(workbook(rows), "a.xlsx", today=TODAY).rows[0].found_on is None
