"""Plain tables: titles by synonym, cells by kind, each row taken or skipped with its reason, forms that come back."""

from __future__ import annotations

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.importing.tables import ENTERPRISES, LINKS, OFFICERS, STAFF, UNITS
from core.sheets import BadFile
from core.sheets.outcome import Outcome, RowOutcome, TableReport
from core.sheets.table import read_tables
from core.sheets.table_form import blank_form, filled_form
from core.sheets.table_rules import ColumnRule, Kind, TableReading, TableRule
from hazards.operations.criteria_table import CRITERIA
from tests.sheets.files import workbook

THINGS = TableRule(
    "物品",
    (
        ColumnRule("name", "名称", ("物品名称", "品名"), is_required=True, longest=10),
        ColumnRule("kind", "类别", kind=Kind.CHOICE, choices={"a": ("甲类", "一类"), "b": ("乙类",)}),
        ColumnRule("tags", "标签", kind=Kind.CHOICES, choices={"x": ("红/黄",), "y": ("蓝",)}),
        ColumnRule("size", "尺寸", kind=Kind.NUMBER, least=0, most=10),
        ColumnRule("day", "日期", kind=Kind.DATE),
        ColumnRule("is_new", "全新", kind=Kind.FLAG),
        ColumnRule("makers", "厂家", kind=Kind.NAMES),
        ColumnRule("note", "说明文字", kind=Kind.LINES, longest=100),
    ),
    "一行一件。",
)
HEAD = ("序号", "品名", "类别", "标签", "尺寸", "日期", "全新", "厂家", "说明文字")


def read(*rows: tuple[object, ...], rule: TableRule = THINGS) -> TableReading:
    (found,) = read_tables(workbook(rows), "物品.xlsx", (rule,))
    assert found is not None
    return found


def remarks(reading: TableReading) -> list[tuple[str, str]]:
    return [(remark.title, remark.text) for row in reading.rows for remark in row.remarks]


def test_each_kind_of_cell_is_read() -> None:
    reading = read(
        ("物品清单",),
        HEAD,
        (1, " 锅 炉 ", "一类", "红/黄、蓝", "3.5", "2026年11月16日", "是", "甲厂、乙厂\n甲厂", "第一行\n第二行"),
        (2, 12345, "", "蓝", 4, date(2026, 1, 2), "×", "", ""),
        (3, "空的", "/", "无", "—", "/", "-", "无", "暂无"),
    )
    assert reading.header_rows == (2, 2)
    assert dict(reading.rows[0].values) == {
        "name": "锅 炉",
        "kind": "a",
        "tags": ("x", "y"),
        "size": 3.5,
        "day": date(2026, 11, 16),
        "is_new": True,
        "makers": ("甲厂", "乙厂"),
        "note": "第一行\n第二行",
    }
    assert dict(reading.rows[1].values) == {
        "name": "12345",
        "tags": ("y",),
        "size": 4.0,
        "day": date(2026, 1, 2),
        "is_new": False,
    }
    assert dict(reading.rows[2].values) == {"name": "空的"}
    assert remarks(reading) == []
    assert [(column.title, column.meaning) for column in reading.columns][:2] == [("序号", ""), ("品名", "名称")]


def test_what_is_not_clear_is_not_taken_and_remarked() -> None:
    reading = read(
        HEAD,
        (1, "甲", "丙类", "蓝、绿", "11", "近期", "也许", "", "长" * 101),
        (2, "乙", "", "", "NaN", "#REF!", "", "", ""),
    )
    assert dict(reading.rows[0].values) == {"name": "甲", "tags": ("y",)}
    assert [title for title, _text in remarks(reading)] == [
        "类别",
        "标签",
        "尺寸",
        "日期",
        "全新",
        "说明文字",
        "尺寸",
        "日期",
    ]


def test_every_row_is_taken_or_skipped_with_a_reason() -> None:
    reading = read(
        HEAD,
        (1, "甲", "甲类"),
        (2, "", "甲类"),
        (3, "名字太长了" * 3, "甲类"),
        ("小计", "", 3),
        (4, 1234567890123456789, "甲类"),
        ("审核人：张三",),
    )
    assert [row.row for row in reading.rows] == [2]
    assert [(skip.row, skip.reason.partition("；")[0]) for skip in reading.skipped] == [
        (3, "没有名称"),
        (4, "没有名称"),
        (5, "这是合计行，不是一条记录"),
        (6, "没有名称"),
        (7, "这是表尾的说明、合计或签字，不是一条记录"),
    ]
    assert "有 15 个字，最多 10 个" in reading.skipped[1].reason
    assert "末几位可能已丢失" in reading.skipped[3].reason


