"""The steps of a notice: each on its own page, what is decided on before the eyes; once, never on a stale one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, current_person
from accounts.signing_in import check_password
from accounts.views.handing_in import Done
from core.refusals import Invalid
from core.web import now
from hazards.models import Hazard
from notices.forms.acting import ActForm
from notices.models import Notice
from notices.operations import drafting, reviewing, voiding
from notices.operations.common import case_of, refuse_unless
from notices.operations.issuing import issue
from notices.operations.sealing import Sealed
from notices.presenting.doing import doing_of
from notices.presenting.steps import BY_NAME, StepRow, label_of
from notices.presenting.words import is_numbered, named
from notices.queries import hazards_of, notice_by_id
from notices.views.blueprint import blueprint
from notices.views.opening import Handed, hand_in, notice_url
from notices.views.sealing import sealed_first
from workflows.vocabulary import Grade

RULE: Final = "<any('" + "', '".join(BY_NAME) + "'):step>"

_ACTS: Final[dict[str, Callable[[int, str], Notice]]] = {
    "number": lambda one, _why: drafting.take_early(one, by=current_actor(), now=now()),
    "send": lambda one, _why: drafting.send_on(one, by=current_actor(), now=now()),
    "approve": lambda one, _why: reviewing.approve(one, by=current_actor(), now=now()),
    "return": lambda one, why: reviewing.send_back(one, reason=why, by=current_actor(), now=now()),
    "withdraw": lambda one, why: drafting.withdraw(one, reason=why, by=current_actor(), now=now()),
    "void": lambda one, why: voiding.void(one, reason=why, by=current_actor(), now=now()),
}


@blueprint.route(f"/notices/<int:notice_id>/{RULE}", methods=["GET", "POST"])
def act(notice_id: int, step: str) -> ResponseReturnValue:
    """Take one step."""
    row, form = BY_NAME[step], ActForm()
    notice = notice_by_id(notice_id)
    if request.method == "GET":
        refuse_unless(row.permit(case_of(notice, current_actor())))
        form.begin(notice)
        return _show(form, row, notice)
    hazards = hazards_of(notice)
    if form.validate() and _is_complete(form, row, notice, hazards):
        label = label_of(row, is_form=not is_numbered(notice))
        typed, version, taking = form.reason.data or "", form.version.data, _Taking(row, form)
        answer = hand_in(form, notice_id, taking, what=label, version=version, typed=typed, first=taking.first)
        if answer is not None:
            return answer
    return _show(form, row, notice_by_id(notice_id)), form.status


def _is_complete(form: ActForm, row: StepRow, notice: Notice, hazards: list[Hazard]) -> bool:
    asks = _asks_password(row, hazards)
    if not form.complete(asks_reason=row.reason == "必填", asks_password=asks):
        return False
    # who may not take the step is told so, not asked for a password; a moment later the operation asks again
    if asks and row.permit(case_of(notice, current_actor())).allowed:
        try:
            check_password(current_person(), form.password.data or "", now(), undone="没有提交")
        except Invalid as refusal:
            form.show(refusal)
            return False
    return True


def _asks_password(row: StepRow, hazards: list[Hazard]) -> bool:
    """What decides asks again who it is: issuing and voiding always, a review where a major one is concerned."""
    return row.asks_password or (row.name == "approve" and any(one.grade is Grade.MAJOR for one in hazards))


@dataclass(slots=True)
class _Taking:
    """What handing in does: for an issue the seal first, where one is fetched; then the step in its unit of work."""

    row: StepRow
    form: ActForm
    sealed: Sealed | None = None

    def first(self, handed: Handed) -> None:
        if self.row.name == "issue":
            self.sealed = sealed_first(handed, self.form.once.data or "")

    def __call__(self, notice_id: int) -> Done:
        if self.row.name == "issue":
            notice = issue(notice_id, by=current_actor(), now=now(), sealed=self.sealed)
        else:
            notice = _ACTS[self.row.name](notice_id, self.form.reason.data or "")
        return Done(_said(self.row, notice), notice_url(notice_id))


def _said(row: StepRow, notice: Notice) -> str:
    if row.name == "number":
        return f"已取号：{notice.number}。请用这个文号在隐患页签批「责令整改」，再提交、签发。"
    if row.name == "issue":
        return f"已{label_of(row, is_form=not is_numbered(notice))}：{named(notice)}。"
    return row.done


def _show(form: ActForm, row: StepRow, notice: Notice) -> str:
    hazards = hazards_of(notice)
    doing = doing_of(notice, hazards, current_actor(), {})
    is_form = not is_numbered(notice)
    return render_template(
        "notices/act.html",
        form=form,
        row=row,
        label=label_of(row, is_form=is_form),
        title="定稿" if is_form and row.name == "issue" else row.title,
        notice=notice,
        named=named(notice),
        needs_password=_asks_password(row, hazards),
        warning=doing.warning if row.turn else "",
        hazards=hazards,
        login=current_person().login,
    )
