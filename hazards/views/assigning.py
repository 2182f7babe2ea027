"""Naming who puts one hazard right: /hazards/<number>/assign. Of several at once: `bulk.py`."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.web import now
from hazards.forms.assigning import AssignForm
from hazards.models import Hazard
from hazards.operations.assigning import assign as name_responsible
from hazards.people import people_of_enterprise
from hazards.views.blueprint import blueprint
from hazards.views.duties import Words
from hazards.views.opening import detail_url, hand_in, open_for, open_hazard, subject_of

NOBODY_YET = "现在还没有整改责任人。"


@blueprint.route("/<number>/assign", methods=["GET", "POST"])
def assign(number: str) -> ResponseReturnValue:
    """指定整改责任人: a person of the enterprise, with a word about why."""
    form = AssignForm()
    if request.method == "POST":
        form.offer(people_of_enterprise(open_hazard(number).hazard))
        if form.validate():
            answer = hand_in(form, number, _Naming(form), what="指定", typed=form.reason.data or "")
            if answer is not None:
                return answer
    loaded = open_for(number, "assign")
    hazard = loaded.hazard
    if request.method == "GET":
        form.offer(people_of_enterprise(hazard))
        form.begin(hazard)
    now_named = f"现在是{hazard.responsible_person}。" if hazard.responsible_person else NOBODY_YET
    intro = f"{now_named}整改责任人负责实施整改、申请验收，不能签批验收和销号；整改中改由别人负责的，原来的人也不能签。"
    words = Words("assign", "指定整改责任人", intro, "指定")
    page = render_template("hazards/act.html", form=form, words=words, **subject_of(loaded))
    return page, form.status if request.method == "POST" else 200


class _Naming:
    """What handing in the form does, inside the unit of work."""

    def __init__(self, form: AssignForm) -> None:
        self.form = form

    def __call__(self, hazard: Hazard) -> Done:
        reason = self.form.reason.data or ""
        person, actor = self.form.person_id.data, current_actor()
        name = name_responsible(hazard, person, by=actor, reason=reason, now=now())
        told = "" if person == actor.person_id else "，已通知本人"
        return Done(f"已指定{name}为整改责任人{told}。", detail_url(hazard.number))
