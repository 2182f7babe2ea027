"""An inspection on the phone: /inspections/<id>, its items one by one, and what goes on around them.

A form of a card is sent as a page by whoever has no script, and by fetch otherwise (`Accept: application/json`); both
take the same way, and both are told when somebody else was quicker.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from core.db import unit_of_work
from core.http import status_of
from core.refusals import Invalid, NotFound, Refusal
from core.web import now
from hazards.photos import read_photo
from inspections.forms.running import ItemForm
from inspections.models import ChecklistItem, Inspection
from inspections.operations import inspecting
from inspections.operations.hands import may_take_hand, stands_in
from inspections.operations.inspecting import Overtaken
from inspections.presenting.finished import finished_page
from inspections.presenting.run import Run, run_of
from inspections.queries.inspecting import inspection_by_id, items_of, results_of
from inspections.results import mark_of
from inspections.rules import UNFINISHED, PhotoKind
from inspections.views.blueprint import blueprint
from inspections.views.firm import number_asked
from inspections.views.item_photos import digest_key, read_uploads
from inspections.words import clock_text

FIELDS = {PhotoKind.BEFORE: "photos", PhotoKind.AFTER: "photos_after"}


@blueprint.get("/<int:inspection_id>")
def inspection(inspection_id: int) -> str:
    """The run for whoever carries it out or takes part; for others, and at its end, what was seen."""
    found, actor = inspection_by_id(inspection_id), current_actor()
    if found.state in UNFINISHED and may_take_hand(found, actor):
        return _run_page(run_of(found, actor, now(), opened=number_asked("open")))
    return render_template(
        "inspections/finished.html",
        inspection=found,
        page=finished_page(found, now()),
        may_end=found.state in UNFINISHED and stands_in(found, actor),
        signs_led=_signs_led(found, actor),
    )


def _signs_led(found: Inspection, actor: Actor) -> bool:
    unsigned = found.led and found.finished_at is not None and found.led_signed_at is None
    return unsigned and actor.enterprise_id == found.enterprise_id and actor.holds(inspecting.LEADER)


def _run_page(run: Run) -> str:
    return render_template("inspections/run.html", run=run)


@blueprint.post("/<int:inspection_id>/items/<int:item_id>")
def answer_item(inspection_id: int, item_id: int) -> ResponseReturnValue:
    """One item: its verdict with note, treatment and photos."""
    form, actor, moment = ItemForm(), current_actor(), now()
    try:
        if not form.validate():
            raise Invalid("请选择合格、不合格或不适用。")
        photos, wrong = read_uploads(FIELDS)
        with unit_of_work():
            found = inspection_by_id(inspection_id, lock=True)
            item = _item(found, item_id)
            inspecting.answer(found, item, form.as_answer(), by=actor, now=moment)
            for kind, file in photos:
                key = digest_key(item_id, kind, file.data)
                inspecting.add_photo(found, item, kind, file, client_key=key, by=actor, now=moment)
        if wrong:
            raise Invalid("".join(wrong))
    except Refusal as refusal:
        return _refused(inspection_id, item_id, form, refusal, moment)
    if _wants_json():
        return jsonify(_standing(inspection_id, item_id, actor, moment))
    return redirect(_following(inspection_id, item_id, actor, moment))


@blueprint.post("/<int:inspection_id>/items/<int:item_id>/photos")
def add_photo(inspection_id: int, item_id: int) -> ResponseReturnValue:
    """One photo from the phone; `key` is the phone's own, so that a photo sent twice is one."""
    actor, moment = current_actor(), now()
    try:
        kind = next((one for one in PhotoKind if one.value == request.form.get("kind")), None)
        upload = request.files.get("photo")
        if kind is None or upload is None:
            raise Invalid("照片没有存上：没有收到照片。请重新拍照。")
        file = read_photo(upload.stream.read(), upload.filename or "")
        with unit_of_work():
            found = inspection_by_id(inspection_id, lock=True)
            key = request.form.get("key", "")
            inspecting.add_photo(found, _item(found, item_id), kind, file, client_key=key, by=actor, now=moment)
    except Refusal as refusal:
        return jsonify({"sentence": refusal.sentence}), status_of(refusal)
    return jsonify(_standing(inspection_id, item_id, actor, moment))


