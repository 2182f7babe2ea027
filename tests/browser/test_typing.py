"""Clauses and earlier reports appear while a report is typed, and what is picked goes along."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import expect

from hazards import criteria
from tests.browser import steps
from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards.city import City, hazard, reported

TEXT = "喷漆室使用油性油漆，未设置可燃气体浓度监测报警装置"


def test_what_is_typed_brings_clauses_and_earlier_reports(
    people: People, app: Flask, city: City, clock: FixedClock
) -> None:
    with app.app_context():
        criteria.seed(clock())
        number = reported(city, "leader", clock(), description=TEXT, place=steps.SELF_FOUND["place"])
    page = people.on_phone("leader")
    page.goto("/hazards/new")
    expect(page.get_by_role("button", name="查找条款")).to_be_hidden()
    steps.report(page, before=("grey",))
    page.get_by_label("看到了什么").fill(TEXT)
    first = page.locator(".pickcard").first
    expect(first).to_contain_text("使用非水性漆的调漆间、喷漆室未设置固定式可燃气体浓度监测报警装置")
    expect(first.locator("mark").first).to_be_visible()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    first.get_by_role("radio").check()
    with page.expect_response(re.compile("/hazards/criteria/candidates")):
        page.get_by_label("看到了什么").fill(f"1号{TEXT}")
    expect(page.locator(".pickcard").first.get_by_role("radio")).to_be_checked()
    steps.press(page, "上报")
    steps.said(page, "已上报：")
    with app.app_context():
        assert hazard(steps.number_of(page)).criterion_candidate_id is not None
