"""Sessions seen and ended one by one, in words their owner recognises."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.devices import device_of
from tests.accounts.world import World, browser_of, log_in, post, text_of
from tests.clocks import FixedClock

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0"
EDGE = CHROME + " Edg/142.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"

DEVICES = (
    (CHROME, "Windows 电脑 · Chrome"),
    (WECHAT, "安卓手机 · 微信"),
    (EDGE, "Windows 电脑 · Edge"),
    (IPHONE, "苹果手机 · Safari"),
    ("curl/8.0", "未知设备"),
    ("", "未知设备"),
)


@pytest.mark.parametrize(("said", "words"), DEVICES)
def test_a_device_is_named_in_plain_words(said: str, words: str) -> None:
    assert device_of(said) == words


def rows_of(client: FlaskClient) -> list[list[str]]:
    """The list of running log-ins as text."""
    page = text_of(client.get("/me"))
    part = page[page.index('id="h-running"') : page.index('id="h-tries"')]
    body = part[part.index("<tbody>") : part.index("</tbody>")]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", line, re.DOTALL)]
        for line in lines
    ]


def phone_of(app: Flask, login: str) -> FlaskClient:
    """A browser of WeChat on a phone in which this person is signed in."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = WECHAT
    client.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    assert log_in(client, login).status_code == 302
    return client


def test_each_session_is_listed_with_device_place_and_times(world: World, app: Flask, clock: FixedClock) -> None:
    phone = phone_of(app, "worker")
    clock.advance(minutes=10)
    desk = browser_of(app, "worker")
    assert rows_of(desk) == [
        ["未知设备", "127.0.0.1", "11-16 10:10", "11-16 10:10", "本机"],
        ["安卓手机 · 微信", "10.1.2.3", "11-16 10:00", "11-16 10:00", "退出"],
    ]
    clock.advance(minutes=6)
    assert phone.get("/me").status_code == 200
    assert ["安卓手机 · 微信", "10.1.2.3", "11-16 10:00", "11-16 10:16", "退出"] in rows_of(desk)


def test_one_session_is_ended_and_the_others_go_on(world: World, app: Flask) -> None:
    phone, tablet, desk = (browser_of(app, "worker") for _ in range(3))
    page = text_of(desk.get("/me"))
    first = min(int(number) for number in re.findall(r"/me/sessions/(\d+)/end", page))
    assert post(desk, f"/me/sessions/{first}/end", at="/me").status_code == 302
    assert phone.get("/me").status_code == 302
    assert tablet.get("/me").status_code == 200
    assert post(desk, f"/me/sessions/{first}/end", at="/me").status_code == 409
    assert len(rows_of(desk)) == 2


def test_all_others_are_ended_at_once(world: World, app: Flask) -> None:
    phone, desk = browser_of(app, "worker"), browser_of(app, "worker")
    assert post(desk, "/me/sessions/end-others", at="/me").status_code == 302
    assert phone.get("/me").status_code == 302
    assert "其他设备上的登录都已退出，本机不变" in text_of(desk.get("/me"))


def test_nobody_ends_anothers_session(sqlite_world: World, sqlite_app: Flask) -> None:
    victim, thief = browser_of(sqlite_app, "worker"), browser_of(sqlite_app, "reviewer")
    for number in range(1, 3):
        post(thief, f"/me/sessions/{number}/end", at="/me")
        if thief.get("/me").status_code != 200:
            break
    assert victim.get("/me").status_code == 200


def test_a_session_left_by_log_out_or_by_idling_is_not_listed(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    out = browser_of(sqlite_app, "worker")
    post(out, "/logout", at="/me")
    browser_of(sqlite_app, "worker")
    clock.advance(minutes=36)
    assert len(rows_of(browser_of(sqlite_app, "worker"))) == 1


def test_a_cookie_copied_before_the_log_out_is_worth_nothing(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "worker")
    copied = client.get_cookie("session")
    assert copied is not None
    post(client, "/logout", at="/me")
    thief = sqlite_app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/me").status_code == 302


def test_a_page_says_when_its_session_ends_and_work_keeps_it(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    client = browser_of(sqlite_app, "worker")
    assert 'data-idle="1800" data-idle-left="1800"' in text_of(client.get("/me"))
    clock.advance(seconds=20)
    assert 'data-idle="1800" data-idle-left="1780"' in text_of(client.get("/me"))
    clock.advance(minutes=29)
    assert client.get("/me/still-here").status_code == 204
    clock.advance(minutes=29)
    assert client.get("/me").status_code == 200
    clock.advance(minutes=31)
    assert client.get("/me/still-here").status_code == 302
