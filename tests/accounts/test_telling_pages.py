"""Where letters go is proved by a code; when they come is chosen; messages are read; robots are kept sealed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.robots import group_of
from accounts.telling import choice_of
from accounts.telling_rules import MailMode, Topic
from accounts.told_models import MailAddress, Robot, TellingChoice
from core.db import db, unit_of_work
from core.models import Event, OutboxMessage
from core.outbox import tell
from core.robots import RobotKind
from core.scope import everything
from tests.accounts.telling import set_up
from tests.accounts.world import World, browser_of, post, text_of, token
from tests.clocks import FixedClock
from tests.receivers import Mailbox, Platform, group_platform, mail_server, make_certificate

FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/2f6b"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-secret-7aoc"


@pytest.fixture
def box(app: Flask) -> Iterator[Mailbox]:
    """A mail server the settings name; codes are sent at once instead of by the job runner."""
    with mail_server() as made:
        set_up(app, mail_url=made.url)
        jobs = app.extensions["jobs"]
        jobs.ask_for = jobs.run_for
        yield made


def code_in(box: Mailbox) -> str:
    found = re.search(r"验证码：(\d{6})", box.letters[-1].get_content())
    assert found is not None
    return found.group(1)


def row_of(app: Flask, person_id: int) -> MailAddress:
    with app.app_context(), everything("test"):
        return db.session.get_one(MailAddress, person_id)


# --- the address -----------------------------------------------------------------------------------------------


def test_an_address_counts_once_its_code_came_back(app: Flask, world: World, box: Mailbox) -> None:
    client = browser_of(app, "safety_manager")
    answer = post(client, "/me/telling/mail", {"address": " Rong@Example.cn "})
    assert answer.location == "/me/telling/mail/code"
    assert box.to == ["Rong@Example.cn"]
    assert row_of(app, world.people["safety_manager"]).address == ""
    wrong = post(client, "/me/telling/mail/code", {"code": "000000" if code_in(box) != "000000" else "111111"})
    assert "还可再试 4 次" in text_of(wrong)
    assert post(client, "/me/telling/mail/code", {"code": f" {code_in(box)} "}).location == "/me/telling"
    assert row_of(app, world.people["safety_manager"]).address == "Rong@Example.cn"
    assert "Rong@Example.cn" in text_of(client.get("/me/telling"))


def test_a_code_is_guessed_five_times_and_no_more(app: Flask, world: World, box: Mailbox) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/me/telling/mail", {"address": "rong@example.cn"})
    right = code_in(box)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(4):
        post(client, "/me/telling/mail/code", {"code": wrong})
    assert "已作废" in text_of(post(client, "/me/telling/mail/code", {"code": wrong}))
    assert post(client, "/me/telling/mail/code", {"code": right}).status_code == 409
    assert row_of(app, world.people["safety_manager"]).address == ""


def test_a_code_is_worth_nothing_after_half_an_hour(app: Flask, world: World, box: Mailbox, clock: FixedClock) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/me/telling/mail", {"address": "rong@example.cn"})
    clock.advance(minutes=29)
    client.get("/me/still-here")
    clock.advance(minutes=1)
    assert "已过期" in text_of(post(client, "/me/telling/mail/code", {"code": code_in(box)}))


def test_strangers_are_not_flooded_with_codes(app: Flask, world: World, box: Mailbox, clock: FixedClock) -> None:
    client = browser_of(app, "safety_manager")
    for number in range(5):
        post(client, "/me/telling/mail", {"address": f"somebody{number}@example.cn"})
        assert post(client, "/me/telling/mail", {"address": "other@example.cn"}).status_code == 429
        clock.advance(minutes=2)
    assert post(client, "/me/telling/mail", {"address": "other@example.cn"}).status_code == 429
    assert len(box.to) == 5
    clock.advance(hours=24)
    client = browser_of(app, "safety_manager")
    assert post(client, "/me/telling/mail", {"address": "other@example.cn"}).status_code == 302


@pytest.mark.parametrize("typed", ["", "镕", "a@b", "a b@example.cn", "a@example.cn\r\nBcc: x@y.cn", "a@b.cn,c@d.cn"])
def test_what_is_no_address_is_said_and_kept(sqlite_app: Flask, sqlite_world: World, typed: str) -> None:
    set_up(sqlite_app, mail_url="smtp://127.0.0.1:1")
    client = browser_of(sqlite_app, "safety_manager")
    answer = post(client, "/me/telling/mail", {"address": typed})
    assert answer.status_code == 422
    assert "邮箱地址" in text_of(answer)


def test_a_code_that_cannot_be_sent_is_said_where_it_is_waited_for(app: Flask, world: World, box: Mailbox) -> None:
    box.refused.add("rong@example.cn")
    client = browser_of(app, "safety_manager")
    post(client, "/me/telling/mail", {"address": "rong@example.cn"})
    assert "验证码没有发出：收件地址被拒（550）" in text_of(client.get("/me/telling/mail/code"))


def test_without_a_mail_server_it_is_said(sqlite_app: Flask, sqlite_world: World) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    assert "没有设发信服务器" in text_of(client.get("/me/telling"))
    assert client.get("/me/telling/mail").status_code == 409


def test_a_code_is_not_promised_where_the_mail_server_is_gone(app: Flask, world: World, box: Mailbox) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/me/telling/mail", {"address": "rong@example.cn"})
    set_up(app, mail_url="")
    answer = post(client, "/me/telling/mail/again", at="/me/telling/mail/code")
    assert answer.status_code == 409
    assert "没有设发信服务器" in text_of(answer)


def test_an_address_is_dropped_and_stands_in_no_history(app: Flask, world: World, box: Mailbox) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/me/telling/mail", {"address": "rong@example.cn"})
    post(client, "/me/telling/mail/code", {"code": code_in(box)})
    post(client, "/me/telling/mail/drop", at="/me/telling")
    row = row_of(app, world.people["safety_manager"])
    assert (row.address, row.verified_at) == ("", None)
    with app.app_context():
        kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
        assert [kind for kind in kinds if kind.startswith("mail_")] == ["mail_asked", "mail_proved", "mail_dropped"]
        assert all("example" not in str(content) for content in db.session.scalars(select(Event.content)))


# --- choosing --------------------------------------------------------------------------------------------------


def test_what_is_chosen_is_kept_and_shown(app: Flask, world: World) -> None:
    client = browser_of(app, "principal")
    chosen = {"mode": "daily", "daily_hour": "18", "quiet_from": "21:30", "quiet_until": "06:15", "topics": ["major"]}
    assert post(client, "/me/telling", chosen).location == "/me/telling"
    with app.app_context(), everything("test"):
        choice = choice_of(db.session.get(TellingChoice, world.people["principal"]))
    assert (choice.mode, choice.daily_hour, choice.urgent_at_once) == (MailMode.DAILY, 18, False)
    assert choice.topics == {Topic.MAJOR}
    page = text_of(client.get("/me/telling"))
    assert 'value="21:30"' in page
    assert 'value="06:15"' in page


@pytest.mark.parametrize("ends", [("21:30", ""), ("", "07:00"), ("07:00", "07:00")])
def test_quiet_hours_need_two_ends(sqlite_app: Flask, sqlite_world: World, ends: tuple[str, str]) -> None:
    client = browser_of(sqlite_app, "principal")
    chosen = {"mode": "each", "daily_hour": "8", "quiet_from": ends[0], "quiet_until": ends[1], "topics": ["major"]}
    answer = post(client, "/me/telling", chosen)
    assert answer.status_code == 422
    assert "起止时间要都填" in text_of(answer)


# --- messages --------------------------------------------------------------------------------------------------


def write(app: Flask, world: World, clock: FixedClock, who: str, number: int) -> None:
    with app.app_context(), unit_of_work():
        for index in range(number):
            tell([world.people[who]], "assigned", f"第 {index} 件", now=clock(), url="/me")


def test_messages_stand_unread_first_and_page_by_key(app: Flask, world: World, clock: FixedClock) -> None:
    write(app, world, clock, "principal", 120)
    write(app, world, clock, "worker", 1)
    client = browser_of(app, "principal")
    with app.app_context():
        middle = db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.text == "第 100 件")).first()
    post(client, f"/me/messages/{middle}/read", at="/me/messages")
    shown: list[str] = []
    url = "/me/messages"
    while url:
        page = text_of(client.get(url))
        shown += re.findall(r"第 \d+ 件(?=</a>)", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found.group(1) if found else ""
    assert shown == [f"第 {n} 件" for n in range(119, -1, -1) if n != 100] + ["第 100 件"]


def test_following_a_message_marks_it_read(app: Flask, world: World, clock: FixedClock) -> None:
    write(app, world, clock, "principal", 1)
    client = browser_of(app, "principal")
    assert "1 条未读" in text_of(client.get("/me/messages"))
    with app.app_context():
        number = db.session.scalars(select(OutboxMessage.id)).one()
    assert client.get(f"/me/messages/{number}").location == "/me"
    assert "没有未读消息" in text_of(client.get("/me/messages"))
    assert browser_of(app, "worker").get(f"/me/messages/{number}").status_code == 404


def test_all_are_read_but_not_what_came_meanwhile(app: Flask, world: World, clock: FixedClock) -> None:
    write(app, world, clock, "principal", 3)
    client = browser_of(app, "principal")
    page = text_of(client.get("/me/messages"))
    found = re.search(r'name="newest" value="(\d+)"', page)
    assert found is not None
    write(app, world, clock, "principal", 1)
    client.post("/me/messages/read-all", data={"csrf_token": token(page), "newest": found.group(1)})
    assert "1 条未读" in text_of(client.get("/me/messages"))


# --- robots ----------------------------------------------------------------------------------------------------


def test_a_robots_address_is_sealed_and_shown_by_its_end_only(app: Flask, world: World) -> None:
    client = browser_of(app, "safety_manager")
    typed = {"kind": "wecom", "name": "安全生产群", "url": WECOM, "topics": ["major", "overdue"]}
    assert post(client, "/admin/robots/new", typed).location == "/admin/robots"
    page = text_of(client.get("/admin/robots"))
    assert "****7aoc" in page
    assert "693a" not in page
    assert "693a" not in text_of(client.get("/admin/robots/1"))
    with app.app_context(), everything("test"):
        robot = db.session.scalars(select(Robot)).one()
        assert "693a" not in robot.sealed
        group = group_of(robot)
        assert group is not None
        assert (group.kind, group.url) == (RobotKind.WECOM, WECOM)


def test_another_name_keeps_the_address(app: Flask, world: World) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/admin/robots/new", {"kind": "wecom", "name": "群", "url": WECOM, "topics": ["major"]})
    post(client, "/admin/robots/1", {"kind": "wecom", "name": "新名", "url": "", "topics": ["due"]})
    assert "新名" in text_of(client.get("/admin/robots"))
    other = post(client, "/admin/robots/1", {"kind": "feishu", "name": "新名", "url": "", "topics": ["due"]})
    assert other.status_code == 422
    assert "请填机器人的 Webhook 地址" in text_of(other)


def test_a_new_secret_without_its_address_is_not_dropped_silently(app: Flask, world: World) -> None:
    client = browser_of(app, "safety_manager")
    post(client, "/admin/robots/new", {"kind": "feishu", "name": "群", "url": FEISHU, "topics": ["major"]})
    typed = {"kind": "feishu", "name": "群", "url": "", "secret": "SEC-2", "topics": ["major"]}
    answer = post(client, "/admin/robots/1", typed)
    assert answer.status_code == 422
    assert "换密钥时请把 Webhook 地址也重新填写" in text_of(answer)
    assert post(client, "/admin/robots/1", {**typed, "url": FEISHU}).location == "/admin/robots"
    with app.app_context(), everything("test"):
        group = group_of(db.session.scalars(select(Robot)).one())
        assert group is not None
        assert (group.url, group.secret) == (FEISHU, "SEC-2")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"url": "https://10.0.0.1/x"}, "整段复制"),
        ({"url": ""}, "请填机器人的 Webhook 地址"),
        ({"topics": []}, "请至少选一项"),
        ({"kind": "dingtalk", "url": "https://oapi.dingtalk.com/robot/send?access_token=1"}, "加签"),
        ({"name": ""}, "请填群的名称"),
    ],
)
def test_a_robot_that_cannot_speak_is_refused(
    sqlite_app: Flask, sqlite_world: World, typed: dict[str, object], words: str
) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    given = {"kind": "wecom", "name": "群", "url": WECOM, "topics": ["major"], **typed}
    answer = post(client, "/admin/robots/new", given)
    assert answer.status_code == 422
    assert words in text_of(answer)


@pytest.mark.parametrize("who", ["safety_manager", "reviewer", "committee_clerk"])
def test_who_keeps_robots(sqlite_app: Flask, sqlite_world: World, who: str) -> None:
    assert browser_of(sqlite_app, who).get("/admin/robots").status_code == 200


@pytest.mark.parametrize("who", ["principal", "inspector", "town_head", "approver", "system_admin", "auditor"])
def test_who_keeps_none(sqlite_app: Flask, sqlite_world: World, who: str) -> None:
    assert browser_of(sqlite_app, who).get("/admin/robots").status_code == 403


def test_anothers_robot_is_not_found(app: Flask, world: World) -> None:
    post(
        browser_of(app, "safety_manager"),
        "/admin/robots/new",
        {"kind": "wecom", "name": "群", "url": WECOM, "topics": ["major"]},
    )
    for who in ("safety_manager_far", "reviewer"):
        client = browser_of(app, who)
        assert client.get("/admin/robots/1").status_code == 404
        shown = token(text_of(client.get("/admin/robots/new")))
        for verb in ("try", "end"):
            assert client.post(f"/admin/robots/1/{verb}", data={"csrf_token": shown}).status_code == 404
        page = text_of(client.get("/admin/robots"))
        assert "还没有群机器人" in page
        assert "****" not in page


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with group_platform(certificate) as made:
        yield made


def test_a_test_message_is_seen_in_the_group_or_its_failure_on_the_page(
    app: Flask, world: World, platform: Platform
) -> None:
    set_up(app, robot_relay=platform.host)
    client = browser_of(app, "safety_manager")
    url = WECOM.replace("qyapi.weixin.qq.com", platform.host)
    post(client, "/admin/robots/new", {"kind": "wecom", "name": "群", "url": url, "topics": ["major"]})
    post(client, "/admin/robots/1/try", at="/admin/robots")
    assert "测试消息" in platform.said()[0]
    assert "测试消息已发出" in text_of(client.get("/admin/robots"))
    platform.answer = {"errcode": 93000}
    post(client, "/admin/robots/1/try", at="/admin/robots")
    assert "没有发出：企业微信没有接收（errcode 93000）" in text_of(client.get("/admin/robots"))
    post(client, "/admin/robots/1/end", at="/admin/robots")
    assert "还没有群机器人" in text_of(client.get("/admin/robots"))
    with app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).where(Robot.sealed != "")) == 0
