"""Adding and changing risk points and their measures, and reporting one that failed: below /inspections/points."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from accounts.access import Actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.queries import people_of, units_tree
from core.db import db, unit_of_work
from core.once import AlreadyDone, keep_outcome, new_key, use_once
from core.refusals import Invalid, NotAllowed, Unavailable
from core.web import now
from hazards.views.uploads import keep, receive
from inspections.forms.points import ControlForm, FailedForm, PointForm, number
from inspections.models import Checklist, RiskPoint
from inspections.operations.findings import report_at
from inspections.operations.points import (
    WHO_KEEPS,
    add_control,
    add_point,
    change_point,
    refuse_unless_kept,
    restore_point,
    retire_point,
    strike_control,
    units_kept,
)
from inspections.queries.points import control_of, get_point
from inspections.views.blueprint import blueprint
from inspections.views.firm import number_asked
from inspections.views.points import reader


@blueprint.route("/points/new", methods=["GET", "POST"])
def new_point() -> ResponseReturnValue:
    """Put a risk point on the enterprise's list."""
    actor = reader()
    kept = units_kept(actor)
    allow(kept is None or bool(kept), "增加风险点", f"{WHO_KEEPS}；部门负责人只增加本部门的")
    enterprise_id = actor.enterprise_id or 0
    form = PointForm()
    _offer(form, enterprise_id, kept)
    if request.method == "POST" and form.is_right():

        def act() -> int:
            return add_point(enterprise_id, form.details(), code=form.code.data or "", by=actor, now=now()).id

        if made := carry_out(form, act):
            flash("风险点已增加。接着写管控措施。", "good")
            return redirect(url_for("inspections.point", point_id=made))
    return render_template("inspections/point_form.html", form=form, point=None), 422 if form.errors else 200


@blueprint.route("/points/<int:point_id>/edit", methods=["GET", "POST"])
def edit_point(point_id: int) -> ResponseReturnValue:
    """Change what is kept of a point."""
    actor, found = _kept(point_id)
    form = PointForm()
    _offer(form, found.enterprise_id, units_kept(actor))
    if request.method == "GET":
        form.take(found)
    elif form.is_right():

        def act() -> bool:
            change_point(get_point(point_id, lock=True), form.details(), by=actor, now=now())
            return True

        if carry_out(form, act):
            flash("风险点已修改。", "good")
            return redirect(url_for("inspections.point", point_id=point_id))
        found = get_point(point_id)
    return render_template("inspections/point_form.html", form=form, point=found), 422 if form.errors else 200


@blueprint.post("/points/<int:point_id>/retire")
def retire(point_id: int) -> ResponseReturnValue:
    """Take a point off the list, or put it back."""
    actor = reader()
    with unit_of_work():
        found = get_point(point_id, lock=True)
        back = "restore" in request.form
        (restore_point if back else retire_point)(found, by=actor, now=now())
    flash(
        "风险点已恢复使用，原来的二维码照用。" if back else "风险点已停用。在这里发现过的隐患和历次排查都保留。", "good"
    )
    return redirect(url_for("inspections.point", point_id=point_id))


# --- measures ----------------------------------------------------------------------------------------------------


@blueprint.route("/points/<int:point_id>/controls", methods=["GET", "POST"])
def new_control(point_id: int) -> ResponseReturnValue:
    """Add a measure; `?instead=` strikes another for it."""
    actor, found = _kept(point_id)
    old = number_asked("instead")
    struck = control_of(found, old) if old is not None else None
    form = ControlForm()
    form.offer(_people(found.enterprise_id))
    if struck is not None and request.method == "GET":
        form.kind.data, form.text.data, form.answers.data = struck.kind.value, struck.text, struck.answers
        form.answers_id.data = str(struck.answers_id or "")

    def act() -> bool:
        point = get_point(point_id, lock=True)
        if old is not None:
            strike_control(point, control_of(point, old), by=actor, now=now())
        add_control(point, form.details(), by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("管控措施已写入。" if old is None else "管控措施已修改，原来的一条划掉保留。", "good")
        return redirect(url_for("inspections.point", point_id=point_id))
    page = render_template("inspections/control_form.html", form=form, point=get_point(point_id), old=old)
    return page, 422 if form.errors else 200


@blueprint.post("/points/<int:point_id>/controls/<int:control_id>/strike")
def strike(point_id: int, control_id: int) -> ResponseReturnValue:
    """Strike a measure."""
    actor = reader()
    with unit_of_work():
        found = get_point(point_id, lock=True)
        strike_control(found, control_of(found, control_id), by=actor, now=now())
    flash("管控措施已划掉，在引用过它的隐患里仍能看到。", "good")
    return redirect(url_for("inspections.point", point_id=point_id))


# --- a measure that failed ---------------------------------------------------------------------------------------


@blueprint.route("/points/<int:point_id>/failed", methods=["GET", "POST"])
def failed(point_id: int) -> ResponseReturnValue:
    """管控措施失效: report it as a hazard tied to the measure."""
    actor = reader()
    found = get_point(point_id, controls=True)
    if actor.enterprise_id != found.enterprise_id:
        raise NotAllowed("管控措施失效由本企业人员上报。检查中发现的，请到「上报」按督导检查上报。")
    form = FailedForm()
    standing = [one for one in found.controls if one.struck_at is None]
    form.offer(found, standing, number_asked("control"))
    if request.method == "POST":
        return _report(form, found, actor)
    form.once.data = new_key()
    return render_template("inspections/failed.html", form=form, point=found, have=())


def _report(form: FailedForm, found: RiskPoint, actor: Actor) -> ResponseReturnValue:
    point_id, is_right = found.id, form.validate()
    photos = receive(form.photos, form.staged)
    if is_right and not photos.is_wrong:
        try:
            with unit_of_work():
                use_once(form.once.data or "", actor.person_id, now())
                point = get_point(point_id)
                chosen = number(form.control.data)
                control = control_of(point, chosen) if chosen is not None else None
                hazard = report_at(point, form.seen(photos.files), control=control, by=actor, now=now())
                url = url_for("hazards.detail", number=hazard.number)
                keep_outcome(form.once.data or "", url)
                said = f"已上报：{hazard.number}。" + (f"现在由 {hazard.holder} 办理。" if hazard.holder else "")
            flash(said, "good")
            return redirect(url)
        except AlreadyDone as done:
            flash(done.sentence, "note")
            return redirect(done.outcome or url_for("inspections.point", point_id=point_id))
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
    have = keep(photos, form.staged)
    return render_template("inspections/failed.html", form=form, point=get_point(point_id), have=have), form.status


# --- parts -------------------------------------------------------------------------------------------------------


def _kept(point_id: int) -> tuple[Actor, RiskPoint]:
    actor = reader()
    found = get_point(point_id)
    refuse_unless_kept(actor, found.enterprise_id, found.unit_id)
    return actor, found


def _offer(form: PointForm, enterprise_id: int, kept: frozenset[int] | None) -> None:
    units = [row for row in units_tree(enterprise_id) if kept is None or row.unit.id in kept]
    own = or_(Checklist.enterprise_id == enterprise_id, Checklist.enterprise_id.is_(None))
    wanted = select(Checklist.id, Checklist.name).where(own, Checklist.active).order_by(Checklist.id)
    form.offer(units, _people(enterprise_id), [(row.id, row.name) for row in db.session.execute(wanted)])
    if kept is not None:
        form.unit_id.choices = form.unit_id.choices[1:]


def _people(enterprise_id: int) -> list[tuple[int, str]]:
    return [(person.id, person.name) for person in people_of(enterprise_id=enterprise_id)]
