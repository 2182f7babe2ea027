"""Work of this room in the background: sending on what people are told."""

from __future__ import annotations

from flask import Flask

from accounts.sending import send_code, send_messages
from accounts.telling import CODE_JOB
from core.jobs import Jobs


def install(app: Flask) -> None:
    """Give the application this room's jobs."""
    jobs: Jobs = app.extensions["jobs"]
    jobs.every(1, "outbox", send_messages)
    jobs.on_demand(CODE_JOB, send_code)
