"""Pages of the house itself: whether it is well, and the small picture in the browser's tab."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from core.db import db
from core.files import file_store
from core.models import Anchor
from core.refusals import Unavailable
from core.version import VERSION

blueprint = Blueprint("core", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """For a watcher, without a log-in: 200 when the database answers and files can be written, else 503."""
    database, files = _database_answers(), _files_writable()
    is_well = database and files
    found: dict[str, Any] = {
        "status": "ok" if is_well else "failing",
        "database": "ok" if database else "failing",
        "files": "ok" if files else "failing",
        "last_anchor_age_seconds": _anchor_age() if database else None,
        "version": VERSION,
    }
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if is_well else 503


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The picture in the tab, for browsers that ask without looking at the page."""
    return current_app.send_static_file("favicon.svg")


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        current_app.logger.error("healthz: database: %s", error)
        return False
    return True


def _files_writable() -> bool:
    try:
        file_store().check_writable()
    except Unavailable as error:
        current_app.logger.error("healthz: files: %s", error.__cause__)
        return False
    return True


def _anchor_age() -> int | None:
    """Seconds since the last anchor; None before the first, or where the tables are not there yet."""
    try:
        last = db.session.scalar(select(Anchor.at).order_by(Anchor.seq.desc()).limit(1))
    except SQLAlchemyError:
        return None
    return None if last is None else max(0, int((current_app.extensions["clock"]() - last).total_seconds()))
