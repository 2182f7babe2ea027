"""Administration of regions and offices: /admin, /admin/regions, /admin/regulators."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow, grantable, may_keep_offices, may_read_organisations
from accounts.forms.base import RenameForm, carry_out, clean
from accounts.forms.offices import RegionForm, RegulatorForm
from accounts.history import record_own
from accounts.offices import add_region, add_regulator, change_regulator, rename_region
from accounts.queries import (
    get_region,
    get_regulator,
    offices_above,
    people_of,
    region_names,
    regions_under,
    regulators,
)
from accounts.queries.offices import PAGE
from accounts.roles import Role, Side
from accounts.rules import LEVEL_LABELS, REGION_LABELS
from accounts.views import administration
from core.web import now

CITY = "500000"


@administration.before_request
def only_for_those_who_administer() -> None:
    """Workers and leaders of enterprises have nothing to keep here."""
    allow(may_read_organisations(current_actor()), "打开单位与人员", "本企业安全管理人员")


@administration.get("/")
def index() -> ResponseReturnValue:
    """Where this person's administration begins."""
    actor = current_actor()
    if actor.side is Side.ENTERPRISE:
        return redirect(url_for("administration.enterprise", enterprise_id=actor.enterprise_id))
    if actor.holds(Role.AUDITOR):
        return redirect(url_for("audit.index"))
    if actor.holds(Role.SECURITY_ADMIN):
        return redirect(url_for("administration.security"))
    if actor.holds(Role.SYSTEM_ADMIN):
        return redirect(url_for("administration.regulators_page"))
    return redirect(url_for("administration.enterprises"))


# --- regions ---------------------------------------------------------------------------------------------------


@administration.get("/regions/")
def regions() -> ResponseReturnValue:
    """What lies under a region: the city's districts, or a district's streets and towns."""
    _only_system_people()
    parent = get_region(clean(request.args.get("under")) or CITY)
    return render_template(
        "accounts/regions.html",
        parent=parent,
        rows=regions_under(parent.code),
        labels=REGION_LABELS,
        may_keep=may_keep_offices(current_actor()),
    )


@administration.route("/regions/<parent_code>/new", methods=["GET", "POST"])
def new_region(parent_code: str) -> ResponseReturnValue:
    """Add a region, a special zone for example."""
    actor = current_actor()
    allow(may_keep_offices(actor), "增改区域", "系统管理员")
    parent, form = get_region(parent_code), RegionForm()

    def act() -> str:
        made = add_region(form.code.data, form.name.data, form.kind_chosen(), parent.code, by=actor)
        record_own(actor, "region_added", now=now(), region=made.code)
        return made.name

    if name := carry_out(form, act):
        flash(f"已增加{name}。", "good")
        return redirect(url_for("administration.regions", under=parent.code))
    return render_template("accounts/region_new.html", form=form, parent=parent), 422 if form.errors else 200


@administration.route("/regions/<code>/rename", methods=["GET", "POST"])
def region_name(code: str) -> ResponseReturnValue:
    """Give a region another name."""
    actor = current_actor()
    allow(may_keep_offices(actor), "增改区域", "系统管理员")
    region = get_region(code)
    form = RenameForm(obj=region)

    def act() -> bool:
        rename_region(region, form.name.data, by=actor)
        record_own(actor, "region_renamed", now=now(), region=code)
        return True

    if carry_out(form, act):
        flash("名称已修改。", "good")
        return redirect(url_for("administration.regions", under=region.parent_code or CITY))
    return render_template("accounts/region_rename.html", form=form, region=region), 422 if form.errors else 200


def _only_system_people() -> None:
    allow(current_actor().side is Side.SYSTEM, "打开这一页", "系统管理员")


# --- offices ---------------------------------------------------------------------------------------------------


@administration.get("/regulators/")
def regulators_page() -> ResponseReturnValue:
    """The offices of the city, or of a part of it."""
    _only_system_people()
    region = get_region(clean(request.args.get("region")) or CITY)
    rows = regulators(region.path, _key(clean(request.args.get("after"))))
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return render_template(
        "accounts/regulators.html",
        region=region,
        rows=rows[:PAGE],
        districts=regions_under(CITY),
        labels=LEVEL_LABELS,
        after=f"{more.region.path}|{more.id}" if more else None,
        may_keep=may_keep_offices(current_actor()),
    )


def _key(text: str) -> tuple[str, int] | None:
    path, _, number = text.rpartition("|")
    return (path[:80], int(number)) if path and number.isascii() and number.isdigit() and len(number) < 12 else None


@administration.route("/regulators/new", methods=["GET", "POST"])
def new_regulator() -> ResponseReturnValue:
    """Set up an office."""
    actor = current_actor()
    allow(may_keep_offices(actor), "增改监管单位", "系统管理员")
    form = RegulatorForm()

    def act() -> int:
        return add_regulator(form.details(), by=actor, now=now()).id

    if made := carry_out(form, act):
        flash("监管单位已设立。接着为它增加人员。", "good")
        return redirect(url_for("administration.regulator", regulator_id=made))
    return render_template("accounts/regulator_form.html", form=form, regulator=None), 422 if form.errors else 200


@administration.get("/regulators/<int:regulator_id>")
def regulator(regulator_id: int) -> ResponseReturnValue:
    """An office with its people."""
    _only_system_people()
    found = get_regulator(regulator_id)
    return render_template(
        "accounts/regulator.html",
        regulator=found,
        region=region_names(found.region.path),
        above=offices_above(found),
        people=people_of(regulator_id=found.id, active=False),
        level=LEVEL_LABELS[found.level],
        may_keep=may_keep_offices(current_actor()),
        may_add=bool(grantable(current_actor(), enterprise=None, regulator=found)),
    )


@administration.route("/regulators/<int:regulator_id>/edit", methods=["GET", "POST"])
def edit_regulator(regulator_id: int) -> ResponseReturnValue:
    """Change an office."""
    actor = current_actor()
    allow(may_keep_offices(actor), "增改监管单位", "系统管理员")
    found = get_regulator(regulator_id)
    form = RegulatorForm()
    if request.method == "GET":
        form.take(found, get_regulator(found.parent_id) if found.parent_id else None)

    def act() -> bool:
        change_regulator(found, form.details(found.code), by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("监管单位已修改。", "good")
        return redirect(url_for("administration.regulator", regulator_id=regulator_id))
    return render_template("accounts/regulator_form.html", form=form, regulator=found), 422 if form.errors else 200
