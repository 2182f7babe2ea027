"""纸质签署·代录: a signature given on paper, entered by somebody else with its scan."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.roles import Role
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.refusals import Conflict
from core.web import now
from hazards.case import Loaded
from hazards.forms.signing import PaperForm
from hazards.models import Hazard
from hazards.operations.attaching import NewFile
from hazards.operations.requests import Paper, sign_on_paper
from hazards.people import known_signers
from hazards.photos import read_evidence
from hazards.presenting.changes import changed_before_signing
from hazards.presenting.duties import recordable
from hazards.views.blueprint import blueprint
from hazards.views.opening import detail_url, hand_in, load, open_for, open_hazard, who_is_next
from hazards.views.uploads import Upload, keep, receive
from workflows.rulings import route_of, step_now
from workflows.vocabulary import Action, Verdict


@blueprint.route("/<number>/paper", methods=["GET", "POST"])
def paper(number: str) -> ResponseReturnValue:
    """Record the signature of whoever signed the next step on paper."""
    form = PaperForm()
    if request.method == "POST":
        return _take(form, number)
    loaded = open_for(number, "paper")
    row = loaded.open_request
    assert row is not None, "paper is recorded for an open request only"
    _offer(form, loaded)
    form.begin(loaded.hazard)
    form.seen_deed.data = row.deed_digest
    form.verdict.data = Verdict.APPROVED.value
    if len(form.role.choices) == 1:
        form.role.data = form.role.choices[0].value
    return _show(form, loaded)


def _offer(form: PaperForm, loaded: Loaded) -> None:
    form.offer_roles(recordable(loaded, current_actor().person_id)[0])


def _take(form: PaperForm, number: str) -> ResponseReturnValue:
    loaded = open_hazard(number)
    form.offer_roles(tuple(Role))
    today = shanghai_day(now())
    closes = loaded.open_request is not None and loaded.open_request.action is Action.CLOSE
    fine = form.validate() and form.check_day(today) and form.check_refusal(today, needs_deadline=closes)
    upload = receive(form.scan, form.staged, reader=read_evidence, most=1)
    if fine and not upload.is_wrong and not upload.files:
        form.scan.errors = ["请附扫描件或照片。"]
    elif fine and not upload.is_wrong:
        answer = hand_in(form, number, _Recording(form, upload.files[0]), what="代录", typed=form.opinion.data or "")
        if answer is not None:
            return answer
    return _show(form, open_for(number, "paper"), upload), form.status


@dataclass(frozen=True, slots=True)
class _Recording:
    """What handing in does, inside the unit of work."""

    form: PaperForm
    scan: NewFile

    def __call__(self, hazard: Hazard) -> Done:
        form = self.form
        row = load(hazard, current_actor(), now()).open_request
        if row is not None and row.deed_digest != form.seen_deed.data:
            raise Conflict("签批的内容在您打开页面之后变了，没有提交。请重新核对后再录。")
        role = next(role for role in Role if role.value == form.role.data)
        signed = Paper(form.name.data, role, form.signed_on.data, form.number.data or "", self.scan)
        done = sign_on_paper(
            hazard,
            signed,
            by=current_actor(),
            verdict=form.chosen,
            opinion=form.opinion.data or "",
            now=now(),
            new_deadline=form.new_deadline.data,
        )
        said = f"已代录 {signed.name} 的纸质签署：「{done.action.label}」{form.chosen.label}。"
        return Done(f"{said}{who_is_next(hazard)}", detail_url(hazard.number))


def _show(form: PaperForm, loaded: Loaded, upload: Upload | None = None) -> str:
    _offer(form, loaded)
    row, drafted = loaded.open_request, loaded.case.request
    assert row is not None
    assert drafted is not None
    waits = step_now(loaded.case, drafted)
    return render_template(
        "hazards/paper.html",
        form=form,
        number=loaded.hazard.number,
        request_row=row,
        step=waits.step if waits else None,
        progress=f"{row.action.label}第 {waits.index + 1 if waits else 1} 步，共 {len(route_of(drafted).steps)} 步",
        signers=known_signers(loaded.hazard, loaded.offices),
        changed=changed_before_signing(loaded),
        have=keep(upload, form.staged) if upload else (),
        moves_deadline=row.action is Action.CLOSE,
    )
