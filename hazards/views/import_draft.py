"""One file on its way in: /hazards/import/<id>. What was understood, every row, names, and the button that lets it in.

The same address shows the bar while it is checked or written, and the result afterwards.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.queries import person_labels
from core.refusals import Conflict
from core.sniffing import XLSX
from core.web import now
from hazards.forms.importing import number, read_place
from hazards.import_workbook import remarks_workbook
from hazards.imports import Filter, RowsPage, get_draft, get_import, rows_page
from hazards.models import DraftStage, ImportDraft
from hazards.operations import import_drafts as verbs
from hazards.operations.import_sweeping import KEPT_OPEN, KEPT_ROWS
from hazards.operations.import_writing import may_call_off
from hazards.operations.importing.plan import check_importer
from hazards.presenting import importing as words
from hazards.presenting.import_names import names_of
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
        may_call_off=may_call_off(draft),
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
        names=names_of(draft, regions, number(request.args.get("names", ""))),
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
    draft = get_draft(draft_id)
    progress = words.progress_of(draft, now())
    told = {"stage": progress.stage, "words": progress.words, "percent": progress.percent, "stalled": progress.stalled}
    answer = jsonify(told | {"columns": bool(draft.understood)})
    answer.headers["Cache-Control"] = "no-store"
    return answer
