"""Writing checklists: a new one, the next version of one's own, row by row; or from Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import Actor, current_actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise
from accounts.views.handing_in import Done
from accounts.views.table_drawing import Door
from accounts.views.table_pages import hang
from core.days import shanghai_day
from core.db import db
from core.web import now
from hazards.candidates import candidates
from hazards.forms.judging import marked_text, source_text
from hazards.models import Criterion
from inspections.forms.checklists import (
    NO_CLAUSE,
    USES,
    ChecklistForm,
    Row,
    clause_ids,
    items_from,
    read_rows,
    rows_of,
    with_blanks,
)
from inspections.models import Checklist
from inspections.operations import checklists as operations
from inspections.operations.checklist_table import checklist_task
from inspections.operations.checklists import ItemDetails, allow_keeping, details_of
from inspections.queries.checklists import get_checklist, items_of, versions_of
from inspections.views.blueprint import blueprint
from inspections.views.firm import reader
from inspections.views.handing_in import hand_in
from workflows.vocabulary import Category, Grade

FIND, MORE = "find", "more"


@blueprint.route("/checklists/new", methods=["GET", "POST"])
def new_checklist() -> ResponseReturnValue:
    """A checklist of one's own, from nothing."""
    actor = reader()
    allow_keeping(actor, actor.enterprise_id, "编制检查表")

    def act(form: ChecklistForm, rows: Sequence[Row]) -> Done:
        made = operations.add_checklist(form.details, items_from(rows), by=actor, now=now())
        return Done("检查表已编好。可以编进排查计划了。", url_for("inspections.checklist", checklist_id=made.id))

    return _edit(actor, None, (), act)


@blueprint.route("/checklists/<int:checklist_id>/edit", methods=["GET", "POST"])
def edit_checklist(checklist_id: int) -> ResponseReturnValue:
    """The next version of one's own: add, change, move and strike items."""
    actor = reader()
    found = get_checklist(checklist_id)
    allow_keeping(actor, found.enterprise_id, "修改这份检查表")

    def act(form: ChecklistForm, rows: Sequence[Row]) -> Done:
        made = operations.change_checklist(
            get_checklist(checklist_id),
            form.details,
            items_from(rows),
            note=form.note.data or "",
            expected=form.expected,
            by=actor,
            now=now(),
        )
        said = f"已存为第 {made.version} 版" if made is not None else "名称已改"
        url = url_for("inspections.checklist", checklist_id=checklist_id)
        return Done(f"{said}。正在进行的排查仍用开始时的那一版。", url)

    return _edit(actor, checklist_id, _kept(checklist_id), act)


def _kept(checklist_id: int) -> list[ItemDetails]:
    """The items of the version the form was made from; of the newest, when it is shown first."""
    asked = request.form.get("version", "")
    versions = versions_of(checklist_id)
    found = next((one for one in versions if str(one.version) == asked), versions[0])
    return [details_of(item) for item in items_of(found.id)]


def _edit(
    actor: Actor,
    checklist_id: int | None,
    kept: Sequence[ItemDetails],
    act: Callable[[ChecklistForm, Sequence[Row]], Done],
) -> ResponseReturnValue:
    form, do = ChecklistForm(), request.form.get("do", "")
    if request.method == "GET":
        newest = versions_of(checklist_id)[0].version if checklist_id is not None else 0
        form.begin(_shown(checklist_id), newest)
        rows = with_blanks(rows_of(kept))
    else:
        rows = read_rows(request.form, kept, _clauses())
        if do == MORE:
            rows = with_blanks(rows)
        elif do.startswith(FIND):
            rows = _with_candidates(rows, do.removeprefix(FIND), actor)
        elif form.validate() and (answer := hand_in(form, lambda: act(form, rows))) is not None:
            return answer
    page = render_template(
        "inspections/checklist_edit.html",
        form=form,
        checklist=_shown(checklist_id),
        rows=rows,
        uses=USES,
        grades=list(Grade),
        categories=list(Category),
        no_clause=NO_CLAUSE,
        marked_text=marked_text,
        source_text=source_text,
        find=FIND,
        more=MORE,
    )
    return page, form.status if form.errors else 200


def _shown(checklist_id: int | None) -> Checklist | None:
    return get_checklist(checklist_id) if checklist_id is not None else None


def _clauses() -> dict[int, Criterion]:
    """The clauses that the form names, by id."""
    ids = clause_ids(request.form)
    found = db.session.scalars(select(Criterion).where(Criterion.id.in_(ids))) if ids else ()
    return {one.id: one for one in found}


def _with_candidates(rows: Sequence[Row], place: str, actor: Actor) -> list[Row]:
    """The same rows; the one asked for with the clauses that its words may speak of."""
    firm: Enterprise = get_enterprise(actor.enterprise_id or 0)
    where: dict[str, Any] = {"sector": firm.sector, "industry": firm.industry, "on": shanghai_day(now())}
    return [
        replace(row, offered=tuple(candidates(row.details.text, **where)), sought=True) if str(n) == place else row
        for n, row in enumerate(rows)
    ]


def _import_door(checklist_id: int) -> Door:
    """The next version from a file."""
    actor = current_actor()
    found = get_checklist(checklist_id)
    task = checklist_task(actor, found)
    return Door(task, (found.name, url_for("inspections.checklist", checklist_id=checklist_id)), "", {})


hang(blueprint, "/checklists/<int:checklist_id>/import", "import_checklist", _import_door)
