"""The pages of facts and the calendar: figures are doors, others' are closed, a month at a glance."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts.models import OrgUnit
from core.db import db, unit_of_work
from core.scope import everything
from inspections.models import DutyFigure, RegionFigure
from inspections.operations import settling
from tests.accounts.world import log_in
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City, build_city
from tests.inspections.duties import a_plan, finish
from tests.inspections.test_counting import at
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Tier

MONDAY = date(2026, 11, 2)


def busy(app: Flask, city: City, clock: FixedClock) -> None:
    """A week of a team: done, done late, missed; the week after is running."""
    with app.app_context():
        plan = a_plan(city, MONDAY, at(MONDAY))
        finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
        tuesday = MONDAY + timedelta(days=1)
        finish(city, plan, period_of(Frequency.DAY, tuesday), at(MONDAY + timedelta(days=2), 9))
        settling.settle(clock())


def browser(app: Flask, who: str) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = app.test_client()
    log_in(client, who, PASSWORD)
    return client


def test_a_figure_leads_to_exactly_its_list(app: Flask, page_city: City, clock: FixedClock) -> None:
    """Each figure of the enterprise's table, followed."""
    busy(app, page_city, clock)
    client = browser(app, "manager")
    page = client.get("/inspections/facts?month=2026-11").text
    doors = re.findall(r'<td class="r"><a href="([^"]+/facts/(\w+)[^"]*)">([\d,]+)</a></td>', page)
    assert {what for _, what, _ in doors} == {"due", "in_time", "late", "missed"}
    for url, what, number in doors:
        listed = client.get(unescape(url)).text
        assert len(re.findall("<tr><td", listed.partition("<tbody>")[2])) == int(number), what
        assert f" {number} 次</h1>" in listed.replace("\n", "")


def test_a_regulator_walks_from_the_region_to_the_list(app: Flask, page_city: City, clock: FixedClock) -> None:
    """District, street, enterprise, list; another district finds nothing there."""
    busy(app, page_city, clock)
    client = browser(app, "clerk")
    page = client.get("/inspections/facts?month=2026-11").text
    assert "三江街道" in page
    firms = client.get("/inspections/facts?month=2026-11&by=enterprise&missed=1").text
    assert "示例綦江机械制造有限公司5号厂" in firms
    firm = page_city.enterprises["plant"]
    listed = client.get(f"/inspections/facts/missed?month=2026-11&enterprise={firm}").text
    assert "未开展" in listed
    assert "2026-11-04" in listed
    far = browser(app, "far_inspector")
    assert far.get(f"/inspections/facts/missed?month=2026-11&enterprise={firm}").status_code == 404
    assert far.get("/inspections/facts?region=500110").status_code == 404
    assert browser(app, "worker").get("/inspections/facts").status_code == 403


def test_what_lies_in_no_street_has_its_own_list(app: Flask, page_city: City, clock: FixedClock) -> None:
    """A district's own enterprises stand in a line of their own, whose figures lead to them alone."""
    month, district = clock().date().replace(day=1), "/500000/500110/"
    with app.app_context(), everything("test figures"), unit_of_work() as session:
        for key, path, missed in (("plant", f"{district}500110001/", 3), ("shop", district, 2)):
            counts = {"month": month, "region_path": path, "tier": Tier.DAY, "due": missed, "missed": missed}
            session.add(DutyFigure(enterprise_id=page_city.enterprises[key], unit_id=0, **counts))
            session.add(RegionFigure(sector="", **counts))
    client = browser(app, "clerk")
    page = client.get("/inspections/facts").text
    urls = [unescape(url) for url in re.findall(r'<a href="([^"]*own=1[^"]*)">2</a>', page)]
    assert len(urls) == 2, "due, missed"
    for url in urls:
        listed = client.get(url).text
        assert "示例綦江五金店" in listed
        assert "机械制造" not in listed
        assert "綦江区（未分街镇）" in listed
    street = re.search(r'<a href="([^"]*region=500110001[^"]*)">3</a>', page)
    assert street is not None
    listed = client.get(unescape(street[1])).text
    assert "机械制造" in listed
    assert "五金店" not in listed


def test_without_an_enterprise_there_is_no_list(app: Flask, page_city: City) -> None:
    """And no list of what is not counted."""
    client = browser(app, "clerk")
    assert client.get("/inspections/facts/missed").status_code == 404
    assert client.get(f"/inspections/facts/anything?enterprise={page_city.enterprises['plant']}").status_code == 404
    for odd in ("month=0000-99", "tier=x", "unit=99999999999999999", "after=x|y|z", "before=x", "month=2026-11-99"):
        assert browser(app, "manager").get(f"/inspections/facts?{odd}").status_code == 200, odd


