"""Checklists: /inspections/checklists/, one of them as it is used and printed, a copy of one's own, out of use."""

from __future__ import annotations

import io
from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.queries import person_labels
from accounts.rules import SECTORS
from accounts.views.handing_in import Done
from core.db import unit_of_work
from core.refusals import NotFound
from core.sheets.table_form import filled_form
from core.sniffing import XLSX
from core.web import now
from hazards.forms.cleaning import member, one_line
from inspections.forms.checklists import USES, CopyForm
from inspections.models import ChecklistVersion
from inspections.operations import checklists as operations
from inspections.operations.checklist_table import ITEMS, rows_for
from inspections.operations.checklists import KEEPERS, allow_keeping, details_of, may_keep
from inspections.queries import checklists as queries
from inspections.queries.checklists import (
    NO_CHECKLIST,
    PAGE,
    Wanted,
    get_checklist,
    items_of,
    newest_version,
    uses_of,
    versions_of,
)
from inspections.views.blueprint import blueprint
from inspections.views.firm import address, firm_asked, number_asked, reader
from inspections.views.handing_in import hand_in
from workflows.vocabulary import Tier

OWN, TEMPLATES, RETIRED = "own", "templates", "retired"
SHOWS: Final = {OWN: "本企业的", TEMPLATES: "产品模板", RETIRED: "已停用"}


@blueprint.get("/checklists/")
def checklists() -> ResponseReturnValue:
    """One's own checklists, the product's, or those out of use; by industry, tier and use."""
    actor = reader()
    firm = firm_asked(actor)
    show = request.args.get("show", "")
    shows = SHOWS if firm is not None else {TEMPLATES: SHOWS[TEMPLATES]}
    show = show if show in shows else next(iter(shows))
    use = request.args.get("use", "")
    wanted = Wanted(
        enterprise_id=firm.id if firm is not None else None,
        templates=show == TEMPLATES,
        industry=one_line(request.args.get("industry", ""))[:60],
        tier=member(Tier, request.args.get("tier")),
        words=one_line(request.args.get("q", "")[:100]),
        use=use if use in USES else "",
        retired=show == RETIRED,
    )
    rows = queries.checklists(wanted, number_asked("after") or 0)
    picked = {"show": show, "industry": wanted.industry, "tier": request.args.get("tier"), "q": wanted.words}
    here = picked | {"use": wanted.use}

    def url(**more: Any) -> str:
        return address(actor, "inspections.checklists", firm, **(here | more))

    return render_template(
        "inspections/checklists.html",
        firm=firm,
        rows=rows[:PAGE],
        after=url(after=rows[PAGE - 1].checklist.id) if len(rows) > PAGE else None,
        ways=[(label, url(show=key), None, key == show) for key, label in shows.items()],
        selects=_selects(wanted),
        wanted=wanted,
        show=show,
        clear=address(actor, "inspections.checklists", firm, show=show),
        may_keep=firm is not None and may_keep(actor, firm.id),
        is_regulator=actor.enterprise_id is None,
    )


def _selects(wanted: Wanted) -> list[dict[str, Any]]:
    tiers = [(tier.value, f"{tier.label}排查") for tier in Tier]
    sectors = [(sector, sector) for sector in SECTORS]
    return [
        {"name": "tier", "label": "全部层级", "options": tiers, "value": wanted.tier.value if wanted.tier else ""},
        {"name": "industry", "label": "全部行业", "options": sectors, "value": wanted.industry},
        {"name": "use", "label": "全部用途", "options": list(USES.items()), "value": wanted.use},
    ]


@blueprint.get("/checklists/<int:checklist_id>")
def checklist(checklist_id: int) -> str:
    """One checklist, its newest version or an earlier one; it prints as a sheet to be filled in by hand."""
    actor = reader()
    found = get_checklist(checklist_id)
    versions = versions_of(found.id)
    shown = _version(versions)
    return render_template(
        "inspections/checklist.html",
        checklist=found,
        versions=versions,
        shown=shown,
        items=items_of(shown.id),
        uses=USES,
        names=person_labels({one.made_by_id for one in versions if one.made_by_id}),
        used=uses_of(found.id),
        may_keep=may_keep(actor, found.enterprise_id),
        may_copy=actor.enterprise_id is not None and actor.holds(*KEEPERS),
    )


def _version(versions: list[ChecklistVersion]) -> ChecklistVersion:
    asked = number_asked("version")
    found = next((one for one in versions if asked in (None, one.version)), None)
    if found is None:
        raise NotFound(NO_CHECKLIST)
    return found


@blueprint.get("/checklists/<int:checklist_id>/items.xlsx")
def checklist_workbook(checklist_id: int) -> Response:
    """The items of a version in the columns of the import."""
    reader()
    found = get_checklist(checklist_id)
    shown = _version(versions_of(found.id))
    data = filled_form(ITEMS, rows_for(details_of(item) for item in items_of(shown.id)))
    name = f"{found.name} 第{shown.version}版.xlsx"
    answer = send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/checklists/<int:checklist_id>/copy", methods=["GET", "POST"])
def copy_checklist(checklist_id: int) -> ResponseReturnValue:
    """Make a checklist of one's own from another."""
    actor, form = reader(), CopyForm()
    allow_keeping(actor, actor.enterprise_id, "编制检查表")
    found = get_checklist(checklist_id)
    if request.method == "GET":
        form.new_key()
        form.name.data = found.name if found.enterprise_id is None else f"{found.name}（副本）"
    elif form.validate():

        def act() -> Done:
            made = operations.copy_checklist(get_checklist(checklist_id), form.name.data or "", by=actor, now=now())
            said = "已复制为本企业的检查表。可以增减、修改检查项，再编进排查计划。"
            return Done(said, url_for("inspections.checklist", checklist_id=made.id))

        if (answer := hand_in(form, act)) is not None:
            return answer
        found = get_checklist(checklist_id)
    items = newest_version(found.id).items
    page = render_template("inspections/checklist_copy.html", form=form, checklist=found, items=items)
    return page, form.status if form.errors else 200


@blueprint.post("/checklists/<int:checklist_id>/retire")
def retire_checklist(checklist_id: int) -> ResponseReturnValue:
    """Take one's own out of use, or use it again."""
    actor = reader()
    with unit_of_work():
        found = get_checklist(checklist_id)
        is_used = found.active
        (operations.retire if is_used else operations.take_up_again)(found, by=actor, now=now())
    flash("检查表已停用。用过它的排查记录不受影响。" if is_used else "检查表已重新启用。", "good")
    return redirect(url_for("inspections.checklist", checklist_id=checklist_id))
