"""The room's part of the application: its pages, commands, log-in, navigation, and what every template knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from accounts import audit_words, commands, doors, jobs, sessions, told_scope
from accounts.access import actor_if_any
from accounts.authority import KEEPS_ENTERPRISES
from accounts.messages import unread_for_bar
from accounts.navigation import Area, add_area, nav_for, tabs_for
from accounts.personal import masked
from accounts.roles import SYSTEM_ROLES, Role
from accounts.views import (
    accounts,
    administration,
    audit,
    auditing,
    calendar,
    deliveries,
    deputies,
    enterprises,
    entry,
    feeds,
    importing,
    me,
    messages,
    offices,
    people,
    personal,
    robots,
    second_factor,
    security,
    shifts,
    telling,
)
from accounts.views import help as help_pages
from core.days import SHANGHAI
from core.settings import Settings
from core.web import now

# importing them gives the blueprints their routes
PAGES = (
    entry,
    me,
    second_factor,
    offices,
    enterprises,
    people,
    importing,
    personal,
    security,
    shifts,
    calendar,
    deputies,
    audit,
    messages,
    telling,
    robots,
    feeds,
    deliveries,
)
GUARDED = told_scope.GUARDED  # importing it gives what people are told by its scope
LOGIN_LIMIT = "60 per minute; 600 per hour"  # of one address: a whole office may stand behind one
FEED_LIMIT = "60 per minute; 1200 per hour"  # likewise; a calendar asks once or twice an hour
TEST_LIMIT = "6 per minute"  # posts into a group to try it out


def install(app: Flask) -> None:
    """Give the application this room."""
    sessions.install(app)
    doors.install(app)
    app.register_blueprint(accounts)
    app.register_blueprint(administration)
    app.register_blueprint(auditing)
    app.register_blueprint(help_pages.blueprint)
    audit_words.install(app)
    commands.install(app)
    jobs.install(app)
    _limit(app)
    _add_areas(app)
    app.add_template_filter(shanghai_time)
    app.add_template_filter(masked)
    app.context_processor(_known_to_templates)


def _limit(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    storage = settings.redis_url.replace("unix:", "redis+unix:", 1) or "memory://"
    limiter = Limiter(
        get_remote_address, app=app, storage_uri=storage, in_memory_fallback_enabled=storage != "memory://"
    )
    doors_limited = (
        ("accounts.login", LOGIN_LIMIT, ["POST"]),
        ("accounts.login_code", LOGIN_LIMIT, ["POST"]),
        ("accounts.feed", FEED_LIMIT, ["GET", "HEAD"]),
        ("administration.try_robot", TEST_LIMIT, ["POST"]),
    )
    app.extensions["limits"] = limiter
    for door, most, methods in doors_limited:
        limited: Any = limiter.limit(most, methods=methods)(app.view_functions[door])
        app.view_functions[door] = limited


def _add_areas(app: Flask) -> None:
    keepers = KEEPS_ENTERPRISES | {Role.SAFETY_MANAGER}
    add_area(app, Area("administration.index", "单位与人员", "i-list", 80, roles=keepers, in_tabs=False))
    add_area(app, Area("administration.index", "单位与人员", "i-list", 80, roles=SYSTEM_ROLES, tab_label="单位"))
    add_area(app, Area("audit.index", "审计", "i-check-list", 70, roles=frozenset({Role.AUDITOR})))
    add_area(app, Area("accounts.me", "我的", "i-more", 90, in_nav=False))


def _known_to_templates() -> dict[str, Any]:
    actor = actor_if_any()
    if actor is None:
        return {"viewer": None, "nav": [], "tabs": []}
    idle = sessions.idle_seconds(now())
    unread = unread_for_bar(actor.person_id)
    return {"viewer": actor, "nav": nav_for(actor), "tabs": tabs_for(actor), "idle": idle, "unread_messages": unread}


def shanghai_time(moment: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as people of Chongqing read it; a dash where there is none."""
    return moment.astimezone(SHANGHAI).strftime(pattern) if moment is not None else "—"
