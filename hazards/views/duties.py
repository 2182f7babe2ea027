"""Small acts, each on its own page with its own words: serve, file, remind, tell, send up, object, strike off, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Invalid
from core.web import now
from hazards.case import Loaded
from hazards.forms.parts import HazardForm
from hazards.forms.signing import NoteForm, WhyForm
from hazards.forms.working import PlainForm, ServeForm, StrikeOffForm, ToldForm
from hazards.models import Hazard
from hazards.operations import requests, working
from hazards.operations.requests import refuse_unless
from hazards.presenting.doing import holder_text
from hazards.presenting.duties import ruling_for
from hazards.presenting.words import headline
from hazards.queries import hazard_by_number
from hazards.views.blueprint import blueprint
from hazards.views.opening import detail_url, hand_in, load, open_for, open_hazard, who_is_next


@dataclass(frozen=True, slots=True)
class Words:
    """What the page of a small act says."""

    duty: str
    title: str
    intro: str
    verb: str


def _page(number: str, form: HazardForm, words: Words, act: Callable[[Hazard], Done]) -> ResponseReturnValue:
    """Show the form, or hand it in: the one shape of all these pages."""
    if request.method == "POST" and form.validate():
        answer = hand_in(form, number, act, what=words.title)
        if answer is not None:
            return answer
    loaded = open_for(number, words.duty)
    if request.method == "GET":
        form.begin(loaded.hazard)
    return _show(loaded, form, words), form.status if request.method == "POST" else 200


def _show(loaded: Loaded, form: HazardForm, words: Words) -> str:
    hazard = loaded.hazard
    return render_template(
        "hazards/act.html",
        form=form,
        words=words,
        number=hazard.number,
        subject=headline(hazard.description),
        firm=hazard.enterprise.name,
    )


def _done(hazard: Hazard, said: str) -> Done:
    return Done(said, detail_url(hazard.number))


def _acting() -> dict[str, Any]:
    """Who acts, when: what every operation asks for."""
    return {"by": current_actor(), "now": now()}


# --- orders and plans ------------------------------------------------------------------------------------------


@blueprint.route("/<number>/serve", methods=["GET", "POST"])
def serve(number: str) -> ResponseReturnValue:
    """送达 and 签收 of the order."""
    form = ServeForm()
    if request.method == "GET":
        hazard = open_for(number, "serve").hazard
        form.served_on.data = hazard.served_on or shanghai_day(now())
    intro = "按天数定的期限自送达之日次日起算。企业拒绝签收的，写明情形，不影响送达。"
    words = Words("serve", "登记送达和签收", intro, "登记")

    def act(hazard: Hazard) -> Done:
        working.serve_order(
            hazard,
            served_on=form.served_on.data,
            how=form.how.data,
            receipt_by=form.receipt_by.data or "",
            receipt_on=form.receipt_on.data,
            note=form.note.data or "",
            **_acting(),
        )
        until = f"整改期限 {hazard.deadline.isoformat()}。" if hazard.deadline else ""
        return _done(hazard, f"已登记送达。{until}")

    return _page(number, form, words, act)


@blueprint.route("/<number>/file-plan", methods=["GET", "POST"])
def file_plan(number: str) -> ResponseReturnValue:
    """备案 of the signed plan."""
    words = Words("file_plan", "整改方案备案", "备案表示已收到签批的方案，不改变状态，也不妨碍整改。", "备案")

    def act(hazard: Hazard) -> Done:
        working.file_plan(hazard, **_acting())
        return _done(hazard, "整改方案已备案。")

    return _page(number, PlainForm(), words, act)


# --- telling and asking ----------------------------------------------------------------------------------------


@blueprint.route("/<number>/remind", methods=["GET", "POST"])
def remind(number: str) -> ResponseReturnValue:
    """催办. A bare button elsewhere sends here too, so that neither version nor key is asked for: once a day is."""
    form = NoteForm()
    words = Words("remind", "催办", "催办会告知现在的办理人，并记入经过。每人每天一次。", "催办")
    if request.method == "POST" and form.validate():
        try:
            return _reminded(number, form)
        except Invalid as refusal:
            if not request.form.get("version"):
                flash(refusal.sentence, "warn")
                return redirect(detail_url(number))
            form.show(refusal)
    loaded = open_for(number, "remind")
    if request.method == "GET":
        form.begin(loaded.hazard)
    return _show(loaded, form, words), form.status if request.method == "POST" else 200


def _reminded(number: str, form: NoteForm) -> ResponseReturnValue:
    with unit_of_work():
        hazard = hazard_by_number(number, lock=True)
        loaded = load(hazard, current_actor(), now())
        refuse_unless(ruling_for("remind", loaded, current_actor()))
        holder = holder_text(loaded)
        told = working.remind(hazard, text=form.reason.data or "", **_acting())
    flash(f"已催办：{holder}（{told} 人）。", "good")
    return redirect(detail_url(number))


@blueprint.route("/<number>/told", methods=["GET", "POST"])
def told(number: str) -> ResponseReturnValue:
    """签收告知 by the principal; that the actual controller was told is noted separately."""
    form = ToldForm()
    if request.method == "GET":
        hazard = open_hazard(number).hazard
        form.who.data = "controller" if hazard.principal_told_at else "principal"
    words = Words("told", "签收告知", "表示已知悉这条重大事故隐患、判定依据和整改责任。签收不等于同意判定。", "签收")

    def act(hazard: Hazard) -> Done:
        working.acknowledge(hazard, controller=form.who.data == "controller", **_acting())
        return _done(hazard, "已签收告知。")

    return _page(number, form, words, act)


@blueprint.route("/<number>/escalate", methods=["GET", "POST"])
def escalate(number: str) -> ResponseReturnValue:
    """直报: a safety manager sends a major one straight to the regulator."""
    form = WhyForm()
    words = Words(
        "escalate",
        "直报监管部门",
        "主要负责人不处理的重大隐患，安全管理人员可以直接向监管部门报告（安全生产法第四十六条）。正在签批的申请随之终止，审核人可以立即受理。",
        "直报",
    )

    def act(hazard: Hazard) -> Done:
        working.escalate(hazard, reason=form.reason.data, **_acting())
        return _done(hazard, "已直报监管部门，审核人已收到通知。")

    return _page(number, form, words, act)


@blueprint.route("/<number>/object", methods=["GET", "POST"], endpoint="object")
def objection(number: str) -> ResponseReturnValue:
    """The reporter's objection to a dismissal."""
    form = WhyForm()
    words = Words("object", "对不予认定提出异议", "异议会告知主要负责人，由其决定是否重新整改。", "提出异议")

    def act(hazard: Hazard) -> Done:
        working.object_to_dismissal(hazard, reason=form.reason.data, **_acting())
        return _done(hazard, "异议已提出，主要负责人已收到通知。")

    return _page(number, form, words, act)


