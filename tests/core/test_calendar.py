"""Working days come from the table; a year is loaded once it is announced."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.calendar import CalendarLoaded, SpecialDay, load_calendar, load_year, published_years, seed_calendar
from core.db import db, unit_of_work
from core.models import CalendarDay, CalendarYear
from core.refusals import Invalid
from tests.clocks import FixedClock

NEW_YEAR_2027 = SpecialDay(date(2027, 1, 1), False, "元旦")


@pytest.fixture
def heard(context: Flask) -> list[int]:
    years: list[int] = []
    context.extensions["announcements"].subscribe(CalendarLoaded, lambda loaded: years.append(loaded.year))
    return years


def seed(clock: FixedClock) -> list[int]:
    with unit_of_work():
        return seed_calendar(clock())


def load(clock: FixedClock, *days: SpecialDay, year: int = 2027, source: str = "国办发明电〔2026〕9 号") -> None:
    with unit_of_work():
        load_year(year, days, source=source, by_id=7, now=clock())


def test_the_published_years_are_put_in_once(heard: list[int], clock: FixedClock) -> None:
    assert seed(clock) == list(range(2004, 2027))
    days = db.session.scalar(select(func.count()).select_from(CalendarDay))
    assert seed(clock) == []
    assert db.session.scalar(select(func.count()).select_from(CalendarDay)) == days
    assert heard == list(range(2004, 2027))


def test_holidays_and_worked_weekends_count_as_published(context: Flask, clock: FixedClock) -> None:
    seed(clock)
    days = load_calendar()
    assert not days.is_working(date(2026, 10, 1))
    assert days.is_working(date(2026, 10, 10))
    assert not days.is_working(date(2026, 11, 14))
    assert days.is_working(date(2026, 11, 16))
    assert days.add_working(date(2026, 9, 30), 5) == date(2026, 10, 13)


def test_only_days_that_differ_are_kept() -> None:
    wrong = [
        entry for days in published_years().values() for entry in days if entry.is_working is (entry.day.weekday() < 5)
    ]
    assert wrong == []


def test_a_year_not_loaded_is_provisional_until_it_is(heard: list[int], clock: FixedClock) -> None:
    seed(clock)
    assert load_calendar().is_provisional(date(2026, 12, 1), date(2027, 1, 4))
    assert load_calendar().is_working(date(2027, 1, 1))
    heard.clear()
    load(clock, NEW_YEAR_2027)
    assert not load_calendar().is_provisional(date(2026, 12, 1), date(2027, 1, 4))
    assert not load_calendar().is_working(date(2027, 1, 1))
    assert heard == [2027]


def test_loading_again_replaces_the_year_even_in_the_same_moment(context: Flask, clock: FixedClock) -> None:
    load(clock, NEW_YEAR_2027)
    assert not load_calendar().is_working(date(2027, 1, 1))
    load(clock, SpecialDay(date(2027, 1, 4), False, "元旦"))
    assert load_calendar().is_working(date(2027, 1, 1))
    assert not load_calendar().is_working(date(2027, 1, 4))


def test_what_an_administrator_loaded_is_not_seeded_over(context: Flask, clock: FixedClock) -> None:
    load(clock, SpecialDay(date(2026, 3, 2), False, "临时放假"), year=2026)
    assert 2026 not in seed(clock)
    assert not load_calendar().is_working(date(2026, 3, 2))
    assert db.session.get_one(CalendarYear, 2026).loaded_by_id == 7


def test_the_table_is_read_once_while_nothing_changes(context: Flask, clock: FixedClock) -> None:
    seed(clock)
    assert load_calendar() is load_calendar()


@pytest.mark.parametrize(
    ("days", "year", "source", "sentence"),
    [
        ([SpecialDay(date(2028, 1, 3), False, "元旦")], 2027, "文件", "2028-01-03 不在 2027 年"),
        ([NEW_YEAR_2027, NEW_YEAR_2027], 2027, "文件", "写了两次"),
        ([NEW_YEAR_2027], 2027, " ", "依据"),
        ([], 1999, "文件", "年份"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(
    sqlite_context: Flask, clock: FixedClock, days: list[SpecialDay], year: int, source: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        load(clock, *days, year=year, source=source)
    assert db.session.scalar(select(func.count()).select_from(CalendarYear)) == 0
