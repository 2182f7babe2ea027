"""What may be done to a hazard beside signatures: the work, service, reminders. One ruling for each page.

The pages ask these for their buttons and before they show a form; the operations refuse by themselves once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.access import Actor
from accounts.roles import Role
from hazards.case import Loaded, waiting_persons
from hazards.operations.assigning import permit_assign
from hazards.operations.co_signing import permit_co_sign
from hazards.operations.controls import may_check
from hazards.operations.investigations import may_investigate
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.entries import PLAN_FILED, STRUCK_OFF, TOLD
from workflows.investigations import may_be_investigated
from workflows.ladder import paper_roles
from workflows.rulings import (
    ALLOWED,
    Ruling,
    no,
    permit_correct,
    permit_end,
    permit_escalate,
    permit_paper,
    permit_withdraw,
    step_now,
)
from workflows.vocabulary import Action, Grade, State


@dataclass(frozen=True, slots=True)
class Duty:
    """One page beside the signatures: its endpoint, the words on its button, and who may open it."""

    endpoint: str
    label: str
    permit: Callable[[Loaded, Actor], Ruling]


def _correct(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_correct(loaded.case, actor.person_id)


def _assign(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_assign(loaded, actor.person_id)


def _plan(loaded: Loaded, actor: Actor) -> Ruling:
    hazard = loaded.hazard
    if hazard.grade is not Grade.MAJOR:
        return no("route", "一般隐患不需要整改方案。请直接整改并填写整改情况。")
    if hazard.state is not State.RECTIFYING:
        return no("state", f"现在是「{hazard.state.label}」，整改方案要在「整改中」编写。")
    return permit_correct(loaded.case, actor.person_id)


def _work(loaded: Loaded, actor: Actor) -> Ruling:
    if loaded.hazard.state is not State.RECTIFYING:
        return no("state", f"现在是「{loaded.hazard.state.label}」，整改情况要在「整改中」填写。")
    if _verifying(loaded):
        return no("frozen", "验收正在签批，内容已冻结。要改整改情况，请申请人先撤回验收申请。")
    return permit_correct(loaded.case, actor.person_id)


def _verifying(loaded: Loaded) -> bool:
    return loaded.case.request is not None and loaded.case.request.action is Action.VERIFY


def _serve(loaded: Loaded, actor: Actor) -> Ruling:
    hazard = loaded.hazard
    if not any(s.person == actor.person_id and s.rung >= RESPONSIBLE_OFFICE for s in loaded.case.seats):
        return no("not_yours", "送达由发出文书的监管部门登记。")
    if not hazard.order_number or hazard.state is not State.RECTIFYING:
        return no("state", "还没有签发责令整改文书，不能登记送达。")
    if hazard.served_on is not None and hazard.receipt_on is not None:
        return no("done", f"已登记 {hazard.served_on.isoformat()} 送达、{hazard.receipt_on.isoformat()} 签收。")
    return ALLOWED


def _file_plan(loaded: Loaded, actor: Actor) -> Ruling:
    if not loaded.case.holds(actor.person_id, *PLAN_FILED.roles):
        return no("not_yours", "方案由检查人员备案。")
    if loaded.hazard.plan_signed_at is None or loaded.hazard.plan_filed_at is not None:
        return no("state", "没有待备案的方案。")
    return ALLOWED


def _escalate(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_escalate(loaded.case, actor.person_id)


def _remind(loaded: Loaded, actor: Actor) -> Ruling:
    """Whoever has a part in the matter reminds whoever has it now; a landlord or client only looks on."""
    waiting = waiting_persons(loaded)
    if not waiting:
        return no("nobody", "现在没有可以催办的人。")
    if actor.person_id in waiting:
        return no("own_turn", "现在由您办理，不用催办。")
    case, request = loaded.case, loaded.open_request
    has_part = (
        any(seat.person == actor.person_id for seat in case.seats)
        or loaded.hazard.reporter_id == actor.person_id
        or loaded.hazard.responsible_person_id == actor.person_id
        or (request is not None and request.opened_by_id == actor.person_id)
        or actor.holds(Role.COMMITTEE_CLERK)
    )
    return ALLOWED if has_part else no("not_yours", "催办由本企业和监管部门的经办人员办理。")


def _object(loaded: Loaded, actor: Actor) -> Ruling:
    if loaded.hazard.state is not State.DISMISSED or loaded.hazard.reporter_id != actor.person_id:
        return no("not_yours", "只有上报人可以对不予认定提出异议。")
    return ALLOWED


def _told(loaded: Loaded, actor: Actor) -> Ruling:
    hazard = loaded.hazard
    if hazard.grade not in TOLD.grades:
        return no("route", "一般隐患不需要签收告知。")
    if actor.enterprise_id != hazard.enterprise_id or not actor.holds(*TOLD.roles):
        return no("not_yours", "告知由主要负责人签收。")
    if hazard.principal_told_at is not None and hazard.controller_told_at is not None:
        return no("done", "主要负责人和实际控制人都已签收告知。")
    return ALLOWED


def _strike_off(loaded: Loaded, actor: Actor) -> Ruling:
    hazard = loaded.hazard
    if not actor.holds(*STRUCK_OFF.roles):
        return no("not_yours", "清单销号由安委办办理。")
    if hazard.state not in STRUCK_OFF.states:
        return no("state", "还没有核销，不能清单销号。请先由负责部门销号。")
    if hazard.struck_off_on is not None:
        return no("done", f"已于 {hazard.struck_off_on.isoformat()} 清单销号。")
    return ALLOWED


def _controls(loaded: Loaded, actor: Actor) -> Ruling:
    hazard = loaded.hazard
    if hazard.grade is not Grade.MAJOR:
        return no("route", "一般隐患不要求定时检查管控措施。")
    if hazard.state is not State.RECTIFYING:
        return no("state", f"现在是「{hazard.state.label}」，管控措施在「整改中」检查。")
    return ALLOWED if may_check(loaded, actor) else no("not_yours", "管控措施由本企业人员或检查人员检查。")


def _co_sign(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_co_sign(loaded, actor)


def _structural(loaded: Loaded, actor: Actor) -> Ruling:
    if loaded.hazard.concerned_id is None:
        return no("route", "这条隐患没有产权、出租或发包单位，不须会签。")
    return _work(loaded, actor)


def _investigate(loaded: Loaded, actor: Actor) -> Ruling:
    if not may_be_investigated(loaded.hazard.grade):
        return no("route", "参照事故调查只适用于重大事故隐患。")
    if may_investigate(loaded, actor):
        return ALLOWED
    return no("not_yours", "参照事故调查由监管部门的审核人、分管负责人或安委办登记。")


def _look(_loaded: Loaded, _actor: Actor) -> Ruling:
    """Whoever sees the hazard may speak about it and follow it."""
    return ALLOWED


def _withdraw(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_withdraw(loaded.case, actor.person_id)


def _end(loaded: Loaded, actor: Actor) -> Ruling:
    return permit_end(loaded.case, actor.person_id)


def recordable(loaded: Loaded, person: int) -> tuple[tuple[Role, ...], Ruling]:
    """As which roles this person may record the next step's signature on paper, and why not where as none."""
    request = loaded.case.request
    now = step_now(loaded.case, request) if request is not None else None
    if now is None:
        return (), no("no_request", "现在没有等待签批的流程。")
    asked = paper_roles(loaded.case, now.step) or now.step.roles
    rulings = {role: permit_paper(loaded.case, person, None, role) for role in asked}
    allowed = tuple(role for role, ruling in rulings.items() if ruling.allowed)
    return allowed, ALLOWED if allowed else next(iter(rulings.values()))


