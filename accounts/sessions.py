"""The browser's session: who is signed in on it, until when, and the person's eyes for the length of a request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select, update

from accounts.access import actor_from, viewer_from
from accounts.devices import device_of
from accounts.models import Person
from accounts.queries import Standing, person_by_id, standing_of_session
from accounts.queries.security import sessions_of
from accounts.security_models import LogInSession
from core.db import db, unit_of_work
from core.models import OfficeSetting
from core.refusals import Unavailable
from core.scope import Viewer, viewing

IDLE_SETTING: Final = "session_idle_minutes"
IDLE_MINUTES: Final = 30
IDLE_BOUNDS: Final = (5, 480)
LONGEST: Final = timedelta(hours=12)  # whatever one does; nobody works longer, and a stolen cookie dies
NOTED_EVERY = 30  # seconds: how often the time of the last request is written into the cookie
KEPT_EVERY = 300  # seconds: how often it is written into the list of sessions
HALF: Final = timedelta(minutes=5)  # how long a right password waits for the second factor


class SignedIn(UserMixin):
    """A person as Flask-Login keeps it; the id in the cookie dies with the session's row and the person's epoch."""

    def __init__(self, person_id: int, session_id: int, standing: Standing | None = None) -> None:
        self.person_id = person_id
        self.session_id = session_id
        self.standing = standing

    def get_id(self) -> str:
        """What stands in the cookie."""
        return f"{self.person_id}:{self.session_id}"


def on_looking(app: Flask, narrow: Callable[[Viewer], Viewer]) -> None:
    """Have a room leave out of a viewer's scope, for one request, what is empty anyway."""
    app.extensions["narrowing"].append(narrow)


def install(app: Flask) -> None:
    """Give the application its log-in."""
    app.extensions["narrowing"] = []
    logins = LoginManager(app)
    logins.session_protection = None  # phones change their address all day
    logins.user_loader(_load)


def _load(cookie_id: str) -> SignedIn | None:
    person_id, _, session_id = cookie_id.partition(":")
    if not (person_id.isdigit() and session_id.isdigit()):
        return None
    standing = standing_of_session(int(person_id), int(session_id))
    return SignedIn(standing.person_id, int(session_id), standing) if standing is not None else None


def begin(person: Person, now: datetime, *, with_factor: bool = False) -> None:
    """Start a fresh session: nothing of what the browser carried before the log-in is kept."""
    person_id, epoch = person.id, person.session_epoch
    with unit_of_work() as work:
        row = LogInSession(
            person_id=person_id,
            epoch=epoch,
            started_at=now,
            seen_at=now,
            address=(request.remote_addr or "")[:64],
            device=device_of(request.user_agent.string)[:80],
        )
        work.add(row)
        work.flush()
        session_id = row.id
    session.clear()
    session["since"] = session["seen"] = session["kept"] = int(now.timestamp())
    session["idle"] = idle_minutes()
    session["factor"] = with_factor
    login_user(SignedIn(person_id, session_id))


def renew(person: Person, now: datetime) -> None:
    """Keep this one session after the person's epoch moved on (a changed password)."""
    begin(person, now, with_factor=has_shown_factor())


def end() -> None:
    """End this browser's session."""
    session_id = own_id()
    logout_user()
    session.clear()  # first: whatever the database says, this browser is out
    if session_id is not None:
        with unit_of_work() as work:
            work.execute(_running(session_id).values(ended_at=current_app.extensions["clock"]()))


def own_id() -> int | None:
    """Which row of the list of sessions is this browser's."""
    _person_id, _, session_id = str(session.get("_user_id", "")).partition(":")
    return int(session_id) if session_id.isdigit() else None


def has_shown_factor() -> bool:
    """Whether whoever is signed in here proved a second factor, or set one up, in this session."""
    return bool(session.get("factor"))


def note_factor() -> None:
    """The second factor was set up in this session."""
    session["factor"] = True


def begin_half(person: Person, now: datetime, came_for: str) -> None:
    """Remember a right password until the second factor is shown too; nobody is signed in by it."""
    half = {"person": person.id, "epoch": person.session_epoch, "at": int(now.timestamp()), "next": came_for}
    session.clear()
    session["half"] = half


