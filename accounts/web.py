"""The room's part of the application: its pages, commands, log-in, navigation, and what every template knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from accounts import audit_words, commands, doors, sessions
from accounts.access import actor_if_any
from accounts.authority import KEEPS_ENTERPRISES
from accounts.navigation import Area, add_area, nav_for, tabs_for
from accounts.personal import masked
from accounts.roles import SYSTEM_ROLES, Role
from accounts.views import (
    accounts,
    administration,
    audit,
    auditing,
    calendar,
    deputies,
    enterprises,
    entry,
    importing,
    me,
    offices,
    people,
    personal,
    second_factor,
    security,
    shifts,
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
)
LOGIN_LIMIT = "60 per minute; 600 per hour"  # of one address: a whole office may stand behind one


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
    _limit_log_ins(app)
    _add_areas(app)
    app.add_template_filter(shanghai_time)
    app.add_template_filter(masked)
    app.context_processor(_known_to_templates)


def _limit_log_ins(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    storage = settings.redis_url.replace("unix:", "redis+unix:", 1) or "memory://"
    limiter = Limiter(
        get_remote_address, app=app, storage_uri=storage, in_memory_fallback_enabled=storage != "memory://"
    )
    for door in ("accounts.login", "accounts.login_code"):
        limited: Any = limiter.limit(LOGIN_LIMIT, methods=["POST"])(app.view_functions[door])
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
    return {"viewer": actor, "nav": nav_for(actor), "tabs": tabs_for(actor), "idle": idle}


def shanghai_time(moment: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as people of Chongqing read it; a dash where there is none."""
    return moment.astimezone(SHANGHAI).strftime(pattern) if moment is not None else "—"
