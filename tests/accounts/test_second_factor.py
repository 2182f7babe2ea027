"""动态口令 as people meet it: set up, asked, taken once, locked, recovered, required, removed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import SignIn
from accounts.roles import SIGNERS_OF_MAJORS, SYSTEM_ROLES, Role
from accounts.second_factor import must_have
from accounts.security_models import PersonNote, RecoveryCode, SecondFactor
from core.db import db
from core.models import Event, OutboxMessage
from core.scope import everything
from core.settings import BadSetting, load_settings
from tests.accounts.factors import SET_UP, Phone, half_in, hidden_offer, send_code, set_up
from tests.accounts.world import PASSWORD, World, browser_of, log_in, post, text_of, token
from tests.clocks import FixedClock
from workflows.closure import ROUTES, STAND_IN_FOR_ENTERPRISE
from workflows.vocabulary import Grade


def kinds_of(app: Flask, person_id: int) -> list[str]:
    """The entries of a person's history, oldest first."""
    with app.app_context(), everything("test world"):
        wanted = select(Event.kind).where(Event.subject_kind == "person", Event.subject_id == person_id)
        return list(db.session.scalars(wanted.order_by(Event.seq)))


def test_the_code_is_asked_after_the_password_and_signs_in(world: World, app: Flask, clock: FixedClock) -> None:
    phone, _codes = set_up(browser_of(app, "inspector"), clock)
    clock.advance(seconds=30)
    client = half_in(app, "inspector")
    assert client.get("/me").location == "/login?next=/me"  # a password alone opens nothing
    client = half_in(app, "inspector")
    assert send_code(client, phone.code(clock())) == ""
    assert client.get("/me").status_code == 200


def test_a_code_is_taken_once_and_none_before_it_either(world: World, app: Flask, clock: FixedClock) -> None:
    phone, _codes = set_up(browser_of(app, "inspector"), clock)
    assert "口令不对，或者已经用过" in send_code(
        half_in(app, "inspector"), phone.code(clock())
    )  # the one of the set-up
    clock.advance(seconds=60)
    taken = phone.code(clock())
    assert send_code(half_in(app, "inspector"), taken) == ""
    assert "口令不对，或者已经用过" in send_code(half_in(app, "inspector"), taken)
    assert "口令不对，或者已经用过" in send_code(half_in(app, "inspector"), phone.code(clock(), -1))


