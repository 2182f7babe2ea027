"""Forms: labels with their answers beside or below them, one hazard each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from hazards.ledger import Corrections, Field, LedgerReading, NotALedger, merge_key, read_ledger
from tests.hazards.ledgers import TODAY, kept, reasons
from tests.sheets.files import saved
from workflows.vocabulary import Grade, State

Rows = Sequence[Sequence[object]]
FORM: Rows = (
    ["重大事故隐患整改情况表"],
    ["单位名称", "甲机械厂", None, "统一社会信用代码", "91350100M000100Y43", None],
    ["隐患地址", "1号车间", None, "发现时间", "2026年9月1日", None],
    ["隐患描述", "喷漆室未设置可燃气体报警装置", None, None, None, None],
    ["整改措施", "安装报警装置", None, None, None, None],
    ["整改责任人", "张三", None, "整改资金（万元）", 3.5, None],
    ["整改时限", "2026.10.1", None, "整改情况", "整改中", None],
    ["监控编号", "A-7", None, "备注", None, None],
)
MERGES = ("A1:F1", "B2:C2", "E2:F2", "B3:C3", "E3:F3", "B4:F4", "B5:F5", "B6:C6", "E6:F6", "B7:C7", "E7:F7")


def book(*sheets: Rows, merges: Sequence[str] = ()) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        page = made.create_sheet(f"表{number}")
        for row in rows:
            page.append(list(row))
        for area in merges:
            page.merge_cells(area)
    return saved(made)


def read(*sheets: Rows, merges: Sequence[str] = (), **told: Any) -> LedgerReading:
    return read_ledger(book(*sheets, merges=merges), "整改表.xlsx", today=TODAY, **told)


def changed(rows: Rows, **answers: object) -> list[list[object]]:
    """The form with other answers, by label."""
    made = [list(row) for row in rows]
    for row in made:
        for place, cell in enumerate(row):
            if cell in answers:
                row[place + 1] = answers[str(cell)]
    return made


@pytest.mark.parametrize("merges", [(), MERGES])
def test_a_form_is_one_hazard(merges: Sequence[str]) -> None:
    rows = FORM if merges else [[cell for cell in row if cell is not None] for row in FORM]
    reading = read(rows, merges=merges)
    assert (reading.is_form, reading.skipped, reading.title) == (True, (), "重大事故隐患整改情况表")
    (row,) = reading.rows
    assert (row.row, row.enterprise_name, row.uscc) == (1, "甲机械厂", "91350100M000100Y43")
    assert (row.place, row.found_on, row.description) == (
        "1号车间",
        date(2026, 9, 1),
        "喷漆室未设置可燃气体报警装置",
    )
    assert (row.measures, row.responsible_person, row.cost_fen) == ("安装报警装置", "张三", 3_500_000)
    assert (row.deadline, row.state, row.grade) == (date(2026, 10, 1), State.RECTIFYING, Grade.MAJOR)
    assert (row.note, kept(row)) == ("", {"监控编号": "A-7"})


def test_remarks_of_a_form_name_the_cell_of_the_answer() -> None:
    reading = read(changed(FORM, 整改时限="6月底前"), merges=MERGES)
    assert [(one.cell, one.column) for one in reading.rows[0].remarks if one.field is Field.DEADLINE] == [
        ("B7", "整改时限")
    ]


def test_forms_on_several_sheets_are_numbered_through_the_file_and_none_is_lost() -> None:
    empty = [[cell if place in (0, 3) else None for place, cell in enumerate(row)] for row in FORM]
    second = changed(FORM, 隐患描述="配电箱无门", 整改时限="立即")
    nothing_said = changed(FORM, 隐患描述=None)
    reading = read(FORM, second, empty, nothing_said, merges=MERGES)
    assert [row.row for row in reading.rows] == [1, 2]
    assert [(one.row, one.reason) for one in reading.skipped] == [
        (3, "表里什么都没有填（工作表“表3”）"),
        (4, "没有隐患描述（工作表“表4”）"),
    ]
    assert [one.cell for one in reading.rows[1].remarks if one.field is Field.DEADLINE] == ["表2!B7"]
    assert len({merge_key(row) for row in reading.rows}) == 2
    assert reading.sheets == ("表1", "表2", "表3", "表4")


def test_several_forms_on_one_sheet_are_several_hazards() -> None:
    stacked = [*FORM, [None], *changed(FORM, 单位名称="乙厂", 隐患描述="配电箱无门")]
    reading = read(stacked)
    assert [(row.row, row.enterprise_name, row.description) for row in reading.rows] == [
        (1, "甲机械厂", "喷漆室未设置可燃气体报警装置"),
        (2, "乙厂", "配电箱无门"),
    ]


def test_answers_below_their_labels_and_behind_a_colon() -> None:
    reading = read(
        [
            ["事故隐患登记表"],
            ["填报日期：2026年10月10日"],
            ["单位名称：甲厂", None, "检查时间", "2026-10-09"],
            ["隐患描述", None, "整改措施", None],
            ["通道堵塞", None, "清理通道", None],
            ["检查人", "李四", "销号时间", "2026-10-20"],
            ["负责人签字：", None, None, None],
        ]
    )
    (row,) = reading.rows
    assert (row.enterprise_name, row.description, row.measures) == ("甲厂", "通道堵塞", "清理通道")
    assert (row.found_on, row.found_by, reading.filed_on) == (date(2026, 10, 9), "李四", date(2026, 10, 10))
    assert (row.closed_on, kept(row)["销号时间"]) == (None, "2026-10-20")


def test_four_pairs_in_a_row_are_still_a_form() -> None:
    reading = read(
        [
            ["隐患编号", "X-1", "隐患等级", "重大", "发现时间", "2026.9.1", "检查人", "李四"],
            ["单位名称", "甲厂", "隐患位置", "车间", "整改责任人", "张三", "联系电话", "13812345678"],
            ["隐患描述", "通道堵塞"],
            ["整改措施", "清理"],
        ]
    )
    (row,) = reading.rows
    assert (row.number, row.grade, row.found_by, row.place) == ("X-1", Grade.MAJOR, "李四", "车间")
    assert (row.description, row.phone) == ("通道堵塞", "13812345678")


def test_a_table_with_labels_in_its_head_stays_a_table() -> None:
    reading = read(
        [
            ["隐患台账"],
            ["单位名称", "甲厂", "负责人", "张三"],
            ["地址", "某路1号", "联系电话", "023-67891234"],
            ["序号", "隐患描述", "整改措施", "整改时限"],
            [1, "通道堵塞", "清理", "2026.9.1"],
            [2, "配电箱无门", "装门", "2026.9.1"],
        ]
    )
    assert (reading.is_form, [row.description for row in reading.rows]) == (False, ["通道堵塞", "配电箱无门"])
    assert [row.enterprise_name for row in reading.rows] == ["甲厂", "甲厂"]


def test_a_labels_meaning_can_be_corrected_by_its_cell() -> None:
    before = read(FORM, merges=MERGES)
    after = read(FORM, merges=MERGES, corrections=Corrections(fields={"A8": Field.NUMBER, "D6": None}))
    assert (after.rows[0].number, after.rows[0].cost_fen) == ("A-7", None)
    assert kept(after.rows[0]) == {"整改资金（万元）": "3.5"}
    assert before.shape == after.shape
    assert {column.letter: column.field for column in after.columns}["A8"] is Field.NUMBER


def test_the_shape_of_a_form_does_not_depend_on_its_answers() -> None:
    other = read(changed(FORM, 隐患描述="别的", 整改责任人=None), merges=MERGES)
    assert other.shape == read(FORM, merges=MERGES).shape


def test_a_form_that_counts_hazards_is_statistics() -> None:
    with pytest.raises(NotALedger, match="统计表"):
        read(
            [
                ["单位名称", "甲厂", "填报时间", "2026-10-01"],
                ["存在问题", 12, "已整改数", 10],
                ["负责人", "张三", "整改率", "83%"],
            ]
        )
    with pytest.raises(NotALedger, match="统计表"):
        read([["单位名称", "甲厂"], ["排查单位数", 12], ["重大隐患数", 10], ["整改率", "83%"]])


def test_personal_data_in_a_form_are_masked() -> None:
    reading = read(changed(FORM, 整改责任人="张三13812345678"), merges=MERGES)
    assert reading.rows[0].responsible_person == "张三138****5678"
    assert "13812345678" not in str(reading)
    assert reasons(reading.rows[0], "整改责任人") == ["里面有电话号码：已遮盖，原文只留在原件里"]


def test_an_answer_with_a_colon_in_it_stays_whole() -> None:
    reading = read(changed(FORM, 隐患描述="现场检查发现：喷漆室无报警器"), merges=MERGES)
    assert reading.rows[0].description == "现场检查发现：喷漆室无报警器"


def test_a_form_written_as_lines() -> None:
    lines = (
        "单位名称：甲厂",
        "隐患位置：1号车间",
        "隐患等级（1：一般 2：重大）：",
        "隐患描述：通道堵塞",
        "整改措施：清理",
    )
    (row,) = read([["隐患登记表"], *([line] for line in lines)]).rows
    assert (row.enterprise_name, row.place, row.description, row.measures) == ("甲厂", "1号车间", "通道堵塞", "清理")


def test_a_form_that_comes_twice_is_pointed_out() -> None:
    second = read(FORM, FORM, merges=MERGES).rows[1]
    assert reasons(second, "隐患描述") == ["与第 1 张表是同一条隐患（编号或企业、时间、位置、描述相同），将并为一条"]


def test_a_table_of_hazards_goes_before_forms_beside_it() -> None:
    reading = read(FORM, [["企业名称", "隐患描述"], ["乙厂", "配电箱无门"]])
    assert (reading.is_form, [row.enterprise_name for row in reading.rows]) == (False, ["乙厂"])
    chosen = read(FORM, [["企业名称", "隐患描述"], ["乙厂", "配电箱无门"]], corrections=Corrections(sheet="表1"))
    assert (chosen.is_form, [row.enterprise_name for row in chosen.rows]) == (True, ["甲机械厂"])


def test_a_preview_of_forms_reads_the_first_of_them() -> None:
    reading = read(FORM, changed(FORM, 隐患描述="别的隐患"), merges=MERGES, first_rows=1)
    assert ([row.row for row in reading.rows], reading.is_partial) == ([1], True)


def test_forms_side_by_side_are_told_apart() -> None:
    pairs = ("单位名称", "隐患描述", "整改期限")
    first, second = ("甲厂", "漏电伤人", "2026-09-01"), ("乙厂", "漏水伤人", "2026-10-01")
    reading = read([[title, one, title, other] for title, one, other in zip(pairs, first, second, strict=True)])
    assert [(row.enterprise_name, row.description, str(row.deadline)) for row in reading.rows] == [first, second]
