"""Several hazards at once: /hazards/bulk/sign, assign, extend, remind, and what came of it.

The picked travel in the address, so that the page can be opened again; each is acted on in a unit of work of its own,
through the operation it has singly, and reported by itself. One that is refused stops none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, current_person
from accounts.signing_in import check_password
from core.calendar import load_calendar
from core.days import shanghai_day
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome
from core.refusals import Conflict, Invalid, Refusal, Unavailable
from core.web import now
from hazards import case as cases
from hazards.case import Loaded
from hazards.forms.bulk import (
    FORMS,
    BulkAssignForm,
    BulkForm,
    BulkSignForm,
    Item,
    items_of,
    picked,
)
from hazards.models import Hazard
from hazards.operations import bulk as runs
from hazards.people import people_of_enterprise
from hazards.presenting.bulk import BulkPage, page_for
from hazards.presenting.bulk_results import results_of
from hazards.presenting.staleness import meanwhile, stale
from hazards.queries import hazard_by_number, hazards_by_numbers
from hazards.rules import BULK_LABELS, BulkAct, BulkOutcome
from hazards.views.blueprint import blueprint
from hazards.views.bulk_acts import act_of
from hazards.views.opening import load

ACTS = "<any('" + "', '".join(BulkAct) + "'):what>"


@blueprint.get(f"/bulk/{ACTS}")
def bulk(what: str) -> ResponseReturnValue:
    """What would be done to which of the picked, with the exact text where it is signed, and why not to the others."""
    act, numbers = BulkAct(what), picked(request.args.getlist("pick"))
    form = FORMS[act]()
    form.begin()
    if isinstance(form, BulkSignForm):
        form.verdict.data = "approved"
    return _show(form, act, numbers, left_over=max(0, len(numbers) - runs.MOST))


@blueprint.post(f"/bulk/{ACTS}")
def bulk_hand_in(what: str) -> ResponseReturnValue:
    """Do it to each of those left ticked; a second tap is led to the result of the first."""
    act, actor = BulkAct(what), current_actor()
    form, ticked = FORMS[act](), request.form.getlist("pick")
    shown = [item.number for item in map(Item.read, request.form.getlist("item"))]
    found = _load(shown[: runs.MOST])
    if isinstance(form, BulkAssignForm):
        form.offer(_people(found))
    try:
        items = items_of(request.form.getlist("item"), ticked)
        if not (form.validate() and _complete(form, items, found)):
            return _show(form, act, shown, ticked=ticked), form.status
        with unit_of_work():
            run = runs.begin(act, [item.number for item in items], form.once.data or "", by=actor, now=now())
            url = url_for("hazards.bulk_result", run_id=run.id)
            keep_outcome(form.once.data or "", url)
            run_id = run.id
    except AlreadyDone as before:
        return redirect(before.outcome or url_for("hazards.index"))
    except Invalid as refusal:
        form.show(refusal)
        return _show(form, act, shown, ticked=ticked), form.status
    for place, item in enumerate(items):
        _one(run_id, place, item, act, form)
    return redirect(url)


@blueprint.get("/bulk/results/<int:run_id>")
def bulk_result(run_id: int) -> ResponseReturnValue:
    """What came of each: done, refused with its sentence, somebody quicker; and the way to those that are left."""
    run, items = runs.read_run(run_id)
    what = BULK_LABELS[run.act]
    return render_template("hazards/bulk_result.html", run=run, result=results_of(run, items), what=what)


# --- one of them -----------------------------------------------------------------------------------------------


def _one(run_id: int, place: int, item: Item, act: BulkAct, form: BulkForm) -> None:
    """One hazard in one unit of work, with what came of it; a refusal is put down by itself."""
    try:
        with unit_of_work():
            hazard = hazard_by_number(item.number, lock=True)
            _refuse_stale(hazard, item, act)
            said = act_of(act)(hazard, item, form)
            runs.put_down(run_id, place, BulkOutcome.DONE, said)
    except Unavailable:
        raise  # the database is gone: what was done stands in the result, the rest can be taken up from there
    except Refusal as refusal:
        outcome = BulkOutcome.QUICKER if isinstance(refusal, Conflict) else BulkOutcome.REFUSED
        with unit_of_work():
            runs.put_down(run_id, place, outcome, refusal.sentence)


def _refuse_stale(hazard: Hazard, item: Item, act: BulkAct) -> None:
    """What was seen is what is acted on: not when somebody changed it or was quicker."""
    events = meanwhile(hazard, item.seen)
    if events or hazard.version < item.seen.version:
        loaded = load(hazard, current_actor(), now())
        raise stale(loaded, item.seen, events, now=now(), what=BULK_LABELS[act])


# --- the page --------------------------------------------------------------------------------------------------


def _show(
    form: BulkForm, act: BulkAct, numbers: Sequence[str], *, ticked: Sequence[str] | None = None, left_over: int = 0
) -> str:
    asked = list(numbers[: runs.MOST])
    found = _load(asked)
    page = page_for(act, asked, found, current_actor())
    split = _by_enterprise(page, found) if isinstance(form, BulkAssignForm) else []
    if isinstance(form, BulkAssignForm):
        form.offer(_people(found))
    return render_template(
        "hazards/bulk.html",
        act=act.value,
        title=BULK_LABELS[act],
        form=form,
        page=page,
        ticked=set(ticked) if ticked is not None else {line.number for line in page.lines},
        split=split,
        left_over=left_over,
        most=runs.MOST,
        login=current_person().login,
    )


def _load(numbers: Sequence[str]) -> list[Loaded]:
    found = hazards_by_numbers(numbers)
    if not found:
        return []
    return cases.load_many(found, now=now(), days=load_calendar(), actor_id=current_actor().person_id)


def _people(found: Sequence[Loaded]) -> list[tuple[int, str]]:
    """The people of the one enterprise; none where there are several."""
    firms = {loaded.hazard.enterprise_id for loaded in found}
    return people_of_enterprise(found[0].hazard) if len(firms) == 1 else []


def _by_enterprise(page: BulkPage, found: Sequence[Loaded]) -> list[tuple[str, int, str]]:
    """Where the picked are of several enterprises: each with how many and the address of its own page."""
    firms: dict[int, list[Any]] = {}
    may = {line.number for line in page.lines}
    for loaded in found:
        if loaded.hazard.number in may:
            firms.setdefault(loaded.hazard.enterprise_id, []).append(loaded.hazard)
    if len({loaded.hazard.enterprise_id for loaded in found}) < 2:
        return []
    return [
        (group[0].enterprise.name, len(group), _assign_url([one.number for one in group])) for group in firms.values()
    ]


def _assign_url(numbers: Sequence[str]) -> str:
    return url_for("hazards.bulk", what="assign", pick=list(numbers))


def _complete(form: BulkForm, items: Sequence[Item], found: Sequence[Loaded]) -> bool:
    """Everything typed that must be, and the password right, before anything is begun."""
    majors = {loaded.hazard.number for loaded in found if loaded.hazard.grade.value == "major"}
    asks = isinstance(form, BulkSignForm) and any(item.number in majors for item in items)
    if not form.complete(asks_password=asks, today=shanghai_day(now())):
        return False
    if asks and isinstance(form, BulkSignForm):
        check_password(current_person(), form.password.data or "", now())
    return True
