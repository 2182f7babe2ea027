"""The period of a ledger: how it is written, named and counted, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.refusals import Invalid
from reports.rules import Period, month_of, parse_month, parse_period, quarter_of, year_of

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "first", "last", "kind", "label", "before"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), "month", "2026年10月", "2026-09"),
        ("2026-1", date(2026, 1, 1), date(2026, 1, 31), "month", "2026年1月", "2025-12"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", "2024年2月", "2024-01"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "quarter", "2026年第三季度", "2026-Q2"),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31), "quarter", "2026年第一季度", "2025-Q4"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year", "2026年", "2025"),
        (
            "2026-01-15..2026-03-31",
            date(2026, 1, 15),
            date(2026, 3, 31),
            "range",
            "2026年1月15日至3月31日",
            "2025-10-31..2026-01-14",  # 76 days each
        ),
        (
            "2025-12-1..2026-01-31",
            date(2025, 12, 1),
            date(2026, 1, 31),
            "range",
            "2025年12月1日至2026年1月31日",
            "2025-09-30..2025-11-30",
        ),
        ("2026-11-22..2026-11-22", TODAY, TODAY, "range", "2026年11月22日", "2026-11-21..2026-11-21"),
    ],
)
def test_a_period_is_written_and_named(text: str, first: date, last: date, kind: str, label: str, before: str) -> None:
    period = parse_period(text, TODAY)
    assert (period.first_day, period.last_day, period.kind, period.label) == (first, last, kind, label)
    assert period.before().code == before
    assert parse_period(period.code, TODAY) == period


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-10-01..2026-10-31", month_of(date(2026, 10, 5))),
        ("2026-07-01..2026-09-30", quarter_of(date(2026, 8, 31))),
        ("2026-01-01..2026-12-31", year_of(TODAY)),
    ],
)
def test_the_same_days_are_the_same_period_however_written(text: str, same: Period) -> None:
    assert parse_period(text, TODAY) == same
    assert parse_period(text, TODAY).code == same.code


def test_it_lasts_from_midnight_to_midnight_in_shanghai() -> None:
    quarter = parse_period("2026-Q3", TODAY)
    assert quarter.begins == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert quarter.ends == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_it_is_over_once_its_last_day_is() -> None:
    october = month_of(date(2026, 10, 1))
    assert not october.is_over(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    assert october.is_over(datetime(2026, 10, 31, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "十月",
        "202610",
        "2026-13",
        "2026-Q5",
        "2026-02-30..2026-03-01",
        "２０２６",
        "2026-01-01..",
        "2026-10 x",
        "<b>",
    ],
)
def test_another_form_is_refused_with_the_right_ones(text: str) -> None:
    with pytest.raises(Invalid, match=r"2026-10、2026-Q3、2026 或 2026-01-15\.\.2026-03-31"):
        parse_period(text, TODAY)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-05-01..2026-04-30", "止日不能早于起日"),
        ("1999-12", "2000 到 2100"),
        ("2026-01-01..2101-01-01", "2000 到 2100"),
        ("2027", "2027年还没有开始"),
        ("2027-Q1", "2027年第一季度还没有开始"),
        ("2026-11-23..2026-11-30", "2026年11月23日至30日还没有开始"),
    ],
)
def test_what_has_no_ledger_says_why(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        parse_period(text, TODAY)


def test_one_that_runs_has_begun() -> None:
    """It is computed to now."""
    assert parse_period("2026", TODAY).last_day > TODAY
    assert parse_period("2026-11-22..2026-12-31", TODAY).kind == "range"


@pytest.mark.parametrize("text", ["2026-13", "2026", "2026-Q3", "202610", "10-2026", "２０２６-10", "2026-10 x", ""])
def test_a_month_is_written_in_one_way(text: str) -> None:
    with pytest.raises(Invalid, match="2026-10"):
        parse_month(text, TODAY)


def test_a_month_that_has_not_begun_has_no_ledger() -> None:
    with pytest.raises(Invalid, match="还没有开始"):
        parse_month("2026-12", date(2026, 11, 30))
    assert parse_month("2026-12", date(2026, 12, 1)) == month_of(date(2026, 12, 25))
