"""Idle sign-out: announced two minutes before, put off by one tap or by working, and nothing typed is lost."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City

WORDS = "通知明天复查"


def _typing(people: People, city: City, app: Flask) -> Page:
    """Somebody writes a reason into a form that keeps no draft, on a page whose clock the test moves."""
    page = people.beside("manager")
    page.clock.install()
    page.goto(f"/admin/people/{city.people['leader']}/phone")
    page.locator("[name=reason]").fill(WORDS)
    return page


def _told(page: Page) -> None:
    """Whoever typed is at work: the server is told, and the time begins anew."""
    with page.expect_response("**/me/still-here"):
        page.clock.run_for(150_000)


def _pass(page: Page, clock: FixedClock, *, minutes: int) -> None:
    """Time goes by, here and at the server."""
    clock.advance(minutes=minutes)
    page.clock.run_for(minutes * 60_000)


def test_the_end_is_announced_and_put_off_by_one_tap(people: People, city: City, app: Flask, clock: FixedClock) -> None:
    page = _typing(people, city, app)
    _told(page)
    _pass(page, clock, minutes=27)
    expect(page.get_by_role("alert")).to_have_count(0)
    _pass(page, clock, minutes=2)
    line = page.get_by_role("alert").filter(has_text="您很久没有操作。")
    expect(line).to_contain_text("分钟后自动退出，您写的内容会留着。")
    line.get_by_role("button", name="继续工作").click()
    expect(line).to_have_count(0)
    _pass(page, clock, minutes=20)
    expect(page.locator("[name=reason]")).to_have_value(WORDS)


def test_what_was_typed_comes_back_after_the_log_in(people: People, city: City, app: Flask, clock: FixedClock) -> None:
    page = _typing(people, city, app)
    _told(page)
    clock.advance(minutes=31)
    page.clock.run_for(29 * 60_000)
    page.clock.run_for(2 * 60_000)
    expect(page.get_by_text("您已 30 分钟没有操作，为安全起见已退出。")).to_be_visible()
    page.locator("[name=login]").fill("manager")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_text("已接着您刚才写的内容。")).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value(WORDS)
