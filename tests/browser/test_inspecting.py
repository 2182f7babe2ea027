"""A whole inspection on a phone: one tap for each conforming item, photos in place, a dead signal in the middle."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from core.db import db
from core.scope import everything
from hazards.models import Evidence, Hazard
from inspections.models import Inspection, ItemPhoto, ItemResult
from tests.browser import steps
from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.inspections import rounds


@pytest.fixture(autouse=True)
def planned(app: Flask, city: City, clock: FixedClock) -> None:
    """The smelting team has a daily round."""
    with app.app_context():
        rounds.a_plan(city, clock(), name="日排查：抛丸班")
        db.session.remove()


def _counted(app: Flask, *models: type[Any]) -> list[int]:
    with app.app_context(), everything("test"):
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def _begin(page: Page, period: str = rounds.TODAY) -> None:
    page.goto("/inspections/")
    page.locator(f"main form[action*='{period}']").get_by_role("button").click()
    page.wait_for_url("**/inspections/*")
    expect(page.get_by_role("heading", name="日排查：抛丸班")).to_be_visible()


def _card(page: Page, n: int) -> Locator:
    return page.locator("#run [data-item]").nth(n - 1)


def _tap(page: Page, n: int, word: str) -> None:
    _card(page, n).locator(".verdict label").filter(has_text=word).first.tap()


def _photo(page: Page, n: int, kind: str, colour: str) -> None:
    box = _card(page, n).locator(f"[data-kind={kind}]")
    before = box.get_by_role("img").count()
    box.locator("input[type=file]").set_input_files([steps.shot(colour)])
    expect(box.get_by_role("img")).to_have_count(before + 1)


def _put_right(page: Page, n: int) -> None:
    """Failed and put right on the spot, with both photos."""
    _tap(page, n, "不合格")
    card = _card(page, n)
    card.get_by_label("问题说明").fill("地面有油污")
    card.locator("label").filter(has_text="当场整改").tap()
    card.get_by_label("怎样整改的").fill("已擦净")
    _photo(page, n, "after", "green")  # in another order than one thinks of
    _photo(page, n, "before", "red")


def test_a_whole_inspection_with_a_dead_signal_in_the_middle(people: People, app: Flask) -> None:
    page = people.on_phone("leader")
    _begin(page)
    _tap(page, 1, "合格")
    expect(_card(page, 1).locator(".res")).to_contain_text("合格")
    expect(_card(page, 1).locator("form")).to_be_hidden()
    _tap(page, 3, "不合格")
    _card(page, 3).get_by_label("问题说明").fill("2 号抛丸机背面积尘约 4 毫米")
    _card(page, 3).locator("label").filter(has_text="一般").tap()
    _photo(page, 3, "before", "grey")
    expect(page.locator(".waits")).to_have_count(0)

    page.context.set_offline(True)
    _tap(page, 2, "合格")
    _put_right(page, 4)
    _tap(page, 5, "不适用")
    expect(page.locator("[data-lines]")).to_contain_text("没有网络。3 项结论和2 张照片已存本机，恢复后自动上传。")
    expect(page.locator("[data-draft-note]")).to_contain_text("已存本机")
    assert _counted(app, ItemResult, ItemPhoto) == [2, 1]
    page.locator("[data-next]").tap()
    expect(page.locator("[data-lines]")).to_contain_text("签名需要网络。")
    page.context.set_offline(False)
    page.wait_for_url("**/finish")
    people.forgive("ERR_INTERNET_DISCONNECTED")
    assert _counted(app, ItemResult, ItemPhoto) == [5, 3]

    steps.said(page, "不合格 2 项，签名后这样处理", "共 5 项：合格 2 项，不合格 2 项，不适用 1 项")
    steps.press(page, "班组长·堃 签名并提交")
    steps.said(page, "已签名，排查完成。", "上报隐患 2 条", "YH-500110-2026-000001", "YH-500110-2026-000002")
    assert _counted(app, Hazard, Evidence) == [2, 3]
    page.goto("/hazards/")
    steps.said(page, "2 号抛丸机背面积尘约 4 毫米", "地面有油污")


def test_what_was_left_unsent_goes_out_when_the_page_is_opened_again(people: People, app: Flask) -> None:
    page = people.on_phone("leader")
    _begin(page)
    url = page.url
    page.route("**/items/**", lambda route: route.abort())
    _tap(page, 1, "合格")
    _put_right(page, 4)
    expect(page.locator("[data-lines]")).to_contain_text("已存本机")
    page.context.set_offline(True)  # a request under way while its page goes would slip past the route
    page.goto("about:blank")
    assert _counted(app, ItemResult, ItemPhoto) == [0, 0]
    page.context.set_offline(False)
    page.unroute("**/items/**")
    page.goto(url)
    expect(page.locator("[data-draft-note]")).to_contain_text("已上传")
    expect(page.locator(".waits")).to_have_count(0)
    assert _counted(app, ItemResult, ItemPhoto) == [2, 2]
    people.forgive("ERR_FAILED")
    people.forgive("ERR_INTERNET_DISCONNECTED")


def test_an_answer_that_was_lost_on_its_way_back_counts_once_and_is_changed(people: People, app: Flask) -> None:
    page = people.on_phone("leader")
    _begin(page)
    lost = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # the server has it, the phone does not know
        route.abort()

    page.route("**/items/*", lose)
    _tap(page, 1, "合格")
    expect(page.locator("[data-lines]")).to_contain_text("已存本机")
    _card(page, 1).get_by_role("link", name="改第 1 项").tap()
    _tap(page, 1, "不适用")
    expect(page.locator("[data-draft-note]")).to_contain_text("已上传")
    assert _counted(app, ItemResult) == [1]
    page.reload()
    expect(_card(page, 1).locator(".res")).to_contain_text("不适用")
    people.forgive("ERR_FAILED")
    people.forgive("409")


def test_an_answer_the_page_cannot_read_stops_the_queue_with_a_sentence(people: People, app: Flask) -> None:
    """As a proxy or a portal gives it; nothing is lost, and opening the page anew sends it."""
    page = people.on_phone("leader")
    _begin(page)
    page.route("**/items/**", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>登录网络</p>"))
    _tap(page, 1, "合格")
    expect(page.locator("[data-lines]")).to_contain_text("服务器没有收下，已停止上传。1 项结论已存本机。请刷新此页再试")
    page.unroute("**/items/**")
    page.reload()
    expect(page.locator("[data-draft-note]")).to_contain_text("已上传")
    assert _counted(app, ItemResult) == [1]


def test_two_phones_answer_together_and_see_each_other(people: People, app: Flask) -> None:
    leader = people.beside("leader", phone=True)
    manager = people.beside("manager", phone=True)
    _begin(leader)
    _begin(manager)
    steps.said(manager, "这次排查由 班组长·堃 于 10:00 开始。")
    _tap(leader, 1, "合格")
    expect(leader.locator("[data-draft-note]")).to_contain_text("已上传")
    _tap(manager, 2, "合格")
    expect(_card(manager, 1).locator(".res")).to_contain_text("合格")
    _tap(leader, 2, "不适用")  # somebody was quicker, and it is not said to be saved
    expect(_card(leader, 2)).to_contain_text("您的结论没有保存")
    assert _counted(app, Inspection, ItemResult) == [1, 2]
    people.forgive("409")


def test_the_keyboard_alone_is_enough(people: People, app: Flask) -> None:
    page = people.at_desk("leader")
    _begin(page)
    _card(page, 1).get_by_role("radio", name="合格", exact=True).focus()
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    expect(page.locator("[data-answered]")).to_have_text("5")
    page.get_by_role("link", name="核对并签名").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/finish")
    page.get_by_role("button", name="班组长·堃 签名并提交").focus()
    page.keyboard.press("Enter")
    steps.said(page, "已签名，排查完成。")
    assert _counted(app, Hazard) == [0]
