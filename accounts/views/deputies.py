"""Deputies: one's own at /me/deputies, those of people one keeps at /admin/people/<id>/deputies, all running ones."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import current_actor, current_person
from accounts.authority import allow
from accounts.deputies import MAY_DEPUTISE, add_deputation, end_deputation, may_set_deputies
from accounts.forms.account import DeputyForm
from accounts.forms.base import carry_out
from accounts.models import Deputation, Person
from accounts.queries import get_person, people_of, person_labels, running_deputations
from accounts.queries.people import PAGE
from accounts.rules import SCOPE_LABELS
from accounts.views import accounts, administration
from core.db import db, unit_of_work
from core.refusals import NotFound
from core.web import now


@accounts.route("/me/deputies/new", methods=["GET", "POST"])
def new_deputy() -> ResponseReturnValue:
    """Let a colleague act for me for some days."""
    return _arrange(current_person(), url_for("accounts.me"))


@administration.route("/people/<int:person_id>/deputies/new", methods=["GET", "POST"])
def new_deputy_of(person_id: int) -> ResponseReturnValue:
    """Let a colleague act for somebody who cannot arrange it."""
    found = get_person(person_id)
    allow(may_set_deputies(current_actor(), found), "安排这个人的代理", "本人或其管理人员")
    return _arrange(found, url_for("administration.person", person_id=person_id))


def _arrange(person: Person, back: str) -> ResponseReturnValue:
    actor, form, person_id = current_actor(), DeputyForm(), person.id
    colleagues = _colleagues(person)
    form.offer(colleagues)

    def act() -> int:
        deputy = next(one for one in colleagues if one.id == form.deputy_id.data)
        starts, ends = form.period()
        return add_deputation(person, deputy, starts, ends, form.chosen_scope, by=actor, now=now()).id

    if colleagues and carry_out(form, act) is not None:
        flash("已登记代理，双方都会收到通知。代理期间的签批会写明由谁代理。", "good")
        return redirect(back)
    own = person_id == actor.person_id
    page = render_template("accounts/deputy.html", form=form, colleagues=colleagues, person=person, own=own, back=back)
    return page, 422 if form.errors else 200


def _colleagues(person: Person) -> list[Person]:
    if person.enterprise_id is None and person.regulator_id is None:
        return []
    people = people_of(enterprise_id=person.enterprise_id, regulator_id=person.regulator_id, roles=MAY_DEPUTISE)
    return [one for one in people if one.id != person.id]


@accounts.post("/me/deputies/<int:deputation_id>/end")
def end_deputy(deputation_id: int) -> ResponseReturnValue:
    """End a deputation of mine."""
    _end(current_person(), deputation_id)
    return redirect(url_for("accounts.me"))


@administration.post("/people/<int:person_id>/deputies/<int:deputation_id>/end")
def end_deputy_of(person_id: int, deputation_id: int) -> ResponseReturnValue:
    """End a deputation of somebody one keeps."""
    _end(get_person(person_id), deputation_id)
    return redirect(url_for("administration.person", person_id=person_id))


def _end(person: Person, deputation_id: int) -> None:
    actor, person_id = current_actor(), person.id
    with unit_of_work():
        wanted = select(Deputation).where(Deputation.id == deputation_id, Deputation.person_id == person_id)
        found = db.session.scalar(wanted)
        if found is None:
            raise NotFound("找不到这项代理。请刷新后核对。")
        end_deputation(found, get_person(person_id), by=actor, now=now())
    flash("代理已结束。", "good")


@administration.get("/deputies")
def deputies() -> ResponseReturnValue:
    """Who acts for whom, of the people one sees."""
    text = request.args.get("after", "")
    rows = running_deputations(int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0, now=now())
    shown = rows[:PAGE]
    persons = {one.person_id for one in shown} | {one.deputy_id for one in shown}
    persons |= {one.granted_by_id for one in shown if one.granted_by_id is not None}
    return render_template(
        "accounts/deputies.html",
        rows=shown,
        names=person_labels(persons),
        scopes=SCOPE_LABELS,
        moment=now(),
        after=shown[-1].id if len(rows) > PAGE else None,
    )
