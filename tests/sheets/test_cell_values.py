"""What a cell means: days, sums, yes and no. What is not exactly one of them is none."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sheets import Value, as_text, clean, is_placeholder, read_amount, read_date, read_deadline, read_flag
from core.sheets.numerals import read_chinese_number

DAY = date(2025, 6, 30)


@pytest.mark.parametrize(
    "written",
    [
        datetime.fromisoformat("2025-06-30"),
        DAY,
        45838,
        45838.0,
        "45838",
        "2025.6.30",
        "2025.06.30.",
        "2025-6-30",
        "2025/06/30",
        "2025年6月30日",
        "2025 年 6 月 30 日",
        "2025年6月30号",
        "２０２５年６月３０日",
        "20250630",
        20250630,
        "2025-06-30 00:00:00",
        "二〇二五年六月三十日",
        "二○二五年六月三十号",
        "2025年6月30日（周一）",
        "2025年6月30日 上午",
    ],
)
def test_a_day_is_read_in_every_way_it_is_written(written: Value) -> None:
    moment = read_date(written)
    assert moment is not None
    assert moment.day == DAY
    assert moment.at is None


@pytest.mark.parametrize(
    "written",
    [
        *(
            "6月底前",
            "立即整改",
            "3月11日至13日",
            "7月中下旬",
            "限期2日内",
            "2025年6月",
            "6.30",
            "25.6.30",
            "2025.13.1",
        ),
        *("2025.2.30", "2025-6-30-1", "长期", "", "1", "已整改", "20251301", "2025.6.30至7.1"),
        *(0, 5, -45838, 99, 1e300, float("nan"), float("inf"), True, None, time(8, 30), 123456),
        date(1900, 1, 1),
        *(
            "二〇二五年六月",
            "二〇二五年十三月一日",
            "二〇二五年六月三十一日",
            "周一",
            "2025年6月30日至31日",
            "3" * 5_000,
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00+14:00",
        ),
    ],
)
def test_what_is_not_exactly_one_day_is_none(written: Value) -> None:
    assert read_date(written) is None


def test_a_time_of_day_is_kept_beside_the_day() -> None:
    assert read_date(datetime.fromisoformat("2023-05-31T15:20")) == (date(2023, 5, 31), time(15, 20))
    assert read_date("2026年9月1日 8:05") == (date(2026, 9, 1), time(8, 5))
    assert read_date(45838.5) == (DAY, time(12, 0))


def test_a_time_with_a_zone_is_the_day_in_shanghai() -> None:
    assert read_date("2025-06-29T18:30:00+00:00") == (DAY, time(2, 30))


def test_a_workbook_of_the_other_epoch_counts_from_1904() -> None:
    moment = read_date(45838 - 1462, epoch_1904=True)
    assert moment is not None
    assert moment.day == DAY


def test_a_term_until_a_day_is_that_day_only_as_a_deadline() -> None:
    until = read_deadline("2025年6月30日前")
    assert until is not None
    assert until.day == DAY
    assert read_date("2025年6月30日前") is None
    for written in ("限2025年6月30日前完成整改", "截至2025.6.30", "于2025-6-30前整改完毕", "2025年6月30日24时前"):
        assert read_deadline(written) == (DAY, None), written
    for written in ("6月底前", "2025年6月底前", "15日内", "2025年6月1日至30日前完成", "立即整改", "前", "长期" * 1_000):
        assert read_deadline(written) is None, written


@pytest.mark.parametrize(
    ("written", "unit", "fen"),
    [
        ("20,000元", "元", 2_000_000),
        ("叁仟元整", "元", 300_000),
        ("叁仟元整", "万元", 300_000),
        ("壹拾贰万叁仟肆佰伍拾陆元柒角捌分", "元", 12_345_678),
        ("三万五千元", "元", 3_500_000),
        (800, "元", 80_000),
        (1.2, "万元", 1_200_000),
        (128.5, "万元", 128_500_000),
        ("3", "万元", 3_000_000),
        ("5000元", "万元", 500_000),
        ("1亿元", "元", 10_000_000_000),
        ("￥1,234.50", "元", 123_450),
        (0, "万元", 0),
        (0.1 + 0.2, "元", 30),
    ],
)
def test_a_sum_is_read_into_fen(written: Value, unit: str, fen: int) -> None:
    assert read_amount(written, unit=unit) == (fen, False)


@pytest.mark.parametrize(
    ("written", "fen"), [("约42万元", 42_000_000), ("约3.5万元", 3_500_000), ("42万余元", 42_000_000)]
)
def test_a_round_figure_is_said_to_be_one(written: str, fen: int) -> None:
    assert read_amount(written) == (fen, True)


@pytest.mark.parametrize(
    "written",
    [
        "3-5万元",
        "待定",
        "2,00元",
        "企业自筹",
        "百元",
        "一二三元",
        "",
        -1,
        float("nan"),
        1e30,
        True,
        None,
        "9" * 40,
        "1e5",
    ],
)
def test_what_is_not_one_sum_is_none(written: Value) -> None:
    assert read_amount(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("十五", 15), ("一百零五", 105), ("叁仟", 3000), ("二十万", 200_000), ("三亿五千万", 350_000_000)],
)
def test_chinese_numerals(written: str, number: int) -> None:
    assert read_chinese_number(written) == number


@pytest.mark.parametrize("written", ["", "百千", "一二", "十百", "万", "三万五万", "甲"])
def test_numerals_that_make_no_number(written: str) -> None:
    assert read_chinese_number(written) is None


def test_yes_and_no() -> None:
    assert read_flag("是") is True
    assert read_flag(" 否 ") is False
    assert read_flag("局部停产") is None


def test_ways_of_writing_nothing() -> None:
    assert all(is_placeholder(text) for text in ("/", "——", "无", "暂无", "N/A", "0"))
    assert not any(is_placeholder(text) for text in ("无证上岗", "配电室", ""))


def test_a_text_loses_what_cannot_be_seen_and_keeps_rare_characters() -> None:
    assert clean(" 镕堃䶮𬭬\x00\x07\u202e\ufeff\r\n第二行_x000D_\n ") == "镕堃䶮𬭬\n第二行"
    assert clean("\ud800好") == "\ufffd好"


def test_numbers_and_days_as_a_person_reads_them() -> None:
    day, moment = datetime.fromisoformat("2026-01-02"), datetime.fromisoformat("2026-01-02T03:04")
    read = [as_text(value) for value in (3.0, 1.5, 7, day, moment, None)]
    assert read == ["3", "1.5", "7", "2026-01-02", "2026-01-02 03:04", ""]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.datetimes(), st.booleans(), st.none()))
def test_no_value_makes_the_readers_fail(value: Value) -> None:
    moment, amount = read_deadline(value), read_amount(value, unit="万元")
    assert moment is None or 1980 <= moment.day.year <= 2100
    assert amount is None or amount.fen >= 0
    assert "\x00" not in as_text(value)
