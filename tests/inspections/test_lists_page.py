"""日周月季清单: figures that equal their lists, who sees what, pages by key, the file, the colours of the table."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from core.db import db
from core.scope import everything
from hazards.models import Hazard
from inspections.queries import lists
from inspections.queries.lists import Asked
from inspections.rollover import roll_over
from tests.clocks import FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City
from tests.hazards.test_list_page import FAR, PLANT, SHOP, TODAY, put
from tests.inspections.lists import found, on
from workflows.colours import tone
from workflows.vocabulary import Category, Grade, State, Tier

DEADLINES = (None, -1, 0, 3, 4, 30)


def numbers_on(client: FlaskClient, url: str) -> list[str]:
    """The numbers of the entries, page after page."""
    seen: list[str] = []
    while True:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        page = answer.get_data(as_text=True)
        seen += re.findall(r'class="num">(YH-[^<]+)<', page)
        after = re.search(r'rel="next" href="([^"]+)"', page)
        if after is None:
            return seen
        url = unescape(after[1])


def every_row(city: City) -> list[dict[str, Any]]:
    """A hazard for each deadline, list and grade, and what stands on none."""
    rows: list[dict[str, Any]] = [
        {"left": left, "tier": tier, "grade": grade, "tier_since": TODAY - timedelta(days=4)}
        for left, tier, grade in product(DEADLINES, Tier, Grade)
    ]
    rows += [{"firm": SHOP, "category": Category.FIRE}, {"firm": FAR}, {"unit_id": city.units["smelting"]}]
    return [*rows, {"state": State.VERIFIED}, {"state": State.CLOSED}]


def test_the_colours_of_the_query_are_those_of_the_table(app: Flask, page_city: City) -> None:
    put(app, page_city, *every_row(page_city))
    with app.app_context(), everything("test"):
        rows = db.session.query(Hazard).filter(Hazard.state.in_((State.REPORTED, State.RECTIFYING))).all()
        expected: dict[tuple[Tier, str], int] = {}
        for row in rows:
            colour = tone(row.state, row.grade, row.tier, row.deadline, TODAY)
            expected[row.tier, str(colour)] = expected.get((row.tier, str(colour)), 0) + 1
        counted = lists.figures_of(Asked(), TODAY).cells
        assert {(tier, colour.value): number for (tier, colour), number in counted.items()} == expected
        for (tier, colour), number in counted.items():
            shown, more = lists.page_of(Asked(tier=tier, tone=colour), TODAY, None, 100)
            assert (len(shown), more) == (number, None)


@pytest.mark.parametrize("who", ["leader", "manager", "shop_principal", "inspector_a", "city_inspector_a", "clerk"])
def test_every_figure_equals_the_list_behind_it(app: Flask, page_city: City, who: str) -> None:
    in_no_part = [{"region_path": path} for path in ("/500000/500110/", "/500000/")]
    put(app, page_city, *every_row(page_city), *in_no_part)
    client = browser(app, who)
    page = client.get("/inspections/lists/").get_data(as_text=True)
    whole = re.findall(r'class="tl-whole" href="([^"]+)"><b>([\d,]+)</b>', page)
    cells = re.findall(r'class="tier tone-\w+" href="([^"]+)">. ([\d,]+)</a>', page)
    parts = re.findall(r'<td class="r"><a (?:class="days days-late" )?href="([^"]+)">([\d,]+)</a>', page)
    assert len(whole) == 4
    assert cells
    assert parts
    for url, number in [*whole, *cells, *parts]:
        assert len(numbers_on(client, unescape(url))) == int(number), url
    assert sum(int(number) for _url, number in whole) == len(numbers_on(client, "/inspections/lists/"))


def test_pages_by_key_show_each_entry_once_in_order(app: Flask, page_city: City) -> None:
    put(app, page_city, *every_row(page_city), *({"left": n % 7 or None} for n in range(80)))
    shown = numbers_on(browser(app, "manager"), "/inspections/lists/")
    assert len(shown) == len(set(shown)) == 48 + 1 + 80
    with app.app_context(), everything("test"):
        days = dict(db.session.execute(db.select(Hazard.number, Hazard.deadline)).all())
    assert [days[one] or date.max for one in shown] == sorted(days[one] or date.max for one in shown)


def test_an_entry_says_when_it_came_from_where_how_long_and_who_must_clear_it(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        found(page_city, on(11, 16))
        roll_over(on(11, 17, 0), now=on(11, 17, 0))
    clock.set(on(11, 19))
    page = unescape(browser(app, "manager").get("/inspections/lists/").get_data(as_text=True))
    assert "2026-11-17</span> 从日清单，第 3 天" in page
    assert "部门负责人·喆" in page
    assert "周清单</span>" in page
    assert "按期" in page
    assert "非风险等级色" in page
    mine = browser(app, "head")
    assert len(numbers_on(mine, "/inspections/lists/?mine=1")) == 1
    assert numbers_on(browser(app, "leader"), "/inspections/lists/?mine=1") == []
    timeline = unescape(browser(app, "manager").get("/hazards/YH-500110-2026-000001").get_data(as_text=True))
    assert "日清单 → 周清单，2026-11-17 起，由部门负责人·喆督促清零" in timeline
    assert "周清单，2026-11-17 进入，部门负责人·喆督促清零" in timeline
    assert "未清零则 2026-11-23 00:00 上移" in timeline


def test_another_s_lists_are_not_found_and_nobody_elses_enterprise_is_shown(app: Flask, page_city: City) -> None:
    put(app, page_city, {"firm": FAR}, {"firm": PLANT})
    far = page_city.enterprises[FAR]
    assert browser(app, "inspector_a").get(f"/inspections/lists/?enterprise={far}").status_code == 404
    assert browser(app, "inspector_a").get("/inspections/lists/?region=500101").status_code == 404
    assert len(numbers_on(browser(app, "manager"), f"/inspections/lists/?enterprise={far}")) == 1
    assert browser(app, "manager").get("/inspections/lists/?unit=999").status_code == 404
    assert browser(app, "worker").get("/inspections/lists/").status_code == 403


def test_odd_addresses_still_show_the_list(app: Flask, page_city: City) -> None:
    put(app, page_city, {"left": 1})
    client = browser(app, "manager")
    for query in ("tier=x", "tone=%00", "after=x|y", "after=|", "after=2026-13-01|1", "category=é", "by=x", "mine=x"):
        assert len(numbers_on(client, f"/inspections/lists/?{query}")) == 1, query


def test_the_file_holds_the_entries_of_the_page_in_its_order(app: Flask, page_city: City) -> None:
    put(app, page_city, *every_row(page_city))
    for who, query in (("manager", ""), ("manager", "?tier=week&tone=red"), ("inspector_a", "?category=fire")):
        client = browser(app, who)
        answer = client.get(f"/reports/tiers.csv{query}")
        rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
        assert [row["隐患编号"] for row in rows] == numbers_on(client, f"/inspections/lists/{query}")
    assert browser(app, "manager").get("/reports/tiers.xlsx").data[:2] == b"PK"
    assert browser(app, "leader").get("/reports/tiers.csv").status_code == 403


def test_the_printed_list_has_all_entries_and_no_pages(app: Flask, page_city: City) -> None:
    put(app, page_city, *({"left": n} for n in range(60)))
    page = browser(app, "manager").get("/inspections/lists/?print=1").get_data(as_text=True)
    assert page.count('class="tl-what"') == 60
    assert 'rel="next"' not in page


@pytest.mark.parametrize("who", ["manager", "city_inspector_a"])
def test_the_page_asks_little_however_many_there_are(app: Flask, page_city: City, who: str) -> None:
    put(app, page_city, *every_row(page_city))
    client = browser(app, who)
    client.get("/inspections/lists/")
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert client.get("/inspections/lists/").status_code == 200
    assert 0 < len(asked) <= 12, asked
