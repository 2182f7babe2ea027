"""The room's part of the application: its pages, its area in the navigation, its jobs and subscriptions."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_limiter.util import get_remote_address

from accounts.access import actor_if_any
from accounts.navigation import Area, add_area
from accounts.news import ShiftsChanged, UnitClosed
from accounts.roles import REGULATOR_ROLES
from core.commands import on_init
from hazards.news import HazardReported, HazardsMovedUp
from hazards.panels import add_hazard_panel
from inspections import access, audit_words, commands, jobs
from inspections.operations import counting, plans, settling, templates
from inspections.operations.starting import INSPECTORS
from inspections.panels import found_panel
from inspections.views import blueprint, scanning

REPORT_LIMIT = "6 per minute; 30 per hour"  # of one address at one label: a shift may stand behind one address
FOLLOW_LIMIT = "10 per minute; 60 per hour"
GUARDED = access  # importing it gives every table of the room its scope


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    app.register_blueprint(scanning.blueprint)
    _limit(app)
    add_hazard_panel(app, found_panel)
    add_area(app, Area("inspections.index", "排查", "i-check-list", 40, roles=INSPECTORS))
    add_area(app, Area("inspections.index", "排查", "i-check-list", 40, roles=REGULATOR_ROLES, in_tabs=False))
    jobs.install(app)
    commands.install(app)
    audit_words.install(app)
    news = app.extensions["announcements"]
    news.subscribe(HazardReported, counting.count_reported)
    news.subscribe(HazardsMovedUp, counting.count_moves)
    news.subscribe(UnitClosed, plans.end_of_unit)
    news.subscribe(ShiftsChanged, settling.shifts_changed)
    on_init(app, templates.seed)


def _limit(app: Flask) -> None:
    """What is open to everybody takes so much from one address and no more."""
    limiter = app.extensions["limits"]

    def at_label() -> str:
        """Who is signed in counts for oneself, whoever is not by address and label."""
        actor = actor_if_any()
        if actor is not None:
            return f"person {actor.person_id}"
        return f"{get_remote_address()} {(request.view_args or {}).get('token', '')}"

    doors: tuple[tuple[str, str, Any], ...] = (
        ("scanning.report", REPORT_LIMIT, at_label),
        ("scanning.follow", FOLLOW_LIMIT, get_remote_address),
    )
    for door, most, key in doors:
        limited: Any = limiter.limit(most, key_func=key, methods=["POST"])(app.view_functions[door])
        app.view_functions[door] = limited
