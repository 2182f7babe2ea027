"""The browser's session: who is signed in on it, until when, and the person's eyes for the length of a request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select

from accounts.access import actor_of, viewer_of
from accounts.models import Person
from accounts.queries import person_by_id
from core.db import db
from core.models import OfficeSetting
from core.scope import viewing

IDLE_SETTING: Final = "session_idle_minutes"
IDLE_MINUTES: Final = 30
IDLE_BOUNDS: Final = (5, 480)
LONGEST: Final = timedelta(hours=12)  # whatever one does; nobody works longer, and a stolen cookie dies
NOTED_EVERY = 30  # seconds: how often the time of the last request is written into the cookie


class SignedIn(UserMixin):
    """A person as Flask-Login keeps it; the id in the cookie dies with the person's epoch."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What stands in the cookie."""
        return f"{self.person.id}:{self.person.session_epoch}"


def install(app: Flask) -> None:
    """Give the application its log-in."""
    logins = LoginManager(app)
    logins.session_protection = None  # phones change their address all day
    logins.user_loader(_load)


def _load(cookie_id: str) -> SignedIn | None:
    person_id, _, epoch = cookie_id.partition(":")
    person = person_by_id(int(person_id)) if person_id.isdigit() else None
    if person is None or not person.active or person.login is None or str(person.session_epoch) != epoch:
        return None
    return SignedIn(person)


def begin(person: Person, now: datetime) -> None:
    """Start a fresh session: nothing of what the browser carried before the log-in is kept."""
    session.clear()
    session["since"] = session["seen"] = int(now.timestamp())
    session["idle"] = idle_minutes()
    login_user(SignedIn(person))


def renew(person: Person, now: datetime) -> None:
    """Keep this one session after the person's epoch moved on (a changed password)."""
    begin(person, now)


def end() -> None:
    """End this browser's session."""
    logout_user()
    session.clear()


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
    ended = _ended(now)
    if ended:
        end()
    elif current_user.is_authenticated:
        g.person = current_user.person
        g.actor = actor_of(g.person)
        if now.timestamp() - session.get("seen", 0) >= NOTED_EVERY:
            session["seen"] = int(now.timestamp())
    eyes: AbstractContextManager[None] = viewing(viewer_of(g.person) if g.person else None)
    eyes.__enter__()
    g.eyes = eyes
    return ended


def put_down(_error: Any = None) -> None:
    """Stop looking with the signed-in person's eyes."""
    eyes = g.pop("eyes", None)
    if eyes is not None:
        eyes.__exit__(None, None, None)


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
