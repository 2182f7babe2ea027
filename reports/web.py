"""The room's part of the application: its pages, commands and areas."""

from __future__ import annotations

from flask import Flask

from accounts.access import Actor
from accounts.navigation import Area, add_area
from accounts.roles import ENTERPRISE_ROLES, EXPORTERS, REGULATOR_ROLES
from core.web import now
from reports import commands, tier_export
from reports.home import to_do_count
from reports.list_export import blueprint

PAGES = tier_export  # importing it gives the blueprint its route


def _waiting(actor: Actor) -> int:
    return to_do_count(actor, now())


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    commands.install(app)
    add_area(app, Area("reports.home", "待办", "i-inbox", 10, count=_waiting))
    # on an enterprise's phone 排查 has that place; there the ledgers are reached from it
    add_area(app, Area("reports.index", "统计与台账", "i-file", 50, EXPORTERS & ENTERPRISE_ROLES, in_tabs=False))
    add_area(app, Area("reports.index", "统计与台账", "i-file", 50, EXPORTERS & REGULATOR_ROLES, tab_label="台账"))
