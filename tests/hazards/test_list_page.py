"""The list of hazards: who sees which rows, filters, orders, pages by key, counts, and words when it is empty."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from core.days import start_of_day
from core.db import db, unit_of_work
from core.scope import everything
from hazards.conditions import View
from hazards.forms.listing import query_of, read_conditions
from hazards.listing import PAGE, count_words
from hazards.models import Hazard
from tests.clocks import START, FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City, build_city, reported
from workflows.closure import Origin
from workflows.vocabulary import Channel, Grade, ListingLevel, State, Tier

TODAY = date(2026, 11, 16)
PLANT, SHOP, FAR = "plant", "shop", "far"
REGION = {PLANT: "/500000/500110/500110001/", SHOP: "/500000/500110/500110001/", FAR: "/500000/500101/"}


@pytest.fixture
def sqlite_city(sqlite_app: Flask, clock: FixedClock) -> City:
    """The small city once, for what does not depend on the database."""
    with sqlite_app.app_context():
        return build_city(clock())


def put(app: Flask, city: City, *rows: dict[str, Any]) -> list[str]:
    """Put rows into the register as they are given, and return their numbers."""
    numbers = []
    with app.app_context(), everything("test"), unit_of_work() as session:
        start = session.query(Hazard).count()
        for place, given in enumerate(rows, start + 1):
            session.add(made := _hazard(city, place, dict(given)))
            numbers.append(made.number)
    return numbers


def _hazard(city: City, place: int, given: dict[str, Any]) -> Hazard:
    firm = given.pop("firm", PLANT)
    left = given.pop("left", None)
    closed = {"closed_at": START, "imported": True} if given.get("state") is State.CLOSED else {}
    values: dict[str, Any] = {
        "number": f"YH-500110-2026-{place:06d}",
        "enterprise_id": city.enterprises[firm],
        "region_code": "500110",
        "region_path": REGION[firm],
        "sector": "工贸",
        "channel": Channel.SELF_INSPECTION,
        "origin": Origin.SELF_FOUND,
        "state": State.RECTIFYING,
        "grade": Grade.GENERAL,
        "proposed_grade": Grade.GENERAL,
        "description": f"隐患 {place}",
        "place": f"{place} 号车间",
        "found_on": TODAY - timedelta(days=place),
        "found_at": start_of_day(TODAY - timedelta(days=place)),
        "reported_at": START,
        "round_started_at": START,
        "deadline": None if left is None else TODAY + timedelta(days=left),
    }
    return Hazard(**(values | closed | given))


def shown(client: FlaskClient, query: str = "") -> list[str]:
    """The numbers of a page, in its order, without the district and the year."""
    answer = client.get(f"/hazards/{query}")
    assert answer.status_code == 200
    return re.findall(r'class="num" href="[^"]*">YH-500110-2026-0*(\d+)</a>', answer.get_data(as_text=True))


def page_of(client: FlaskClient, query: str = "") -> str:
    return client.get(f"/hazards/{query}").get_data(as_text=True)


def link(page: str, words: str) -> str:
    """The query of the link that bears these words."""
    found = re.search(rf'<a[^>]*href="/hazards/(\?[^"]*)?"[^>]*>(?:<svg.*?</svg>)?{re.escape(words)}', page)
    assert found is not None, words
    return unescape(found[1] or "")


# --- who sees what ----------------------------------------------------------------------------------------------

SEES = {
    **dict.fromkeys(["manager", "principal", "plant_manager", "head"], "1"),
    **dict.fromkeys(["worker", "leader"], ""),  # of the own unit, and what they reported themselves
    "shop_principal": "2 4",
    "far_principal": "3",
    **dict.fromkeys(["inspector_a", "reviewer", "approver", "clerk", "town_officer", "town_head"], "1 2 4"),
    "fire_inspector": "4",
    "far_inspector": "3",
    **dict.fromkeys(["city_inspector_a", "city_reviewer"], "1 2 3 4"),
}


@pytest.mark.parametrize(("login", "numbers"), SEES.items())
def test_each_sees_the_rows_of_the_own_scope(app: Flask, page_city: City, login: str, numbers: str) -> None:
    put(app, page_city, {}, {"firm": SHOP}, {"firm": FAR}, {"firm": SHOP, "sector": "消防"})
    client = browser(app, login)
    assert sorted(shown(client)) == numbers.split()
    assert f"共 {len(numbers.split())} 条" in page_of(client)


def test_figures_count_only_the_own_scope(app: Flask, page_city: City) -> None:
    put(app, page_city, *({"firm": FAR, "left": -1} for _ in range(3)), {"left": -1})
    page = page_of(browser(app, "inspector_a"))
    assert re.findall(r'<span class="count">(\d+)</span></a>', page)[-7:] == ["1", "0", "1", "0", "0", "0", "0"]


def test_a_stranger_sees_nothing(client: FlaskClient, page_city: City) -> None:
    assert client.get("/hazards/").headers["Location"].startswith("/login")


def test_a_foreign_enterprise_asked_for_by_id_stays_unnamed_and_empty(app: Flask, page_city: City) -> None:
    put(app, page_city, {"firm": FAR}, {})
    client = browser(app, "inspector_a")
    query = f"?enterprise={page_city.enterprises[FAR]}"
    assert shown(client, query) == []
    assert shown(client, f"?enterprise={page_city.enterprises[PLANT]}") == ["2"]


def test_a_complaint_is_a_check_like_any_other_to_the_enterprise(app: Flask, page_city: City) -> None:
    put(app, page_city, {"channel": Channel.COMPLAINT}, {"channel": Channel.SUPERVISION}, {})
    firm, office = browser(app, "manager"), browser(app, "inspector_a")
    assert sorted(shown(firm, "?channel=complaint")) == sorted(shown(firm, "?channel=supervision")) == ["1", "2"]
    assert "群众举报" not in page_of(firm, "?channel=complaint")
    assert shown(office, "?channel=complaint") == ["1"]


# --- a row ------------------------------------------------------------------------------------------------------


def test_a_row_says_all_it_should(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "manager", clock())
    row = page_of(browser(app, "principal"))
    assert f'href="/hazards/{number}"' in row
    for words in ("电炉冷却水系统", "北区熔炼车间", "一般", "已上报", "<b>我</b>"):
        assert words in row


def test_it_says_me_only_to_whom_it_waits_for(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        reported(page_city, "leader", clock())
    assert "<b>我</b>" in page_of(browser(app, "manager"))
    assert "<b>我</b>" not in page_of(browser(app, "leader"))
    assert shown(browser(app, "manager"), "?view=mine") == ["1"]
    assert shown(browser(app, "leader"), "?view=mine") == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"left": -3}, ['tone-red" data-row', "逾期 3 天", "days-late"]),
        ({"left": 0}, ['tone-orange" data-row', "今天到期", "days-soon"]),
        ({"left": 10}, ['tone-blue" data-row', "剩 10 天", "11-26"]),
        ({"left": 10, "tier": Tier.WEEK}, ['tone-yellow" data-row', ">周<"]),
        ({"left": 60}, ["2027-01-15"]),
        ({"left": 10, "deadline_provisional": True}, ['class="provisional">11-26']),
        ({"listed_level": ListingLevel.CITY}, ["市级挂牌督办"]),
        ({"changed_since_signed": 2}, ["签后有变更 2 处"]),
        ({"imported": True}, ["导入"]),
        ({"state": State.VERIFIED, "left": -3}, ["已验收", "—"]),
    ],
)
def test_a_row_shows_its_colour_and_its_days(
    sqlite_app: Flask, sqlite_city: City, given: dict[str, Any], words: list[str]
) -> None:
    put(sqlite_app, sqlite_city, given)
    page = page_of(browser(sqlite_app, "inspector_a"))
    rows = page[page.index("<tbody") : page.index("</tbody>")]
    for word in words:
        assert word in rows
    if given.get("state") is State.VERIFIED:
        assert "逾期" not in rows
        assert "tone-" not in rows


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "🔥𬭬", "长" * 10_000])
def test_hostile_words_are_words(sqlite_app: Flask, sqlite_city: City, text: str) -> None:
    put(sqlite_app, sqlite_city, {"description": text, "place": text[:300], "holder": text[:100]})
    client = browser(sqlite_app, "inspector_a")
    for query in ("", f"?q={text[:100]}", f"?enterprise={text[:100]}"):
        answer = client.get(f"/hazards/{query}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)
        assert len(answer.data) < 100_000


# --- filters ----------------------------------------------------------------------------------------------------

ROWS: tuple[dict[str, Any], ...] = (
    {"left": -5},
    {"left": 2, "grade": Grade.MAJOR},
    {"left": 20, "state": State.REPORTED, "sector": "燃气"},
    {"state": State.CLOSED, "left": -9},
    {"state": State.VERIFIED, "left": -2, "tier": Tier.MONTH},
    {"firm": SHOP, "left": 6, "channel": Channel.SUPERVISION, "listed_level": ListingLevel.DISTRICT},
    {"firm": FAR, "left": 0, "description": "配电箱 100%_无盖 ABC"},
    {"state": State.DISMISSED, "dismissed_at": START},
    {"listed_level": ListingLevel.CITY, "delisted_on": TODAY},
)
ASKED = {
    "": "1 2 3 5 6 7 9",
    "?view=overdue": "1",
    "?view=soon": "2 7",
    "?view=major": "2",
    "?view=closed": "4",
    "?view=all": "1 2 3 4 5 6 7 8 9",
    "?view=nonsense": "1 2 3 5 6 7 9",
    "?state=reported": "3",
    "?state=closed": "4",
    "?state=dismissed": "8",
    "?state=closed&view=overdue": "4",
    "?grade=major": "2",
    "?tier=month": "5",
    "?channel=supervision": "6",
    "?sector=燃气": "3",
    "?sector=nonsense": "1 2 3 5 6 7 9",
    "?region=500101": "7",
    "?region=500110": "1 2 3 5 6 9",
    "?region=500110001": "1 2 3 5 6 9",
    "?region=999999": "",
    "?due=overdue": "1",
    "?due=0": "7",
    "?due=3": "2 7",
    "?due=7": "2 6 7",
    "?due=nonsense": "1 2 3 5 6 7 9",
    "?found_from=2026-11-13": "1 2 3",
    "?found_from=2026-11-10&found_to=2026-11-11": "5 6",
    "?found_from=2026-13-13": "1 2 3 5 6 7 9",
    "?listed=any": "6",
    "?listed=district": "6",
    "?listed=city": "",
    "?enterprise=五金": "6",
    "?enterprise=万州商贸": "7",
    "?enterprise=11500241009138858t": "7",
    "?enterprise=99999999999": "",
    "?enterprise=999999999999999999999999": "",
    "?q=配电箱": "7",
    "?q=配电箱 万州": "7",
    "?q=配电箱 綦江": "",
    "?q=abc": "7",
    "?q=100%25_": "7",
    "?q=%25": "7",
    "?q=_": "7",
    "?q=yh-500110-2026-000004": "4",
    "?q=五金店": "6",
    "?q=%00": "1 2 3 4 5 6 7 8 9",
    "?q=隐患&view=closed": "4",
    "?state=rectifying&grade=major&due=3": "2",
}


@pytest.fixture
def register(app: Flask, page_city: City) -> FlaskClient:
    """A browser of the city's inspector on nine hazards."""
    put(app, page_city, *ROWS)
    return browser(app, "city_inspector_a")


