"""What an administrator types as the working days of a year is read line by line, and wrong lines are named."""

from __future__ import annotations

from datetime import date

import pytest

from core.calendar_text import LONGEST_NAME, MOST_LINES, ListedDay, read_days, written


def test_days_and_runs_of_days_are_read() -> None:
    text = "2027-01-01 休 元旦\r\n\r\n  2027-01-03 班 调休上班  \n2027-02-27～2027-03-01 休 镕堃䶮𬭬 节\n"
    assert read_days(text, 2027).wrong == []
    assert read_days(text, 2027).days == [
        ListedDay(date(2027, 1, 1), False, "元旦"),
        ListedDay(date(2027, 1, 3), True, "调休上班"),
        ListedDay(date(2027, 2, 27), False, "镕堃䶮𬭬 节"),
        ListedDay(date(2027, 2, 28), False, "镕堃䶮𬭬 节"),
        ListedDay(date(2027, 3, 1), False, "镕堃䶮𬭬 节"),
    ]


@pytest.mark.parametrize("line", ["2027-5-1 ~ 2027-5-2 休 劳动节", "２０２７-05-01至2027-05-02休　劳动节"])
def test_what_an_input_method_makes_of_a_line_is_read_too(line: str) -> None:
    assert [entry.day for entry in read_days(line, 2027).days] == [date(2027, 5, 1), date(2027, 5, 2)]


def test_what_is_written_out_reads_back_the_same() -> None:
    days = [ListedDay(date(2026, 10, 1), False, "国庆节"), ListedDay(date(2026, 10, 10), True, "国庆节调休上班")]
    assert written(days) == "2026-10-01 休 国庆节\n2026-10-10 班 国庆节调休上班"
    assert read_days(written(days), 2026).days == days


def test_every_wrong_line_is_named_with_its_number_and_the_others_are_read() -> None:
    text = "2027-01-01 休 元旦\n\n一月二日 放假\n2027-02-30 休 春节\n2028-01-01 休 元旦\n2027-01-04 休 补休"
    found = read_days(text, 2027)
    assert found.wrong == [
        "第 3 行“一月二日 放假”看不懂。请写成 2027-01-01 休 元旦 的样子。",
        "第 4 行的 2027-02-30 不是确切日期。请核对。",
        "第 5 行的 2028-01-01 不在 2027 年。请核对。",
    ]
    assert [entry.day for entry in found.days] == [date(2027, 1, 1), date(2027, 1, 4)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-02-12～2027-02-06 休 春节", "第 1 行的止日 2027-02-06 早于起日 2027-02-12。请核对。"),
        ("2027-12-31～9999-12-31 休 元旦", "第 1 行的 9999-12-31 不在 2027 年。请核对。"),
        ("2027-02-06～2027-02-12 休 春节\n2027-02-07 班 调休", "第 2 行的 2027-02-07 在第 1 行已经写过。请留一行。"),
        ("2027-01-01 休", "第 1 行“2027-01-01 休”看不懂。请写成 2027-01-01 休 元旦 的样子。"),
        ("2027-01-01 休 \x00", "第 1 行“2027-01-01 休”看不懂。请写成 2027-01-01 休 元旦 的样子。"),
        (f"2027-01-01 休 {'长' * (LONGEST_NAME + 1)}", "第 1 行的名称超过 40 个字。请缩短。"),
        ("0000-01-01 休 元旦", "第 1 行的 0000-01-01 不是确切日期。请核对。"),
        ("\n" * MOST_LINES, "有 401 行，最多 400 行。请删去多余的。"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(text: str, sentence: str) -> None:
    assert read_days(text, 2027).wrong == [sentence]


def test_characters_that_cannot_be_seen_do_not_become_names() -> None:
    assert read_days("2027-01-01 休 元\x00旦\u202e", 2027).days == [ListedDay(date(2027, 1, 1), False, "元旦")]
