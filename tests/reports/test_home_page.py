"""The home page: what waits for whom, what is overdue and who has it, what was sent, what was told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from accounts.models import Deputation, Grant, Person
from accounts.passwords import hash_password
from accounts.roles import Role
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.scope import everything
from hazards.operations import working
from hazards.queries import hazard_by_number
from hazards.waiting import PAGE, count_waiting_for, waiting_for
from reports.home import home_of
from reports.rules import ask_for, short_day, verb_for
from tests.accounts.world import log_in, post
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, build_city, reported
from tests.inspections.duties import a_plan
from workflows.vocabulary import Action, Channel, Grade, Tier


def major(city: City, now: datetime, by: str = "leader", **more: Any) -> str:
    return reported(city, by, now, proposed_grade=Grade.MAJOR, **more)


def rectifying(city: City, now: datetime, **more: Any) -> str:
    """A general one, accepted; the department head answers for it."""
    number = reported(city, "leader", now)
    acts.accept(city, number, "manager", now=now, **more)
    return number


def browser(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, who, PASSWORD).status_code == 302
    return client


def panel(page: str, heading: str) -> str:
    """The section under this heading; empty where there is none."""
    found = re.search(rf'<section class="panel" aria-labelledby="{heading}">.*?</section>', page, re.S)
    return unescape(found[0]) if found else ""


def rows(part: str) -> list[str]:
    """Numbers of the hazards in the order of the rows."""
    return list(dict.fromkeys(re.findall(r"YH-\d{6}-\d{4}-\d{6}", part)))


# --- what waits for me -----------------------------------------------------------------------------------------


def waits(city: City, who: str, now: datetime) -> list[str]:
    with city.eyes(who) as actor:
        found = [item.number for item in waiting_for(actor, now=now)]
        assert count_waiting_for(actor, now=now) == len(found)
    return found


def test_a_hazard_waits_for_whoever_acts_next_and_nobody_else(city: City, clock: FixedClock) -> None:
    number = major(city, clock())
    everybody = [key for key in city.people if key != "worker"]

    def waiting() -> set[str]:
        return {who for who in everybody if waits(city, who, clock())}

    assert waiting() == {"manager", "manager_b"}
    acts.accept(city, number, "manager", now=clock())
    assert waiting() == {"principal"}
    acts.sign(city, number, "principal", now=clock())
    acts.plan(city, number, clock())
    assert waiting() == {"head"}  # the work itself
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "principal", now=clock())
    assert waiting() == {"inspector_a", "inspector_b"}
    acts.sign(city, number, "inspector_a", now=clock())
    assert waiting() == {"inspector_b"}  # who signed the first of two is barred from the second
    acts.sign(city, number, "inspector_b", now=clock())
    assert waiting() == {"reviewer"}


def test_the_earliest_due_stands_first_and_what_has_no_day_last(city: City, clock: FixedClock) -> None:
    late = rectifying(city, clock(), deadline="2026-12-20")
    soon = rectifying(city, clock(), deadline="2026-11-18")
    assert waits(city, "head", clock()) == [soon, late]
    undated = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    clock.advance(days=1)
    dated = major(city, clock(), "inspector_b", channel=Channel.SUPERVISION)
    acts.ask(
        city, dated, Action.ORDER, "inspector_b", clock(), order_number="1号", order_basis="法", deadline="2026-12-01"
    )
    assert waits(city, "inspector_a", clock())[-1] in (undated, dated)


def test_a_deputy_sees_what_waits_for_the_deputised_by_name(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock())
    assert waits(city, "plant_manager", clock()) == []
    with everything("tests"), unit_of_work() as session:
        session.add(
            Deputation(
                person_id=city.people["head"],
                deputy_id=city.people["plant_manager"],
                starts_at=clock() + timedelta(hours=1),
                ends_at=clock() + timedelta(days=2),
            )
        )
    assert waits(city, "plant_manager", clock()) == []  # not yet
    clock.advance(hours=2)
    with city.eyes("plant_manager") as actor:
        (item,) = waiting_for(actor, now=clock())
    assert (item.number, item.instead_of) == (number, city.people["head"])
    clock.advance(days=2)
    assert waits(city, "plant_manager", clock()) == []  # over


def test_only_the_first_button_is_solid_and_each_has_its_verb(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        first = rectifying(page_city, clock(), deadline="2026-11-17")
        second = rectifying(page_city, clock(), deadline="2026-11-20")
    page = browser(app, "head").get("/").text
    mine = panel(page, "h-mine")
    assert rows(mine) == [first, second]
    assert mine.count("btn-primary") == 1
    assert page.count("btn-primary") == 1
    assert mine.index("btn-primary") < mine.index(second)
    assert mine.count(">去整改<") == 2
    assert f"/hazards/{first}/work" in mine
    assert "剩 1 天" in mine
    assert "2026年11月16日 星期一 · 等我处理 2 项，其中 1 项三天内到期" in page  # 11-20 is four days off


def test_the_way_to_sign_leads_to_the_page_of_signing(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = major(page_city, clock(), description="<b>电炉</b>镕堃䶮𬭬")
        acts.accept(page_city, number, "manager", now=clock())
    client = browser(app, "principal")
    page = client.get("/").text
    assert "&lt;b&gt;电炉&lt;/b&gt;镕堃䶮𬭬" in page
    assert "<b>电炉" not in page
    assert f'href="/hazards/{number}/sign"' in page
    assert "签批受理：主要负责人受理" in page
    assert "安全管理人员·镕 提交，刚刚开始" in page
    assert client.get(f"/hazards/{number}/sign").status_code == 200
    sent = panel(browser(app, "manager").get("/").text, "h-sent")
    assert f"/hazards/{number}" in sent
    assert "受理：现在由" in sent


def test_it_stops_at_fifty_and_says_how_many_there_are(sqlite_app: Flask, sqlite_city: City, clock: FixedClock) -> None:
    made = [reported(sqlite_city, "leader", clock()) for _ in range(PAGE + 2)]
    with sqlite_city.eyes("manager") as actor, sqlite_app.test_request_context():
        home = home_of(actor, clock())
    assert len(home.to_do) == PAGE
    assert (home.to_do_total, home.has_more) == (str(len(made)), True)
    assert home.doors.mine == "/hazards/?view=mine"


@pytest.mark.parametrize(
    ("action", "signs", "verb"),
    [
        (Action.ACCEPT, False, "去受理"),
        (Action.ACCEPT, True, "去受理"),
        (Action.ORDER, False, "去责令"),
        (Action.ORDER, True, "去签批"),
        (Action.PLAN, False, "补方案"),
        (Action.PLAN, True, "去签批"),
        (Action.VERIFY, False, "去整改"),
        (Action.VERIFY, True, "去验收"),
        (Action.CLOSE, False, "去销号"),
        (Action.CLOSE, True, "去销号"),
        (Action.EXTEND, True, "去签批"),
    ],
)
def test_each_act_has_its_verb(action: Action, signs: bool, verb: str) -> None:
    assert verb_for(action, signs=signs) == verb
    assert ask_for(action, "现场复查", signs=signs)


def test_a_day_of_another_year_shows_its_year() -> None:
    today = date(2026, 12, 30)
    assert (short_day(date(2026, 12, 31), today), short_day(date(2027, 1, 4), today)) == ("12-31", "2027-01-04")


# --- what others have ------------------------------------------------------------------------------------------


def test_overdue_says_who_has_it_and_may_be_urged_once_a_day(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = rectifying(page_city, clock(), deadline="2026-11-18")
        rectifying(page_city, clock(), deadline="2026-11-19")
    clock.advance(days=3)
    client = browser(app, "manager")
    late = panel(client.get("/").text, "h-late")
    assert rows(late) == [number]  # what is due today is not overdue
    assert "现在由 <b>部门负责人·喆</b> 整改，已等 3 天" in late
    assert "逾期 1 天" in late
    assert "催办" in late
    assert post(client, f"/hazards/{number}/remind", at="/").status_code == 302
    page = client.get("/").text
    assert "整改，已等 3 天，已 1 次催办" in panel(page, "h-late")  # being reminded hands nothing over
    told = panel(browser(app, "head").get("/").text, "h-news")
    assert number in told


def test_what_waits_for_me_is_not_said_twice(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = rectifying(page_city, clock(), deadline="2026-11-18")
    clock.advance(days=3)
    page = browser(app, "head").get("/").text
    assert rows(panel(page, "h-mine")) == [number]
    assert panel(page, "h-late") == ""


def test_what_waits_to_be_closed_is_no_longer_overdue(app: Flask, page_city: City, clock: FixedClock) -> None:
    """No deadline runs once it is verified: the sentence counts what the rows below show."""
    with app.app_context():
        done = rectifying(page_city, clock(), deadline="2026-11-18")
        acts.work(page_city, done, clock())
        acts.ask(page_city, done, Action.VERIFY, "head", clock())
        acts.sign(page_city, done, "manager", now=clock())
        acts.ask(page_city, done, Action.CLOSE, "principal", clock())
    clock.advance(days=9)
    page = browser(app, "principal").get("/").text
    assert rows(panel(page, "h-mine")) == [done]
    assert "等我处理 1 项" in page
    assert "项已逾期" not in page


def test_a_deadline_that_passes_without_an_application_is_an_inspectors_task(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        idle = rectifying(page_city, clock(), deadline="2026-11-18")
        number = major(page_city, clock())
        acts.accept(page_city, number, "manager", "principal", now=clock(), deadline="2026-11-18")
        acts.plan(page_city, number, clock())
        acts.work(page_city, number, clock())
        acts.ask(page_city, number, Action.VERIFY, "head", clock())
    clock.advance(days=3)
    found = {}
    for who in ("inspector_a", "reviewer", "city_inspector_a", "town_officer"):
        late = panel(browser(app, who).get("/").text, "h-late")
        assert rows(late) == [idle, number]
        found[who] = (late.count("复查任务"), "其中待复查 1 条" in late, late.count(">去复查<"), late.count(">催办<"))
    task, none = (1, True, 1, 1), (0, False, 0, 2)
    assert found == {"inspector_a": task, "reviewer": none, "city_inspector_a": none, "town_officer": none}
    assert "复查任务" not in browser(app, "manager").get("/").text


def test_what_an_enterprise_does_not_accept_shows_at_its_office(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = major(page_city, clock())  # due on the 19th
    clock.advance(days=3)
    assert panel(browser(app, "reviewer").get("/").text, "h-unaccepted") == ""
    clock.advance(days=1)
    for who, verb in (("reviewer", "依职权受理"), ("inspector_a", "催办")):
        part = panel(browser(app, who).get("/").text, "h-unaccepted")
        assert rows(part) == [number]
        assert f">{verb}<" in part
    for who in ("manager", "far_inspector", "city_reviewer", "clerk"):
        assert panel(browser(app, who).get("/").text, "h-unaccepted") == ""


def test_nobody_sees_what_is_not_theirs(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        rectifying(page_city, clock(), deadline="2026-11-17")
        major(page_city, clock())
    clock.advance(days=9)
    for who in ("far_inspector", "far_principal", "shop_principal", "fire_inspector", "worker"):
        page = browser(app, who).get("/").text
        assert rows(page) == [], who
        assert "没有等我处理的事项" in page


# --- figures and doors -----------------------------------------------------------------------------------------


def test_each_figure_equals_the_list_behind_it(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        for deadline in ("2026-11-16", "2026-11-17", "2026-11-19", "2026-11-20", "2027-01-05"):
            rectifying(page_city, clock(), deadline=deadline)
        number = major(page_city, clock())
        acts.accept(page_city, number, "manager", "principal", now=clock(), deadline="2026-11-16")
        acts.plan(page_city, number, clock())
        acts.work(page_city, number, clock())
        acts.ask(page_city, number, Action.VERIFY, "head", clock())
        acts.sign(page_city, number, "principal", "inspector_a", "inspector_b", now=clock())
        reported(page_city, "leader", clock())
    clock.advance(days=1)
    for who in ("manager", "inspector_a", "head"):
        client = browser(app, who)
        page = client.get("/").text
        part = panel(page, "h-tier")
        tiles = re.findall(r'<a href="([^"]+)"><b>([\d,]+)</b>', part)
        lines = re.findall(r'<li><a href="([^"]+)">[^<]+</a><span class="end[^"]*">([\d,]+)</span>', part)
        assert (len(tiles), len(lines)) == (4, 3)
        for url, figure in (*tiles, *lines):
            assert f"共 {figure} 条" in client.get(unescape(url)).text, (who, url)
        waiting = re.search(r"等我处理 (\d+) 项", page)
        mine = client.get("/hazards/?view=mine").text
        assert f"共 {waiting[1] if waiting else 0} 条" in mine
    assert [figure for _, figure in lines] == ["1", "3", "1"]


# --- messages, system, empty -----------------------------------------------------------------------------------


def test_a_message_is_read_once_and_by_its_addressee_only(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        major(page_city, clock())  # tells the principal and the inspectors
        with everything("tests"):
            ids = {m.person_id: m.id for m in db.session.scalars(select(OutboxMessage))}
    theirs, own = ids[page_city.people["inspector_a"]], ids[page_city.people["principal"]]
    client = browser(app, "principal")
    assert f'name="message" value="{own}"' in client.get("/").text
    foreign = {"message": [str(theirs), "x", "-1", "９", "9" * 40]}
    assert post(client, "/messages/read", foreign, at="/").status_code == 302
    assert "新上报一条拟判重大隐患" in client.get("/").text
    post(client, "/messages/read", {"message": str(own)}, at="/")
    assert "没有未读消息" in client.get("/").text
    with app.app_context():
        first = db.session.get_one(OutboxMessage, own).read_at
        assert first == clock()
        assert db.session.get_one(OutboxMessage, theirs).read_at is None
    clock.advance(minutes=1)
    post(client, "/messages/read", {"message": str(own)}, at="/me")
    with app.app_context():
        assert db.session.get_one(OutboxMessage, own).read_at == first


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.SYSTEM_ADMIN, "监管单位和人员"),
        (Role.SECURITY_ADMIN, "登录与锁定"),
        (Role.AUDITOR, "登录记录"),
    ],
)
def test_the_systems_people_read_what_they_do(
    sqlite_app: Flask, sqlite_client: FlaskClient, clock: FixedClock, role: Role, words: str
) -> None:
    with sqlite_app.app_context():
        build_city(clock())
    with sqlite_app.app_context(), everything("tests"), unit_of_work() as session:
        person = Person(
            name="管理员·䶮",
            login="system",
            password_hash=hash_password(PASSWORD),
            must_change=False,
            created_at=clock(),
            grants=[Grant(role=role, granted_at=clock())],
        )
        session.add(person)
    log_in(sqlite_client, "system", PASSWORD)
    page = sqlite_client.get("/")
    assert page.status_code == 200
    assert words in page.text
    assert "等我处理" not in page.text
    for url in re.findall(r'<li><a href="([^"]+)">', panel(page.text, "h-system")):
        assert sqlite_client.get(url, follow_redirects=True).status_code == 200


def test_an_empty_page_says_what_to_do_next(app: Flask, page_city: City) -> None:
    page = browser(app, "worker").get("/").text
    assert "今天没有等您处理的事项" in page
    assert "随手拍照上报" in page
    assert 'href="/hazards/new"' in panel(page, "h-mine")
    approver = browser(app, "approver").get("/").text
    assert "轮到您复查、审核或批准的事项" in approver
    assert 'href="/hazards/new"' not in approver.split('class="tabbar"')[0]


def test_who_has_no_hazard_waiting_is_sent_to_the_inspection_that_ends_today(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    assert "排查还没有做完" not in panel(browser(app, "leader").get("/").text, "h-mine")
    with app.app_context():
        a_plan(page_city, shanghai_day(clock()), clock())
    part = panel(browser(app, "leader").get("/").text, "h-mine")
    assert "排查还没有做完：今天到期 1 项。" in part
    assert 'href="/inspections/"' in part


def test_nobody_is_sent_to_the_log_in(app: Flask, page_city: City) -> None:
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.location) == (302, "/login")


# --- how much it reads -----------------------------------------------------------------------------------------


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", ["manager", "inspector_a", "reviewer", "principal", "worker"])
def test_it_asks_at_most_eleven_queries_however_much_there_is(
    app: Flask, city: City, clock: FixedClock, who: str
) -> None:
    for number in [rectifying(city, clock(), deadline="2026-11-17") for _ in range(3)]:
        with city.eyes("manager") as actor, unit_of_work():
            working.remind(hazard_by_number(number), by=actor, text="", now=clock())
    for _ in range(3):
        acts.accept(city, major(city, clock()), "manager", now=clock())
    major(city, clock())
    a_plan(city, shanghai_day(clock()), clock())
    clock.advance(days=9)
    db.session.rollback()
    with city.eyes(who) as actor, app.test_request_context():
        db.session.rollback()
        with counted() as statements:
            home_of(actor, clock())
    asked = [statement for statement in statements if statement.startswith("SELECT")]
    assert 5 <= len(asked) <= 11, asked


TODAYS = re.compile(r'<li><a href="(/inspections/today\?state=\w+)">([^<]+)</a><span[^>]*>(\d+)</span>')


def test_todays_inspections_stand_there_for_whoever_has_to_do_with_them(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    """Of the person's own units, by how they stand, each figure its list; nobody else sees the line."""
    with app.app_context():
        a_plan(page_city, shanghai_day(clock()), clock())
        a_plan(page_city, shanghai_day(clock()), clock(), tier=Tier.WEEK, unit_id=None)
    for who, lines in (("leader", [("今天到期", "1")]), ("manager", [("今天到期", "1"), ("本期内可查", "1")])):
        client = browser(app, who)
        found = TODAYS.findall(client.get("/").text)
        assert [(label, number) for _, label, number in found] == lines, who
        for url, label, number in found:
            page = client.get(url).text
            assert page.count("<tr data-row>") == int(number), (who, label)
            assert f'aria-current="page">{label} <span class="count">{number}</span>' in page
    for who in ("worker", "inspector_a", "shop_principal"):
        assert "今日排查" not in browser(app, who).get("/").text
    clock.advance(days=1)
    client = browser(app, "leader")
    assert "已逾期，可补查" in client.get("/").text
    late = client.get("/inspections/today").text  # the first list that holds anything
    assert late.count("<tr data-row>") == 1
    assert "补至" in late


def test_a_moment_is_read_in_shanghai(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        rectifying(page_city, clock(), deadline="2026-11-16")
    clock.set(datetime(2026, 11, 16, 15, 59, tzinfo=UTC))
    assert "今天到期" in browser(app, "head").get("/").text
    clock.set(datetime(2026, 11, 16, 16, 0, tzinfo=UTC))
    assert "逾期 1 天" in browser(app, "head").get("/").text
