"""Handing a leaver's open work over, one by one or all at once; and the list of steps nobody can sign."""

from __future__ import annotations

from contextlib import nullcontext

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow
from accounts.models import Person
from accounts.person_panels import PersonPanel
from accounts.queries import get_person, people_of
from accounts.roles import REGULATOR_ROLES, Role
from core.calendar import load_calendar
from core.db import unit_of_work
from core.refusals import Conflict, Invalid
from core.scope import everything
from core.web import now
from hazards import case as cases
from hazards.case import Loaded
from hazards.forms.handing_over import HandOverForm
from hazards.open_work import COUNTED, PAGE, WORK_LABELS, count_open_work, open_work_of, stuck_hazards
from hazards.operations.handing_over import hand_over, may_hand_over, tell_receiver
from hazards.presenting.words import headline
from hazards.queries import hazard_by_number
from hazards.views.blueprint import blueprint
from workflows.expected import expected

AT_ONCE = 200  # hazards handed over by one press


# --- a leaver's work -------------------------------------------------------------------------------------------


def panel_of(person: Person, actor: Actor) -> PersonPanel | None:
    """How much is open, on the person's page; the number is no secret to whoever keeps the person."""
    with everything("open work of a leaver"):
        count = count_open_work(person)
    if not count:
        return None
    shown = f"{COUNTED:,} 以上" if count > COUNTED else str(count)
    lines = [f"{shown} 条未销号隐患上有这个人的工作：担任整改责任人、清单责任人，或提出的签批还没有结束。"]
    if may_hand_over(actor, person):
        return PersonPanel("未了事项", tuple(lines), "逐条移交", url_for("hazards.hand_over", person_id=person.id))
    whose = "本企业安全管理人员" if person.enterprise_id else "本单位审核人"
    return PersonPanel("未了事项", (*lines, f"由{whose}移交给别人；移交以前，停用也不影响已作的签批。"))


@blueprint.route("/hand-over/<int:person_id>", methods=["GET", "POST"], endpoint="hand_over")
def hand_over_page(person_id: int) -> ResponseReturnValue:
    """The hazards with open work of one person; pick some or take all, choose who goes on."""
    actor, leaver, form = current_actor(), get_person(person_id), HandOverForm()
    allow(may_hand_over(actor, leaver), "移交这个人的工作", "本企业安全管理人员或本单位审核人")
    colleagues = people_of(enterprise_id=leaver.enterprise_id, regulator_id=leaver.regulator_id)
    form.offer(one for one in colleagues if one.id != leaver.id)
    picked = request.form.getlist("pick")[:AT_ONCE]
    if form.validate_on_submit():
        if not picked and request.form.get("do") != "all":
            form.form_errors.append("还没有选隐患。请勾选，或者点“全部移交”。")
        elif (done := _hand_over(form, leaver, picked, actor)) is not None:
            return done
    text = request.args.get("after", "")
    rows = open_work_of(leaver, after=int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0)
    page = render_template(
        "hazards/hand_over.html",
        form=form,
        person=leaver,
        rows=rows[:PAGE],
        picked=picked,
        labels=WORK_LABELS,
        headline=headline,
        after=rows[PAGE - 1].hazard.id if len(rows) > PAGE else None,
    )
    return page, 422 if form.errors else 200


def _hand_over(form: HandOverForm, leaver: Person, picked: list[str], actor: Actor) -> ResponseReturnValue | None:
    """Each hazard by itself, so that one refused stops no other; what became of them is told."""
    leaver_id, receiver_id, moment = leaver.id, int(form.receiver_id.data), now()
    numbers = picked or [work.hazard.number for work in open_work_of(leaver, limit=AT_ONCE)]
    done: list[str] = []
    for number in numbers[:AT_ONCE]:
        try:
            with unit_of_work():
                hazard = hazard_by_number(number, lock=True)
                pair = get_person(leaver_id), get_person(receiver_id)
                hand_over(hazard, *pair, by=actor, reason=form.reason.data, now=moment)
            done.append(number)
        except Invalid as refusal:
            form.show(refusal)
            return None
        except Conflict as refusal:
            flash(refusal.sentence, "warn")
    if done:
        with unit_of_work():
            tell_receiver(get_person(receiver_id), get_person(leaver_id), done, now=moment)
        name = get_person(receiver_id).name
        left = count_open_work(get_person(leaver_id))
        rest = f"还有 {left} 条没有移交。" if left else "已全部移交。"
        flash(f"已把 {len(done)} 条移交给{name}，{name}会收到通知。{rest}", "good")
    return redirect(url_for("hazards.hand_over", person_id=leaver_id))


# --- what nobody can sign --------------------------------------------------------------------------------------

SEES_STUCK = REGULATOR_ROLES | {Role.SYSTEM_ADMIN}


@blueprint.get("/nobody")
def nobody() -> ResponseReturnValue:
    """Steps that wait for somebody who is not there: with links for the regulator, numbers for the administrator."""
    actor = current_actor()
    allow(actor.holds(*SEES_STUCK), "打开无人可办的环节", "监管部门和系统管理员")
    is_admin = actor.holds(Role.SYSTEM_ADMIN)
    text = request.args.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    with everything("steps nobody can sign") if is_admin else nullcontext():
        found = stuck_hazards(after=after)
        loaded = cases.load_many(found[:PAGE], now=now(), days=load_calendar()) if found else []
        rows = [_stuck_row(one) for one in loaded]
    return render_template(
        "hazards/nobody.html", rows=rows, linked=not is_admin, after=found[PAGE - 1].id if len(found) > PAGE else None
    )


def _stuck_row(loaded: Loaded) -> dict[str, object]:
    hazard, next_act = loaded.hazard, expected(loaded.case)
    step = next_act.step.step if next_act is not None and next_act.step is not None else None
    return {
        "number": hazard.number,
        "enterprise": hazard.enterprise.name,
        "office": hazard.responsible_office.name if hazard.responsible_office else "—",
        "action": next_act.action.label if next_act is not None else "—",
        "step": step.label if step is not None else "—",
        "roles": "、".join(role.label for role in step.roles) if step is not None else "—",
        "since": hazard.holder_since,
    }