def _paper(loaded: Loaded, actor: Actor) -> Ruling:
    return recordable(loaded, actor.person_id)[1]


# in the order in which they are offered
DUTIES: dict[str, Duty] = {
    duty.endpoint: duty
    for duty in (
        Duty("plan", "编写整改方案", _plan),
        Duty("work", "填写整改情况", _work),
        Duty("points", "整改要点", _work),
        Duty("photos", "补充照片和文件", _correct),
        Duty("correct", "更正基本情况", _correct),
        Duty("assign", "指定整改责任人", _assign),
        Duty("told", "签收告知", _told),
        Duty("serve", "登记送达和签收", _serve),
        Duty("file_plan", "方案备案", _file_plan),
        Duty("paper", "代录纸质签署", _paper),
        Duty("withdraw", "撤回申请", _withdraw),
        Duty("end", "终止申请", _end),
        Duty("escalate", "直报监管部门", _escalate),
        Duty("object", "提出异议", _object),
        Duty("strike_off", "清单销号", _strike_off),
        Duty("co_sign", "会签", _co_sign),
        Duty("structural", "登记是否涉及主体结构", _structural),
        Duty("controls", "管控措施检查", _controls),
        Duty("remind", "催办", _remind),
        Duty("investigations", "参照事故调查", _investigate),
        Duty("comments", "评论和关注", _look),
    )
}


def ruling_for(name: str, loaded: Loaded, actor: Actor) -> Ruling:
    """Whether this person may open the page of that name now."""
    return DUTIES[name].permit(loaded, actor)
