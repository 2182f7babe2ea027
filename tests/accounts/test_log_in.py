"""Log-in, lock-out, one-time passwords, time-out, log-out everywhere, as a browser meets them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import SignIn
from accounts.people import deactivate, reset_password
from accounts.signing_in import examine, settle
from core.db import db, unit_of_work
from core.scope import everything
from tests.accounts.world import PASSWORD, World, browser_of, log_in, post, text_of
from tests.clocks import FixedClock

NEW = "Hongyan-2048-shu"


def said(answer: object) -> str:
    """The sentence of the alert on the log-in page."""
    found = re.search(r'class="alert-line alert-bad[^>]*>.*?<div>(.*?)</div>', text_of(answer), re.S)  # type: ignore[arg-type]
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def test_a_page_asks_for_the_log_in_and_comes_back_afterwards(world: World, client: FlaskClient) -> None:
    answer = client.get("/me/deputies/new?x=1")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/me/deputies/new?x%3D1"
    answer = log_in(client, "inspector", next="/me/deputies/new?x=1")
    assert answer.location == "/me/deputies/new?x=1"
    assert client.get("/me").status_code == 200


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/x",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:evil",
    "\n//x",
)


def test_nobody_is_sent_to_another_site(sqlite_world: World, sqlite_app: Flask) -> None:
    for address in ELSEWHERE:
        assert log_in(sqlite_app.test_client(), "inspector", next=address).location == "/", address


def test_login_is_found_whatever_its_case_and_width(sqlite_world: World, sqlite_client: FlaskClient) -> None:
    assert log_in(sqlite_client, " ＩnspecTor ").status_code == 302


def test_wrong_tries_say_how_many_are_left_and_lock_for_twenty_minutes(
    world: World, client: FlaskClient, clock: FixedClock
) -> None:
    for left in (4, 3, 2, 1):
        answer = log_in(client, "inspector", "wrong")
        assert answer.status_code == 422
        assert said(answer) == f"登录名或密码不对。还可再试 {left} 次，之后锁定 20 分钟。"
    locked = said(log_in(client, "inspector", "wrong"))
    assert locked == "登录名或密码不对。输错次数太多，已锁定 20 分钟。请在 10:20 后再试，或请管理员解锁。"
    clock.advance(minutes=19)
    refused = said(log_in(client, "inspector"))
    assert refused == "现在不能登录。输错次数太多，已锁定 20 分钟。请在 10:20 后再试，或请管理员解锁。"
    clock.advance(minutes=2)
    assert log_in(client, "inspector").status_code == 302


def test_a_right_try_forgets_the_wrong_ones_before(world: World, app: Flask) -> None:
    for _ in range(3):
        client = app.test_client()
        for _ in range(4):
            assert log_in(client, "reviewer", "wrong").status_code == 422
        assert log_in(client, "reviewer").status_code == 302


def test_an_unknown_login_is_answered_like_a_known_one(world: World, client: FlaskClient, clock: FixedClock) -> None:
    def answers(login: str) -> list[str]:
        said_so = [said(log_in(client, login, "wrong")) for _ in range(7)]
        clock.advance(minutes=21)
        said_so += [said(log_in(client, login, "wrong")) for _ in range(2)]
        clock.advance(minutes=-21)
        return said_so

    known, unknown = answers("approver"), answers("nobody-here")
    assert known == unknown
    assert "还可再试 4 次" in known[-2]


def test_an_unknown_login_costs_the_same_work(
    sqlite_world: World, sqlite_context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify, worked = PasswordHasher.verify, []

    def counted(hasher: PasswordHasher, kept: str, password: str) -> bool:
        worked.append(password)
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in ("worker", "nobody-here", "\x00", "𬭬" * 100):
        examine(login, "wrong")
    assert len(worked) == 4


def test_many_tries_at_once_get_no_further_than_one_after_the_other(
    world: World, app: Flask, clock: FixedClock
) -> None:
    def attempt(_number: int) -> str:
        with app.app_context():
            tried = examine("worker", "wrong")
            with unit_of_work():
                return settle(tried, address="127.0.0.1", now=clock()).outcome.value

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(12)))
    assert outcomes == ["locks"] + ["refused"] * 7 + ["wrong"] * 4
    assert log_in(app.test_client(), "worker").status_code == 422


def test_a_password_typed_as_login_is_not_kept_readable(world: World, app: Flask, client: FlaskClient) -> None:
    log_in(client, PASSWORD, "whatever")
    with app.app_context(), everything("test world"):
        kept = db.session.scalars(select(SignIn)).all()
    assert len(kept) == 1
    assert PASSWORD.casefold() not in kept[0].login
    assert kept[0].person_id is None


def test_every_try_is_noted_with_its_result(world: World, app: Flask, client: FlaskClient) -> None:
    log_in(client, "worker", "wrong")
    log_in(client, "worker")
    with app.app_context(), everything("test world"):
        rows = db.session.execute(select(SignIn.login, SignIn.outcome, SignIn.address).order_by(SignIn.id)).all()
    assert [tuple(row) for row in rows] == [("worker", "wrong", "127.0.0.1"), ("worker", "ok", "127.0.0.1")]


def test_who_has_left_cannot_log_in_and_is_logged_out(world: World, app: Flask, clock: FixedClock) -> None:
    client = browser_of(app, "worker")
    with app.app_context(), unit_of_work():
        deactivate(world.person("worker"), by=None, now=clock())
    assert client.get("/me").status_code == 302
    assert said(log_in(client, "worker")).startswith("登录名或密码不对。")


def test_one_time_password_must_be_changed_before_anything_else(world: World, app: Flask, clock: FixedClock) -> None:
    with app.app_context(), unit_of_work():
        once = reset_password(world.person("worker"), by=None, now=clock())
    client = app.test_client()
    assert log_in(client, "worker", once).location == "/me/password?next=/"
    assert client.get("/me").location == "/me/password"
    answer = post(client, "/me/password", {"current": once, "new": NEW, "again": NEW})
    assert answer.status_code == 302
    assert client.get("/me").status_code == 200
    assert log_in(app.test_client(), "worker", once).status_code == 422
    assert log_in(app.test_client(), "worker", NEW).status_code == 302


WEAK = (
    ("Kurz-1", "密码要 10 到 128 个字符"),
    ("nurkleinbuchstaben", "三种"),
    ("Worker-2026-x", "不能含有登录名或姓名"),
    ("从业人员·堃-Ab2026", "不能含有登录名或姓名"),
    ("Password123!", "太常见"),
    ("Aa1Aa1Aa1Aa1", "太常见"),
    (PASSWORD, "与现在的相同"),
    ("x" * 129, "密码要 10 到 128 个字符"),
)


def test_weak_passwords_are_refused_with_the_reason(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "worker")
    for new, sentence in WEAK:
        answer = post(client, "/me/password", {"current": PASSWORD, "new": new, "again": new})
        assert answer.status_code == 422, new
        assert sentence in text_of(answer), new


def test_changing_the_password_asks_for_the_present_one_and_counts_wrong_ones(
    sqlite_world: World, sqlite_app: Flask
) -> None:
    client = browser_of(sqlite_app, "worker")
    for left in (4, 3, 2, 1):
        answer = post(client, "/me/password", {"current": "wrong", "new": NEW, "again": NEW})
        assert f"密码不对，密码没有修改。还可再试 {left} 次，之后锁定 20 分钟。" in text_of(answer)
    post(client, "/me/password", {"current": "wrong", "new": NEW, "again": NEW})
    answer = post(client, "/me/password", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert "密码没有修改。输错次数太多" in text_of(answer)


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(world: World, app: Flask) -> None:
    here, there = browser_of(app, "worker"), browser_of(app, "worker")
    assert post(here, "/me/password", {"current": PASSWORD, "new": NEW, "again": NEW}).location == "/me"
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_log_out_everywhere_ends_all_sessions(world: World, app: Flask) -> None:
    here, there = browser_of(app, "worker"), browser_of(app, "worker")
    assert post(here, "/me/sign-out-everywhere", at="/me").location == "/login"
    assert here.get("/me").status_code == 302
    assert there.get("/me").status_code == 302


def test_log_out_ends_this_session_only(world: World, app: Flask) -> None:
    here, there = browser_of(app, "worker"), browser_of(app, "worker")
    assert post(here, "/logout", at="/me").status_code == 302
    assert here.get("/me").status_code == 302
    assert there.get("/me").status_code == 200
    assert there.get("/logout").status_code == 405


def test_idling_ends_the_session_and_says_so(world: World, app: Flask, clock: FixedClock) -> None:
    client = browser_of(app, "worker")
    clock.advance(minutes=29)
    assert client.get("/me").status_code == 200
    clock.advance(minutes=29)
    assert client.get("/me").status_code == 200
    clock.advance(minutes=31)
    answer = client.get("/me")
    assert answer.location == "/login?next=/me"
    assert "您已 30 分钟没有操作，为安全起见已退出" in text_of(client.get(answer.location))


def test_a_session_ends_after_twelve_hours_however_busy(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    client = browser_of(sqlite_app, "worker")
    for _ in range(30):
        clock.advance(minutes=24)
        assert client.get("/me").status_code == 200
    clock.advance(minutes=1)
    assert client.get("/me").status_code == 302


def test_the_idle_time_is_a_setting_of_the_security_administrator(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    keeper = browser_of(sqlite_app, "security_admin")
    assert post(keeper, "/admin/security/idle", {"minutes": "3"}).status_code == 422
    assert post(keeper, "/admin/security/idle", {"minutes": "10"}).status_code == 302
    client = browser_of(sqlite_app, "worker")
    clock.advance(minutes=11)
    assert client.get("/me").status_code == 302


def test_nothing_the_browser_carried_before_survives_the_log_in(
    sqlite_world: World, sqlite_client: FlaskClient
) -> None:
    with sqlite_client.session_transaction() as session:
        session["planted"] = "before"
    log_in(sqlite_client, "worker")
    with sqlite_client.session_transaction() as session:
        assert "planted" not in session


def test_many_log_ins_from_one_address_are_slowed(sqlite_world: World, sqlite_client: FlaskClient) -> None:
    codes = {log_in(sqlite_client, f"nobody-{number}", "wrong").status_code for number in range(61)}
    assert codes == {422, 429}


def test_the_interface_answers_in_its_own_way(sqlite_app: Flask, sqlite_client: FlaskClient) -> None:
    sqlite_app.add_url_rule("/api/v1/probe", "probe", lambda: "seen")
    answer = sqlite_client.get("/api/v1/probe")
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]["title"] == "请登录"


def test_a_form_without_its_token_is_refused(sqlite_world: World, sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.post("/login", data={"login": "worker", "password": PASSWORD})
    assert answer.status_code == 400
