"""The room's part of the application: its pages, commands and subscriptions."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Give the application this room."""