@blueprint.post("/<int:inspection_id>/place")
def locate(inspection_id: int) -> ResponseReturnValue:
    """Where it is carried out, told by the phone on the person's tap."""
    try:
        longitude, latitude = (float(request.form.get(name, "")) for name in ("longitude", "latitude"))
    except ValueError:
        longitude = latitude = float("nan")
    try:
        with unit_of_work():
            found = inspection_by_id(inspection_id, lock=True)
            inspecting.locate(found, longitude, latitude, by=current_actor(), now=now())
    except Refusal as refusal:
        return jsonify({"sentence": refusal.sentence}), status_of(refusal)
    return jsonify({"said": "位置已记录"})


@blueprint.post("/<int:inspection_id>/pause")
def pause(inspection_id: int) -> ResponseReturnValue:
    """Break off for a while."""
    with unit_of_work():
        inspecting.pause(inspection_by_id(inspection_id, lock=True), by=current_actor(), now=now())
    flash("已暂停。已记的结论和照片都在，随时可以从这里继续。", "good")
    return redirect(url_for("inspections.index"))


@blueprint.post("/<int:inspection_id>/resume")
def resume(inspection_id: int) -> ResponseReturnValue:
    """Go on."""
    with unit_of_work():
        inspecting.resume(inspection_by_id(inspection_id, lock=True), by=current_actor(), now=now())
    return redirect(url_for("inspections.inspection", inspection_id=inspection_id))


@blueprint.post("/<int:inspection_id>/take-over")
def take_over(inspection_id: int) -> ResponseReturnValue:
    """Go on in the inspector's place."""
    with unit_of_work():
        inspecting.take_over(inspection_by_id(inspection_id, lock=True), by=current_actor(), now=now())
    flash("您已接手这次排查。前面的结论和照片都在，请接着检查。", "good")
    return redirect(url_for("inspections.inspection", inspection_id=inspection_id))


# --- one item ----------------------------------------------------------------------------------------------------


def _item(found: Inspection, item_id: int) -> ChecklistItem:
    item = next((one for one in items_of(found) if one.id == item_id), None)
    if item is None:
        raise NotFound("这一项不在这次排查的检查表里。请刷新后再记。")
    return item


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _standing(inspection_id: int, item_id: int, actor: Actor, moment: datetime) -> dict[str, Any]:
    """How the item and the whole stand now, for the script."""
    run = run_of(inspection_by_id(inspection_id), actor, moment)
    card = next(card for card in run.cards if card.id == item_id)
    return {
        "mark": card.mark,
        "verdict": card.verdict,
        "gaps": card.gaps,
        "at": clock_text(moment, moment),
        "answered": run.answered,
        "failed": run.failed,
        "answers": {str(one.id): [one.verdict, one.mark] for one in run.cards if one.verdict},
    }


def _following(inspection_id: int, item_id: int, actor: Actor, moment: datetime) -> str:
    """The page at the next open item; at the same one while something is missing there."""
    cards = run_of(inspection_by_id(inspection_id), actor, moment).cards
    here = next(n for n, card in enumerate(cards) if card.id == item_id)
    if cards[here].gaps:
        following = cards[here].id
    else:
        unseen = [card.id for card in (*cards[here:], *cards[:here]) if not card.verdict]
        following = unseen[0] if unseen else item_id
    return url_for("inspections.inspection", inspection_id=inspection_id, _anchor=f"item-{following}")


def _refused(
    inspection_id: int, item_id: int, form: ItemForm, refusal: Refusal, moment: datetime
) -> ResponseReturnValue:
    """The sentence at the item, with everything that was typed; what stands now, where somebody was quicker."""
    status = status_of(refusal)
    actor = current_actor()
    if _wants_json():
        told: dict[str, Any] = {"sentence": refusal.sentence}
        if isinstance(refusal, Overtaken):
            told["mark"] = mark_of(refusal.result)
            told["verdict"] = refusal.result.verdict.value
            told["note"] = refusal.result.note
        return jsonify(told), status
    found = inspection_by_id(inspection_id)
    if found.state not in UNFINISHED or not may_take_hand(found, actor):
        raise refusal
    run = run_of(found, actor, moment, opened=item_id)
    if item_id not in {card.id for card in run.cards}:
        raise refusal
    sentences = tuple(refusal.fields.values()) if isinstance(refusal, Invalid) and refusal.fields else ()
    typed = form.typed() | {"errors": sentences or (refusal.sentence,), "mark": mark_of(results_of(found).get(item_id))}
    cards = tuple(replace(card, **typed) if card.id == item_id else card for card in run.cards)
    return _run_page(replace(run, cards=cards)), status
