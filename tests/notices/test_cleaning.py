"""User text on paper: nothing invisible, nothing that breaks the file, days and moments in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from notices.parts.cleaning import CUT, MAX_TEXT, day_text, moment_text, one_line, printable


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\x00b\x07c\x1bd\x7fe", "abcde"),
        ("左\u202e右\u2066\u200b\ufeff", "左右"),
        ("一\r\n二\r三\u2028四\x0b五\x85六", "一\n二\n三\n四\n五\n六"),
        ("a\tb", "a b"),
        ("坏\ud83d字", "坏〓字"),
        ("❤\ufe0f👍🏽", "❤👍"),
        ("cafe\u0301", "café"),
        ("\uf900 𬭬", "\uf900 𬭬"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_printed(typed: str, printed: str) -> None:
    assert printable(typed) == printed


def test_a_text_beyond_all_measure_is_cut_and_says_so() -> None:
    assert printable("隐" * (MAX_TEXT + 1)) == "隐" * MAX_TEXT + CUT


def test_one_line_stays_one_line() -> None:
    assert one_line(" 镕堃\n 公司\t䶮 ") == "镕堃 公司 䶮"


def test_days_are_not_padded_and_moments_are_those_of_shanghai() -> None:
    assert day_text(date(2026, 1, 8)) == "2026年1月8日"
    assert moment_text(datetime(2026, 1, 7, 16, 5, tzinfo=UTC)) == "2026年1月8日 00:05"
    assert day_text(datetime(2026, 1, 7, 16, 5, tzinfo=UTC)) == "2026年1月8日"
    assert moment_text(date(2026, 1, 8)) == "2026年1月8日"
    assert moment_text(None) == "—"


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment_text(datetime(2026, 1, 8, 9, 0))  # noqa: DTZ001 - the point of the test