def test_a_phone_may_be_half_a_minute_before_or_behind(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    phone, _codes = set_up(browser_of(sqlite_app, "inspector"), clock)
    for steps, is_taken in ((-1, True), (1, True), (-2, False), (2, False)):
        clock.advance(minutes=5)
        assert (send_code(half_in(sqlite_app, "inspector"), phone.code(clock(), steps)) == "") is is_taken, steps


def test_full_width_digits_and_blanks_are_the_same_code(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    phone, codes = set_up(browser_of(sqlite_app, "inspector"), clock)
    clock.advance(minutes=1)
    code = phone.code(clock())
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert send_code(half_in(sqlite_app, "inspector"), f"{wide[:3]} {wide[3:]}") == ""
    assert send_code(half_in(sqlite_app, "inspector"), codes[0].upper().replace("-", "")) == ""


def test_wrong_codes_lock_like_wrong_passwords_however_often_the_password_is_given(
    world: World, app: Flask, clock: FixedClock
) -> None:
    phone, _codes = set_up(browser_of(app, "inspector"), clock)
    clock.advance(minutes=1)
    for left in (4, 3, 2, 1):  # the right password again before each
        assert f"还可再试 {left} 次，之后锁定 20 分钟" in send_code(half_in(app, "inspector"), "000000")
    waiting = half_in(app, "inspector")
    assert "已锁定 20 分钟" in send_code(waiting, "000000")
    assert "现在不能登录" in send_code(waiting, phone.code(clock()))
    assert log_in(app.test_client(), "inspector").status_code == 422
    clock.advance(minutes=21)
    assert send_code(half_in(app, "inspector"), phone.code(clock())) == ""
    with app.app_context():
        outcomes = list(db.session.scalars(select(SignIn.outcome).order_by(SignIn.id)))
    assert outcomes == [
        "ok",
        *["half", "wrong_code"] * 4,
        "half",
        "locks_code",
        "refused",
        "refused",
        "half",
        "ok_code",
    ]


def test_a_recovery_code_signs_in_once_and_is_told(world: World, app: Flask, clock: FixedClock) -> None:
    _phone, codes = set_up(browser_of(app, "inspector"), clock)
    assert send_code(half_in(app, "inspector"), codes[3]) == ""
    assert "口令不对，或者已经用过" in send_code(half_in(app, "inspector"), codes[3])
    client = half_in(app, "inspector")
    assert send_code(client, codes[4]) == ""
    assert "恢复码还剩 8 个" in text_of(client.get("/me"))
    with app.app_context():
        told = [text for text in db.session.scalars(select(OutboxMessage.text)) if "恢复码" in text]
    assert told == ["有人用恢复码登录了您的账户，还剩 9 个。", "有人用恢复码登录了您的账户，还剩 8 个。"]
    assert kinds_of(app, world.people["inspector"])[-2:] == ["recovery_used", "recovery_used"]


def test_new_recovery_codes_replace_the_old(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    client = browser_of(sqlite_app, "inspector")
    _phone, old = set_up(client, clock)
    answer = post(client, "/me/second-factor/codes", {"password": PASSWORD})
    new = re.findall(r"<li>([a-z2-9-]{11})</li>", text_of(answer))
    assert len(set(new) - set(old)) == 10
    assert "口令不对" in send_code(half_in(sqlite_app, "inspector"), old[0])
    assert send_code(half_in(sqlite_app, "inspector"), new[0]) == ""


def test_neither_secret_nor_recovery_codes_stand_in_the_database(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    phone, codes = set_up(browser_of(sqlite_app, "inspector"), clock)
    with sqlite_app.app_context():
        kept = db.session.scalars(select(SecondFactor.sealed)).one()
        marks = list(db.session.scalars(select(RecoveryCode.fingerprint)))
        raw = Path(db.engine.url.database or "").read_bytes() + Path(f"{db.engine.url.database}-wal").read_bytes()
    assert phone.secret not in raw
    assert phone.secret.hex() not in kept
    assert len(marks) == 10
    assert not any(code.encode() in raw or code.replace("-", "").encode() in raw for code in codes)


def test_setting_up_asks_the_password_and_a_code_that_fits(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    client = browser_of(sqlite_app, "inspector")
    page = text_of(client.get(SET_UP))
    phone, offer = Phone(page), hidden_offer(page)
    right = {"csrf_token": token(page), "offer": offer, "code": phone.code(clock()), "password": PASSWORD}
    wrong = text_of(client.post(SET_UP, data=right | {"password": "wrong"}))
    assert "密码不对，动态口令没有设置。还可再试 4 次" in wrong
    assert hidden_offer(wrong) == offer  # the code on the phone stays good
    assert "口令不对" in text_of(client.post(SET_UP, data=right | {"code": "000000"}))
    assert "这张表不完整" in text_of(client.post(SET_UP, data=right | {"offer": offer[:-4] + "AAAA"}))
    stolen = hidden_offer(text_of(browser_of(sqlite_app, "worker").get(SET_UP)))
    assert "这张表不完整" in text_of(client.post(SET_UP, data=right | {"offer": stolen}))
    assert log_in(sqlite_app.test_client(), "inspector").location == "/"  # nothing was set
    assert "恢复码" in text_of(client.post(SET_UP, data=right))


def test_who_may_do_without_gives_it_up_with_the_password(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    client = browser_of(sqlite_app, "worker")
    set_up(client, clock)
    assert post(client, "/me/second-factor/off", {"password": "wrong"}).status_code == 422
    assert post(client, "/me/second-factor/off", {"password": PASSWORD}).status_code == 302
    assert log_in(sqlite_app.test_client(), "worker").location == "/"
    assert client.get("/me/second-factor/off").status_code == 403


def test_a_password_waits_five_minutes_for_its_code(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    phone, _codes = set_up(browser_of(sqlite_app, "inspector"), clock)
    client = half_in(sqlite_app, "inspector")
    clock.advance(minutes=5, seconds=1)
    answer = client.post("/login/code", data={"csrf_token": token(text_of(client.get("/login"))), "code": "1"})
    assert answer.location == "/login"
    assert phone.code(clock())


# --- who must have one -----------------------------------------------------------------------------------------


def test_who_signs_majors_is_what_the_routes_say() -> None:
    signers = {role for route in ROUTES if route.grade is Grade.MAJOR for step in route.steps for role in step.roles}
    assert signers | set(STAND_IN_FOR_ENTERPRISE) == SIGNERS_OF_MAJORS


@pytest.mark.parametrize("role", list(Role))
def test_whom_the_setting_obliges(role: Role) -> None:
    held = frozenset({role})
    assert not must_have(held, "optional")
    assert must_have(held, "signers") is (role in SIGNERS_OF_MAJORS | SYSTEM_ROLES)
    assert must_have(held, "everybody")


def test_a_wrong_policy_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="SECOND_FACTOR 应是 optional 或 signers 或 everybody"):
        load_settings(tmp_path, {"SECOND_FACTOR": "always"})


@pytest.fixture
def strict(sqlite_world: World, sqlite_app: Flask) -> Flask:
    """An installation whose signers of majors must have one."""
    object.__setattr__(sqlite_app.extensions["settings"], "second_factor", "signers")
    return sqlite_app


def test_who_must_have_one_is_led_to_it_and_back(strict: Flask, clock: FixedClock) -> None:
    client = strict.test_client()
    log_in(client, "inspector", next="/me/deputies/new")
    assert client.get("/me/deputies/new").location == f"{SET_UP}?next=/me/deputies/new"
    assert client.get("/").location == SET_UP
    page = text_of(client.get(f"{SET_UP}?next=/me/deputies/new"))
    assert "您的角色必须使用动态口令" in page
    phone = Phone(page)
    typed = {"csrf_token": token(page), "offer": hidden_offer(page), "code": phone.code(clock()), "password": PASSWORD}
    answer = client.post(f"{SET_UP}?next=/me/deputies/new", data=typed)
    assert 'href="/me/deputies/new">已妥善保存' in text_of(answer)
    assert client.get("/me/deputies/new").status_code == 200
    assert "您的角色必须使用" in text_of(client.get("/me"))
    assert post(client, "/me/second-factor/off", {"password": PASSWORD}).status_code == 403


def test_the_security_administrator_reads_who_must_have_one(sqlite_world: World, sqlite_app: Flask) -> None:
    assert "自愿使用" in text_of(browser_of(sqlite_app, "security_admin").get("/admin/security"))


def test_who_need_not_have_one_is_left_alone(strict: Flask) -> None:
    assert browser_of(strict, "worker").get("/me").status_code == 200


def test_who_must_have_one_cannot_act_without(strict: Flask) -> None:
    client = strict.test_client()
    log_in(client, "security_admin")
    answer = client.post("/admin/security/idle", data={"csrf_token": token(text_of(client.get(SET_UP))), "minutes": 9})
    assert answer.location == SET_UP


# --- a lost phone ----------------------------------------------------------------------------------------------


def test_the_security_administrator_removes_it_with_a_reason(world: World, app: Flask, clock: FixedClock) -> None:
    lost = browser_of(app, "inspector")
    set_up(lost, clock)
    url = f"/admin/people/{world.people['inspector']}/remove-factor"
    keeper = browser_of(app, "security_admin")
    assert post(keeper, url, {"reason": " "}).status_code == 422
    assert post(keeper, url, {"reason": "手机丢失，已当面核对"}).status_code == 302
    assert lost.get("/me").status_code == 302  # sessions end: the phone may be in other hands
    assert log_in(app.test_client(), "inspector").location == "/"
    with app.app_context():
        assert db.session.scalars(select(PersonNote.text)).one() == "手机丢失，已当面核对"
        told = db.session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id.desc())).first()
    assert told == "您的动态口令已由安全管理员移除，理由：手机丢失，已当面核对。不是您要求的，请马上报告。"
    assert kinds_of(app, world.people["inspector"])[-1] == "factor_removed"
    assert post(keeper, url, {"reason": "又一次"}).status_code == 409


def test_nobody_else_removes_it(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    set_up(browser_of(sqlite_app, "inspector"), clock)
    url = f"/admin/people/{sqlite_world.people['inspector']}/remove-factor"
    for login in ("system_admin", "auditor", "reviewer", "inspector_city"):
        assert browser_of(sqlite_app, login).get(url).status_code == 403, login
    own = f"/admin/people/{sqlite_world.people['security_admin']}/remove-factor"
    assert browser_of(sqlite_app, "security_admin").get(own).status_code == 403


def test_the_operator_removes_it_at_the_command_line(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    set_up(browser_of(sqlite_app, "security_admin"), clock)
    run = sqlite_app.test_cli_runner().invoke(args=["user", "reset", "security_admin", "--second-factor"])
    assert run.exit_code == 0, run.output
    assert "动态口令已移除" in run.output
    with sqlite_app.app_context():
        assert db.session.scalars(select(SecondFactor)).all() == []
