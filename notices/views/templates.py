"""An office's own texts of notices: which hold, writing the next version, seeing it on paper, what changed when."""

from __future__ import annotations

import io

from flask import Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor
from accounts.models import Regulator
from accounts.views.handing_in import Done
from core.web import now
from notices.example_paper import example_paper
from notices.forms.texts import RestoreForm, TextForm
from notices.operations.texts import EDITORS, OFFICE_KINDS, keep_text, may_edit, refuse_others
from notices.printing import printed
from notices.text_versions import (
    difference,
    newest_of_each,
    text_before,
    text_of,
    version_of,
    versions_of,
)
from notices.texts import check, default_text, names_for, parse
from notices.texts.filters import FILTERS
from notices.texts_in_force import newest_version, template_for
from notices.views.blueprint import blueprint
from notices.views.keeping import hand_in, kind_of, own_office
from workflows.notice_names import ITEM_NAMES
from workflows.notices import NoticeKind

WHAT = "文书模板"
EXCERPT = 24


@blueprint.get("/notices/templates")
def templates() -> ResponseReturnValue:
    """Every kind with the text that holds for it."""
    actor, office = own_office(WHAT)
    newest = newest_of_each(office.id)
    rows = [(kind, newest.get(kind)) for kind in OFFICE_KINDS]
    return render_template(
        "notices/templates.html", rows=rows, office=office, may_edit=may_edit(actor, office.id), editors=EDITORS
    )


@blueprint.route("/notices/templates/<kind>", methods=["GET", "POST"])
def template(kind: str) -> ResponseReturnValue:
    """The text of a kind: to read, or to write the next version of it."""
    actor, office = own_office(WHAT)
    chosen = kind_of(kind, OFFICE_KINDS)
    form = TextForm()
    if request.method == "GET":
        newest = newest_version(office.id, chosen)
        form.begin(newest.number if newest else 0)
        form.text.data = template_for(office.id, chosen).text.strip()
    else:
        refuse_others(actor, office, WHAT)
        if form.validate() and (answer := hand_in(form, lambda: _keep(actor, office, chosen, form))) is not None:
            return answer
        _tell_faults(form)
    return _page(form, actor, office, chosen)


@blueprint.route("/notices/templates/<kind>/preview.pdf", methods=["GET", "POST"])
def template_preview(kind: str) -> ResponseReturnValue:
    """A made-up notice on paper: with the text that holds, or with one that is typed and not kept."""
    actor, office = own_office(WHAT)
    chosen = kind_of(kind, OFFICE_KINDS)
    if request.method == "GET":
        return _paper(office, chosen, template_for(office.id, chosen).text)
    refuse_others(actor, office, WHAT)
    form = TextForm()
    if faults := check(form.text.data or "", chosen):
        form.text.errors = [fault.told() for fault in faults]
        _tell_faults(form)
        return _page(form, actor, office, chosen)
    return _paper(office, chosen, form.text.data or "")


@blueprint.get("/notices/templates/<kind>/versions/<int:version>")
def template_version(kind: str, version: int) -> ResponseReturnValue:
    """One version: what it changed, and its text."""
    _actor, office = own_office(WHAT)
    chosen = kind_of(kind, OFFICE_KINDS)
    found = version_of(office.id, chosen, version)
    return render_template(
        "notices/template_version.html",
        kind=chosen,
        version=found,
        changes=difference(text_before(found.row), text_of(found.row)),
        text=text_of(found.row).strip(),
    )


@blueprint.route("/notices/templates/<kind>/restore", methods=["GET", "POST"])
def template_restore(kind: str) -> ResponseReturnValue:
    """Back to the product's own text, with a reason; what that changes is shown before."""
    actor, office = own_office(WHAT)
    chosen = kind_of(kind, OFFICE_KINDS)
    refuse_others(actor, office, WHAT)
    form = RestoreForm()
    if request.method == "GET":
        newest = newest_version(office.id, chosen)
        form.begin(newest.number if newest else 0)
    elif form.validate() and (answer := hand_in(form, lambda: _keep(actor, office, chosen, form))) is not None:
        return answer
    page = render_template(
        "notices/template_restore.html",
        form=form,
        kind=chosen,
        changes=difference(template_for(office.id, chosen).text, default_text(chosen)),
    )
    return page, form.status if form.errors else 200


def _keep(actor: Actor, office: Regulator, kind: NoticeKind, form: TextForm | RestoreForm) -> Done:
    made = keep_text(office, kind, form.said, by=actor, now=now())
    now_holds = "今后的文书用这一版" if made.own else "今后的文书用系统文字"
    url = url_for("notices.template", kind=kind.value)
    return Done(f"已存为第 {made.number} 版。{now_holds}，已签发的不变。", url)


def _tell_faults(form: TextForm) -> None:
    """Each fault on a line of its own, with the beginning of the line it speaks of."""
    lines = (form.text.data or "").split("\n")
    told = [sentence for error in form.text.errors for sentence in str(error).split("\n")]
    form.text.errors = [_with_excerpt(sentence, lines) for sentence in told]


def _with_excerpt(sentence: str, lines: list[str]) -> str:
    number, _, said = sentence.removeprefix("第 ").partition(" 行：")
    if not said or not number.isdigit() or not 0 < int(number) <= len(lines):
        return sentence
    words = lines[int(number) - 1].strip()
    shown = words[:EXCERPT] + "…" * (len(words) > EXCERPT)
    return f"第 {number} 行「{shown}」：{said}" if shown else sentence


def _page(form: TextForm, actor: Actor, office: Regulator, kind: NoticeKind) -> ResponseReturnValue:
    before = request.args.get("before", "")
    versions, more = versions_of(office.id, kind, int(before) if before.isdecimal() and len(before) < 10 else None)
    page = render_template(
        "notices/template.html",
        form=form,
        kind=kind,
        holds=template_for(office.id, kind),
        names=names_for(kind),
        item_names=ITEM_NAMES,
        formats=FILTERS,
        versions=versions,
        older=versions[-1].row.number if more else None,
        may_edit=may_edit(actor, office.id),
        editors=EDITORS,
    )
    return page, form.status if form.errors else 200


def _paper(office: Regulator, kind: NoticeKind, text: str) -> Response:
    """The made-up notice as PDF, shown in the browser, kept nowhere."""
    data = printed(example_paper(office, kind, parse(text), now=now()))
    answer = send_file(io.BytesIO(data), "application/pdf", download_name=f"{kind.label} 样张.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
