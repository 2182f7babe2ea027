"""Picking rows of the list with the keys and with a thumb, and signing what was picked."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.test_bulk import waiting
from workflows.vocabulary import State

RESULT = re.compile(r"/hazards/bulk/results/\d+$")


def _three(app: Flask, city: City, clock: FixedClock) -> tuple[str, str, str]:
    """Two whose verification waits for a safety manager, one that somebody puts right."""
    with app.app_context():
        first, second = waiting(city, clock, place="东区"), waiting(city, clock, place="南区")
        third = reported(city, "leader", clock(), place="西区")
        acts.accept(city, third, "manager", now=clock())
    return first, second, third


def _state(app: Flask, number: str) -> State:
    with app.app_context():
        return hazard(number).state


def _no_sideways(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} scrolls sideways by {width}"


def test_rows_are_picked_by_key_and_signed_together(people: People, app: Flask, city: City, clock: FixedClock) -> None:
    first, second, third = _three(app, city, clock)
    page = people.at_desk("manager")
    page.goto("/hazards/?sort=number")
    bar = page.get_by_role("region", name="批量操作")
    expect(bar).to_be_hidden()
    for _row in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(bar).to_contain_text("已选 3 条")
    expect(bar).to_contain_text(f"2 条可由您签批；1 条不可：{third} 现由 部门负责人·喆 办理")
    page.keyboard.press("x")
    expect(bar).to_contain_text("2 条都可由您签批")
    page.keyboard.press("x")
    bar.get_by_role("button", name="逐条核对并签批").click()
    page.wait_for_url("**/bulk/sign*")
    steps.said(page, "2 条，另有 1 条不能办理", "确认下列隐患已整改完毕，同意通过验收。")
    page.get_by_role("button", name="签批勾选的各条").click()
    page.wait_for_url(RESULT)
    steps.said(page, "已全部办理。", "共 2 条：办理 2 条")
    assert [_state(app, number) for number in (first, second)] == [State.VERIFIED] * 2


def test_a_thumb_picks_leaves_one_out_and_signs(people: People, app: Flask, city: City, clock: FixedClock) -> None:
    first, second, _third = _three(app, city, clock)
    page = people.on_phone("manager")
    page.goto("/hazards/?sort=number")
    for number in (first, second):
        page.get_by_role("checkbox", name=f"选择 {number}").check()
    _no_sideways(page)
    page.get_by_role("region", name="批量操作").get_by_role("button", name="逐条核对并签批").click()
    page.wait_for_url("**/bulk/sign*")
    _no_sideways(page)
    page.get_by_role("checkbox", name=f"办理 {second}").uncheck()
    page.locator("summary").filter(has_text=second).click()
    expect(page.locator("details").filter(has_text=second).get_by_text("南区")).to_be_visible()
    page.get_by_role("button", name="签批勾选的各条").click()
    page.wait_for_url(RESULT)
    _no_sideways(page)
    assert (_state(app, first), _state(app, second)) == (State.VERIFIED, State.RECTIFYING)