def half_way(now: datetime) -> tuple[Person, str] | None:
    """Whose right password waits here for the second factor, and where they wanted to go."""
    half = session.get("half")
    if not half or now.timestamp() - half["at"] > HALF.total_seconds():
        return None
    person = person_by_id(half["person"])
    if person is None or not person.active or person.session_epoch != half["epoch"]:
        return None
    return person, str(half["next"])


def running(person: Person, now: datetime) -> list[LogInSession]:
    """The log-ins of a person that have not ended by log-out, by time or by idling."""
    idle = timedelta(minutes=idle_minutes(), seconds=KEPT_EVERY)
    return sessions_of(person, begun_after=now - LONGEST, seen_after=now - idle)


def idle_seconds(now: datetime) -> tuple[int, int]:
    """After how many seconds without a request this session ends, and how many of them are left; for the page."""
    if "_user_id" not in session:
        return (0, 0)
    whole = int(session.get("idle", IDLE_MINUTES)) * 60
    ends = min(session.get("seen", 0) + whole, session.get("since", 0) + int(LONGEST.total_seconds()))
    return whole, max(0, int(ends - now.timestamp()))


def note_here(now: datetime) -> None:
    """Somebody is at work here at this very moment."""
    session["seen"] = int(now.timestamp())


def idle_minutes() -> int:
    """After how many minutes without a request a session ends; a setting of the security administrator."""
    value = db.session.scalar(select(OfficeSetting.value).where(OfficeSetting.name == IDLE_SETTING))
    low, high = IDLE_BOUNDS
    return min(max(int(value), low), high) if value and value.isdigit() else IDLE_MINUTES


def take_up(now: datetime) -> str:
    """Find out who is signed in and look with those eyes until `put_down`; a sentence if the session has just ended.

    A request may run in an application context that outlives it (tests do so): what an earlier one left is dropped.
    """
    g.pop("_login_user", None)
    g.person = g.actor = None
    standing: Standing | None = None
    ended = _ended(now)
    if not ended:
        _keep(now)
    if ended:
        end()
    elif current_user.is_authenticated:
        standing = current_user.standing
        g.actor = actor_from(standing)
        g.must_change = standing.must_change
        if now.timestamp() - session.get("seen", 0) >= NOTED_EVERY:
            session["seen"] = int(now.timestamp())
    eyes: AbstractContextManager[None] = viewing(_eyes_of(standing) if standing else None)
    eyes.__enter__()
    g.eyes = eyes
    return ended


def _eyes_of(standing: Standing) -> Viewer:
    viewer = viewer_from(standing)
    for narrow in current_app.extensions["narrowing"]:
        viewer = narrow(viewer)
    return viewer


def put_down(_error: Any = None) -> None:
    """Stop looking with the signed-in person's eyes."""
    eyes = g.pop("eyes", None)
    if eyes is not None:
        eyes.__exit__(None, None, None)


def _keep(now: datetime) -> None:
    """Write the time of this request into the list of sessions, every few minutes; before the person is read."""
    session_id = own_id()
    if session_id is None or now.timestamp() - session.get("kept", 0) < KEPT_EVERY:
        return
    try:
        with unit_of_work() as work:
            work.execute(_running(session_id).values(seen_at=now))
    except Unavailable as refusal:  # the page itself will say so, if it needs the database to write
        current_app.logger.warning("sessions: %s", refusal.sentence)
    session["kept"] = int(now.timestamp())


def _running(session_id: int) -> Any:
    return update(LogInSession).where(LogInSession.id == session_id, LogInSession.ended_at.is_(None))


def _ended(now: datetime) -> str:
    if "_user_id" not in session:
        return ""
    seen, since = session.get("seen", 0), session.get("since", 0)
    idle = session.get("idle", IDLE_MINUTES)
    if now.timestamp() - seen > idle * 60:
        return f"您已 {idle} 分钟没有操作，为安全起见已退出。请重新登录，会回到刚才的页面。"
    if now.timestamp() - since > LONGEST.total_seconds():
        return "登录已满 12 小时，为安全起见已退出。请重新登录，会回到刚才的页面。"
    return ""
