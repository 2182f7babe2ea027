"""Calendar subscription: what a person must do by when, as iCalendar at a secret address without a log-in.

The secret is shown once and kept as a fingerprint. Rooms add what they know (`add_feed_source`); each entry is a
number, an act and a day: no description, no name, since a calendar is copied to many places. Times are Asia/Shanghai.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app
from sqlalchemy import select

from accounts.access import Actor, actor_of, viewer_of
from accounts.history import record_own
from accounts.models import Person
from accounts.told_models import Feed
from core.days import SHANGHAI
from core.db import db
from core.refusals import Conflict, NotFound
from core.scope import everything, viewing
from core.sealing import fingerprint
from core.version import VERSION
from core.web import PRODUCT, settings

if TYPE_CHECKING:
    import icalendar

PURPOSE: Final = "calendar feed"
MOST_ENTRIES: Final = 1000
REFRESH: Final = timedelta(hours=1)
UNKNOWN: Final = "没有这个日历订阅，或者它已停用。请在「接收提醒」里重新订阅。"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be done: by the end of `day`, or from `starts` to `ends`. `uid` stays the same as it changes."""

    uid: str
    title: str
    url: str
    changed_at: datetime
    day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None


Source = Callable[[Actor, datetime], Iterable[Entry]]


def add_feed_source(app: Flask, source: Source) -> None:
    """Give calendars what this room knows somebody must do; called by a room's `install`."""
    app.extensions.setdefault("feed_sources", []).append(source)


# --- verbs, inside a unit of work --------------------------------------------------------------------------------


def new_feed(actor: Actor, *, now: datetime) -> str:
    """A new secret; an address given out before ends."""
    if (running := running_feed(actor.person_id)) is not None:
        running.ended_at = now
        db.session.flush()
    secret = secrets.token_urlsafe(32)
    db.session.add(Feed(person_id=actor.person_id, fingerprint=_mark(secret), made_at=now))
    record_own(actor, "feed_made", now=now)
    return secret


def end_feed(actor: Actor, *, now: datetime) -> None:
    """The address answers no longer."""
    running = running_feed(actor.person_id)
    if running is None:
        raise Conflict("现在没有日历订阅。")
    running.ended_at = now
    record_own(actor, "feed_ended", now=now)


def running_feed(person_id: int) -> Feed | None:
    """The subscription that answers now."""
    return db.session.scalar(select(Feed).where(Feed.person_id == person_id, Feed.ended_at.is_(None)))


def _mark(secret: str) -> str:
    return fingerprint(secret, purpose=PURPOSE, owner="")


# --- reading -----------------------------------------------------------------------------------------------------


def calendar_for(secret: str, now: datetime) -> bytes:
    """The calendar at a secret address; `NotFound` for a made-up or ended one, and for whoever left."""
    with everything("a calendar read by its secret"):
        owner = select(Feed.person_id).where(Feed.fingerprint == _mark(secret), Feed.ended_at.is_(None))
        person_id = db.session.scalar(owner)
        person = db.session.get(Person, person_id) if person_id is not None else None
        if person is None or not person.active or person.login is None:
            raise NotFound(UNKNOWN)
        actor, viewer = actor_of(person), viewer_of(person)
    with viewing(viewer):
        sources: list[Source] = current_app.extensions.get("feed_sources", [])
        entries = [entry for source in sources for entry in source(actor, now)]
    entries.sort(key=lambda entry: (_first_day(entry), entry.uid))
    return calendar_of(entries[:MOST_ENTRIES])


def _first_day(entry: Entry) -> date:
    return entry.day or (entry.starts or entry.changed_at).astimezone(SHANGHAI).date()


def calendar_of(entries: Iterable[Entry]) -> bytes:
    """The same bytes for the same entries."""
    import icalendar  # 4 MB of a process, loaded by the first who asks for a calendar

    made = icalendar.Calendar()
    made.add("prodid", f"-//hazard-register//{VERSION}//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{PRODUCT}·我的事项")
    made.add("x-wr-timezone", "Asia/Shanghai")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    made.add_component(_shanghai())
    host = settings().public_url.partition("://")[2].partition("/")[0].partition(":")[0]
    for entry in entries:
        made.add_component(_event(entry, host))
    return bytes(made.to_ical())


def _shanghai() -> icalendar.Timezone:
    """Asia/Shanghai: +08:00 all year."""
    import icalendar

    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", "Asia/Shanghai")
    standard.add("dtstart", datetime(1991, 9, 15, 1, 0))  # noqa: DTZ001 - as RFC 5545 wants it: local
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _event(entry: Entry, host: str) -> icalendar.Event:
    import icalendar

    event = icalendar.Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("dtstamp", entry.changed_at)
    event.add("summary", entry.title)
    event.add("url", f"{settings().public_url}{entry.url}")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if entry.day is not None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    elif entry.starts is not None and entry.ends is not None:
        event.add("dtstart", entry.starts.astimezone(SHANGHAI))
        event.add("dtend", entry.ends.astimezone(SHANGHAI))
    return event


def tag_of(content: bytes) -> str:
    """The ETag of a calendar."""
    return sha256(content).hexdigest()[:32]
