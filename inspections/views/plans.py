"""Plans: /inspections/plans/, one of them with its duty's history, made, changed, ended, set up in one step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise, person_labels, units_tree
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.db import db
from core.web import now
from hazards.forms.cleaning import member
from inspections.forms.plans import EndPlanForm, PlanForm, SetUpForm
from inspections.models import InspectionPlan, RiskPoint
from inspections.operations import plans as operations
from inspections.operations.checklists import allow_keeping, may_keep
from inspections.operations.usual_plans import set_up_usual, usual_plans
from inspections.presenting.plans import people_choices, plan_lines, unit_options, until_words
from inspections.queries.checklists import choices_for
from inspections.queries.plans import PAGE, WantedPlans, get_plan, plan_page, plans_of_duty
from inspections.queries.tasks import tasks_of
from inspections.views.blueprint import blueprint
from inspections.views.firm import address, firm_asked, number_asked, plan_reader, reader
from inspections.views.handing_in import hand_in
from inspections.views.points import choose_enterprise
from workflows.cadence import usual_frequency
from workflows.vocabulary import Tier

MOST_POINTS: Final = 500
SHOWN_USUAL: Final = 200
NEAR: Final = timedelta(days=14)
APPEARS: Final = "到时间后，任务会出现在负责人的「排查」里。"


@blueprint.get("/plans/")
def plans() -> ResponseReturnValue:
    """The plans of an enterprise, fifty a page; by unit and tier, running or ended."""
    actor = plan_reader()
    firm = firm_asked(actor)
    if firm is None:
        return choose_enterprise("inspections.plans", "排查计划")
    wanted = WantedPlans(
        firm.id, number_asked("unit"), member(Tier, request.args.get("tier")), request.args.get("show") == "ended"
    )
    found = plan_page(wanted, today=shanghai_day(now()), after=number_asked("after") or 0)
    here = {
        "unit": request.args.get("unit", "") if wanted.unit_id is not None else "",
        "tier": wanted.tier.value if wanted.tier else "",
        "show": "ended" if wanted.ended else "",
    }

    def url(**more: Any) -> str:
        return address(actor, "inspections.plans", firm, **(here | more))

    return render_template(
        "inspections/plans.html",
        firm=firm,
        rows=plan_lines(found[:PAGE]),
        after=url(after=found[PAGE - 1].id) if len(found) > PAGE else None,
        ways=[
            ("在用的", url(show=""), None, not wanted.ended),
            ("已结束的", url(show="ended"), None, wanted.ended),
        ],
        selects=_selects(firm, here),
        here=here,
        is_narrowed=bool(here["unit"] or here["tier"]),
        clear=address(actor, "inspections.plans", firm, show=here["show"]),
        may_keep=may_keep(actor, firm.id),
        is_regulator=actor.enterprise_id is None,
    )


def _selects(firm: Enterprise, here: dict[str, str]) -> list[dict[str, Any]]:
    units = [("0", "全厂"), *unit_options(firm.id)]
    tiers = [(tier.value, f"{tier.label}排查") for tier in Tier]
    return [
        {"name": "unit", "label": "全部部门、班组", "options": units, "value": here["unit"]},
        {"name": "tier", "label": "全部层级", "options": tiers, "value": here["tier"]},
    ]


@blueprint.get("/plans/<int:plan_id>")
def plan(plan_id: int) -> str:
    """One plan: what it asks for, what was done of it lately, and how its duty was planned before."""
    actor = reader()
    found = get_plan(plan_id)
    today = shanghai_day(now())
    near = tasks_of(found.enterprise_id, unit_id=found.unit_id, first=today - NEAR, last=today + NEAR, now=now())
    tasks = [task for task in near if task.plan.duty_id == found.duty_id]
    duty = plans_of_duty(found.duty_id or 0)
    return render_template(
        "inspections/plan.html",
        plan=found,
        line=plan_lines([found])[0],
        duty=plan_lines(duty),
        tasks=tasks,
        names=person_labels({one for task in tasks for one in (*task.responsible, task.instead_of) if one}),
        made_by=person_labels({found.made_by_id} if found.made_by_id else ()),
        today=today,
        until=until_words,
        may_keep=may_keep(actor, found.enterprise_id),
        back=address(actor, "inspections.plans", get_enterprise(found.enterprise_id)),
    )


# --- made and changed --------------------------------------------------------------------------------------------


@blueprint.route("/plans/new", methods=["GET", "POST"])
def new_plan() -> ResponseReturnValue:
    """A new duty to inspect."""
    actor, form = reader(), PlanForm()
    allow_keeping(actor, actor.enterprise_id, "编制排查计划")
    firm = get_enterprise(actor.enterprise_id or 0)
    _offer(form, firm)
    if request.method == "GET":
        form.new_key()
        tier = member(Tier, request.args.get("tier")) or Tier.DAY
        form.tier.data, form.from_on.data = tier.value, shanghai_day(now())
        form.frequency.data = usual_frequency(tier, high_risk=firm.high_risk).value
        form.unit_id.data = str(number_asked("unit") or "")
    elif form.validate():

        def act() -> Done:
            made = operations.add_plan(form.details(), form.from_on.data, by=actor, now=now())
            return Done(f"计划已编好。{APPEARS}", url_for("inspections.plan", plan_id=made.id))

        if (answer := hand_in(form, act)) is not None:
            return answer
    return render_template("inspections/plan_form.html", form=form, plan=None), form.status if form.errors else 200


@blueprint.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
def edit_plan(plan_id: int) -> ResponseReturnValue:
    """Go on otherwise from a day on."""
    actor, form = reader(), PlanForm()
    found = get_plan(plan_id)
    allow_keeping(actor, found.enterprise_id, "修改排查计划")
    _offer(form, get_enterprise(found.enterprise_id), found)
    if request.method == "GET":
        form.new_key()
        form.take(found)
        form.from_on.data = max(shanghai_day(now()), found.starts_on)
    elif form.validate():

        def act() -> Done:
            made = operations.change_plan(get_plan(plan_id), form.details(), form.from_on.data, by=actor, now=now())
            said = "计划已改。已做的排查仍算数，一个周期内不会重复要求。"
            return Done(said, url_for("inspections.plan", plan_id=made.id))

        if (answer := hand_in(form, act)) is not None:
            return answer
        found = get_plan(plan_id)
    return render_template("inspections/plan_form.html", form=form, plan=found), form.status if form.errors else 200


def _offer(form: PlanForm, firm: Enterprise, plan: InspectionPlan | None = None) -> None:
    """What may be chosen; of a plan that is changed, what it holds too."""
    wanted = select(RiskPoint.id, RiskPoint.name).where(RiskPoint.enterprise_id == firm.id, RiskPoint.active)
    points = db.session.execute(wanted.order_by(RiskPoint.id).limit(MOST_POINTS)).all()
    checklists = choices_for(firm.id)
    if plan is None:
        own = [one for one in checklists if one.enterprise_id or one.industry in ("", firm.industry, firm.sector)]
        checklists = own or checklists
    form.offer(units_tree(firm.id), people_choices(firm.id), checklists, [(row.id, row.name) for row in points])


@blueprint.route("/plans/<int:plan_id>/end", methods=["GET", "POST"])
def end_plan(plan_id: int) -> ResponseReturnValue:
    """Ask for no more after a day."""
    actor, form = reader(), EndPlanForm()
    found = get_plan(plan_id)
    allow_keeping(actor, found.enterprise_id, "结束排查计划")
    if request.method == "GET":
        form.new_key()
        form.last_on.data = shanghai_day(now())
    elif form.validate():

        def act() -> Done:
            operations.end_plan(get_plan(plan_id), form.last_on.data, form.reason.data or "", by=actor, now=now())
            return Done("计划已结束。以前该做的和做过的都保留。", url_for("inspections.plan", plan_id=plan_id))

        if (answer := hand_in(form, act)) is not None:
            return answer
        found = get_plan(plan_id)
    page = render_template("inspections/plan_end.html", form=form, line=plan_lines([found])[0])
    return page, form.status if form.errors else 200


# --- in one step -------------------------------------------------------------------------------------------------


@blueprint.route("/plans/set-up", methods=["GET", "POST"])
def set_up_plans() -> ResponseReturnValue:
    """The usual plans of every unit and tier that are lacking."""
    actor, form = reader(), SetUpForm()
    allow_keeping(actor, actor.enterprise_id, "设立排查计划")
    if request.method == "GET":
        form.new_key()
        form.from_on.data = shanghai_day(now())
    elif form.validate() and (answer := _set_up(actor, form)) is not None:
        return answer
    lacking = usual_plans(get_enterprise(actor.enterprise_id or 0), form.from_on.data or shanghai_day(now()))
    page = render_template(
        "inspections/plans_set_up.html", form=form, rows=lacking[:SHOWN_USUAL], total=len(lacking), tiers=list(Tier)
    )
    return page, form.status if form.errors else 200


def _set_up(actor: Actor, form: SetUpForm) -> ResponseReturnValue | None:
    def act() -> Done:
        made = set_up_usual(form.from_on.data, by=actor, now=now())
        return Done(f"已设立 {len(made)} 个计划。{APPEARS}", url_for("inspections.plans"))

    return hand_in(form, act)
