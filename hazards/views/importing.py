"""Imports: /hazards/import, where a file is handed in, and what the own organisation has brought in so far."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.queries import person_labels, region_names, regions_under
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, new_key, use_once
from core.refusals import Invalid, Unavailable
from core.web import now
from hazards.forms.importing import ACCEPT, UploadForm, number
from hazards.imports import LANDED_SHOWN, get_draft, get_import, landed_imports, open_imports
from hazards.models import DraftStage, LedgerImport
from hazards.operations.import_drafts import begin
from hazards.operations.import_runs import go_on
from hazards.operations.import_sweeping import KEPT_OPEN, discard
from hazards.operations.importing import take_back, why_not_take_back
from hazards.operations.importing.plan import check_importer
from hazards.presenting.importing import STEPS, progress_of
from hazards.views.blueprint import blueprint


@blueprint.route("/import", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Hand in a ledger; see one's files on their way in, and what came in before."""
    actor = current_actor()
    check_importer(actor)
    form = UploadForm()
    form.offer(actor, district_choices(actor))
    if form.validate_on_submit():
        try:
            return _take(form, actor)
        except AlreadyDone as done:
            flash(done.sentence, "note")
            return redirect(done.outcome or url_for("hazards.imports"))
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
    elif request.method == "GET":
        _as_before(form)
    form.once.data = new_key()
    return _page(form, actor), form.status if form.errors else 200


def district_choices(actor: Actor) -> list[tuple[str, str]]:
    """The districts an office may mean: its own, or those of the city."""
    if actor.region_path is None:
        return []
    codes = actor.region_path.strip("/").split("/")
    if len(codes) == 1:
        return [(region.code, region.name) for region in regions_under(codes[0])]
    return [(codes[-1], region_names(actor.region_path))]


def _as_before(form: UploadForm) -> None:
    """What was told for the file before, when another is chosen instead."""
    for field in (form.enterprise, form.region, form.channel):
        if field is not None and (told := request.args.get(field.name, "")[:40]):
            field.data = told


def _take(form: UploadForm, actor: Actor) -> ResponseReturnValue:
    """Keep the file and check it; what cannot be read at all leaves no draft, only its sentence at the field."""
    data, name = form.upload()
    with unit_of_work():
        use_once(form.once.data or "", actor.person_id, now())
        draft = begin(data, name, form.told(), by=actor, now=now())
        draft_id, url = draft.id, url_for("hazards.import_draft", draft_id=draft.id)
        keep_outcome(form.once.data or "", url)
    go_on(draft_id, by=actor, clock=now)
    made = get_draft(draft_id)
    if made.stage is DraftStage.REFUSED and not made.understood:
        said = made.said
        discard(draft_id)
        raise Invalid(said, fields={"file": said})
    return redirect(url)


def _page(form: UploadForm, actor: Actor) -> str:
    before = number(request.args.get("before", ""))
    landed = landed_imports(before or None)
    shown = landed[:LANDED_SHOWN]
    moment = now()
    return render_template(
        "hazards/imports.html",
        form=form,
        accept=ACCEPT,
        steps=STEPS,
        waiting=[(draft, progress_of(draft, moment)) for draft in open_imports()],
        landed=shown,
        labels=person_labels({one.by_id for one in shown if one.by_id is not None}),
        older=shown[-1].id if len(landed) > LANDED_SHOWN else None,
        kept_days=KEPT_OPEN.days,
        is_office=actor.enterprise_id is None,
    )


# --- what came in -----------------------------------------------------------------------------------------------


@blueprint.get("/import/landed/<int:import_id>")
def import_landed(import_id: int) -> ResponseReturnValue:
    """What one import brought, for the importers of its organisation."""
    check_importer(current_actor())
    return render_template("hazards/import_landed.html", **landed_values(get_import(import_id)))


def landed_values(landed: LedgerImport) -> dict[str, object]:
    """What both pages of a result show."""
    return {
        "landed": landed,
        "labels": person_labels({one for one in (landed.by_id, landed.taken_back_by_id) if one is not None}),
        "why_not": "" if landed.taken_back_at else why_not_take_back(landed.id),
    }


@blueprint.post("/import/landed/<int:import_id>/take-back")
def import_take_back(import_id: int) -> ResponseReturnValue:
    """Take an import back as a whole, while nothing of it has moved on."""
    actor = current_actor()
    check_importer(actor)
    landed = get_import(import_id)
    take_back(landed.id, by=actor, now=now())
    flash("已撤回这次导入。新建的隐患不再出现，编号不再使用；原文件和经过仍保留。", "good")
    return redirect(url_for("hazards.import_landed", import_id=import_id))
