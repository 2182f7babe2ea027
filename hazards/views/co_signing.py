"""The landlord's or client's co-signature: the exact text, the opinion, and paper where they have no account."""

from __future__ import annotations

from functools import partial

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.files import MAX_FILE
from core.refusals import Refusal
from core.web import now
from hazards.deed import deed_digest
from hazards.forms.co_signing import YES, CoSignForm, StructuralForm
from hazards.models import Hazard
from hazards.operations import co_signing as operations
from hazards.operations.co_signing import OnPaper, lines_of
from hazards.photos import read_evidence
from hazards.views.blueprint import blueprint
from hazards.views.opening import detail_url, hand_in, open_for, subject_of


@blueprint.route("/<number>/co-sign", methods=["GET", "POST"], endpoint="co_sign")
def co_sign(number: str) -> ResponseReturnValue:
    """Read what is co-signed, and sign."""
    form = CoSignForm()
    if request.method == "POST" and form.validate():
        paper = _paper(form)
        if not form.errors:
            act = partial(_sign, form=form, paper=paper)
            answer = hand_in(form, number, act, what="会签", typed=form.opinion.data or "")
            if answer is not None:
                return answer
    loaded = open_for(number, "co_sign")
    lines = lines_of(loaded.hazard)
    form.seen_deed.data = deed_digest(lines)
    if request.method == "GET":
        form.begin(loaded.hazard)
    page = render_template(
        "hazards/co_sign.html",
        form=form,
        **subject_of(loaded),
        title=lines[0][1],
        statement=lines[1][1],
        rows=lines[2:],
        digest=form.seen_deed.data,
        on_paper=not operations.may_sign(loaded.hazard, current_actor()),
        me=current_actor().name,
    )
    return page, form.status if request.method == "POST" else 200


def _paper(form: CoSignForm) -> OnPaper | None:
    """The scan as it came, judged by its content; its sentence stands at the field."""
    upload = form.scan.data
    if not upload or not upload.filename:
        return None
    try:
        return OnPaper(form.name.data or "", read_evidence(upload.stream.read(MAX_FILE + 1), upload.filename))
    except Refusal as refusal:
        form.scan.errors = [refusal.sentence]
        return None


def _sign(hazard: Hazard, form: CoSignForm, paper: OnPaper | None) -> Done:
    opinion, seen = form.opinion.data or "", form.seen_deed.data or ""
    operations.co_sign(hazard, opinion=opinion, seen=seen, by=current_actor(), now=now(), paper=paper)
    return Done("已会签。", detail_url(hazard.number))


@blueprint.route("/<number>/structural", methods=["GET", "POST"], endpoint="structural")
def structural(number: str) -> ResponseReturnValue:
    """Whether the landlord or client must co-sign."""
    form = StructuralForm()
    if request.method == "POST" and form.validate():
        answer = hand_in(form, number, partial(_set, form=form), what="是否涉及主体结构")
        if answer is not None:
            return answer
    loaded = open_for(number, "structural")
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.structural.data = "yes" if loaded.hazard.structural else "no"
    words = {
        "title": "登记是否涉及主体结构",
        "intro": "整改涉及产权（出租、发包）单位的主体结构、公用设施的，验收前须经其会签。改动后，已有的会签作废。",
        "verb": "保存",
    }
    page = render_template("hazards/act.html", form=form, words=words, **subject_of(loaded))
    return page, form.status if request.method == "POST" else 200


def _set(hazard: Hazard, form: StructuralForm) -> Done:
    operations.set_structural(hazard, form.structural.data == YES, by=current_actor(), now=now())
    said = "已登记，产权（出租、发包）单位已收到会签的告知。" if hazard.structural else "已登记，不须会签。"
    return Done(said, detail_url(hazard.number))
