"""Values in the wrong column: recognised, kept, remarked; put right only where nothing else can be meant."""

from __future__ import annotations

from datetime import datetime

import pytest

from hazards.ledger import Field
from tests.hazards.ledgers import kept, made, one, reasons
from workflows.vocabulary import Category, Grade, State

CODE = "91350100M000100Y43"


@pytest.mark.parametrize("day", ["2026-06-30", "2026年6月30日", 20260630, datetime.fromisoformat("2026-06-30")])
@pytest.mark.parametrize("column", ["检查人", "整改责任人", "复查人", "监管责任人", "主要负责人"])
def test_a_day_in_a_column_of_persons(column: str, day: object) -> None:
    row = one(**{column: day})
    assert list(kept(row)) == [column]
    assert reasons(row, column)[0].endswith(f"是日期，不是姓名：原文保留，{column}留空")
    assert (row.found_by, row.responsible_person, row.reinspected_by, row.regulator_person) == ("", "", "", "")


def test_a_day_where_the_reinspector_should_stand_establishes_no_state() -> None:
    row = one(整改状态="已整改", 复查时间="2026-06-30", 复查人="2026-06-30")
    assert row.state is State.RECTIFYING


def test_a_telephone_number_in_a_column_of_days_or_persons() -> None:
    row = one(整改时限="13812345678", 检查人="138 1234 5678")
    assert (row.deadline, row.found_by) == (None, "")
    assert kept(row) == {"整改时限": "138****5678", "检查人": "138****5678"}
    assert "“138****5678”是电话号码，不是日期：原文保留，整改时限留空" in reasons(row, "整改时限")
    assert "“138****5678”是电话号码，不是姓名：原文保留，检查人留空" in reasons(row, "检查人")


@pytest.mark.parametrize(
    ("column", "state"),
    [
        *(("整改责任人", State.RECTIFYING), ("备注", State.RECTIFYING), ("整改措施", State.RECTIFYING)),
        *(("整改完成日期", State.RECTIFYING), ("隐患类别", State.RECTIFYING), ("隐患来源", State.RECTIFYING)),
    ],
)
def test_a_state_in_another_column_is_the_state_where_no_other_is_told(column: str, state: State) -> None:
    row = one(**{column: "已整改"})
    assert row.state is state
    assert any("是整改状态" in reason for reason in reasons(row, column))
    told = one(**{column: "已整改", "整改状态": "待整改"})
    assert told.state is State.REPORTED


def test_a_state_that_strayed_never_closes_without_a_day() -> None:
    assert one(备注="已销号").state is State.VERIFIED
    assert one(备注="已销号", 整改状态="整改中").state is State.RECTIFYING


def test_a_grade_in_the_column_of_categories_is_the_grade() -> None:
    row = one(隐患等级="", 隐患类别="重大隐患")
    assert (row.grade, row.category, kept(row)) == (Grade.MAJOR, None, {"隐患类别": "重大隐患"})


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("隐患来源", "重大", "“重大”是隐患等级，不是隐患来源：原文保留"),
        ("隐患等级", "已整改", "“已整改”是整改状态，不是隐患等级：原文保留"),
        ("隐患类别", "2026.6.30", "“2026.6.30”是日期 2026-06-30，不是隐患类别：原文保留"),
        ("是否停产", "一般", "“一般”是隐患等级，不是是否停产：原文保留"),
    ],
)
def test_a_word_of_another_column_is_told_as_such(column: str, text: str, reason: str) -> None:
    row = one(**{column: text})
    assert reason in reasons(row, column)
    assert kept(row)[column] == text


def test_a_day_in_the_column_of_money() -> None:
    row = one(整改资金=datetime.fromisoformat("2026-06-30"))
    assert (row.cost_fen, kept(row)) == (None, {"整改资金": "2026-06-30"})
    assert reasons(row, "整改资金") == ["“2026-06-30”是日期，不是金额：原文保留，整改资金留空"]


def test_a_credit_code_in_the_column_of_names_goes_to_its_own() -> None:
    (row,) = made(["企业名称", "隐患描述"], [CODE, "配电箱无门"]).rows
    assert (row.enterprise_name, row.uscc) == ("", CODE)
    assert reasons(row, "企业名称") == ["是统一社会信用代码，不是企业名称：归到代码一项"]


def test_a_name_and_a_code_that_changed_places_are_put_right() -> None:
    (row,) = made(["企业名称", "统一社会信用代码", "隐患描述"], [CODE, "示例机械厂", "配电箱无门"]).rows
    assert (row.enterprise_name, row.uscc) == ("示例机械厂", CODE)
    assert "与企业名称填反了：按名称登记" in reasons(row, "统一社会信用代码")


def test_a_description_that_changed_places_with_its_measures_is_pointed_out_and_left() -> None:
    row = one(隐患描述="立即清理通道", 整改措施="未设置应急照明")
    assert (row.description, row.measures) == ("立即清理通道", "未设置应急照明")
    assert reasons(row, "隐患描述") == ["像是与整改措施填反了：按所填的登记，请核对"]
    for description, measures in (
        ("未立即清理通道", "立即清理"),
        ("通道堵塞", "未设置应急照明"),
        ("立即停用的设备未停用", "未停用"),
        ("要求佩戴的安全帽缺失", "缺失"),
        ("立即清理通道", "清理通道"),
    ):
        assert reasons(one(隐患描述=description, 整改措施=measures), "隐患描述") == []


def test_what_stands_where_it_should_is_not_remarked() -> None:
    row = one(检查人="张三、李四", 隐患类别="电气", 整改状态="整改中", 整改资金="无", 摘牌时间="无", 备注="无")
    assert (row.category, row.remarks, row.kept) == (Category.ELECTRICAL, (), ())


def test_remarks_know_their_field_and_cell() -> None:
    (remark,) = one(检查人="2026-06-30").remarks
    assert (remark.field, remark.cell) == (Field.FOUND_BY, "D3")
