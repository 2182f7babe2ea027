"""The room's part of the application: its pages, commands and its step of `flask init`."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask

from accounts.access import SEES_WHOLE_ENTERPRISE
from accounts.navigation import Area, add_area
from accounts.news import EnterpriseMoved
from accounts.roles import REGULATOR_ROLES
from core.outbox import add_subject
from core.verification import add_check
from hazards.bulk_buttons import add_bulk_button
from hazards.panels import add_hazard_panel
from hazards.suggestions import add_order_numbers
from notices import access as access  # who sees what is registered when it is imported
from notices import audit_words, commands, jobs
from notices.checking import check_notices
from notices.operations.following import enterprise_moved
from notices.presenting import beside
from notices.views import blueprint
from notices.waiting import ABOUT, still_waiting, waiting_for_bar

HAS_NOTICES: Final = REGULATOR_ROLES | SEES_WHOLE_ENTERPRISE
VERIFY_LIMIT: Final = "60 per minute; 600 per hour"  # of one address: a whole office may stand behind one
COMPARE_LIMIT: Final = "10 per minute; 100 per hour"  # files are read


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    _limit(app)
    commands.install(app)
    audit_words.install(app)
    jobs.install(app)
    add_check(app, check_notices)
    add_subject(app, ABOUT, still_waiting)
    add_area(app, Area("notices.index", "文书", "i-file", 45, roles=HAS_NOTICES, in_tabs=False, count=waiting_for_bar))
    add_hazard_panel(app, beside.panel_of)
    add_bulk_button(app, beside.bulk_button)
    add_order_numbers(app, beside.numbers_for)
    app.extensions["announcements"].subscribe(EnterpriseMoved, enterprise_moved)


def _limit(app: Flask) -> None:
    """What is open to everybody takes so much from one address and no more: a code is not found by trying."""
    limiter = app.extensions["limits"]
    doors = (
        ("notices.verify", VERIFY_LIMIT, ["POST"]),
        ("notices.verify_code", VERIFY_LIMIT, ["GET", "HEAD"]),
        ("notices.verify_code", COMPARE_LIMIT, ["POST"]),
    )
    for door, most, methods in doors:
        limited: Any = limiter.limit(most, methods=methods)(app.view_functions[door])
        app.view_functions[door] = limited
