"""Work of this room in the background: what was missed is settled."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from inspections.operations.settling import settle

EVERY_TEN = 10


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs = app.extensions["jobs"]
    jobs.every(EVERY_TEN, "settle-duties", _settle)


def _settle(now: datetime) -> None:
    settle(now)
