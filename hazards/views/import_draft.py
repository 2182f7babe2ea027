"""One file on its way in: /hazards/import/<id>. What was understood, every row, names, and the button that lets it in.

The same address shows the bar while it is checked or written, and the result afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.queries import person_labels
from core.db import unit_of_work
from core.refusals import Conflict
from core.sniffing import XLSX
from core.web import now
from hazards.forms.importing import number, read_columns, read_names, read_place
from hazards.import_workbook import remarks_workbook
from hazards.imports import Filter, RowsPage, get_draft, get_import, rows_page
from hazards.models import DraftStage, ImportDraft
from hazards.operations import import_drafts as verbs
from hazards.operations.import_runs import go_on
from hazards.operations.import_sweeping import KEPT_OPEN, KEPT_ROWS, discard
from hazards.operations.importing import Decisions
from hazards.operations.importing.plan import check_importer
from hazards.presenting import importing as words
from hazards.presenting.import_rows import HEADS, preview_row
from hazards.views.blueprint import blueprint
from hazards.views.importing import district_choices, landed_values

RUNNING = (DraftStage.CHECKING, DraftStage.WRITING)


@blueprint.get("/import/<int:draft_id>")
def import_draft(draft_id: int) -> ResponseReturnValue:
    """The file as far as it is."""
    check_importer(current_actor())
    draft = get_draft(draft_id)
    if draft.stage in RUNNING:
        return _running(draft)
    if draft.stage is DraftStage.DONE:
        return _result(draft)
    return _checked(draft)


def _common(draft: ImportDraft) -> dict[str, Any]:
    told = {"enterprise": draft.told_enterprise, "region": draft.told_region, "channel": draft.told_channel}
    return {
        "draft": draft,
        "steps": words.STEPS,
        "digest": words.digest_words(draft.file.digest),
        "other_url": url_for("hazards.imports", **{name: value for name, value in told.items() if value}),  # type: ignore[arg-type]
        "figure": words.figure,
    }


def _running(draft: ImportDraft) -> ResponseReturnValue:
    return render_template(
        "hazards/import_running.html",
        **_common(draft),
        progress=words.progress_of(draft, now()),
        columns=words.columns_of(draft.understood, whole=False) if not draft.check_no else None,
        labels=words.LABELS,
    )


def _checked(draft: ImportDraft) -> ResponseReturnValue:
    regions = district_choices(current_actor())
    kept = verbs.shape_of(draft.shape) if draft.recalled else None
    return render_template(
        "hazards/import_check.html",
        **_common(draft),
        columns=words.columns_of(draft.understood, whole=request.args.get("columns") == "all"),
        whole=request.args.get("columns") == "all",
        meanings=words.MEANINGS,
        corrected=words.corrected_words(verbs.in_force(draft)),
        kept=kept,
        kept_by=person_labels({kept.kept_by_id}) if kept else {},
        names=words.names_of(draft, regions, number(request.args.get("names", ""))),
        kept_days=KEPT_OPEN.days,
        **(_rows(draft) if draft.check_no else {}),
    )


def _result(draft: ImportDraft) -> ResponseReturnValue:
    landed = get_import(draft.import_id) if draft.import_id is not None else None
    return render_template(
        "hazards/import_result.html",
        **_common(draft),
        **(landed_values(landed) if landed else {}),
        **_rows(draft),
        kept_days=KEPT_ROWS.days,
    )


# --- rows --------------------------------------------------------------------------------------------------------


def _rows(draft: ImportDraft) -> dict[str, Any]:
    """The tally as filter, and a page of rows."""
    figures = draft.figures
    asked = _asked(figures)
    back = read_place(request.args.get("before", ""))
    page = rows_page(draft, asked, back or read_place(request.args.get("after", "")), backwards=back is not None)
    return {
        "figures": figures,
        "tally": [
            (words.figure(figures[show]), label, _link(draft, Filter(show)), show == asked.show)
            for show, label in words.TALLY
        ],
        "tally_words": words.tally_words(figures),
        "asked": asked,
        "all_url": _link(draft, Filter("all")),
        "column_title": _title(draft, asked.column),
        "heads": HEADS,
        "rows": [preview_row(row) for row in page.rows],
        "before_url": _page_link(draft, asked, "before", page),
        "after_url": _page_link(draft, asked, "after", page),
    }


def _asked(figures: dict[str, Any]) -> Filter:
    show, column = request.args.get("show", ""), request.args.get("column", "")
    known = show if show in words.SHOWS else words.first_show(figures)
    return Filter(known, column if column.isascii() and column.isalpha() and len(column) <= 3 else "")


def _link(draft: ImportDraft, asked: Filter, **key: str) -> str:
    column = {"column": asked.column} if asked.column else {}
    return url_for("hazards.import_draft", draft_id=draft.id, show=asked.show, **column, **key, _anchor="h-rows")  # type: ignore[arg-type]


def _page_link(draft: ImportDraft, asked: Filter, name: str, page: RowsPage) -> str | None:
    key = page.before if name == "before" else page.after
    return None if key is None else _link(draft, asked, **{name: f"{key[0]}.{key[1]}"})


def _title(draft: ImportDraft, letter: str) -> str:
    columns = draft.understood.get("columns", ())
    return next((one["title"] for one in columns if one["letter"] == letter), letter) if letter else ""


# --- verbs -------------------------------------------------------------------------------------------------------


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
    """Give up the check under way: back to the one before, or no import at all."""
    with unit_of_work():
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


@blueprint.get("/import/<int:draft_id>/remarks.xlsx")
def import_remarks(draft_id: int) -> ResponseReturnValue:
    """The file given back with what becomes of each row beside it."""
    draft = get_draft(draft_id)
    if not draft.check_no or draft.stage not in (DraftStage.READY, DraftStage.DONE):
        raise Conflict("这份台账还没有核对完，没有可以下载的备注。请等核对做完。")
    name = f"{draft.file_name.rpartition('.')[0] or draft.file_name}（带备注）.xlsx"
    answer = send_file(remarks_workbook(draft), XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/import/<int:draft_id>/progress")
def import_progress(draft_id: int) -> ResponseReturnValue:
    """How far it is, for the bar."""
    progress = words.progress_of(get_draft(draft_id), now())
    answer = jsonify(stage=progress.stage, words=progress.words, percent=progress.percent, stalled=progress.stalled)
    answer.headers["Cache-Control"] = "no-store"
    return answer
