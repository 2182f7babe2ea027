"""How numbers of notices read, and patterns that would not make good ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.numbers import LARGEST, LONGEST_NUMBER, fixed_text, number_text, pattern_faults, read_number
from workflows.notices import DEFAULT_PATTERNS, NOTICES, Family

ENFORCEMENT = DEFAULT_PATTERNS[Family.ENFORCEMENT]


def test_numbers_read_as_the_field_writes_them() -> None:
    assert number_text("（{字头}）应急{文种}〔{年}〕{序号}号", "渝", "责改", 2026, 12) == "（渝）应急责改〔2026〕12号"
    assert number_text(DEFAULT_PATTERNS[Family.LETTER], "渝安办", "函", 2026, 7) == "渝安办函〔2026〕7号"


def test_the_products_patterns_have_no_fault_and_no_two_kinds_the_same_numbers() -> None:
    texts = [fixed_text(DEFAULT_PATTERNS[row.family], "渝", row.word) for row in NOTICES.values() if row.numbered]
    assert len(texts) == len(set(texts))
    assert all(pattern_faults(pattern, "渝", "责改") == () for pattern in DEFAULT_PATTERNS.values())


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("{字头}〔{年}〕号", "{序号} 必须有，而且只能写一次，现在有 0 处"),
        ("{字头}{序号}号", "{年} 必须有"),
        ("〔{年}〕{序号}{序号}号", "现在有 2 处"),
        ("{字头}[{年}]{序号}号", "六角括号：〔{年}〕"),
        ("{字头}【{年}】{序号}号", "六角括号"),
        ("{机关}〔{年}〕{序号}号", "没有「{机关}」"),
        ("{字头〔{年}〕{序号}号", "大括号没有成对"),
        ("{字头}〔{年}〕0{序号}号", "不能紧挨数字"),
        ("{字头}{年}{序号}号", "彼此也要隔开"),
        ("{字头} 〔{年}〕{序号}号", "不能有空格"),
        ("字" * 60 + "〔{年}〕{序号}号", "最多 60 个字"),
        ("", "必须有"),
    ],
)
def test_a_pattern_that_makes_no_good_number_is_refused_in_words(pattern: str, part: str) -> None:
    assert any(part in sentence for sentence in pattern_faults(pattern, "渝", "责改"))


def test_a_prefix_that_makes_numbers_too_long_is_told() -> None:
    assert "超过 80 个字" in "".join(pattern_faults(ENFORCEMENT, "渝" * 80, "责改"))


@given(
    head=st.text("甲（）〔〕-号第", max_size=6),
    prefix=st.text("渝綦AB1", max_size=4),
    year=st.integers(2000, 2999),
    sequence=st.integers(1, LARGEST),
)
def test_a_number_is_read_back_as_it_was_written(head: str, prefix: str, year: int, sequence: int) -> None:
    pattern = head + "{字头}{文种}〔{年}〕{序号}号"
    number = number_text(pattern, prefix, "责改", year, sequence)
    assert read_number(number, pattern, prefix, "责改") == (year, sequence)
    assert "0" not in number.split("〕")[-1][:1]


@given(pattern=st.text("{}字头文种年序号〔〕[]（）1渝 ", max_size=40))
def test_any_pattern_is_refused_or_makes_a_number_that_can_be_kept(pattern: str) -> None:
    if not pattern_faults(pattern, "渝", "责改"):
        number = number_text(pattern, "渝", "责改", 2026, LARGEST)
        assert len(number) <= LONGEST_NUMBER
        assert read_number(number, pattern, "渝", "责改") == (2026, LARGEST)


def test_what_another_pattern_wrote_is_not_read() -> None:
    assert read_number("渝安办函〔2026〕7号", ENFORCEMENT, "渝", "责改") is None
    assert read_number("（渝）责改〔2026〕07号", ENFORCEMENT, "渝", "责改") is None
