"""Reports of workers and their rewards, and whether workers report without an account: /inspections/rewards."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.views.private import keep_private
from core.db import db, unit_of_work
from core.web import now
from hazards.queries import hazard_by_number
from inspections.forms.open_reports import LookForm, OpenReportingForm, RewardForm
from inspections.models import OpenReporting
from inspections.operations.open_reports import may_set, set_open_reporting
from inspections.operations.points import KEEPS_ALL, WHO_KEEPS
from inspections.operations.rewards import WHO_DECIDES, decide, look_at_reporter, may_decide, pay
from inspections.queries.rewards import STAGES, get_reward, reward_figures, rewards_page
from inspections.views.blueprint import blueprint
from inspections.views.firm import number_asked


def _keeper() -> Actor:
    actor = current_actor()
    allow(actor.enterprise_id is not None and actor.holds(*KEEPS_ALL), "查看和办理上报奖励", WHO_DECIDES)
    return actor


@blueprint.get("/rewards")
def rewards() -> ResponseReturnValue:
    """Every report by a label with what was decided for it; the reporter's name masked."""
    actor = _keeper()
    enterprise_id = actor.enterprise_id or 0
    stage = request.args.get("stage", "")
    stage = stage if stage in STAGES else ""
    rows, after = rewards_page(enterprise_id, stage=stage, after=number_asked("after"))
    setting = db.session.get(OpenReporting, enterprise_id)
    return render_template(
        "inspections/rewards.html",
        rows=rows,
        after=url_for("inspections.rewards", stage=stage or None, after=after) if after else None,
        figures=reward_figures(enterprise_id),
        stages=STAGES,
        stage=stage,
        person_id=actor.person_id,
        is_open=bool(setting and setting.allowed),
    )


@blueprint.route("/rewards/<number>", methods=["GET", "POST"])
def reward(number: str) -> ResponseReturnValue:
    """Decide on the reward of one report."""
    actor = _keeper()
    hazard = hazard_by_number(number)
    kept = get_reward(hazard.id)
    allow(may_decide(actor, hazard), "决定自己上报的奖励", f"{WHO_DECIDES}中的另一人")
    form = RewardForm()
    if request.method == "GET" and kept.decided_at is not None:
        form.amount.data, form.note.data = f"{(kept.amount_fen or 0) / 100:.2f}".removesuffix(".00"), kept.note

    def act() -> bool:
        decide(number, form.fen(), form.note.data or "", by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("奖励已决定，上报人凭查询码可以看到。发放后请登记。", "good")
        return redirect(url_for("inspections.rewards"))
    hazard = hazard_by_number(number)
    page = render_template("inspections/reward.html", form=form, hazard=hazard, reward=get_reward(hazard.id))
    return page, form.status if form.errors or form.form_errors else 200


@blueprint.post("/rewards/<number>/paid")
def reward_paid(number: str) -> ResponseReturnValue:
    """Put down that a reward was paid."""
    actor = _keeper()
    with unit_of_work():
        pay(number, by=actor, now=now())
    flash("已登记发放。", "good")
    return redirect(url_for("inspections.rewards"))


@blueprint.route("/rewards/<number>/reporter", methods=["GET", "POST"])
def reporter(number: str) -> ResponseReturnValue:
    """Why, then the reporter's name and contact; the look is written down."""
    actor = _keeper()
    hazard = hazard_by_number(number)
    get_reward(hazard.id)
    form = LookForm()
    if shown := carry_out(form, lambda: look_at_reporter(number, form.reason.data or "", by=actor, now=now())):
        return keep_private(
            render_template("inspections/reporter.html", number=number, name=shown[0], contact=shown[1]), 200
        )
    page = render_template("inspections/reporter_reason.html", form=form, number=number)
    return page, 422 if form.errors else 200


@blueprint.route("/open-reporting", methods=["GET", "POST"])
def open_reporting() -> ResponseReturnValue:
    """Whether workers report without an account, and what they are promised."""
    actor = current_actor()
    enterprise_id = actor.enterprise_id or 0
    allow(bool(enterprise_id) and may_set(actor, enterprise_id), "设置扫码上报", WHO_KEEPS)
    setting = db.session.get(OpenReporting, enterprise_id)
    form = OpenReportingForm()
    if request.method == "GET" and setting is not None:
        form.allowed.data, form.promise.data = setting.allowed, setting.promise

    def act() -> bool:
        set_open_reporting(
            enterprise_id, allowed=bool(form.allowed.data), promise=form.promise.data or "", by=actor, now=now()
        )
        return True

    if carry_out(form, act):
        flash(
            "设置已保存。" + ("扫码即可上报，请打印标签张贴。" if form.allowed.data else "扫码后须登录才能上报。"),
            "good",
        )
        return redirect(url_for("inspections.points"))
    page = render_template("inspections/open_reporting.html", form=form, setting=setting)
    return page, 422 if form.errors else 200
