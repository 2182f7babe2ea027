"""The room's part of the application: its pages, commands and areas."""

from __future__ import annotations

from flask import Flask

from accounts.access import Actor
from accounts.navigation import Area, add_area
from accounts.roles import ENTERPRISE_ROLES, EXPORTERS, REGULATOR_ROLES
from core.verification import add_check
from core.web import now
from notices.makers import add_maker
from reports import closing_views, commands, jobs, run_scope, run_views, tier_export
from reports.closing_check import check_closes
from reports.exchange import views as exchange
from reports.home import to_do_count
from reports.list_export import blueprint
from reports.statistics_form import statistics_paper
from workflows.notices import NoticeKind

# importing them gives the blueprint their routes, and the tables their guard
PAGES = (tier_export, exchange, run_views, closing_views)
GUARDS = run_scope


def _waiting(actor: Actor) -> int:
    return to_do_count(actor, now())


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    commands.install(app)
    jobs.install(app)
    add_check(app, check_closes)
    add_maker(app, NoticeKind.STATISTICS, statistics_paper)
    add_area(app, Area("reports.home", "待办", "i-inbox", 10, count=_waiting))
    # on an enterprise's phone 排查 has that place; there the ledgers are reached from it
    add_area(app, Area("reports.index", "统计与台账", "i-file", 50, EXPORTERS & ENTERPRISE_ROLES, in_tabs=False))
    add_area(app, Area("reports.index", "统计与台账", "i-file", 50, EXPORTERS & REGULATOR_ROLES, tab_label="台账"))
