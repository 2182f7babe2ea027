"""At 390 px nothing makes a page scroll sideways, and everything one has to hit is large enough for a thumb."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.people import PHONE, People
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, photo, reported
from workflows.vocabulary import Action, Grade

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is drawn is the same on each

LONG = "电炉冷却水系统未设置出水温度、进水流量差监测报警装置" * 4 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" * 3
SMALL = """nodes => nodes.filter(node => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.height < 44;
}).map(node => node.outerHTML.slice(0, 120))"""


def _verifying(app: Flask, city: City, clock: FixedClock) -> str:
    with app.app_context():
        photos = (photo(), photo("red"))
        number = reported(city, "leader", clock(), description=LONG, proposed_grade=Grade.MAJOR, photos=photos)
        acts.accept(city, number, "manager", "principal", now=clock())
        acts.plan(city, number, clock())
        acts.work(city, number, clock())
        acts.ask(city, number, Action.VERIFY, "head", clock())
        acts.sign(city, number, "principal", now=clock())
    return number


def _fits(page: Page, url: str) -> list[str]:
    page.goto(url)
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{url} is {wide} px wide"] if wide > PHONE["width"] else []
    small = page.locator("main a.btn, main button.btn, .tabbar a, .jump a, .stickbar .btn").evaluate_all(SMALL)
    return found + [f"{url}: too small for a thumb: {node}" for node in small]


def test_no_page_scrolls_sideways_on_a_phone(people: People, app: Flask, city: City, clock: FixedClock) -> None:
    number = _verifying(app, city, clock)
    here = f"/hazards/{number}"
    wrong: list[str] = []
    for key, urls in (
        ("inspector_a", ("/", "/hazards/", here, f"{here}?all=1", f"{here}/sign", "/hazards/new", "/reports/", "/me")),
        ("manager", ("/hazards/new", f"{here}/correct", f"{here}/plan", f"{here}/photos", f"{here}/changes")),
        ("inspector_a", (f"{here}/dismiss", "/admin/enterprises/", "/me/password", "/nowhere")),
    ):
        page = people.on_phone(key)
        for url in urls:
            wrong += _fits(page, url)
    people.forgive("status of 4")
    assert wrong == []


def test_somebody_signs_in_on_a_phone_and_out_again(people: People) -> None:
    page = people.stranger(phone=True)
    assert _fits(page, "/hazards/") == []
    page.get_by_label("登录名").fill("leader")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/hazards/**")
    page.get_by_role("navigation", name="手机导航").get_by_role("link", name="我的").click()
    page.get_by_role("main").get_by_role("button", name="退出登录").first.click()
    page.wait_for_url("**/login*")