def test_a_merged_cell_means_the_same_as_above_and_a_blank_one_nothing() -> None:
    rows = (("品名", "类别"), ("甲", "甲类"), ("乙", None), ("丙", None))
    (reading,) = read_tables(workbook(rows, merges=("B2:B3",)), "a.xlsx", (THINGS,))
    assert reading is not None
    assert [row.values.get("kind") for row in reading.rows] == ["a", "a", None]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("随便", "什么"), (1, 2)], "没有找到物品的表头"),
        ([("类别", "尺寸"), ("甲类", 1)], "没有找到“名称”一列，没有写入任何内容。"),
    ],
)
def test_a_table_without_its_titles_is_refused(rows: list[tuple[object, ...]], sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        read_tables(workbook(rows), "a.xlsx", (THINGS,))


def test_too_many_rows_are_refused() -> None:
    lines = ["名称,类别", *("甲,甲类" for _ in range(5_001))]
    with pytest.raises(BadFile):
        read_tables("\n".join(lines).encode(), "a.csv", (THINGS,))


@pytest.mark.parametrize("rules", [(ENTERPRISES, LINKS), (UNITS,), (STAFF,), (OFFICERS,), (CRITERIA,), (THINGS,)])
def test_every_blank_form_is_known_again_and_holds_nothing(rules: tuple[TableRule, ...]) -> None:
    for reading, rule in zip(read_tables(blank_form(rules), "模板.xlsx", rules), rules, strict=True):
        assert reading is not None
        assert (reading.rows, reading.skipped) == ((), ())
        assert [column.meaning for column in reading.columns] == [column.title for column in rule.columns]


HARMFUL = ("=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x")', "a\x0bb\x00c", "'x", "𠀀䶮")


def test_no_cell_that_is_written_can_run() -> None:
    book = filled_form(THINGS, [{"name": text, "note": text, "size": 1.5, "day": date(2026, 1, 2)} for text in HARMFUL])
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    found = [sheet.cell(row, 1).value for row in range(3, 3 + len(HARMFUL))]
    assert found == ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x")', "abc", "'x", "𠀀䶮"]


_VALUE = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.booleans(),
    st.sampled_from([*HEAD, "甲类", "合计", "名称", "=1+1", "2026.6.30", "/"]),
)


@settings(max_examples=60)
@given(st.lists(st.lists(_VALUE, min_size=1, max_size=9), max_size=8))
def test_whatever_the_sheet_holds_each_row_is_accounted_for(rows: list[list[object]]) -> None:
    printable = [
        [c if not isinstance(c, str) else "".join(x for x in c if x.isprintable()) for c in row] for row in rows
    ]
    texts = [["" if c is None else str(c).replace(",", "，") for c in row] for row in printable]
    data = "\n".join(",".join(f'"{c.replace(chr(34), "")}"' for c in row) for row in [list(HEAD), *texts])
    (reading,) = read_tables(data.encode("utf-8", "replace"), "a.csv", (THINGS,))
    assert reading is not None
    told = [row.row for row in reading.rows] + [skip.row for skip in reading.skipped]
    assert len(told) == len(set(told))
    filled = {number for number, row in enumerate(texts, start=2) if any(text.strip() for text in row)}
    assert filled - set(told) <= set(range(reading.header_rows[0], reading.header_rows[1] + 1))


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.ods", "a", "../../a.csv"]))
def test_any_bytes_are_read_or_refused_in_words(data: bytes, name: str) -> None:
    with contextlib.suppress(BadFile):
        assert len(read_tables(data, name, (THINGS,))) == 1


def test_the_digest_is_of_all_that_is_told() -> None:
    def report(reason: str = "", note: str = "") -> str:
        rows = (RowOutcome("2", Outcome.SKIPPED, ("甲",), reason),)
        return TableReport(("名称",), rows, notes=(note,) if note else ()).digest

    assert report() == report()
    assert len({report(), report("因为"), report(note="另有")}) == 3
