"""Working with the list: filters kept and shared, columns chosen, what is looked for in particular, picking."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import event

from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Watch
from hazards.queries import hazard_by_number
from tests.clocks import START, FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City, reported
from tests.hazards.test_list_page import FAR, SHOP, page_of, put, shown
from tests.hazards.visiting import Page, Visitor
from workflows.vocabulary import Category, Channel, Grade, State


def tabs(page: str) -> dict[str, bool]:
    """The views beside each other, each with whether it is the one that is shown."""
    nav = page[page.index('<nav class="views"') :].split("</nav>")[0]
    found = re.findall(r"<a href=[^>]*?( aria-current=\"page\")?>([^<]+)", nav)
    return {words.strip(): bool(current) for current, words in found}


# --- saved filters ----------------------------------------------------------------------------------------------


def save(visitor: Visitor, query: str, **typed: str) -> Page:
    return visitor.follow(visitor.send(visitor.open(f"/hazards/filters/new?{query}"), **typed))


def test_a_list_is_kept_under_a_name_and_counted_while_it_is_shown(app: Flask, page_city: City) -> None:
    put(app, page_city, {"grade": Grade.MAJOR}, {"grade": Grade.MAJOR, "sector": "消防"}, {})
    manager = Visitor(app, "manager")
    form = manager.open("/hazards/filters/new?view=open&grade=major&sector=工贸")
    assert "条件：全部未销号；重大；工贸" in form.text
    page = manager.follow(manager.send(form, name="工贸重大"))
    assert "已存为常用：工贸重大。" in page.text
    assert tabs(page.html)["工贸重大"]
    assert not tabs(page.html)["全部未销号"]
    assert '工贸重大 <span class="count">1</span>' in page.html
    elsewhere = manager.open("/hazards/?view=all").html
    assert not tabs(elsewhere)["工贸重大"]
    assert '工贸重大 <span class="count">' not in elsewhere, "only the one that is shown is counted"


def test_a_name_stands_once_and_is_asked_for(app: Flask, page_city: City) -> None:
    manager = Visitor(app, "manager")
    save(manager, "grade=major", name="重大")
    again = manager.send(manager.open("/hazards/filters/new?view=all"), name="重大")
    assert again.status == 422
    assert "您已有名为“重大”的常用筛选。请换一个名称。" in again.text
    assert "请填名称。" in manager.send(manager.open("/hazards/filters/new"), name="").text
    other = save(Visitor(app, "manager_b"), "grade=major", name="重大")
    assert "已存为常用" in other.text, "another's names are another's"


def test_a_shared_one_is_seen_by_the_own_people_alone(app: Flask, page_city: City) -> None:
    manager = Visitor(app, "manager")
    save(manager, "grade=major", name="本厂重大", shared="y")
    save(manager, "grade=general", name="我的一般")
    assert "本厂重大" in tabs(page_of(browser(app, "head")))
    assert "我的一般" not in tabs(page_of(browser(app, "head")))
    assert "由安全管理人员·镕共享" in Visitor(app, "principal").open("/hazards/filters").text
    for other in ("shop_principal", "inspector_a"):
        assert "本厂重大" not in tabs(page_of(browser(app, other)))
    kept = manager.open("/hazards/filters").html
    number = re.search(r"/hazards/filters/(\d+)", kept)
    assert number is not None
    assert Visitor(app, "principal").open(f"/hazards/filters/{number[1]}").status == 404, "changed by its owner only"


def test_it_is_renamed_removed_and_taken_up_again(app: Flask, page_city: City) -> None:
    manager = Visitor(app, "manager")
    save(manager, "grade=major", name="旧名")
    found = re.search(r'href="(/hazards/filters/\d+)"', manager.open("/hazards/filters").html)
    assert found is not None
    page = manager.open(found[1])
    first = page.html[: page.html.rindex("<form")]
    assert 'value="旧名"' in first
    forms = [form for form in page.forms if "name" in form.values]
    renamed = manager.follow(manager.send(page, forms[0], name="新名"))
    assert "新名" in renamed.text
    remove = [form for form in manager.open(found[1]).forms if form.action.endswith("/remove")]
    gone = manager.follow(manager.send(page, remove[0]))
    assert "已删除常用筛选“新名”。" in gone.text
    assert "新名" not in tabs(manager.open("/hazards/").html)
    again = re.search(r'href="(/hazards/filters/new[^"]+)">恢复', gone.html)
    assert again is not None
    back = manager.open(again[1].replace("&amp;", "&"))
    assert 'value="新名"' in back.html
    assert "条件：全部未销号；重大" in back.text


def test_the_list_opens_with_what_was_chosen(app: Flask, page_city: City) -> None:
    put(app, page_city, {"grade": Grade.MAJOR}, {})
    manager = Visitor(app, "manager")
    save(manager, "view=all&grade=major", name="重大", default="y")
    client = manager.client
    assert shown(client) == ["1"]
    assert tabs(page_of(client))["重大"]
    assert shown(client, "?view=open") == ["1", "2"]
    assert 'href="/hazards/?view=open"' in page_of(client, "?view=major"), "the usual list stays one tap away"
    assert shown(browser(app, "manager_b")) == ["1", "2"]


# --- columns ----------------------------------------------------------------------------------------------------


def test_columns_are_chosen_and_remembered(app: Flask, page_city: City) -> None:
    put(
        app,
        page_city,
        {"category": Category.EQUIPMENT, "points_total": 5, "points_done": 3, "responsible_person": "部门负责人·喆"},
    )
    manager = Visitor(app, "manager")
    page = manager.open("/hazards/columns")
    usual, more = ["firm", "grade", "state", "who", "days"], ["category", "responsible", "points", "controls"]
    assert manager.send(page, usual=usual, more=more).status == 302
    shown_page = manager.open("/hazards/").html
    assert re.findall(r'<th class="c-x"[^>]*>([^<]+)', shown_page) == ["类别", "整改责任人", "要点完成", "下次管控检查"]
    assert re.findall(r'<td role="cell" class="c-x">([^<]*)', shown_page) == ["设备", "部门负责人·喆", "3/5", "—"]
    assert "hz-no-tier" in shown_page
    assert "hz-no-due" in shown_page
    assert 'class="c-x"' not in page_of(browser(app, "manager_b"))
    many = manager.send(page, usual=usual, more=["place", *more, "sector", "channel"])
    assert many.status == 422
    assert "最多另选 6 列，现在选了 7 列" in many.text
    assert manager.send(page, do="usual").status == 302
    assert 'class="c-x"' not in manager.open("/hazards/").html


def test_a_chosen_column_does_not_tell_of_a_complaint(app: Flask, page_city: City) -> None:
    put(app, page_city, {"channel": Channel.COMPLAINT})
    for who, word in (("manager", Channel.SUPERVISION.label), ("inspector_a", Channel.COMPLAINT.label)):
        visitor = Visitor(app, who)
        visitor.send(visitor.open("/hazards/columns"), usual=["state"], more=["channel"])
        assert f'class="c-x">{word}<' in visitor.open("/hazards/").html


def test_the_page_stays_within_its_bounds(app: Flask, page_city: City) -> None:
    """Twelve queries and 100 KB with fifty rows, six further columns and a dozen saved filters."""
    long = {"description": "电炉冷却水系统未设置出水温度、进水流量差监测报警装置" * 4, "place": "北区熔炼车间 2 号炉"}
    put(app, page_city, *({"left": place, **long} for place in range(60)))
    manager = Visitor(app, "manager")
    more = ["place", "category", "sector", "channel", "found", "responsible"]
    manager.send(
        manager.open("/hazards/columns"), usual=["firm", "grade", "state", "who", "tier", "due", "days"], more=more
    )
    for place in range(3):
        save(manager, f"view=all&grade=major&due={place}", name=f"筛选 {place}")
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = manager.client.get("/hazards/")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [one for one in statements if not one.startswith(("BEGIN", "SAVEPOINT"))]
    assert len(asked) <= 12, "\n".join(asked)
    assert len(answer.data) <= 100_000


# --- what is looked for in particular ---------------------------------------------------------------------------


def test_what_concerns_us_what_i_follow_and_what_was_missed(app: Flask, page_city: City) -> None:
    shop = page_city.enterprises[SHOP]
    numbers = put(app, page_city, {"concerned_id": shop}, {"control_missed": 2}, {"firm": SHOP}, {"firm": FAR})
    with app.app_context(), everything("test"), unit_of_work() as session:
        followed = hazard_by_number(numbers[1])
        session.add(Watch(hazard_id=followed.id, person_id=page_city.people["inspector_a"], since=START))
    landlord, office = browser(app, "shop_principal"), browser(app, "inspector_a")
    assert shown(landlord, "?only=concerns") == ["1"]
    assert "涉及我们的" in page_of(landlord, "?only=concerns")
    assert shown(office, "?only=followed") == ["2"]
    assert shown(office, "?only=missed") == ["2"]
    assert shown(landlord, "?only=followed") == []
    assert '<option value="concerns"' not in page_of(office)
    assert shown(office, "?only=concerns") == []


# --- picking ----------------------------------------------------------------------------------------------------


def test_boxes_say_why_a_row_is_not_mine_to_sign(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        reported(page_city, "leader", clock())
    put(app, page_city, {"state": State.CLOSED, "left": -3}, {"holder": "检查人员（綦江区应急管理局）"})
    page = page_of(browser(app, "manager"), "?view=all")
    cannot = dict(re.findall(r'name="pick" value="YH-500110-2026-0*(\d+)"[^>]*?data-cannot="([^"]*)"', page))
    assert cannot == {"1": "要先填写内容，请单独办理", "2": "「已销号」", "3": "现由 检查人员（綦江区应急管理局） 办理"}
    assert 'formaction="/hazards/bulk/sign"' in page
    assert 'formaction="/hazards/bulk/assign"' in page


def test_whoever_only_looks_on_picks_nothing(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        reported(page_city, "worker", clock())
    page = page_of(browser(app, "worker"))
    assert 'name="pick"' not in page
    reviewer = page_of(browser(app, "reviewer"))
    assert 'formaction="/hazards/bulk/sign"' in reviewer
    assert 'formaction="/hazards/bulk/assign"' not in reviewer


def test_dates_of_a_list_outlive_the_day(app: Flask, page_city: City) -> None:
    """A kept list asks again each day: due within three days is counted from then."""
    put(app, page_city, {"left": 2}, {"left": 9})
    manager = Visitor(app, "manager")
    save(manager, "due=3", name="近日")
    found = re.search(r'href="([^"]+)"[^>]*>近日', manager.open("/hazards/").html)
    assert found is not None
    assert "due=3" in found[1]
    assert shown(manager.client, found[1].removeprefix("/hazards/")) == ["1"]
