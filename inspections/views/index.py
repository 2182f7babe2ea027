"""排查: what I have to inspect now, /inspections/; beginning one; the finished ones, /inspections/done."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.queries import units_tree
from accounts.roles import EXPORTERS, Role, Side
from core.db import unit_of_work
from core.refusals import Conflict, NotAllowed
from core.web import now
from hazards.forms.cleaning import member
from inspections.operations.inspecting import Besides, ForTask, start
from inspections.presenting.mine import mine
from inspections.queries.done import PAGE, Sought, cursor_of, cursor_text, done
from inspections.queries.tasks import task
from inspections.views.blueprint import blueprint
from inspections.views.facts import month_asked, months_offered
from inspections.views.firm import number_asked
from inspections.words import clock_text
from workflows.vocabulary import Tier

LONGEST: Final = 64
FILTERS: Final = ("unit", "tier", "month", "found")


@blueprint.get("/")
def index() -> str:
    """My tasks: running, due today, late, open; led ones to sign; others' that I may do; what was done lately."""
    actor = looking()
    exports = actor.holds(*EXPORTERS)
    page = mine(actor, now())
    return render_template("inspections/index.html", mine=page, exports=exports, moment=now(), clock=clock_text)


def looking() -> Actor:
    """Whoever has to do with inspections: a worker reports, the system's people see no enterprise's affairs."""
    actor = current_actor()
    if actor.side is Side.SYSTEM:
        raise NotAllowed("系统的管理人员不参与排查。")
    if actor.roles <= {Role.WORKER}:
        raise NotAllowed("排查由班组长以上人员开展。您发现问题时，请用「上报」上报隐患。")
    return actor


@blueprint.post("/start")
def start_one() -> ResponseReturnValue:
    """Begin a task, or a round besides; whoever comes second goes on with the one that runs."""
    actor, moment, asked = current_actor(), now(), request.args
    plan, period = number_asked("plan"), asked.get("period", "")[:LONGEST]
    checklist = number_asked("checklist")
    if plan is None and checklist is None:
        raise Conflict("没有说明是哪一次排查。请回到「排查」，从列表里开始。")
    what = (
        ForTask(plan, period)
        if plan is not None
        else Besides(checklist or 0, number_asked("unit"), number_asked("point"))
    )
    try:
        with unit_of_work():
            begun = start(what, by=actor, client_key=asked.get("key", "")[:LONGEST], now=moment)
            url = url_for("inspections.inspection", inspection_id=begun.inspection.id)
            said = begun.said
    except Conflict:
        done_before = task(plan, period, now=moment).inspection_id if plan is not None else None
        if done_before is None:
            raise
        flash("这一期的排查已经完成，不必再做。", "note")
        return redirect(url_for("inspections.inspection", inspection_id=done_before))
    if said:
        flash(said, "note")
    return redirect(url)


@blueprint.get("/done")
def done_list() -> str:
    """Finished inspections, the newest first: an enterprise's own, a regulator's region."""
    actor = looking()
    asked = request.args
    sought = Sought(
        number_asked("unit"),
        member(Tier, asked.get("tier")),
        month_asked(),
        asked.get("found") == "1",
        cursor_of(asked.get("before", "")[:LONGEST]),
    )
    rows = done(sought)
    after = cursor_text(rows[PAGE - 1].inspection) if rows[PAGE:] else ""
    units = units_tree(actor.enterprise_id) if actor.enterprise_id is not None else ()
    return render_template(
        "inspections/done.html",
        rows=rows[:PAGE],
        sought=sought,
        after=_at({"before": after}) if after else "",
        first=_at({}) if sought.before else "",
        units=units,
        months=months_offered(),
        tiers=list(Tier),
        is_own=actor.enterprise_id is not None,
        moment=now(),
        clock=clock_text,
    )


def _at(more: dict[str, Any]) -> str:
    """The list with the same filters, elsewhere in it."""
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for("inspections.done_list", **(kept | more))