@blueprint.route("/<number>/strike-off", methods=["GET", "POST"])
def strike_off(number: str) -> ResponseReturnValue:
    """清单销号 by 安委办."""
    form = StrikeOffForm()
    if request.method == "GET":
        form.on.data = shanghai_day(now())
    words = Words("strike_off", "清单销号", "把已核销的隐患从问题清单中销去，日期另记。", "清单销号")

    def act(hazard: Hazard) -> Done:
        working.strike_off(hazard, on=form.on.data, **_acting())
        return _done(hazard, "已清单销号。")

    return _page(number, form, words, act)


# --- taking back and ending ------------------------------------------------------------------------------------


@blueprint.route("/<number>/withdraw", methods=["GET", "POST"])
def withdraw(number: str) -> ResponseReturnValue:
    """The requester takes the request back."""
    form = NoteForm()
    words = Words("withdraw", "撤回申请", "撤回后，已有的签批作废但仍留在经过里；内容可以修改，再重新提出。", "撤回")

    def act(hazard: Hazard) -> Done:
        requests.withdraw(hazard, reason=form.reason.data or "", **_acting())
        return _done(hazard, f"申请已撤回。{who_is_next(hazard)}")

    return _page(number, form, words, act)


@blueprint.route("/<number>/end", methods=["GET", "POST"])
def end(number: str) -> ResponseReturnValue:
    """An inspector or reviewer ends an enterprise's request."""
    form = WhyForm()
    words = Words("end", "终止申请", "终止企业提出的申请，理由会告知申请人；已有的签批作废但仍留在经过里。", "终止")

    def act(hazard: Hazard) -> Done:
        requests.end(hazard, reason=form.reason.data, **_acting())
        return _done(hazard, f"申请已终止，申请人已收到理由。{who_is_next(hazard)}")

    return _page(number, form, words, act)