def test_each_filter_finds_its_rows_and_the_figure_is_theirs(register: FlaskClient) -> None:
    for query, numbers in ASKED.items():
        found = sorted(shown(register, query))
        if query == "?q=%00":  # nothing is left of it, so nothing is searched
            assert found == ["1", "2", "3", "5", "6", "7", "9"]
            continue
        assert found == numbers.split(), query
        assert f"共 {len(found)} 条" in page_of(register, query), query


def test_figures_of_the_views_equal_the_lists_behind_them(register: FlaskClient) -> None:
    for query in ("", "?sector=工贸", "?q=隐患&view=open", "?region=500110"):
        page = page_of(register, query)
        for view in View:
            if view is View.ALL:
                continue
            figure = re.search(rf'>{view.label} <span class="count">(\d+)</span>', page)
            assert figure is not None
            assert int(figure[1]) == len(shown(register, link(page, view.label))), (query, view)


def test_every_link_carries_the_conditions(register: FlaskClient) -> None:
    page = page_of(register, "?sector=工贸&found_from=2026-01-01&sort=-found")
    for words in (View.OVERDUE.label, View.ALL.label, "编号", "整改期限"):
        asked = parse_qs(urlsplit(link(page, words)).query)
        assert (asked["sector"], asked["found_from"]) == (["工贸"], ["2026-01-01"])
    assert parse_qs(urlsplit(link(page, View.OVERDUE.label)).query)["sort"] == ["-found"]


