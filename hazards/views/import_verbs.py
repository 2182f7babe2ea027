"""What is done on the page of a file on its way in: corrected, decided on, split, let in, given up."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core.db import unit_of_work
from core.refusals import Conflict
from core.web import now
from hazards.forms.importing import number, read_columns, read_names
from hazards.imports import get_draft
from hazards.models import DraftStage, ImportDraft
from hazards.operations import import_drafts as verbs
from hazards.operations.import_runs import go_on
from hazards.operations.import_sweeping import discard
from hazards.operations.import_writing import call_off
from hazards.operations.importing import Decisions
from hazards.operations.importing.plan import check_importer
from hazards.views.blueprint import blueprint

RUNNING = (DraftStage.CHECKING, DraftStage.WRITING)


def _home(draft_id: int) -> str:
    return url_for("hazards.import_draft", draft_id=draft_id)


def _do(draft_id: int, act: Callable[[ImportDraft], object]) -> ResponseReturnValue:
    """Do what was chosen on the check that was shown, then work on with it."""
    actor = current_actor()
    check_importer(actor)
    with unit_of_work():
        act(verbs.decided_on(draft_id, number(request.form.get("seen", ""))))
    go_on(draft_id, by=actor, clock=now)
    return redirect(_home(draft_id))


@blueprint.post("/import/<int:draft_id>/columns")
def import_columns(draft_id: int) -> ResponseReturnValue:
    """Read the file otherwise, or as the reader understands it."""
    if "reset" in request.form:
        return _do(draft_id, lambda draft: verbs.uncorrect(draft, now()))
    sent = read_columns(request.form)
    return _do(
        draft_id,
        lambda draft: verbs.correct(
            draft, sheet=sent.sheet, header_rows=sent.header_rows, fields=sent.fields, now=now()
        ),
    )


@blueprint.post("/import/<int:draft_id>/names")
def import_names(draft_id: int) -> ResponseReturnValue:
    """Decide what the names are that the register does not know."""

    def decide(draft: ImportDraft) -> None:
        decisions = read_names(request.form, draft.unknown, Decisions.from_json(draft.decisions))
        verbs.decide(draft, decisions, now())

    return _do(draft_id, decide)


@blueprint.post("/import/<int:draft_id>/rows/<int:row>/split")
def import_split(draft_id: int, row: int) -> ResponseReturnValue:
    """Split a row into the hazards it lists, or keep it whole."""

    def split(draft: ImportDraft) -> None:
        told = verbs.in_force(draft).split
        rows = frozenset(draft.figures["splittable"]) if told is None else told
        verbs.split(draft, rows - {row} if request.form.get("split") == "no" else rows | {row}, now())

    return _do(draft_id, split)


@blueprint.post("/import/<int:draft_id>/split")
def import_split_all(draft_id: int) -> ResponseReturnValue:
    """Split every row for which it is offered, or none."""
    rows = frozenset[int]() if request.form.get("split") == "no" else None
    return _do(draft_id, lambda draft: verbs.split(draft, rows, now()))


@blueprint.post("/import/<int:draft_id>/again")
def import_again(draft_id: int) -> ResponseReturnValue:
    """Check again; or start anew what died with its server."""
    actor = current_actor()
    check_importer(actor)
    with unit_of_work():
        draft = verbs.draft_for(draft_id)
        if draft.stage in RUNNING and not verbs.is_stalled(draft, now()):
            raise Conflict(verbs.UNDER_WAY)
        if draft.stage is DraftStage.WRITING:
            verbs.write_again(draft, now())
        elif draft.stage is not DraftStage.DONE:
            verbs.check_again(draft, now())
    go_on(draft_id, by=actor, clock=now)
    return redirect(_home(draft_id))


@blueprint.post("/import/<int:draft_id>/confirm")
def import_confirm(draft_id: int) -> ResponseReturnValue:
    """Let it come in; a second tap is led to where the first one went."""
    if get_draft(draft_id).stage in (DraftStage.WRITING, DraftStage.DONE):
        flash("已经开始导入，没有重复导入。", "note")
        return redirect(_home(draft_id))
    only_clean = request.form.get("mode") == "clean"
    rows = number(request.form.get("rows_clean" if only_clean else "rows_all", ""))
    return _do(draft_id, lambda draft: verbs.confirm(draft, only_clean=only_clean, rows=rows, now=now()))


@blueprint.post("/import/<int:draft_id>/cancel")
def import_cancel(draft_id: int) -> ResponseReturnValue:
    """Give up the check under way: back to the one before, or no import at all. A write goes back to its check."""
    with unit_of_work():
        if goes_back := get_draft(draft_id).stage in (DraftStage.WRITING, DraftStage.DONE):
            call_off(draft_id, now=now())
        else:
            goes_back = verbs.stop_check(verbs.draft_for(draft_id), now())
    if goes_back:
        return redirect(_home(draft_id))
    return import_discard(draft_id)


@blueprint.post("/import/<int:draft_id>/discard")
def import_discard(draft_id: int) -> ResponseReturnValue:
    """Forget the file."""
    name = get_draft(draft_id).file_name
    discard(draft_id)
    flash(f"已放弃《{name}》，没有写入任何内容。", "note")
    return redirect(url_for("hazards.imports"))
