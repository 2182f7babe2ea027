"""Where lines end: 禁则, and what is never torn."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.parts.breaking import NO_END, NO_START, break_lines, pieces


def em(char: str) -> float:
    """Half a square for Latin, a whole one for Han: near enough to a real font."""
    return 0.5 if char <= "\u024f" else 1.0


def broken(text: str, room: float, indent: float = 0.0) -> list[str]:
    return [line.text for line in break_lines(text, room, em, indent)]


@pytest.mark.parametrize(
    "whole",
    [
        "2026年11月18日",
        "2026年",
        "11月18日",
        "2026年11月18日 09:05",
        "2026-11-18",
        "39.60 万元",
        "20,000元",
        "渝安办函〔2026〕12号",
        "（渝）应急责改〔2026〕12号",
        "〔2026〕12号",
        "YH-500112-2026-000123",
        "91350100M000100Y43",
        "第17号",
        "第十二条",
        "——",
        "……",
        "12350",
    ],
)
def test_what_belongs_together_is_never_torn(whole: str) -> None:
    for before in range(14):
        text = "隐" * before + whole + "患已整改"
        assert any(whole in line for line in broken(text, 14)), f"torn after {before}: {broken(text, 14)}"


@pytest.mark.parametrize("mark", "、。，．：；？！）〕】》」』”’％℃,.;:!?)]")
def test_closing_punctuation_never_begins_a_line(mark: str) -> None:
    for before in range(1, 22):
        lines = broken("隐" * before + mark + "患" * 5, 10)
        assert not any(line.startswith(mark) for line in lines), lines


@pytest.mark.parametrize("mark", "（〔【《「『“‘([")
def test_opening_punctuation_never_ends_a_line(mark: str) -> None:
    for before in range(22):
        lines = broken("隐" * before + mark + "患" * 5, 10)
        assert not any(line.endswith(mark) for line in lines), lines


def test_a_full_stop_may_hang_over_by_its_empty_half() -> None:
    assert broken("隐" * 10 + "。患", 10.5) == ["隐" * 10 + "。", "患"]


def test_the_first_line_of_each_paragraph_leaves_room_for_its_indent() -> None:
    assert broken("隐" * 12 + "\n" + "患" * 12, 10, indent=2) == ["隐" * 8, "隐" * 4, "患" * 8, "患" * 4]


def test_an_empty_text_is_one_empty_line() -> None:
    assert broken("", 10) == [""]


def test_a_word_longer_than_the_line_is_cut_rather_than_lost() -> None:
    lines = broken("https://example.cn/" + "a" * 100, 10)
    assert max(map(len, lines)) <= 20
    assert "".join(lines) == "https://example.cn/" + "a" * 100


@given(st.text(alphabet="隐患2026年1月日.，。（）《》〔〕号第万元 aZ-—…\n", max_size=200), st.integers(1, 30))
def test_no_character_is_lost_or_doubled(text: str, room: int) -> None:
    assert re.sub("[ \n]", "", "".join(broken(text, room))) == re.sub("[ \n]", "", text)


@given(st.text(alphabet="隐患整改销号，。、《》（）2026年aZ", max_size=300), st.integers(8, 30))
def test_lines_fit_and_keep_the_rules_wherever_pieces_fit(text: str, room: int) -> None:
    if any(sum(map(em, piece)) > room for piece in pieces(text)):
        return
    lines = break_lines(text, room, em)
    assert all(line.width <= room for line in lines)
    assert not any(line.text[0] in NO_START for line in lines[1:])
    assert not any(line.text[-1] in NO_END for line in lines[:-1])


@pytest.mark.parametrize("text", ["。" * 10_000, "（" * 10_000, "9" * 10_000, "1-" * 5_000, "—" * 10_000, " " * 10_000])
def test_hostile_runs_end(text: str) -> None:
    assert re.sub(" ", "", "".join(broken(text, 10))) == text.replace(" ", "")