def test_a_chip_takes_its_condition_away_and_leaves_the_others(register: FlaskClient) -> None:
    page = page_of(register, "?grade=major&due=3&q=隐患&view=open&region=500110")
    chips = re.findall(r'<a class="chip" href="([^"]+)">([^<]+) <svg', page)
    assert [words for _url, words in chips] == ["“隐患”", "重大", "綦江区", "3 天内到期"]
    for url, words in chips:
        left = {"grade", "due", "region"} if words == "“隐患”" else {"view", "q", "grade", "due", "region"}
        gone = {"“隐患”": set(), "重大": {"grade"}, "綦江区": {"region"}, "3 天内到期": {"due"}}[words]
        assert set(parse_qs(urlsplit(unescape(url)).query)) == left - gone
    assert sorted(shown(register, link(page, "清除全部"))) == ["1", "2", "3", "5", "6", "7", "9"]


def test_both_forms_of_filters_carry_what_the_other_asks(register: FlaskClient) -> None:
    page = page_of(register, "?grade=major&found_from=2026-01-01&q=隐患")
    first, second = re.findall(r'<form[^>]*action="/hazards/"[^>]*>(.*?)</form>', page, re.DOTALL)[-2:]
    assert dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', first)) == {
        "view": "all",
        "found_from": "2026-01-01",
    }
    assert dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', second)) == {
        "view": "all",
        "grade": "major",
        "q": "隐患",
    }


