"""What a text is found by, and what a query asks for: written by hand."""

from __future__ import annotations

import pytest

from core.pinyin import initials_of
from core.search_words import as_fts5, as_tsquery, either, every, plain, terms_of, terms_of_initials, words_of


@pytest.mark.parametrize(
    ("typed", "compared"),
    [("ＡＢＣ－１２３", "abc-123"), ("  疏散\t通道\x00 ", "疏散 通道"), ("ﬁ Straße", "fi strasse"), ("\x00", "")],
)
def test_width_case_and_blanks_make_no_difference(typed: str, compared: str) -> None:
    assert plain(typed) == compared


@pytest.mark.parametrize(
    ("text", "query", "is_found"),
    [
        ("疏散通道被占用", "疏散", True),
        ("疏散通道被占用", "用", True),
        ("疏散通道被占用", "散疏", False),
        ("编号YH-500110-2026-000123", "500110-2026", True),
        ("编号YH-500110-2026-000123", "000123", True),
        ("编号YH-500110-2026-000123", "00123", False),
        ("𠮷野家㙍镇", "𠮷野", True),
        ("𠮷野家㙍镇", "㙍", True),
        ("ＫＭ０１配电箱", "km01", True),
    ],
)
def test_terms_of_a_text_hold_those_of_what_it_is_found_by(text: str, query: str, is_found: bool) -> None:
    terms = set(terms_of(text))
    sought = [term for word in words_of(query) for term in word.terms]
    found = [
        any(one.startswith(term.text) for one in terms) if term.is_beginning else term.text in terms for term in sought
    ]
    assert found
    assert all(found) is is_found


def test_longer_words_and_symbols_are_compared_with_the_text_itself() -> None:
    assert [word.exactly for word in words_of("疏散 疏散通道 km01 km01配电 % 100%")] == [False, True, False, True, True]


def test_at_most_five_words_count_and_nothing_is_sought_in_nothing() -> None:
    assert len(words_of("一 二 三 四 五 六 七")) == 5
    assert words_of(" \x00\t ") == ()


@pytest.mark.parametrize("query", ['" OR *) (', "'; DROP TABLE hazard;--", "a:* & !b", "NEAR(疏散)", "^疏散 + -通道"])
def test_no_query_syntax_comes_through(query: str) -> None:
    asked = every([either(word.terms) for word in words_of(query) if word.terms])
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789() *:&|ANDOR")
    assert set(as_fts5(asked)) <= allowed
    assert set(as_tsquery(asked)) <= allowed


def test_initials_are_found_from_any_character_on() -> None:
    assert initials_of("镕堃机械 (重庆) 有限公司") == "rkjxcqyxgs"
    assert set(terms_of_initials("rkjx")) == {"wrkjx", "wkjx", "wjx"}
