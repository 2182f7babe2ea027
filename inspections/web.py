"""The room's part of the application: its pages, its area in the navigation, its jobs and subscriptions."""

from __future__ import annotations

from flask import Flask

from accounts.news import UnitClosed
from core.commands import on_init
from hazards.news import HazardReported, HazardsMovedUp
from inspections import access, audit_words, commands, jobs
from inspections.operations import counting, plans, templates
from inspections.views import blueprint

GUARDED = access  # importing it gives every table of the room its scope


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    jobs.install(app)
    commands.install(app)
    audit_words.install(app)
    news = app.extensions["announcements"]
    news.subscribe(HazardReported, counting.count_reported)
    news.subscribe(HazardsMovedUp, counting.count_moves)
    news.subscribe(UnitClosed, plans.end_of_unit)
    on_init(app, templates.seed)