@pytest.mark.parametrize("query", [query for query in ASKED if "nonsense" not in query])
def test_an_address_read_and_written_asks_the_same(query: str) -> None:
    args = {name: values[0] for name, values in parse_qs(query.lstrip("?")).items()}
    asked = read_conditions(args)
    assert read_conditions(query_of(asked)) == asked


# --- order and pages --------------------------------------------------------------------------------------------

ORDERS = {
    "": "2 4 1 3 5",
    "?sort=deadline": "2 4 1 3 5",
    "?sort=-deadline": "1 4 2 5 3",
    "?sort=-found": "1 2 3 4 5",
    "?sort=found": "5 4 3 2 1",
    "?sort=number": "1 2 3 4 5",
    "?sort=-number": "5 4 3 2 1",
    "?sort=nonsense": "2 4 1 3 5",
}


def test_each_order_puts_rows_without_a_deadline_last(app: Flask, page_city: City) -> None:
    put(app, page_city, {"left": 9}, {"left": 1}, {}, {"left": 5}, {})
    client = browser(app, "inspector_a")
    for query, numbers in ORDERS.items():
        assert shown(client, query) == numbers.split(), query


SOME = 2 * PAGE + 7


@pytest.mark.parametrize("sort", ["deadline", "-deadline", "found", "-number"])
def test_pages_show_each_row_once_forwards_and_back(app: Flask, page_city: City, sort: str) -> None:
    put(app, page_city, *({"left": None if n % 3 == 0 else n // 10} for n in range(SOME)))
    client = browser(app, "inspector_a")
    pages, query = [], f"?sort={sort}"
    while query:
        pages.append(shown(client, query))
        page = page_of(client, query)
        query = link(page, "下一页") if "下一页" in page else ""
        back = link(page, "上一页") if "上一页" in page else ""
    assert [len(numbers) for numbers in pages] == [PAGE, PAGE, 7]
    assert len({number for numbers in pages for number in numbers}) == SOME
    walked = [shown(client, back)]
    walked.insert(0, shown(client, link(page_of(client, back), "上一页")))
    assert walked == pages[:2]
    assert "上一页" not in page_of(client, link(page_of(client, back), "上一页"))


@pytest.mark.parametrize("key", ["after=x", "after=~", "after=2026-99-99~1", "before=~abc", "after=" + "9" * 200])
def test_a_mistyped_page_is_the_first(sqlite_app: Flask, sqlite_city: City, key: str) -> None:
    put(sqlite_app, sqlite_city, {"left": 1}, {})
    assert shown(browser(sqlite_app, "inspector_a"), f"?{key}") == ["1", "2"]


def test_large_figures_are_bounded() -> None:
    assert [count_words(n) for n in (0, 999, 1000, 1001, 5000)] == ["0", "999", "1,000", "1,000 以上", "1,000 以上"]


def test_a_page_costs_few_queries_however_many_rows(app: Flask, page_city: City) -> None:
    put(app, page_city, *({"left": n} for n in range(60)))
    client = browser(app, "inspector_a")
    said: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    shown(client, "?q=隐患&sector=工贸")
    event.remove(engine, "before_cursor_execute", note)
    of_list = [statement for statement in said if "FROM hazard" in statement or "region" in statement.split("FROM")[1]]
    assert len(of_list) <= 8, "\n".join(of_list)
    assert len(said) <= 14, "\n".join(said)


# --- nothing to show --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "没有未销号的隐患"),
        ("?view=mine", "没有等您处理的隐患"),
        ("?view=overdue", "没有逾期的隐患"),
        ("?view=changed", "没有签后有变更的隐患"),
        ("?view=closed", "还没有已销号的隐患"),
    ],
)
def test_an_empty_view_says_why_and_what_next(sqlite_app: Flask, sqlite_city: City, query: str, words: str) -> None:
    page = page_of(browser(sqlite_app, "leader"), query)
    assert words in page
    assert 'href="/hazards/new"' in page


def test_without_results_it_says_which_condition_to_drop(sqlite_app: Flask, sqlite_city: City) -> None:
    put(sqlite_app, sqlite_city, {"left": 30}, {"left": 30})
    client = browser(sqlite_app, "inspector_a")
    page = page_of(client, "?due=overdue&sector=工贸")
    assert "没有符合条件的隐患" in page
    assert "去掉“已逾期”，有 2 条" in page
    assert len(shown(client, link(page, "去掉“已逾期”"))) == 2


def test_words_found_in_closed_ones_lead_there(sqlite_app: Flask, sqlite_city: City) -> None:
    put(sqlite_app, sqlite_city, {"state": State.CLOSED, "description": "配电箱无盖"})
    client = browser(sqlite_app, "inspector_a")
    page = page_of(client, "?q=配电箱&view=open")
    assert "在全部隐患里找，有 1 条" in page
    assert shown(client, link(page, "在全部隐患里找")) == ["1"]


@pytest.mark.parametrize(("login", "has_button"), [("leader", True), ("inspector_a", True), ("reviewer", False)])
def test_the_button_to_report_is_there_for_whoever_may(
    sqlite_app: Flask, sqlite_city: City, login: str, has_button: bool
) -> None:
    put(sqlite_app, sqlite_city, {})
    assert ("上报隐患" in page_of(browser(sqlite_app, login))) is has_button
