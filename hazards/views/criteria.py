"""The standards by which a hazard is major: /admin/criteria. Read by everybody, kept by the system administrator."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.forms.base import carry_out, clean
from accounts.queries import person_labels
from accounts.views.table_drawing import Door
from accounts.views.table_pages import hang
from core.days import shanghai_day
from core.sheets.table_form import filled_form
from core.sniffing import XLSX
from core.web import now
from hazards.editions import (
    PAGE,
    Edition,
    clauses_of,
    edition_of,
    editions,
    in_other_editions,
    known_criterion,
    search_clauses,
    stream_clauses,
    versions_of,
)
from hazards.forms.criteria import ClauseForm, EditionForm
from hazards.operations.criteria import allow_keeping, correct_criterion, may_keep_criteria, set_edition_days
from hazards.operations.criteria_table import CRITERIA, criteria_task

criteria = Blueprint("criteria", __name__, url_prefix="/admin/criteria")
COLUMNS: Final = ("standard", "document_no", "effective_from", "effective_to", "industry", "clause", "text")


@criteria.get("/")
def index() -> str:
    """Every edition; with words to look for, the clauses that hold them."""
    sought = clean(request.args.get("q"))[:100]
    found = search_clauses(sought) if sought else []
    return render_template(
        "hazards/criteria.html",
        q=sought,
        found=found[:PAGE],
        has_more=len(found) > PAGE,
        editions=editions(),
        today=shanghai_day(now()),
        may_keep=may_keep_criteria(current_actor()),
    )


@criteria.get("/editions/<int:criterion_id>")
def edition(criterion_id: int) -> str:
    """One edition with its clauses, by its first clause."""
    shown = edition_of(known_criterion(criterion_id))
    text = clean(request.args.get("after"))
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    found = clauses_of(shown, after)
    return render_template(
        "hazards/criteria_edition.html",
        edition=shown,
        clauses=found[:PAGE],
        after=found[PAGE - 1].id if len(found) > PAGE else None,
        others=[other for other in editions(shown.standard) if other.first_id != shown.first_id],
        today=shanghai_day(now()),
        may_keep=may_keep_criteria(current_actor()),
    )


@criteria.route("/editions/<int:criterion_id>/days", methods=["GET", "POST"])
def edition_days(criterion_id: int) -> ResponseReturnValue:
    """Say from when to when an edition holds."""
    actor = current_actor()
    allow_keeping(actor)
    shown, form = edition_of(known_criterion(criterion_id)), EditionForm()
    if request.method == "GET":
        form.begin(shown)

    def act() -> int:
        since, until = form.effective_from.data, form.effective_to.data
        return set_edition_days(shown, since, until, source=form.source.data, by=actor, now=now())

    if changed := carry_out(form, act):
        flash(f"日期已更正，共 {changed} 条。已判定的隐患保留当时的条款。", "good")
        return redirect(url_for("criteria.edition", criterion_id=shown.first_id))
    page = render_template("hazards/criteria_edition_form.html", form=form, edition=shown)
    return page, form.status if form.errors else 200


@criteria.get("/<int:criterion_id>")
def clause(criterion_id: int) -> str:
    """One clause: how it reads, how it read before, and how it reads in other editions."""
    found = known_criterion(criterion_id)
    versions = versions_of(found)
    return render_template(
        "hazards/criteria_clause.html",
        clause=found,
        edition=edition_of(found),
        versions=versions,
        names=person_labels({one.replaced_by_id for one in versions if one.replaced_by_id}),
        others=in_other_editions(found),
        today=shanghai_day(now()),
        may_keep=may_keep_criteria(current_actor()),
    )


@criteria.route("/<int:criterion_id>/correct", methods=["GET", "POST"])
def correct(criterion_id: int) -> ResponseReturnValue:
    """Put one clause right; what it replaces is kept."""
    actor = current_actor()
    allow_keeping(actor)
    found, form = known_criterion(criterion_id), ClauseForm()
    if request.method == "GET":
        form.begin(found)

    def act() -> bool:
        expected = form.expected()
        correct_criterion(found, form.details(), source=form.source.data, by=actor, now=now(), expected=expected)
        return True

    if carry_out(form, act):
        flash("条款已更正，原文留存。已判定的隐患保留当时的条款。", "good")
        return redirect(url_for("criteria.clause", criterion_id=criterion_id))
    page = render_template("hazards/criteria_correct.html", form=form, clause=known_criterion(criterion_id))
    return page, form.status if form.errors else 200


@criteria.get("/criteria.xlsx")
def workbook() -> Response:
    """All clauses, or those of one edition, by the columns of the import: it comes back as it is."""
    text = clean(request.args.get("edition"))
    chosen = text.isascii() and text.isdigit() and len(text) < 12
    shown = edition_of(known_criterion(int(text))) if chosen else None
    name = f"判定标准 {shown.document_no or shown.standard}.xlsx" if shown else "判定标准.xlsx"
    data = filled_form(CRITERIA, _rows(shown))
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)


def _rows(shown: Edition | None) -> Iterator[dict[str, Any]]:
    return ({name: getattr(one, name) for name in COLUMNS} for one in stream_clauses(shown))


def _clause_url(criterion_id: int) -> str:
    return url_for("criteria.clause", criterion_id=criterion_id)


def _door() -> Door:
    """The import of standards."""
    task = criteria_task(current_actor())
    back = ("判定标准", url_for("criteria.index"))
    return Door(task, back, "", {}, subject_url=_clause_url, accepts=".xlsx,.xls,.ods,.csv,.json")


hang(criteria, "/import", "importing", _door)
