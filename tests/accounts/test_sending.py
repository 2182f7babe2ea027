"""What is told goes out once, at its time, to whoever still wants it, and what cannot is tried again or given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import core.mail
import core.robots
from accounts.people import deactivate
from accounts.routing import route_messages
from accounts.sending import send_messages
from accounts.telling_rules import Choice, MailMode, Topic
from accounts.told_models import MailAddress, Robot, TellingChoice
from core.db import db, unit_of_work
from core.delivering import BACKOFF, LEASE, MOST_TRIES, NotDelivered, claim_next
from core.delivery_models import Channel, DeliveryState
from core.models import OutboxMessage
from core.outbox import About, Told, add_subject, tell
from core.outgoing import Answer
from core.scope import everything
from tests.accounts.telling import address, deliveries, robot, set_up
from tests.accounts.world import World
from tests.clocks import FixedClock
from tests.receivers import Mailbox, Platform, group_platform, mail_server, make_certificate, silent_server

PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture
def box(world: World, context: Flask, clock: FixedClock) -> Iterator[Mailbox]:
    """A mail server, and a safety manager who wants letters."""
    with mail_server() as made:
        set_up(context, mail_url=made.url)
        address(world.people["safety_manager"], clock())
        yield made


@pytest.fixture
def platform(tmp_path: Path, context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with group_platform(certificate) as made:
        set_up(context, robot_relay=made.host)
        yield made


def say(world: World, clock: FixedClock, text: str = "到期", kind: str = "due", *, who: Sequence[str] = ()) -> None:
    with unit_of_work():
        tell([world.people[one] for one in who or ("safety_manager",)], kind, text, now=clock(), url="/hazards/YH-1")


def states() -> list[str]:
    return [one.state.value for one in deliveries()]


def test_a_letter_says_what_and_where_and_that_a_machine_wrote_it(
    world: World, box: Mailbox, clock: FixedClock
) -> None:
    say(world, clock, "YH-1 明天到期")
    send_messages(clock())
    letter = box.letters[0]
    assert box.to == [f"p{world.people['safety_manager']}@example.cn"]
    assert letter["Subject"] == "【到期提醒】YH-1 明天到期"
    assert f"YH-1 明天到期\n{PUBLIC}/hazards/YH-1" in letter.get_content()
    assert f"{PUBLIC}/me/telling" in letter.get_content()
    assert states() == ["sent"]


def test_nothing_is_sent_twice_however_often_the_job_runs(world: World, box: Mailbox, clock: FixedClock) -> None:
    for number in range(5):
        say(world, clock, f"第 {number} 件")
    for _ in range(3):
        send_messages(clock.advance(minutes=1))
    assert len(box.letters) == len(set(box.marks)) == 5


def test_messages_are_sent_once_however_many(context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        tell(range(1, 1202), "due", "隐患将到期", now=clock())
    send_messages(clock.advance(minutes=1))
    send_messages(clock.advance(minutes=1))
    sent = db.session.execute(select(OutboxMessage.sent_at, OutboxMessage.tries)).all()
    assert [tuple(one) for one in sent] == [(clock() - timedelta(minutes=1), 1)] * 1201


def test_only_who_proved_an_address_gets_letters(world: World, box: Mailbox, clock: FixedClock) -> None:
    with everything("test"), unit_of_work() as session:
        session.add(MailAddress(person_id=world.people["worker"], wanted="w@example.cn"))
    say(world, clock, who=("worker", "principal"))
    send_messages(clock())
    assert (box.letters, deliveries()) == ([], [])


def test_eight_runners_send_each_letter_once(world: World, box: Mailbox, context: Flask, clock: FixedClock) -> None:
    for number in range(24):
        say(world, clock, f"第 {number} 件")

    def run() -> None:
        with context.app_context():
            send_messages(clock())

    runners = [threading.Thread(target=run) for _ in range(8)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert len(box.letters) == len(set(box.marks)) == 24
    assert set(states()) == {"sent"}


# --- times -----------------------------------------------------------------------------------------------------


def test_what_comes_at_night_comes_in_one_letter_in_the_morning(world: World, box: Mailbox, clock: FixedClock) -> None:
    clock.advance(hours=12)  # 22:00
    for number in range(3):
        say(world, clock, f"第 {number} 件", "assigned")
        send_messages(clock.advance(minutes=5))
    say(world, clock, "管控措施失效", "control")
    send_messages(clock())
    assert [letter["Subject"] for letter in box.letters] == ["【重大隐患和报警】管控措施失效"]
    clock.advance(hours=9)
    send_messages(clock())
    assert [letter["Subject"] for letter in box.letters][1:] == ["【重大事故隐患闭环管理】3 条消息"]
    assert [f"第 {number} 件" in box.letters[1].get_content() for number in range(3)] == [True] * 3


def test_a_daily_letter_gathers_a_day(world: World, context: Flask, box: Mailbox, clock: FixedClock) -> None:
    address(world.people["principal"], clock(), Choice(mode=MailMode.DAILY, daily_hour=18, urgent_at_once=False))
    for _ in range(4):
        say(world, clock, f"{clock()}", "overdue", who=("principal",))
        send_messages(clock.advance(hours=1))
    assert box.letters == []
    send_messages(clock.advance(hours=4))
    assert box.letters[0]["Subject"] == "【重大事故隐患闭环管理】4 条消息"
    say(world, clock, "下一天", who=("principal",))
    send_messages(clock.advance(hours=23))
    assert len(box.letters) == 1
    send_messages(clock.advance(hours=1))
    assert [letter["Subject"] for letter in box.letters][1:] == ["【到期提醒】下一天"]


def test_what_is_chosen_between_telling_and_sending_counts(world: World, box: Mailbox, clock: FixedClock) -> None:
    clock.advance(hours=12)
    say(world, clock, "夜里", "assigned")
    send_messages(clock())
    with everything("test"), unit_of_work() as session:
        session.add(TellingChoice(person_id=world.people["safety_manager"], mode=MailMode.NEVER, topics=[]))
    send_messages(clock.advance(hours=10))
    assert (box.letters, states()) == ([], ["cancelled"])


def test_a_letter_that_failed_in_the_evening_is_not_sent_at_night(
    world: World, box: Mailbox, clock: FixedClock
) -> None:
    clock.advance(hours=11, minutes=59)
    box.answer = "451 later"
    say(world, clock, "傍晚", "assigned")
    send_messages(clock())
    box.answer = "250 OK"
    send_messages(clock.advance(minutes=5))
    assert (box.letters, deliveries()[0].tries) == ([], 1)
    send_messages(clock.advance(hours=9))
    assert len(box.letters) == 1


def test_a_clock_put_back_sends_nothing_again(world: World, box: Mailbox, clock: FixedClock) -> None:
    say(world, clock)
    send_messages(clock())
    clock.advance(hours=-2)
    send_messages(clock())
    say(world, clock, "新的")
    send_messages(clock())
    assert [letter["Subject"] for letter in box.letters] == ["【到期提醒】到期", "【到期提醒】新的"]


# --- what is no longer so --------------------------------------------------------------------------------------


def test_what_is_done_meanwhile_is_not_reminded_of(
    world: World, context: Flask, box: Mailbox, clock: FixedClock
) -> None:
    def still(told: Sequence[Told], _now: datetime) -> Mapping[int, str]:
        return {one.message_id: f"还有 {one.about.mark}" for one in told if one.about.id != 2}

    add_subject(context, "thing", still)
    person = world.people["safety_manager"]
    with unit_of_work():
        for number in (1, 2):
            tell([person], "due", "旧话", now=clock(), about=About("thing", number, f"第{number}件"))
    send_messages(clock())
    assert [letter["Subject"] for letter in box.letters] == ["【到期提醒】还有 第1件"]
    assert states() == ["sent", "cancelled"]
    assert len(db.session.scalars(select(OutboxMessage.id)).all()) == 2


def test_whoever_left_gets_no_letter(world: World, box: Mailbox, clock: FixedClock) -> None:
    clock.advance(hours=12)
    say(world, clock, "夜里", "assigned")
    send_messages(clock())
    with everything("test"), unit_of_work():
        deactivate(world.person("safety_manager"), by=None, now=clock())
    send_messages(clock.advance(hours=10))
    say(world, clock, "以后")
    send_messages(clock())
    assert (box.letters, states()) == ([], ["cancelled"])


# --- what does not go out --------------------------------------------------------------------------------------


def test_a_server_that_is_down_costs_one_try_a_run_and_nothing_is_lost(
    world: World, box: Mailbox, context: Flask, clock: FixedClock
) -> None:
    set_up(context, mail_url="smtp://127.0.0.1:1")
    for number in range(3):
        say(world, clock, f"第 {number} 件")
    send_messages(clock())
    assert [one.tries for one in deliveries()] == [1, 0, 0]
    assert "没有应答" in deliveries()[0].error
    set_up(context, mail_url=box.url)
    send_messages(clock.advance(minutes=1))
    assert len(box.letters) == len(set(box.marks)) == 3


def test_a_server_that_hangs_is_left_after_a_while(
    world: World, box: Mailbox, context: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.mail, "TIMEOUT", 0.2)
    say(world, clock)
    with silent_server() as port:
        set_up(context, mail_url=f"smtp://127.0.0.1:{port}")
        send_messages(clock())
    assert [(one.state.value, one.tries, one.claim) for one in deliveries()] == [("waiting", 1, "")]
    assert timedelta(seconds=15 * 10) < LEASE  # longer than every answer waited for to the end


def test_a_letter_is_tried_eight_times_then_given_up_and_told(world: World, box: Mailbox, clock: FixedClock) -> None:
    box.answer = "451 later"
    say(world, clock, "逾期", "overdue")
    send_messages(clock())
    for pause in BACKOFF:
        send_messages(clock.advance(seconds=pause.total_seconds() - 1))
        send_messages(clock.advance(seconds=1))
    found = deliveries()[0]
    assert (found.state, found.tries, found.error) == (DeliveryState.GIVEN_UP, MOST_TRIES, "邮件服务器拒收（451）")
    send_messages(clock.advance(hours=24))
    told = db.session.execute(
        select(OutboxMessage.person_id, OutboxMessage.text).where(OutboxMessage.kind == "undelivered")
    )
    assert told.all() == [
        (world.people["system_admin"], "有邮件多次没有发出，已不再发：邮件服务器拒收（451）。请查看发送情况。")
    ]


def test_a_refused_address_is_given_up_at_once_and_the_others_go_out(
    world: World, box: Mailbox, clock: FixedClock
) -> None:
    box.refused.add(address(world.people["principal"], clock()))
    say(world, clock, who=("principal", "safety_manager"))
    send_messages(clock())
    assert len(box.letters) == 1
    assert sorted(states()) == ["given_up", "sent"]


def test_a_runner_that_died_while_sending_is_followed_by_another(world: World, box: Mailbox, clock: FixedClock) -> None:
    say(world, clock)
    route_messages(clock(), with_mail=True)
    assert claim_next(Channel.MAIL, clock()) is not None  # and never heard of again
    send_messages(clock.advance(minutes=9))
    assert box.letters == []
    send_messages(clock.advance(minutes=1))
    assert (len(box.letters), states()) == (1, ["sent"])


def test_a_letter_that_kills_its_runner_each_time_is_given_up(world: World, box: Mailbox, clock: FixedClock) -> None:
    say(world, clock)
    route_messages(clock(), with_mail=True)
    for _ in range(MOST_TRIES):
        assert claim_next(Channel.MAIL, clock()) is not None
        clock.advance(minutes=10)
    send_messages(clock())
    assert (box.letters, states()) == ([], ["given_up"])


# --- groups ----------------------------------------------------------------------------------------------------


def test_a_group_is_told_once_what_several_of_its_people_are_told(
    world: World, platform: Platform, clock: FixedClock
) -> None:
    robot(platform, world.people["safety_manager"], clock(), enterprise_id=world.enterprises["plant"])
    robot(platform, world.people["reviewer"], clock(), regulator_id=world.offices["district"])
    say(world, clock, "新上报一条重大隐患", "major", who=("safety_manager", "principal", "worker", "inspector"))
    for _ in range(2):
        send_messages(clock.advance(minutes=1))
    assert platform.said() == [f"【重大事故隐患闭环管理】新上报一条重大隐患\n{PUBLIC}/hazards/YH-1"] * 2
    with everything("test"):
        assert all(db.session.scalars(select(Robot.posted_at)))


def test_a_group_hears_only_its_topics_and_nothing_of_one_person(
    world: World, platform: Platform, clock: FixedClock
) -> None:
    plant = world.enterprises["plant"]
    robot(platform, world.people["safety_manager"], clock(), enterprise_id=plant, topics=(Topic.OVERDUE, Topic.ACCOUNT))
    for kind in ("major", "account", "comment", "overdue"):
        say(world, clock, kind, kind)
    say(world, clock, "别处", "overdue", who=("safety_manager_far",))
    send_messages(clock())
    assert platform.said() == [f"【重大事故隐患闭环管理】overdue\n{PUBLIC}/hazards/YH-1"]


def test_a_group_that_refuses_is_shown_to_its_keeper_and_tried_again(
    world: World, platform: Platform, clock: FixedClock
) -> None:
    made = robot(platform, world.people["safety_manager"], clock(), enterprise_id=world.enterprises["plant"])
    platform.answer = {"errcode": 45009}
    say(world, clock, "一", "major")
    send_messages(clock())
    with everything("test"):
        assert db.session.get_one(Robot, made).error == "企业微信没有接收（errcode 45009）"
    platform.answer = {"errcode": 0}
    send_messages(clock.advance(minutes=1))
    with everything("test"):
        assert db.session.get_one(Robot, made, populate_existing=True).error == ""
    assert states() == ["sent"]


def test_a_platform_that_does_not_answer_is_waited_for_once_a_run(
    world: World, platform: Platform, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot(platform, world.people["safety_manager"], clock(), enterprise_id=world.enterprises["plant"])
    robot(platform, world.people["reviewer"], clock(), regulator_id=world.offices["district"])
    for text in ("一", "二", "三"):
        say(world, clock, text, "major", who=("safety_manager", "inspector"))
    asked: list[str] = []

    def silence(url: str, _body: object, *, inside: str) -> Answer:
        asked.append(url)
        raise NotDelivered("对方没有应答（TimeoutError）", is_down=True)

    with monkeypatch.context() as patched:
        patched.setattr(core.robots, "post_json", silence)
        send_messages(clock())
    assert len(asked) == 1
    assert sorted(one.tries for one in deliveries()) == [0] * 5 + [1]
    send_messages(clock.advance(minutes=1))
    assert (len(platform.posts), set(states())) == (6, {"sent"})


def test_a_stopped_robot_says_nothing_more(world: World, platform: Platform, clock: FixedClock) -> None:
    made = robot(platform, world.people["safety_manager"], clock(), enterprise_id=world.enterprises["plant"])
    say(world, clock, "一", "major")
    route_messages(clock(), with_mail=False)
    with everything("test"), unit_of_work() as session:
        session.get_one(Robot, made).ended_at = clock()
    send_messages(clock())
    assert (platform.posts, states()) == ([], ["cancelled"])


def test_quiet_hours_that_do_not_pass_midnight(world: World, box: Mailbox, clock: FixedClock) -> None:
    address(world.people["principal"], clock(), Choice(quiet=(time(9), time(11))))
    say(world, clock, "上午", "assigned", who=("principal",))
    send_messages(clock())
    assert box.letters == []
    send_messages(clock.advance(hours=1))
    assert len(box.letters) == 1
