"""Causes, 举一反三 and lasting measures, searched within the scope."""

from __future__ import annotations

from flask import Flask

from core.db import unit_of_work
from hazards.operations import working
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from tests.hazards.visiting import Visitor


def _learned(city: City, clock: FixedClock, by: str, **facts: str) -> str:
    number = reported(city, by, clock())
    acts.accept(city, number, "manager", now=clock())
    with city.eyes("manager") as actor, unit_of_work():
        working.correct(hazard_by_number(number), dict(facts), by=actor, now=clock.advance(minutes=1))
    return number


def test_a_regulator_finds_what_was_learned(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        first = _learned(page_city, clock, "leader", cause="联锁被短接后没有恢复", lasting_measure="联锁变更须审批")
        second = _learned(page_city, clock, "leader", similar_checked="已查 6 台压机，防护罩完好")
        third = reported(page_city, "leader", clock(), description="联锁失效")
    inspector = Visitor(app, "inspector_a")
    shown = inspector.open("/hazards/lessons").text
    assert first in shown
    assert second in shown
    assert third not in shown
    found = inspector.open("/hazards/lessons?q=联锁+审批").text
    assert first in found
    assert second not in found
    assert third not in found
    assert "没有找到" in inspector.open("/hazards/lessons?q=联锁+防护").text
    assert "没有找到" in inspector.open("/hazards/lessons?sector=消防&q=联锁").text


def test_others_find_only_their_own(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        _learned(page_city, clock, "leader", cause="联锁被短接后没有恢复")
    for key in ("far_inspector", "shop_principal"):
        assert "没有找到" in Visitor(app, key).open("/hazards/lessons?q=联锁").text, key


def test_pages_go_on_where_the_last_one_ended(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = [_learned(page_city, clock, "leader", cause=f"原因 {n}：<b>短接</b>") for n in range(22)]
    visitor = Visitor(app, "reviewer")
    page = visitor.open("/hazards/lessons?q=短接")
    assert "&lt;b&gt;短接&lt;/b&gt;" in page.html
    assert (numbers[-1] in page.text, numbers[0] in page.text) == (True, False)
    address = page.html.split('href="/hazards/lessons?')[1].split('"')[0].replace("&amp;", "&")
    rest = visitor.open(f"/hazards/lessons?{address}").text
    assert (numbers[-1] in rest, numbers[0] in rest) == (False, True)
    assert visitor.open("/hazards/lessons?before=abc&sector=nowhere").status == 200
