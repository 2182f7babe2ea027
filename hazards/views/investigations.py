"""参照事故调查: the cases of a hazard, opening one, and how it ended."""

from __future__ import annotations

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.web import now
from hazards.forms.investigations import ConcludeForm, OpenCaseForm
from hazards.models import Hazard
from hazards.operations import investigations as operations
from hazards.operations.investigations import Opened, Outcome, investigations_of
from hazards.views.blueprint import blueprint
from hazards.views.opening import hand_in, open_for, open_hazard, subject_of
from workflows.investigations import Ground


@blueprint.route("/<number>/investigations", methods=["GET", "POST"])
def investigations(number: str) -> ResponseReturnValue:
    """The cases of a hazard; whoever may open one finds the form below them."""
    form = OpenCaseForm()
    if request.method == "POST" and form.validate():
        typed = form.facts.data or ""
        answer = hand_in(form, number, partial(_open, form=form), what="参照事故调查", typed=typed)
        if answer is not None:
            return answer
    loaded = open_hazard(number)
    actor = current_actor()
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.office.data, form.on.data = actor.org_name, shanghai_day(now())
    cases = investigations_of(loaded.hazard)
    may = operations.may_investigate(loaded, actor)
    shows_form = may and all(case.concluded_on is not None for case in cases)
    page = render_template(
        "hazards/investigations.html", form=form, **subject_of(loaded), cases=cases, may=may, shows_form=shows_form
    )
    return page, form.status if request.method == "POST" else 200


def _open(hazard: Hazard, form: OpenCaseForm) -> Done:
    opened = Opened(
        ground=Ground(form.ground.data),
        office=form.office.data or "",
        number=form.number.data or "",
        on=form.on.data,
        facts=form.facts.data or "",
    )
    operations.open_case(hazard, opened, by=current_actor(), now=now())
    return Done("已登记立案。隐患的整改和销号照常办理。", _url(hazard))


@blueprint.route("/<number>/investigations/<int:case_id>", methods=["GET", "POST"])
def conclude_investigation(number: str, case_id: int) -> ResponseReturnValue:
    """How a case ended."""
    form = ConcludeForm()
    if request.method == "POST" and form.validate():
        act = partial(_conclude, case_id=case_id, form=form)
        answer = hand_in(form, number, act, what="调查结果", typed=form.text.data or "")
        if answer is not None:
            return answer
    loaded = open_for(number, "investigations")
    operations.open_case_of(loaded.hazard, case_id)
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.on.data = shanghai_day(now())
    words = {"title": "登记调查结果", "intro": "登记后不能改写。结果写入隐患的经过。", "verb": "登记结果"}
    page = render_template("hazards/act.html", form=form, words=words, **subject_of(loaded))
    return page, form.status if request.method == "POST" else 200


def _conclude(hazard: Hazard, case_id: int, form: ConcludeForm) -> Done:
    outcome = Outcome(on=form.on.data, text=form.text.data or "", people_held=form.people_held.data)
    operations.conclude(hazard, case_id, outcome, by=current_actor(), now=now())
    return Done("已登记调查结果。", _url(hazard))


def _url(hazard: Hazard) -> str:
    return url_for("hazards.investigations", number=hazard.number)
