"""The room's part of the application: its pages, its areas in the navigation, and what `flask init` puts in."""

from __future__ import annotations

from flask import Flask

from accounts.feeds import add_feed_source
from accounts.navigation import Area, add_area
from accounts.news import EnterpriseMoved, PersonLeft, RolesChanged, ShiftsChanged, UnitClosed
from accounts.person_panels import add_person_panel
from accounts.roles import ENTERPRISE_ROLES, REGULATOR_ROLES
from accounts.sessions import on_looking
from core.calendar import CalendarLoaded
from core.commands import on_init, on_restored
from hazards import access, audit_words, commands, criteria, feed, import_scope, jobs, list_scope, search
from hazards.operations import following, handing_over, tiers
from hazards.views import blueprint
from hazards.views.criteria import criteria as standards
from hazards.views.handing_over import panel_of
from workflows.closure import REPORTERS

SEES_HAZARDS = ENTERPRISE_ROLES | REGULATOR_ROLES
MAY_REPORT = frozenset().union(*REPORTERS.values())
GUARDED = access.GUARDED_BY_HAZARD  # importing access gives every table of the register its scope
GUARDED_IMPORTS = import_scope.GUARDED
GUARDED_LISTS = list_scope.GUARDED


def install(app: Flask) -> None:
    """Give the application this room."""
    app.register_blueprint(blueprint)
    app.register_blueprint(standards)
    add_area(app, Area("hazards.index", "隐患", "i-list", 20, roles=SEES_HAZARDS))
    add_area(app, Area("hazards.new", "上报", "i-plus", 30, roles=MAY_REPORT, in_nav=False))
    on_init(app, criteria.seed)
    on_init(app, search.bring_up_to_date)
    on_init(app, tiers.give_standing)
    on_restored(app, search.rebuild)
    on_looking(app, access.without_needless)
    commands.install(app)
    audit_words.install(app)
    add_person_panel(app, panel_of)
    jobs.install(app)
    add_feed_source(app, feed.entries_of)
    news = app.extensions["announcements"]
    news.subscribe(RolesChanged, following.roles_changed)
    news.subscribe(PersonLeft, tiers.person_left)  # first: a leaver's lists pass at once, the rest is handed over
    news.subscribe(PersonLeft, handing_over.person_left)
    news.subscribe(RolesChanged, tiers.people_changed)
    news.subscribe(UnitClosed, tiers.people_changed)
    news.subscribe(ShiftsChanged, tiers.shifts_changed)
    news.subscribe(CalendarLoaded, tiers.calendar_loaded)
    news.subscribe(EnterpriseMoved, following.enterprise_moved)
    news.subscribe(CalendarLoaded, following.calendar_loaded)
