"""Absences: /inspections/absences/, who is away and who inspects meanwhile."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor
from accounts.authority import allow
from accounts.queries import person_labels
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.db import unit_of_work
from core.web import now
from inspections.forms.plans import AbsenceForm
from inspections.operations import absences as operations
from inspections.operations.absences import may_record
from inspections.operations.checklists import may_keep
from inspections.presenting.plans import people_choices
from inspections.queries.absences import PAGE, absences, get_absence
from inspections.views.blueprint import blueprint
from inspections.views.firm import address, firm_asked, number_asked, reader
from inspections.views.handing_in import hand_in
from inspections.views.points import choose_enterprise


@blueprint.get("/absences/")
def absence_list() -> ResponseReturnValue:
    """Who is away now or later; with `show=past` who was."""
    actor = reader()
    firm = firm_asked(actor)
    if firm is None:
        return choose_enterprise("inspections.absence_list", "离岗和代替")
    past = request.args.get("show") == "past"
    found = absences(firm.id, today=shanghai_day(now()), past=past, before=number_asked("before"))
    rows = found[:PAGE]
    show = "past" if past else ""
    url = address(actor, "inspections.absence_list", firm)
    return render_template(
        "inspections/absences.html",
        firm=firm,
        rows=[(one, may_record(actor, one.person_id, one.enterprise_id)) for one in rows],
        names=person_labels({person for one in rows for person in (one.person_id, one.substitute_id) if person}),
        ways=[
            ("现在和以后", url, None, not past),
            ("已过去的", address(actor, "inspections.absence_list", firm, show="past"), None, past),
        ],
        older=address(actor, "inspections.absence_list", firm, show=show, before=rows[-1].id)
        if len(found) > PAGE
        else None,
        today=shanghai_day(now()),
        past=past,
        is_own=actor.enterprise_id is not None,
        is_regulator=actor.enterprise_id is None,
    )


@blueprint.route("/absences/new", methods=["GET", "POST"])
def new_absence() -> ResponseReturnValue:
    """Record that somebody is away."""
    actor, form = reader(), AbsenceForm()
    allow(actor.enterprise_id is not None, "登记离岗", "本人或本企业安全管理人员")
    colleagues = people_choices(actor.enterprise_id or 0)
    form.offer(_whose(actor, colleagues), colleagues)
    if request.method == "GET":
        form.new_key()
        form.person_id.data = str(actor.person_id)
        form.first_on.data = shanghai_day(now())
    elif form.validate():

        def act() -> Done:
            operations.add_absence(form.details(), by=actor, now=now())
            return Done("离岗已登记。这段时间的排查由代替的人办理。", url_for("inspections.absence_list"))

        if (answer := hand_in(form, act)) is not None:
            return answer
    return render_template("inspections/absence_form.html", form=form), form.status if form.errors else 200


def _whose(actor: Actor, colleagues: list[tuple[int, str]]) -> list[tuple[int, str]]:
    if may_keep(actor, actor.enterprise_id):
        return colleagues
    return [one for one in colleagues if one[0] == actor.person_id]


@blueprint.post("/absences/<int:absence_id>/end")
def end_absence(absence_id: int) -> ResponseReturnValue:
    """Back earlier, or not away after all."""
    actor = reader()
    with unit_of_work():
        operations.end_absence(get_absence(absence_id), by=actor, now=now())
    flash("离岗已结束，从今天起由本人排查。", "good")
    return redirect(url_for("inspections.absence_list"))
