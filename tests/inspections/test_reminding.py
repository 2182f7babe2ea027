"""Reminders of inspections that are not done, and inspections in the calendar."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import icalendar
from flask import Flask
from sqlalchemy import event, select

from accounts.sending import send_messages
from core.db import db
from core.models import OutboxMessage
from core.outbox import About, Told
from inspections.operations.reminding import SUBJECT, remind, still_undone
from tests.accounts.telling import address, deliveries, set_up
from tests.clocks import FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City
from tests.hazards.test_feeds import subscribe
from tests.inspections.duties import a_plan, finish
from tests.receivers import mail_server
from workflows.cadence import Frequency, period_of

MONDAY = date(2026, 11, 16)


def at(hour: int, day: int = 16) -> datetime:
    return datetime(2026, 11, day, hour - 8, tzinfo=UTC)


def told(city: City, key: str) -> list[str]:
    db.session.rollback()
    mine = select(OutboxMessage.text).where(OutboxMessage.person_id == city.people[key])
    return list(db.session.scalars(mine.where(OutboxMessage.kind == "inspection").order_by(OutboxMessage.id)))


def test_whoever_has_not_inspected_is_told_in_the_afternoon_once_a_day(city: City, clock: FixedClock) -> None:
    for name in ("电炉日排查", "行车日排查"):
        a_plan(city, MONDAY, clock(), name=name)
    remind(at(10))
    assert told(city, "leader") == []
    for hour in (14, 15, 16):
        remind(at(hour))
    assert told(city, "leader") == ["今天还有 2 项排查未做：电炉日排查、行车日排查。"]
    assert told(city, "worker") == []
    remind(at(14, day=17))
    assert told(city, "leader")[1] == "今天还有 4 项排查未做：电炉日排查、行车日排查等，其中逾期 2 项。"


def test_two_runners_tell_once(city: City, context: Flask, clock: FixedClock) -> None:
    a_plan(city, MONDAY, clock(), name="电炉日排查")

    def run() -> None:
        with context.app_context():
            remind(at(14))

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert len(told(city, "leader")) == 1


def test_what_is_done_is_not_reminded_of(city: City, context: Flask, clock: FixedClock) -> None:
    done = a_plan(city, MONDAY, clock(), name="电炉日排查")
    finish(city, done, period_of(Frequency.DAY, MONDAY), at(11))
    remind(at(14))
    assert told(city, "leader") == []


def test_what_was_done_before_the_letter_left_is_not_in_it(city: City, context: Flask, clock: FixedClock) -> None:
    first, second = a_plan(city, MONDAY, clock(), name="电炉日排查"), a_plan(city, MONDAY, clock(), name="行车日排查")
    address(city.people["leader"], clock())
    with mail_server() as box:
        set_up(context, mail_url=box.url)
        clock.set(at(14))
        remind(clock())
        finish(city, first, period_of(Frequency.DAY, MONDAY), clock())
        send_messages(clock())
        assert [letter["Subject"] for letter in box.letters] == ["【排查提醒】今天还有 1 项排查未做：行车日排查。"]
        clock.set(at(14, day=17))
        remind(clock())
        for plan in (first, second):
            finish(city, plan, period_of(Frequency.DAY, date(2026, 11, 17)), clock())
        finish(city, second, period_of(Frequency.DAY, MONDAY), clock())
        send_messages(clock())
        assert len(box.letters) == 1
    assert deliveries()[-1].error == "已经办完，不再提醒"


def test_the_people_of_an_enterprise_are_asked_about_together(city: City, context: Flask, clock: FixedClock) -> None:
    """A batch of reminders asks as much for three people as for one, and says to each what is left to them."""
    people = [city.people[key] for key in ("leader", "head", "manager")]
    for person in people:
        a_plan(city, MONDAY, clock(), name=f"{person} 号的日排查", person_id=person)
    batch = [Told(n, person, "", About(SUBJECT, person, "2026-11-16")) for n, person in enumerate(people)]
    asked = list[str]()
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for some in (batch[:1], batch[:1], batch):  # the first time the connection is opened too
        asked.clear()
        left = still_undone(some, at(15))
        counts.append(len(asked))
        assert left == {n: f"今天还有 1 项排查未做：{one.person_id} 号的日排查。" for n, one in enumerate(some)}
    assert counts[2] == counts[1]
    assert still_undone(batch, at(15, day=17)) == {}, "those of another day are left out"


def test_inspections_stand_in_the_calendar(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        a_plan(page_city, MONDAY, clock(), name="䶮山电炉日排查")
        db.session.remove()
    path = subscribe(browser(app, "leader"))
    answer = app.test_client().get(path)
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(events) == 1
    assert "䶮山" not in answer.get_data(as_text=True)
    assert "排查" in events[0]["SUMMARY"]
    assert events[0].decoded("DTEND").isoformat() == "2026-11-17T00:00:00+08:00"
