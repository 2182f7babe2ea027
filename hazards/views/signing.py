"""Signing: a page with the exact text, the password where it is major, once, and never on a stale text."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, current_person
from accounts.signing_in import check_password
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.refusals import Conflict, Invalid, NotFound
from core.web import now
from hazards.case import Loaded
from hazards.deed import needs_password
from hazards.forms.signing import SignForm
from hazards.models import Hazard
from hazards.operations import requests
from hazards.presenting.doing import WITHOUT_FORM
from hazards.presenting.signing import SignPage, new_page, waiting_page
from hazards.queries import hazard_by_number
from hazards.views.blueprint import blueprint
from hazards.views.opening import detail_url, hand_in, load, open_hazard, who_is_next
from workflows.rulings import permit_sign
from workflows.vocabulary import Action, Manner, RequestStatus, Verdict

NOTHING_TYPED = "请输入登录密码。"


@blueprint.route("/<number>/sign", methods=["GET", "POST"])
def sign(number: str) -> ResponseReturnValue:
    """Sign the step that waits; `?action=verify|plan|close` opens that request by signing it."""
    action = _asked_action()
    form = SignForm()
    if request.method == "POST":
        return _take(form, number, action)
    loaded = open_hazard(number)
    page = _page(loaded, action)
    form.begin(loaded.hazard)
    form.seen_deed.data = page.digest
    asked = request.args.get("verdict")
    form.verdict.data = Verdict.REFUSED.value if asked == "refused" and page.may_refuse else Verdict.APPROVED.value
    return _show(form, page)


def _asked_action() -> Action | None:
    asked = request.args.get("action")
    if not asked:
        return None
    found = next((action for action in WITHOUT_FORM if action.value == asked), None)
    if found is None:
        raise NotFound("没有这一流程的签批页。请从隐患页面进入。")
    return found


def _page(loaded: Loaded, action: Action | None) -> SignPage:
    """A request that was opened meanwhile is signed as it is."""
    is_new = action is not None and loaded.open_request is None
    actor = current_actor()
    return new_page(loaded, actor, action) if is_new and action is not None else waiting_page(loaded, actor)


def _take(form: SignForm, number: str, action: Action | None) -> ResponseReturnValue:
    hazard = hazard_by_number(number)
    is_new = action is not None
    if is_new:
        form.verdict.data = form.verdict.data or Verdict.APPROVED.value
    if form.validate() and _is_complete(form, hazard) and _is_person(form, hazard, is_new=is_new):
        act = _Signing(form, action)
        answer = hand_in(form, number, act, what="签批", typed=form.opinion.data or "")
        if answer is not None:
            return answer
    loaded = open_hazard(number)
    return _show(form, _page(loaded, action)), form.status


def _is_complete(form: SignForm, hazard: Hazard) -> bool:
    loaded = load(hazard, current_actor(), now())
    open_row = loaded.open_request
    closes = open_row is not None and open_row.action is Action.CLOSE
    return form.check_refusal(shanghai_day(now()), needs_deadline=closes)


def _is_person(form: SignForm, hazard: Hazard, *, is_new: bool) -> bool:
    """The password again for a major one, counted toward the lock; one who only asks signs nothing."""
    if not needs_password(hazard) or (is_new and not _signs_first(hazard, _asked_action())):
        return True
    if not form.password.data:
        form.password.errors = [NOTHING_TYPED]
        return False
    try:
        check_password(current_person(), form.password.data, now())
    except Invalid as refusal:
        form.show(refusal)
        return False
    return True


def _signs_first(hazard: Hazard, action: Action | None) -> bool:
    loaded = load(hazard, current_actor(), now())
    if action is None or loaded.open_request is not None:
        return True
    return new_page(loaded, current_actor(), action).signs


@dataclass(frozen=True, slots=True)
class _Signing:
    """What handing in the sign form does, inside the unit of work."""

    form: SignForm
    action: Action | None

    def __call__(self, hazard: Hazard) -> Done:
        actor, moment = current_actor(), now()
        if self.action is not None:
            opened = requests.open_request(hazard, self.action, by=actor, offered={}, now=moment)
            if opened.deed_digest != self.form.seen_deed.data:
                raise Conflict("签批的内容在您打开页面之后变了，没有提交。请重新核对后再签。")
            if not _may_sign(hazard):
                return Done(f"已提请「{opened.action.label}」签批。{who_is_next(hazard)}", detail_url(hazard.number))
        signed = requests.sign(
            hazard,
            by=actor,
            verdict=self.form.chosen,
            opinion=self.form.opinion.data or "",
            manner=Manner.PASSWORD if needs_password(hazard) else Manner.CONFIRMED,
            now=moment,
            seen=self.form.seen_deed.data or "",
            new_deadline=self.form.new_deadline.data,
        )
        said = _said(signed.action, signed.status, self.form.chosen)
        return Done(f"{said}{who_is_next(hazard)}", detail_url(hazard.number))


def _may_sign(hazard: Hazard) -> bool:
    loaded = load(hazard, current_actor(), now())
    return permit_sign(loaded.case, current_actor().person_id).allowed


def _said(action: Action, status: RequestStatus, verdict: Verdict) -> str:
    if verdict is Verdict.REFUSED:
        return f"已签批：「{action.label}」不通过。"
    return f"「{action.label}」已通过。" if status is RequestStatus.COMPLETED else f"已签批「{action.label}」。"


def _show(form: SignForm, page: SignPage) -> str:
    return render_template("hazards/sign.html", form=form, page=page, login=current_person().login)
