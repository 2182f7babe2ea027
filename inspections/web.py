"""The room's part of the application: its pages, its area in the navigation, its jobs and subscriptions."""

from __future__ import annotations

from flask import Flask

from inspections import access

GUARDED = access  # importing it gives every table of the room its scope


def install(app: Flask) -> None:
    """Give the application this room."""
