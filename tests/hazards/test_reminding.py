"""Reminders of what is due: to whom, on which days, once, and of nothing that is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Person
from accounts.people import deactivate
from accounts.sending import send_messages
from accounts.telling_rules import Choice, MailMode
from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.scope import everything
from hazards.operations import controls, reminding, working
from hazards.operations.reminding import remind
from hazards.queries import hazard_by_number
from tests.accounts.telling import address, deliveries, set_up
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, photo, reported
from tests.receivers import Mailbox, mail_server
from workflows.vocabulary import Action, Grade

DEADLINE = datetime.fromisoformat("2026-12-15T09:00+08:00")


@pytest.fixture
def box(context: Flask, city: City, clock: FixedClock) -> Iterator[Mailbox]:
    """A mail server; the responsible person wants letters."""
    with mail_server() as made:
        set_up(context, mail_url=made.url)
        address(city.people["head"], clock())
        yield made


def rectifying(city: City, clock: FixedClock) -> str:
    """A general hazard of the plant, to be put right by 2026-12-15 by the head of the department."""
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    return number


def told(city: City, key: str) -> list[tuple[str, str]]:
    """Kind and words of each reminder of somebody."""
    db.session.rollback()
    mine = select(OutboxMessage.kind, OutboxMessage.text).where(OutboxMessage.about == "reminder")
    mine = mine.where(OutboxMessage.person_id == city.people[key]).order_by(OutboxMessage.id)
    return [(row.kind, row.text) for row in db.session.execute(mine)]


def run_daily(clock: FixedClock, first: datetime, days: int) -> None:
    for day in range(days):
        clock.set(first + timedelta(days=day))
        remind(clock())


def test_reminded_before_on_the_day_and_weekly_after(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    run_daily(clock, DEADLINE - timedelta(days=6), 23)
    said = f"{number}（北区熔炼车间）整改，"
    assert told(city, "head") == [
        ("due", f"{said}3 天后到期。"),
        ("due", f"{said}明天到期。"),
        ("due", f"{said}今天到期。"),
        ("overdue", f"{said}逾期 1 天。"),
        ("overdue", f"{said}逾期 8 天。"),
        ("overdue", f"{said}逾期 15 天。"),
    ]
    assert told(city, "worker") == []


def test_once_a_day_however_often_and_however_many(city: City, context: Flask, clock: FixedClock) -> None:
    rectifying(city, clock)
    clock.set(DEADLINE)

    def run() -> None:
        with context.app_context():
            remind(clock())

    runners = [threading.Thread(target=run) for _ in range(6)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    remind(clock.advance(hours=2))
    assert len(told(city, "head")) == 1


def test_nobody_is_woken(city: City, clock: FixedClock) -> None:
    rectifying(city, clock)
    clock.set(DEADLINE - timedelta(hours=2))  # 07:00
    remind(clock())
    assert told(city, "head") == []
    remind(clock.advance(hours=1))
    assert len(told(city, "head")) == 1


def test_a_run_that_broke_off_is_taken_up_and_tells_nobody_twice(
    city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rectifying(city, clock)
    clock.set(DEADLINE)
    with monkeypatch.context() as broken:
        broken.setattr(reminding, "claim_run", lambda *_a: pytest.exit("killed"))
        with pytest.raises(pytest.exit.Exception):
            remind(clock())
    assert len(told(city, "head")) == 1
    remind(clock())
    assert len(told(city, "head")) == 1


def test_days_on_which_nothing_ran_are_caught_up_in_todays_words(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    clock.set(DEADLINE - timedelta(days=4))
    remind(clock())
    clock.set(DEADLINE - timedelta(days=2))  # the third day before was missed
    remind(clock())
    assert [words for _kind, words in told(city, "head")] == [f"{number}（北区熔炼车间）整改，2 天后到期。"]


def test_a_clock_that_jumps_tells_nobody_twice_and_stops_nothing(city: City, clock: FixedClock) -> None:
    rectifying(city, clock)
    clock.set(DEADLINE)
    remind(clock())
    clock.set(DEADLINE - timedelta(days=1))
    remind(clock())
    clock.set(DEADLINE)
    remind(clock())
    assert [words[-6:] for _kind, words in told(city, "head")] == ["，今天到期。", "，明天到期。"]


def test_what_waits_for_a_role_is_told_to_its_holders(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())  # to be accepted within three working days
    remind(clock())
    said = [("due", f"{number}（北区熔炼车间）受理，3 天后到期。")]
    assert (told(city, "manager"), told(city, "manager_b")) == (said, said)
    assert (told(city, "inspector_a"), told(city, "far_principal")) == ([], [])


def test_a_reinspection_is_told_to_those_who_may_sign_it(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    acts.plan(city, number, clock())
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "manager", clock())
    acts.sign(city, number, "principal", "inspector_a", now=clock())
    due = hazard(number).reinspection_due
    assert due is not None
    clock.set(datetime.fromisoformat(f"{due}T09:00+08:00"))
    remind(clock())
    assert told(city, "inspector_b") == [("due", f"{number}（北区熔炼车间）验收，今天到期。")]
    assert told(city, "inspector_a") == []  # has signed already


def test_many_are_one_message_that_names_the_most_urgent(city: City, clock: FixedClock) -> None:
    numbers = [rectifying(city, clock) for _ in range(7)]
    clock.set(DEADLINE + timedelta(days=1))
    remind(clock())
    named = "；".join(f"{number}（北区熔炼车间）整改，逾期 1 天" for number in numbers[:5])
    assert told(city, "head") == [("overdue", f"逾期 7 条：{named}；等 7 条。")]


# --- before it leaves the house --------------------------------------------------------------------------------


def test_a_letter_says_how_it_is_when_it_leaves(city: City, box: Mailbox, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    clock.set(DEADLINE)
    remind(clock())
    send_messages(clock())
    assert box.letters[0]["Subject"] == f"【到期提醒】{number}（北区熔炼车间）整改，今天到期。"


def test_what_is_verified_meanwhile_is_not_reminded_of(city: City, context: Flask, clock: FixedClock) -> None:
    number, other = rectifying(city, clock), rectifying(city, clock)
    address(city.people["head"], clock(), Choice(mode=MailMode.DAILY, daily_hour=12))
    with mail_server() as box:
        set_up(context, mail_url=box.url)
        clock.set(DEADLINE)
        remind(clock())
        send_messages(clock())
        verify(city, number, clock)
        send_messages(clock.advance(hours=4))
        due = [letter.get_content() for letter in box.letters if other in letter.get_content()]
        assert len(due) == 1
        assert f"{number}（北区熔炼车间）整改" not in due[0]


def test_a_reminder_of_nothing_any_more_is_not_sent(city: City, box: Mailbox, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    clock.set(DEADLINE)
    remind(clock())
    verify(city, number, clock)
    send_messages(clock())
    of_reminder = deliveries()[0]
    assert (of_reminder.state.value, of_reminder.error) == ("cancelled", "已经办完，不再提醒")
    assert not [letter for letter in box.letters if "今天到期" in letter["Subject"]]


def test_whoever_left_is_not_reminded(city: City, clock: FixedClock) -> None:
    rectifying(city, clock)
    with everything("test"), unit_of_work() as session:
        deactivate(session.get_one(Person, city.people["head"]), by=None, now=clock())
    clock.set(DEADLINE)
    remind(clock())
    assert told(city, "head") == []


def test_an_urging_that_was_followed_is_not_sent(city: City, context: Flask, clock: FixedClock) -> None:
    followed, open_still = reported(city, "leader", clock()), reported(city, "leader", clock())
    address(city.people["manager"], clock())
    with mail_server() as box:
        set_up(context, mail_url=box.url)
        for number in (followed, open_still):
            with city.eyes("principal") as actor, unit_of_work():
                working.remind(hazard_by_number(number), by=actor, text=f"请尽快办理 {number}", now=clock())
        acts.accept(city, followed, "manager", now=clock.advance(minutes=1))
        send_messages(clock())
        assert [one["Subject"] for one in box.letters if "尽快" in one["Subject"]] == [
            f"【交给我的事项】请尽快办理 {open_still}"
        ]


def test_a_call_for_a_check_that_was_made_is_not_sent(city: City, context: Flask, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    clock.advance(hours=24)
    address(city.people["manager"], clock())
    with mail_server() as box:
        set_up(context, mail_url=box.url)
        controls.watch_controls(clock())
        with city.eyes("leader") as actor, unit_of_work():
            check = controls.Check(True, "", (photo(),))
            controls.check_controls(hazard_by_number(number), check, by=actor, now=clock.advance(minutes=5))
        send_messages(clock())
        assert not [letter for letter in box.letters if "到时间检查" in letter["Subject"]]


def verify(city: City, number: str, clock: FixedClock) -> None:
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "manager_b", clock())
    if hazard(number).verified_at is None:
        acts.sign(city, number, "manager_b", now=clock.advance(minutes=1))
