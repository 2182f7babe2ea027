"""The calendar at its secret address: what a person must do by when, read by a real parser; and who may read it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.feeds import Entry, calendar_of
from accounts.models import Person
from accounts.people import deactivate
from accounts.told_models import Feed
from core.db import db, unit_of_work
from core.scope import everything
from tests.accounts.world import token
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.browsing import browser
from tests.hazards.city import City, reported


def subscribe(client: FlaskClient) -> str:
    """A new address for whoever is signed in; its path."""
    shown = token(client.get("/me/telling").get_data(as_text=True))
    page = client.post("/me/telling/calendar", data={"csrf_token": shown}).get_data(as_text=True)
    found = re.search(r"http://127\.0\.0\.1:8000(/feeds/[\w-]+\.ics)", page)
    assert found is not None
    return found.group(1)


def events(app: Flask, path: str) -> dict[str, date]:
    """Title and day of each event, as another program reads them."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.data)
    return {str(event["SUMMARY"]): event.decoded("DTSTART") for event in calendar.walk("VEVENT")}


def test_it_shows_what_waits_for_its_owner_and_nothing_else(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        waiting = reported(page_city, "leader", clock())
        mine = reported(page_city, "leader", clock())
        acts.accept(page_city, mine, "manager", now=clock())
        reported(page_city, "far_principal", clock(), enterprise_id=page_city.enterprises["far"])
        db.session.remove()
    accept_by = date(2026, 11, 19)
    manager = subscribe(browser(app, "manager"))
    assert events(app, manager) == {f"{waiting} 受理": accept_by}
    assert list(events(app, subscribe(browser(app, "head"))).values()) == [date(2026, 12, 15)]
    assert events(app, subscribe(browser(app, "inspector_a"))) == {}
    clock.advance(days=4)
    assert events(app, manager) == {f"{waiting} 受理（逾期）": accept_by}


def test_it_holds_no_words_of_the_hazard(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
        db.session.remove()
    text = app.test_client().get(subscribe(browser(app, "manager"))).get_data(as_text=True)
    assert number in text
    for word in ("熔炼", "冷却水", "班组长", "机械", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "LOCATION"):
        assert word not in text
    assert "X-WR-TIMEZONE:Asia/Shanghai" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_times_are_shanghais(sqlite_context: Flask, clock: FixedClock) -> None:
    entry = Entry("a", "日排查", "/inspections/", clock(), starts=clock(), ends=clock() + timedelta(hours=6))
    content = calendar_of([entry])
    event = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    assert event.decoded("DTSTART").isoformat() == "2026-11-16T10:00:00+08:00"
    assert b"DTSTART;TZID=Asia/Shanghai:20261116T100000" in content
    assert calendar_of([entry]) == content


def test_what_has_not_changed_is_not_sent_again(app: Flask, page_city: City, clock: FixedClock) -> None:
    path = subscribe(browser(app, "manager"))
    first = app.test_client().get(path)
    tag = first.headers["ETag"]
    again = app.test_client().get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        reported(page_city, "leader", clock())
        db.session.remove()
    changed = app.test_client().get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)
    assert "private" in changed.headers["Cache-Control"]


def test_a_new_address_ends_the_old_one_and_stopping_ends_all(app: Flask, page_city: City) -> None:
    client, stranger = browser(app, "manager"), app.test_client()
    old = subscribe(client)
    new = subscribe(client)
    assert (stranger.get(old).status_code, stranger.get(new).status_code) == (404, 200)
    client.post(
        "/me/telling/calendar/end", data={"csrf_token": token(client.get("/me/telling").get_data(as_text=True))}
    )
    assert stranger.get(new).status_code == 404


def test_the_secret_is_kept_by_its_fingerprint_only(app: Flask, page_city: City) -> None:
    secret = subscribe(browser(app, "manager")).removeprefix("/feeds/").removesuffix(".ics")
    assert len(secret) >= 43
    with app.app_context(), everything("test"):
        kept = db.session.scalars(select(Feed)).one()
        assert secret not in kept.fingerprint
        assert len(kept.fingerprint) == 64


@pytest.mark.parametrize("secret", ["x", "", "x" * 500, "%00", "䶮", "../../etc"])
def test_a_made_up_secret_finds_nothing(app: Flask, page_city: City, secret: str) -> None:
    assert app.test_client().get(f"/feeds/{secret}.ics").status_code == 404


def test_whoever_left_has_no_calendar(app: Flask, page_city: City, clock: FixedClock) -> None:
    path = subscribe(browser(app, "manager"))
    with app.app_context(), everything("test"), unit_of_work() as session:
        deactivate(session.get_one(Person, page_city.people["manager"]), by=None, now=clock())
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_guessing_is_slowed_down(sqlite_app: Flask, method: str) -> None:
    client = sqlite_app.test_client()
    codes = [client.open(f"/feeds/guess-{number}.ics", method=method).status_code for number in range(70)]
    assert codes[0] == 404
    assert codes[-1] == 429
