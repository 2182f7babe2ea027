"""Any sheets at all: the reader never fails but with a sentence, and accounts for every row exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st

from core.refusals import Refusal
from core.sheets import Grid, Value
from core.sheets.grid import Place
from hazards.ledger import RULES, Corrections, Field, LedgerReading, merge_key
from hazards.ledger.reading import read_grids
from tests.hazards.ledgers import TODAY

TITLES = st.sampled_from([title for rule in RULES for title in rule.titles])
WORDS = st.sampled_from(
    [
        *(
            "2026.6.30",
            "6月底前",
            "已销号",
            "已整改",
            "重大",
            "一般",
            "约42万元",
            "叁仟元整",
            "20,000元",
            "无",
            "/",
            "是",
            "否",
        ),
        *(
            "13812345678",
            "合计",
            "审核人：",
            "一、消防",
            "1.漏电2.漏水",
            "①电线裸露②无防护",
            "91350100M000100Y43",
            "第三条第（二）项",
        ),
        *(
            "#REF!",
            "企业名称：甲厂",
            "填报日期：2026.1.1",
            "单位：万元",
            "示例",
            "必填",
            "_x000d_",
            "1;2",
            "２",
            "½",
            "٣",
            "㈠",
        ),
        *("隐患等级（1：一般2：重大）",),
    ]
)
CELL: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    TITLES,
    WORDS,
    st.text(max_size=25),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
LEDGER = st.lists(TITLES, min_size=1, max_size=7).map(lambda more: ("企业名称", "隐患描述", *more))


def place(height: int) -> st.SearchStrategy[Place]:
    return st.tuples(st.integers(1, height), st.integers(1, 6))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Grid, ...]:
    """One to three sheets, most of them like ledgers, with merges anywhere."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        rows = [tuple(row) for row in draw(st.lists(st.lists(CELL, max_size=9), max_size=9))]
        if draw(st.booleans()):
            rows.insert(draw(st.integers(0, min(len(rows), 3))), draw(LEDGER))
        if not rows:
            continue
        pairs = draw(st.dictionaries(place(len(rows)), place(len(rows)), max_size=6))
        merges = {at: to for at, to in pairs.items() if to < at and to not in pairs}
        found.append(Grid(f"表{number}", tuple(rows), merges))
    return tuple(found)


CORRECTIONS = st.builds(
    Corrections,
    sheet=st.sampled_from(["", "表0", "表1", "没有"]),
    header_rows=st.none() | st.tuples(st.integers(1, 3), st.integers(1, 12)),
    fields=st.dictionaries(st.sampled_from("ABCDEF"), st.none() | st.sampled_from(Field), max_size=4),
    split=st.none() | st.frozensets(st.integers(1, 12)),
)


def read_or_refused(grids: tuple[Grid, ...], told: Corrections) -> LedgerReading | None:
    """The reading, or None where a sentence says why there is none."""
    sentence = ""
    try:
        return read_grids(grids, today=TODAY, corrections=told)
    except Refusal as refusal:
        sentence = refusal.sentence
    assert sentence.endswith("。")
    return None


def accounted(reading: LedgerReading) -> None:
    """Each row is read whole, or in all its parts, or skipped; never two of these."""
    skipped = [one.row for one in reading.skipped]
    parts = Counter(row.row for row in reading.rows)
    assert len(set(skipped)) == len(skipped)
    assert not set(skipped) & set(parts)
    for row in reading.rows:
        assert row.description
        assert len(merge_key(row)) == 64
        assert parts[row.row] == (len(row.parts) if row.part else 1)
    assert all(remark.reason for remark in reading.all_remarks)


@settings(max_examples=150, deadline=None)
@given(sheets(), CORRECTIONS)
def test_any_sheets_are_read_whole_or_refused_with_a_sentence(grids: tuple[Grid, ...], told: Corrections) -> None:
    reading = read_or_refused(grids, told)
    if reading is None:
        return
    accounted(reading)
    if not reading.is_form:
        sheet = next(grid for grid in grids if grid.name == reading.sheet)
        below = [row for row in range(reading.header_rows[1] + 1, sheet.height + 1) if sheet.filled(row)]
        told_of = {row.row for row in reading.rows} | {one.row for one in reading.skipped}
        assert told_of <= set(below)
        at_the_end = set(below) - told_of
        assert all(row > max(told_of, default=0) for row in at_the_end)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(TITLES, CELL), min_size=3, max_size=12), CORRECTIONS)
def test_any_form_is_read_whole_or_refused_with_a_sentence(pairs: list[tuple[str, Value]], told: Corrections) -> None:
    rows = (("隐患描述", "通道堵塞"), ("单位名称", "甲厂"), *pairs)
    reading = read_or_refused((Grid("表", rows), Grid("表二", rows)), told)
    if reading is None:
        return
    accounted(reading)


def test_values_of_every_kind_in_every_column() -> None:
    values: list[Value] = [
        True,
        0,
        -1,
        1e308,
        float("nan"),
        float("inf"),
        date(1, 1, 1),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        time(1),
        "0" * 500,
    ]
    titles = tuple(rule.titles[0] for rule in RULES)
    grid = Grid("表", (titles, *(tuple([value] * len(titles)) for value in values)))
    reading = read_grids((grid,), today=TODAY)
    accounted(reading)
    assert {row.row for row in reading.rows} | {one.row for one in reading.skipped} == set(range(2, 12))
