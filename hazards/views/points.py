"""The points of a rectification: the list with what is put right, and the page of each."""

from __future__ import annotations

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.refusals import NotFound
from core.web import now
from hazards.case import Loaded
from hazards.forms.points import PointAgainForm, PointForm, PointsForm
from hazards.models import Hazard, RectificationPoint
from hazards.operations import points as operations
from hazards.operations.points import NO_POINT, PutRight
from hazards.presenting.duties import ruling_for
from hazards.presenting.points import PointRow, point_rows
from hazards.queries import points_of
from hazards.views.blueprint import blueprint
from hazards.views.opening import draft_key, hand_in, open_for, open_hazard, subject_of
from hazards.views.uploads import Upload, keep, receive


@blueprint.get("/<number>/points")
def points(number: str) -> str:
    """What is to be put right, point by point, with its evidence; whoever sees the hazard sees this."""
    loaded = open_hazard(number)
    rows = point_rows(loaded, points_of(loaded.hazard))
    ruling = ruling_for("points", loaded, current_actor())
    return render_template("hazards/points.html", **subject_of(loaded), rows=rows, ruling=ruling)


@blueprint.route("/<number>/points/edit", methods=["GET", "POST"])
def edit_points(number: str) -> ResponseReturnValue:
    """Write the list."""
    form = PointsForm()
    if request.method == "POST" and form.validate():
        act = partial(_set, form=form)
        typed, draft = form.points.data or "", draft_key("points", number)
        answer = hand_in(form, number, act, what="整改要点", typed=typed, draft=draft)
        if answer is not None:
            return answer
    loaded = open_for(number, "points")
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.put(points_of(loaded.hazard))
    page = render_template(
        "hazards/points_edit.html", form=form, **subject_of(loaded), draft=draft_key("points", number)
    )
    return page, form.status if request.method == "POST" else 200


def _set(hazard: Hazard, form: PointsForm) -> Done:
    operations.set_points(hazard, form.texts, by=current_actor(), now=now())
    said = (
        f"整改分 {hazard.points_total} 项，已整改 {hazard.points_done} 项。" if hazard.points_total else "整改不分项。"
    )
    return Done(said, _url(hazard))


@blueprint.route("/<number>/points/<int:point_id>", methods=["GET", "POST"])
def point(number: str, point_id: int) -> ResponseReturnValue:
    """One point put right, with its photos."""
    form, photos = PointForm(), Upload(())
    draft = f"{draft_key('point', number)}:{point_id}"
    if request.method == "POST":
        fine = form.validate()
        photos = receive(form.photos, form.staged)
        if fine and not photos.is_wrong:
            act = partial(_put_right, point_id=point_id, form=form, photos=photos)
            typed = form.note.data or ""
            answer = hand_in(form, number, act, what="这一项的整改", typed=typed, draft=draft)
            if answer is not None:
                return answer
    loaded = open_for(number, "points")
    row = _row(loaded, point_id)
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.done_on.data = shanghai_day(now())
    have = keep(photos, form.staged)
    page = render_template("hazards/point.html", form=form, **subject_of(loaded), row=row, have=have, draft=draft)
    return page, form.status if request.method == "POST" else 200


def _put_right(hazard: Hazard, point_id: int, form: PointForm, photos: Upload) -> Done:
    done = PutRight(on=form.done_on.data, note=form.note.data or "", photos=photos.files)
    operations.put_right(hazard, point_id, done, by=current_actor(), now=now())
    left = hazard.points_total - hazard.points_done
    rest = f"还有 {left} 项。" if left else "全部整改完毕，请填写整改情况，申请验收。"
    return Done(f"已整改 {hazard.points_done} / {hazard.points_total} 项。{rest}", _url(hazard))


@blueprint.route("/<number>/points/<int:point_id>/again", methods=["GET", "POST"])
def point_again(number: str, point_id: int) -> ResponseReturnValue:
    """A point that turned out not to be put right."""
    form = PointAgainForm()
    if request.method == "POST" and form.validate():
        answer = hand_in(form, number, partial(_again, point_id=point_id, form=form), what="重新整改这一项")
        if answer is not None:
            return answer
    loaded = open_for(number, "points")
    row = _row(loaded, point_id)
    if request.method == "GET":
        form.begin(loaded.hazard)
    page = render_template("hazards/point_again.html", form=form, **subject_of(loaded), row=row)
    return page, form.status if request.method == "POST" else 200


def _again(hazard: Hazard, point_id: int, form: PointAgainForm) -> Done:
    found = operations.take_up_again(hazard, point_id, reason=form.reason.data, by=current_actor(), now=now())
    return Done(f"第 {found.position} 项重新整改。原来的照片和记录仍然保留。", _url(hazard))


def _row(loaded: Loaded, point_id: int) -> PointRow:
    standing: list[RectificationPoint] = [one for one in points_of(loaded.hazard) if one.id == point_id]
    if not standing:
        raise NotFound(NO_POINT)
    return point_rows(loaded, standing)[0]


def _url(hazard: Hazard) -> str:
    return url_for("hazards.points", number=hazard.number)
