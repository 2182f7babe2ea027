"""The end of an inspection: the signature, the principal's, giving it up; and who takes part."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import current_actor
from accounts.models import Person
from core.db import db, unit_of_work
from core.once import AlreadyDone, keep_outcome, new_key, use_once
from core.refusals import Conflict, Invalid, Unavailable
from core.web import now
from hazards.forms.cleaning import one_line
from inspections.forms.points import number
from inspections.forms.running import GiveUpForm, PeopleForm, SignForm
from inspections.models import Inspection
from inspections.operations import inspecting
from inspections.operations.finishing import refuse_unless_led
from inspections.operations.hands import refuse_unless_inspector, refuse_unless_may_end
from inspections.presenting.finished import finished_page
from inspections.presenting.run import run_of
from inspections.presenting.signing import sign_page
from inspections.queries.inspecting import inspection_by_id, participants_of
from inspections.views.blueprint import blueprint

LONGEST_NUMBER = 40
MOST_OFFERED = 100


@blueprint.route("/<int:inspection_id>/finish", methods=["GET", "POST"])
def finish(inspection_id: int) -> ResponseReturnValue:
    """What is signed, what becomes of each failed item, and the button that names the signer."""
    form, actor = SignForm(), current_actor()
    if request.method == "POST" and form.validate():
        try:
            return _finish(inspection_id, form)
        except AlreadyDone as done:
            flash(done.sentence, "note")
            return redirect(done.outcome or _url(inspection_id))
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
        except Conflict as refusal:
            if inspection_by_id(inspection_id).finished_at is not None:
                raise
            form.show(refusal)
    found = inspection_by_id(inspection_id)
    refuse_unless_inspector(found, actor, now())
    page = sign_page(found, now())
    if page.lacking and not form.form_errors and request.method == "POST":
        form.form_errors.append("还不能签名，请先补齐下面各项。")
    form.seen.data, form.once.data = page.digest, form.once.data or new_key()
    run = run_of(found, actor, now())
    picked = {one.item_id: _picked(one.item_id) for one in page.failed}
    shown = render_template(
        "inspections/finish.html", form=form, inspection=found, page=page, run=run, picked=picked, signer=actor.name
    )
    return shown, form.status if form.form_errors else 200


def _finish(inspection_id: int, form: SignForm) -> ResponseReturnValue:
    actor, moment, key = current_actor(), now(), form.once.data or ""
    with unit_of_work():
        use_once(key, actor.person_id, moment)
        found = inspection_by_id(inspection_id, lock=True)
        items = [number(name.removeprefix("known-")) for name in request.form if name.startswith("known-")]
        known = {item: picked for item in items[:200] if item is not None and (picked := _picked(item))}
        signed = inspecting.finish(found, by=actor, now=moment, seen=form.seen.data or "-", known=known)
        url = _url(inspection_id)
        keep_outcome(key, url)
        numbers = sorted({hazard.number for hazard in signed.hazards.values()})
        waits_for_principal = found.led and found.led_signed_at is None
    said = "已签名，排查完成。"
    said += f"上报隐患 {len(numbers)} 条：{'、'.join(numbers)}。" if numbers else "没有发现隐患。"
    if waits_for_principal:
        said += "已请主要负责人签名。"
    if signed.was_missed:
        said += "这一期已过补查期限，记为未开展；本次作为计划外排查保存。"
    flash(said, "good")
    flash(f"inspection:{inspection_id}:{actor.person_id}", "draft-clear")
    return redirect(url)


def _picked(item_id: int) -> str:
    return request.form.get(f"known-{item_id}", "")[:LONGEST_NUMBER]


@blueprint.route("/<int:inspection_id>/sign-led", methods=["GET", "POST"])
def sign_led(inspection_id: int) -> ResponseReturnValue:
    """The principal's signature of an inspection led by the principal."""
    form, actor = SignForm(), current_actor()
    if request.method == "POST" and form.validate():
        with unit_of_work():
            found = inspection_by_id(inspection_id, lock=True)
            inspecting.sign_led(found, by=actor, now=now(), seen=form.seen.data or "-")
        flash("已签名。带队排查的记录已齐。", "good")
        return redirect(_url(inspection_id))
    found = inspection_by_id(inspection_id)
    refuse_unless_led(found, actor)
    form.seen.data = sign_page(found, now()).digest
    page = finished_page(found, now())
    return render_template("inspections/sign_led.html", form=form, inspection=found, page=page, signer=actor.name)


@blueprint.route("/<int:inspection_id>/give-up", methods=["GET", "POST"])
def give_up(inspection_id: int) -> ResponseReturnValue:
    """End it without a result, with a reason."""
    form, actor = GiveUpForm(), current_actor()
    if request.method == "POST" and form.validate():
        try:
            with unit_of_work():
                found = inspection_by_id(inspection_id, lock=True)
                inspecting.give_up(found, form.reason.data or "", by=actor, now=now())
            flash("已作废。这一期可以重新开始排查。", "good")
            flash(f"inspection:{inspection_id}:{actor.person_id}", "draft-clear")
            return redirect(url_for("inspections.index"))
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
    found = inspection_by_id(inspection_id)
    refuse_unless_may_end(found, actor, now())
    page = render_template("inspections/give_up.html", form=form, inspection=found)
    return page, form.status if form.errors else 200


@blueprint.route("/<int:inspection_id>/people", methods=["GET", "POST"])
def people(inspection_id: int) -> ResponseReturnValue:
    """Who else takes part."""
    form, actor = PeopleForm(), current_actor()
    found = inspection_by_id(inspection_id)
    refuse_unless_inspector(found, actor, now())
    sought = one_line(request.args.get("q"))[:40]
    form.offer(_others(found, sought))
    if request.method == "POST" and form.validate():
        try:
            with unit_of_work():
                locked = inspection_by_id(inspection_id, lock=True)
                inspecting.add_people(locked, form.persons.data or (), by=actor, now=now())
            return redirect(_url(inspection_id))
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
            found = inspection_by_id(inspection_id)
    run = run_of(found, actor, now())
    page = render_template("inspections/people.html", form=form, inspection=found, run=run, q=sought)
    return page, form.status if form.errors else 200


def _others(found: Inspection, sought: str) -> list[tuple[int, str]]:
    """Active people of the enterprise who do not take part yet, by a part of the name; at most a screenful."""
    taken = [found.inspector_id, *participants_of(found)]
    wanted = select(Person.id, Person.name).where(
        Person.enterprise_id == found.enterprise_id, Person.active, Person.id.not_in(taken)
    )
    if sought:
        wanted = wanted.where(Person.name.contains(sought, autoescape=True))
    elif found.unit_id is not None:  # those of the unit first
        wanted = wanted.order_by(Person.unit_id != found.unit_id)
    return [(row.id, row.name) for row in db.session.execute(wanted.order_by(Person.id).limit(MOST_OFFERED))]


def _url(inspection_id: int) -> str:
    return url_for("inspections.inspection", inspection_id=inspection_id)
