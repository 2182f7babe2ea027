"""The calendar of working days: who keeps it, loading and correcting a year, lines that are wrong."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.roles import Role
from core.calendar import load_calendar, seed_calendar
from core.db import db, unit_of_work
from core.models import CalendarDay, CalendarYear
from tests.accounts.test_pages import READS, keeps_house_rules
from tests.accounts.world import World, browser_of, post, text_of
from tests.clocks import FixedClock

PAGE = "/admin/calendar"
NOTICE = "国务院办公厅关于 2027 年部分节假日安排的通知（国办发明电〔2026〕9 号）"
DAYS_2027 = "2027-01-01 休 元旦\r\n2027-01-03 班 调休上班\r\n2027-02-06～2027-02-12 休 春节"  # made up
PROVISIONAL = "2027 年的工作日表还没有装载，期限暂按周一至周五计，装载后自动重算。"


def seed(app: Flask, clock: FixedClock) -> None:
    with app.app_context(), unit_of_work():
        seed_calendar(clock())


def typed(days: str = DAYS_2027, *, year: object = 2027, source: str = NOTICE) -> dict[str, object]:
    return {"year": year, "source": source, "days": days}


def test_a_year_is_loaded_and_no_longer_counts_provisionally(world: World, app: Flask, clock: FixedClock) -> None:
    seed(app, clock)
    client = browser_of(app, "system_admin")
    assert PROVISIONAL in text_of(client.get(PAGE))
    answer = post(client, PAGE, typed())
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(answer.location))
    # 6 February is a Saturday, 7 February a Sunday: both rest anyway
    assert "放假 6 个工作日，上班 1 个周末日。未销号隐患的暂计期限已重算。" in page
    assert "工作日表还没有装载" not in page
    assert NOTICE in page
    with app.app_context():
        days = load_calendar()
        assert not days.is_provisional(date(2026, 12, 1), date(2027, 3, 1))
        assert [day for day in range(1, 8) if days.is_working(date(2027, 1, day))] == [3, 4, 5, 6, 7]
        assert not days.is_working(date(2027, 2, 12))
        assert db.session.get_one(CalendarYear, 2027).loaded_by_id == world.people["system_admin"]


def test_a_loaded_year_is_corrected_from_what_stands_there(world: World, app: Flask, clock: FixedClock) -> None:
    seed(app, clock)
    client = browser_of(app, "system_admin")
    before = text_of(client.get(f"{PAGE}?year=2026"))
    shown = unescape(before[before.index("<textarea") : before.index("</textarea>")]).partition(">")[2].strip()
    assert "2026-10-01 休 国庆节" in shown.splitlines()
    assert "2026-10-10 班 国庆节调休上班" in shown.splitlines()
    answer = post(client, f"{PAGE}?year=2026", typed(f"{shown}\n2026-12-31 休 临时放假", year=2026))
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(answer.location))
    assert "2026 年的工作日表已更正。" in page
    assert "已定的整改期限不变" in page
    with app.app_context():
        days = load_calendar()
        assert not days.is_working(date(2026, 12, 31))
        assert not days.is_working(date(2026, 10, 1))
        assert days.is_working(date(2026, 10, 10))


def test_wrong_lines_are_named_and_nothing_typed_is_lost(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    days = "2027-01-01 休 元旦\r\n<b>二月</b> 放假\r\n2027-02-30 休 春节\r\n2027-01-01 班 上班"
    answer = post(client, PAGE, typed(days))
    page = text_of(answer)
    assert answer.status_code == 422
    for sentence in (
        "第 2 行“<b>二月</b> 放假”看不懂。请写成 2027-01-01 休 元旦 的样子。",
        "第 3 行的 2027-02-30 不是确切日期。请核对。",
        "第 4 行的 2027-01-01 在第 1 行已经写过。请留一行。",
    ):
        assert sentence in unescape(page)
    assert days in unescape(page)
    assert "<b>二月" not in page
    assert f'value="{NOTICE}"' in page
    keeps_house_rules(PAGE, page)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CalendarDay)) == 0


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (typed(year=1999), "应是 2000 到 2100 的年份。"),
        (typed(year="9" * 5000), "应是 2000 到 2100 的年份。"),
        (typed(year="明年"), "应是 2000 到 2100 的年份。"),
        (typed(source=" "), "请填通知的名称和文号。"),
        (typed(source="长" * 201), "最多 200 个字。"),
        (typed(" \r\n "), "一天也没有写。请照通知逐行填写。"),
        (typed("长" * 20_001), "最多 20000 个字。"),
        (typed(year=2028), "第 1 行的 2027-01-01 不在 2028 年。请核对。"),
    ],
)
def test_a_form_that_cannot_be_right_is_refused(
    sqlite_world: World, sqlite_app: Flask, form: dict[str, object], sentence: str
) -> None:
    answer = post(browser_of(sqlite_app, "system_admin"), PAGE, form)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with sqlite_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CalendarYear)) == 0


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_those_who_administer_read_it_and_the_system_administrator_keeps_it(
    sqlite_world: World, sqlite_app: Flask, role: str
) -> None:
    client = browser_of(sqlite_app, role)
    answer = client.get(PAGE)
    assert answer.status_code == (200 if role in READS else 403)
    if role in READS:
        keeps_house_rules(PAGE, text_of(answer))
        assert ('name="days"' in text_of(answer)) is (role == "system_admin")
        assert PROVISIONAL in text_of(answer)
    sent = post(client, PAGE, typed(), at="/me")
    assert sent.status_code == (302 if role == "system_admin" else 403)
    with sqlite_app.app_context():
        years = set(db.session.scalars(select(CalendarYear.year)))
    assert years == ({2027} if role == "system_admin" else set())


@pytest.mark.parametrize("role", ["system_admin", "auditor", "inspector", "complaint_officer"])
def test_the_page_is_found_from_the_pages_of_administration(sqlite_world: World, sqlite_app: Flask, role: str) -> None:
    assert f'href="{PAGE}"' in text_of(browser_of(sqlite_app, role).get("/admin/enterprises/"))


@pytest.mark.parametrize("year", ["", "x", "1999", "99999999999999999999", "２０２７", "%00<script>"])
def test_a_year_that_cannot_be_is_taken_as_this_year(sqlite_world: World, sqlite_app: Flask, year: str) -> None:
    page = text_of(browser_of(sqlite_app, "system_admin").get(f"{PAGE}?year={year}"))
    assert "2026 年与周一至周五不同的日子" in page
