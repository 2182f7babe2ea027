"""The room's part of the application: its pages, commands and subscriptions."""

from __future__ import annotations

from flask import Flask

from hazards import access as access  # registers who sees what


def install(app: Flask) -> None:
    """Give the application this room."""
