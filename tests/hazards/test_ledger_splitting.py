"""Several hazards in one cell: offered apart only where the count is certain, and taken apart only when told."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.ledger import Corrections, LedgerReading, merge_key, read_ledger, whole_key
from hazards.ledger.splitting import looks_like_several, split_hazards
from tests.hazards.ledgers import TODAY, kept, one, reasons
from tests.sheets.files import workbook


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1、电线裸露；2、灭火器过期；3、未戴安全帽。", ("电线裸露", "灭火器过期", "未戴安全帽")),
        ("1.电线裸露 2.灭火器过期", ("电线裸露", "灭火器过期")),
        ("1）电线裸露\n2）消防通道堆放杂物", ("电线裸露", "消防通道堆放杂物")),
        ("（1）电线裸露（2）灭火器过期", ()),
        ("（1）电线裸露；（2）灭火器过期", ("电线裸露", "灭火器过期")),
        ("①电线裸露②灭火器过期", ("电线裸露", "灭火器过期")),
        ("❶ 电线裸露 ❷ 灭火器过期", ("电线裸露", "灭火器过期")),
        ("⑴电线裸露⑵灭火器过期", ("电线裸露", "灭火器过期")),
        ("⒈电线裸露⒉灭火器过期", ("电线裸露", "灭火器过期")),
        ("一是未培训；二是无预案；三是通道堵塞", ("未培训", "无预案", "通道堵塞")),
        ("存在问题一是未培训，二是无预案", ("未培训", "无预案")),
        ("一、消防：1.通道堵塞 二、电气：1.电线裸露", ("消防：1.通道堵塞", "电气：1.电线裸露")),
        ("第一，未培训；第二，无预案", ("未培训", "无预案")),
        ("a.电线裸露；b.灭火器过期", ("电线裸露", "灭火器过期")),
        ("a)电线裸露 b)灭火器过期", ("电线裸露", "灭火器过期")),
        ("现场检查发现：①电线裸露②灭火器过期", ("电线裸露", "灭火器过期")),
        ("一车间：1、电线裸露；2、灭火器过期", ("一车间：电线裸露", "一车间：灭火器过期")),
    ],
)
def test_counts_that_are_certain_are_split(text: str, parts: tuple[str, ...]) -> None:
    assert split_hazards(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "1号、2号喷漆室使用油性油漆，未设置可燃气体浓度监测报警装置",
        "1、2、3号炉未设报警装置",
        "未按第1、2条要求设置护栏",
        "护栏高度1.2米，间距2.3米",
        "1.电线裸露 3.灭火器过期",
        "1.电线裸露 1.灭火器过期",
        "2.电线裸露 1.灭火器过期",
        "1.电线裸露 2.电线裸露",
        "1. 2.",
        "1.电线裸露",
        "采用重力沉降室除尘；未建立并落实粉尘清理制度",
        "A.B.C三相缺相",
        "会议一是不是二是",
        "",
        "通道堵塞",
        "1.电线裸露 2." + "长" * 9_000,
    ],
)
def test_what_is_not_certain_stays_whole(text: str) -> None:
    assert split_hazards(text) == ()


def test_a_count_with_a_gap_is_still_pointed_out() -> None:
    assert looks_like_several("1.电线裸露 2.电线裸露")
    assert not looks_like_several("1、2、3号炉未设报警装置")
    assert reasons(one(隐患描述="1.电线裸露 2.电线裸露"), "隐患描述") == [
        "像是几条隐患写在一格，看不准怎么拆：按一条登记，原文保留，请核对"
    ]


WHOLE = "1.电线裸露；2.灭火器过期"
COLUMNS = ["企业名称", "隐患描述", "隐患编号", "整改资金(元)", "发现时间"]


def ledger(*cells: object, corrections: Corrections | None = None) -> LedgerReading:
    data = workbook([COLUMNS, list(cells)])
    return read_ledger(data, "台账.xlsx", today=TODAY, corrections=corrections or Corrections())


def test_a_row_of_several_hazards_is_one_with_the_split_offered() -> None:
    (row,) = ledger("甲厂", WHOLE, None, 300, "2026.9.1").rows
    assert (row.description, row.parts, row.part, row.original) == (WHOLE, ("电线裸露", "灭火器过期"), 0, "")
    assert reasons(row, "隐患描述") == ["像是 2 条隐患写在一格：按一条登记，原文保留，可以拆成 2 条"]


@pytest.mark.parametrize("split", [frozenset({2}), None])
def test_a_row_that_is_to_be_split_becomes_its_parts_with_the_whole_text_kept(split: frozenset[int] | None) -> None:
    reading = ledger("甲厂", WHOLE, "X1", 300, "2026.9.1", corrections=Corrections(split=split))
    assert [(row.row, row.part, row.description, row.original) for row in reading.rows] == [
        (2, 1, "电线裸露", WHOLE),
        (2, 2, "灭火器过期", WHOLE),
    ]
    assert {(row.found_on, row.enterprise_name, row.number) for row in reading.rows} == {
        (date(2026, 9, 1), "甲厂", "X1")
    }


def test_money_of_several_hazards_goes_to_none_of_them() -> None:
    reading = ledger("甲厂", WHOLE, None, 300, None, corrections=Corrections(split=None))
    assert [row.cost_fen for row in reading.rows] == [None, None]
    assert [kept(row) for row in reading.rows] == [{"整改资金(元)": "300"}] * 2


def test_remarks_of_a_split_row_are_told_once() -> None:
    reading = ledger("甲厂", WHOLE, None, 300, "6月底", corrections=Corrections(split=None))
    assert reading.rows[0].remarks == reading.rows[1].remarks
    assert len([one for one in reading.all_remarks if one.column == "发现时间"]) == 1


def test_another_row_is_not_split() -> None:
    assert len(ledger("甲厂", WHOLE, None, None, None, corrections=Corrections(split=frozenset({3}))).rows) == 1


@pytest.mark.parametrize("number", ["X1", None])
def test_parts_have_keys_of_their_own_that_stay(number: str | None) -> None:
    whole = ledger("甲厂", WHOLE, number, None, "2026.9.1").rows[0]
    first = ledger("甲厂", WHOLE, number, None, "2026.9.1", corrections=Corrections(split=None)).rows
    again = ledger("甲厂", WHOLE, number, 500, "2026-09-01", corrections=Corrections(split=None)).rows
    keys = [merge_key(row) for row in first]
    assert keys == [merge_key(row) for row in again]
    assert len({*keys, merge_key(whole)}) == 3
    assert {whole_key(row) for row in first} == {merge_key(whole)} == {whole_key(whole)}


def test_a_hazard_with_the_registers_own_number_is_one() -> None:
    (row,) = ledger("甲厂", WHOLE, "YH-500112-2026-000123", None, None, corrections=Corrections(split=None)).rows
    assert (row.parts, row.part) == ((), 0)


@given(st.text("1234、.)）(（一二三是①②③ab；，电气\n 第", max_size=200))
def test_parts_are_always_parts_of_the_text(text: str) -> None:
    parts = split_hazards(text)
    assert len(parts) != 1
    assert all(part.split("：")[-1] in text for part in parts)


def test_a_hostile_text_is_looked_at_in_a_moment() -> None:
    for text in ("1." * 4_000, "存在" * 4_000 + "1.电线 2.裸露", "（1" * 2_500, "一" * 8_000, "1、a " * 1_500):
        begin = perf_counter()
        split_hazards(text)
        looks_like_several(text)
        assert perf_counter() - begin < 2
