"""The room's part of the application: its pages, commands and its step of `flask init`."""

from __future__ import annotations

from flask import Flask

from notices import commands
from notices.views import blueprint


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    commands.install(app)