def test_a_month_beyond_all_records_is_none(app: Flask, page_city: City) -> None:
    """At the ends of the calendar, where a day more or less is no day."""
    firm, unit = page_city.enterprises["plant"], page_city.units["smelting"]
    client = browser(app, "manager")
    pages = ("calendar?", f"calendar?unit={unit}&", "facts?", f"facts/found?enterprise={firm}&", "done?")
    for page in pages:
        for odd in ("0001-01", "1999-12", "2026-12", "9999-12"):
            assert client.get(f"/inspections/{page}month={odd}").status_code == 200, (page, odd)
    assert "2026 年 11 月排查日历" in client.get("/inspections/calendar?month=9999-12").text


def test_a_month_of_a_unit_and_of_all_units(app: Flask, page_city: City, clock: FixedClock) -> None:
    """Marks are words; a rest day says so."""
    busy(app, page_city, clock)
    client = browser(app, "manager")
    unit = page_city.units["smelting"]
    month = client.get(f"/inspections/calendar?month=2026-11&unit={unit}").text
    for words in ("按时完成", "逾期补查", "未开展", "今天", "休", "未到时间"):
        assert words in month
    every = client.get("/inspections/calendar?month=2026-11").text
    for mark in ("✓", "补", "未", "·"):
        assert f">{mark}</td>" in every
    assert client.get("/inspections/calendar?month=2026-11&unit=987654").status_code == 404
    assert browser(app, "inspector_a").get("/inspections/calendar").location == "/inspections/facts?by=enterprise"
    firm = page_city.enterprises["plant"]
    assert browser(app, "inspector_a").get(f"/inspections/calendar?enterprise={firm}").status_code == 200
    assert browser(app, "far_inspector").get(f"/inspections/calendar?enterprise={firm}").status_code == 404


def test_however_many_units_a_page_asks_the_same_number_of_queries(sqlite_app: Flask, clock: FixedClock) -> None:
    """Fifty units a page, and no query for each."""
    with sqlite_app.app_context():
        city = build_city(clock())
        busy(sqlite_app, city, clock)
    client = browser(sqlite_app, "manager")
    few = _queries(sqlite_app, client, "/inspections/calendar?month=2026-11")
    with sqlite_app.app_context(), everything("test units"), unit_of_work() as session:
        session.add_all(OrgUnit(enterprise_id=city.enterprises["plant"], name=f"班组{n:03d}") for n in range(120))
    assert _queries(sqlite_app, client, "/inspections/calendar?month=2026-11") == few <= 12
    assert "再看 50 个部门、班组" in client.get("/inspections/calendar?month=2026-11").text
    assert "班组119" in client.get("/inspections/calendar?month=2026-11&from=100").text
    odd = client.get("/inspections/calendar?month=2026-11&endpoint=x&_external=1&_scheme=javascript")
    assert odd.status_code == 200
    assert "javascript:" not in odd.text
    assert _queries(sqlite_app, client, "/inspections/facts") <= 12
    for who in ("manager", "leader", "principal"):
        assert _queries(sqlite_app, browser(sqlite_app, who), "/inspections/") <= 12
        assert _queries(sqlite_app, browser(sqlite_app, who), "/") <= 12


def test_many_units_are_paged(sqlite_app: Flask, clock: FixedClock) -> None:
    """Fifty lines a page; the total is of all of them."""
    with sqlite_app.app_context():
        city = build_city(clock())
        firm = city.enterprises["plant"]
        with everything("test units"), unit_of_work() as session:
            month = clock().date().replace(day=1)
            for unit in range(1, 61):
                place = {"enterprise_id": firm, "unit_id": unit, "tier": Tier.DAY, "region_path": "/500000/"}
                session.add(DutyFigure(month=month, **place, due=2, missed=2))
    client = browser(sqlite_app, "manager")
    first = client.get("/inspections/facts").text
    assert first.count('<th scope="row">') == 51
    assert ">120</a>" in first
    assert client.get("/inspections/facts?after=50").text.count('<th scope="row">') == 11
    assert re.search(r'href="/inspections/facts\?[^"]*after=50"', first)
    odd = client.get("/inspections/facts?endpoint=x&_external=1&_scheme=javascript")
    assert odd.status_code == 200
    assert "javascript:" not in odd.text


def _queries(app: Flask, client: FlaskClient, path: str) -> int:
    client.get(path)
    count = 0

    def counted(*_arguments: object) -> None:
        nonlocal count
        count += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", counted)
    assert client.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", counted)
    return count
