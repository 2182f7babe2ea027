"""Builds the application: settings, extensions, rooms, subscriptions, error pages, commands. A table of contents."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

import accounts.web
import core.web
import hazards.web
import inspections.web
import notices.web
import reports.web
import sample.commands
from core.clock import Clock, system_clock
from core.settings import Settings, load_settings

ROOT = Path(__file__).parent


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock, testing: bool = False) -> Flask:
    """The application on these settings (else those of the environment and `instance/`)."""
    settings = settings or load_settings(ROOT / "instance")
    app = Flask(
        "hazard-register",
        root_path=str(ROOT),
        instance_path=str(settings.instance.resolve()),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.testing = testing
    core.web.install(app, settings, clock)
    accounts.web.install(app)
    hazards.web.install(app)
    notices.web.install(app)
    inspections.web.install(app)
    reports.web.install(app)
    sample.commands.install(app)
    return app
