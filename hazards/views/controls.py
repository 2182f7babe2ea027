"""Checks of the interim controls of a hazard: when the next is due, what each found, and the form."""

from __future__ import annotations

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.web import now
from hazards.forms.controls import CheckForm, IntervalForm
from hazards.models import Hazard
from hazards.operations import controls as operations
from hazards.operations.controls import Check
from hazards.presenting.controls import standing
from hazards.views.blueprint import blueprint
from hazards.views.opening import draft_key, hand_in, open_for, open_hazard, subject_of
from hazards.views.uploads import Upload, keep, receive
from workflows.controls import USUAL


@blueprint.route("/<number>/controls", methods=["GET", "POST"])
def controls(number: str) -> ResponseReturnValue:
    """What was found, newest first; whoever may check finds the form above it."""
    form, photos = CheckForm(), Upload(())
    draft = draft_key("controls", number)
    if request.method == "POST":
        fine = form.validate()
        photos = receive(form.photos, form.staged)
        if fine and not photos.is_wrong:
            act = partial(_check, form=form, photos=photos)
            answer = hand_in(form, number, act, what="管控措施检查", typed=form.note.data or "", draft=draft)
            if answer is not None:
                return answer
    loaded = open_hazard(number)
    if request.method == "GET":
        form.begin(loaded.hazard)
    page = render_template(
        "hazards/controls.html",
        form=form,
        **subject_of(loaded),
        page=standing(loaded.hazard, now()),
        may_check=operations.may_check(loaded, current_actor()),
        may_arrange=operations.may_arrange(loaded, current_actor()),
        have=keep(photos, form.staged),
        draft=draft,
    )
    return page, form.status if request.method == "POST" else 200


def _check(hazard: Hazard, form: CheckForm, photos: Upload) -> Done:
    check = Check(holds=form.holds, note=form.note.data or "", photos=photos.files)
    operations.check_controls(hazard, check, by=current_actor(), now=now())
    following = standing(hazard, now()).next_at
    said = "已记录：管控有效。" if check.holds else "已记录：管控失效。主要负责人和监管部门已收到告知。"
    return Done(f"{said}下次检查最迟 {following}。", _url(hazard))


@blueprint.route("/<number>/controls/interval", methods=["GET", "POST"])
def control_interval(number: str) -> ResponseReturnValue:
    """How often the controls are checked."""
    form = IntervalForm()
    if request.method == "POST" and form.validate():
        answer = hand_in(form, number, partial(_arrange, form=form), what="检查间隔")
        if answer is not None:
            return answer
    loaded = open_for(number, "controls")
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.hours.data = loaded.hazard.control_every_hours or USUAL
    page = render_template("hazards/controls_interval.html", form=form, **subject_of(loaded))
    return page, form.status if request.method == "POST" else 200


def _arrange(hazard: Hazard, form: IntervalForm) -> Done:
    operations.set_interval(hazard, form.hours.data, by=current_actor(), now=now())
    return Done(f"管控措施每 {form.hours.data} 小时检查一次。", _url(hazard))


def _url(hazard: Hazard) -> str:
    return url_for("hazards.controls", number=hazard.number)
