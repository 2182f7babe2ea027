"""May this person do this to this hazard now? If not, which rule says so, in a sentence with a way out.

The same functions refuse an operation, draw the buttons and the list of what cannot be done, answer the interface
and fill the table the tests walk. They read `closure.py`; no rule is stated here a second time.
"""

from __future__ import annotations

from accounts.roles import Role, Side
from workflows.answers import ALLOWED, Ruling, no
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, CaseFile, OpenRequest
from workflows.closure import ACTIONS, AT_ONCE, MUST_BE_IN_PLACE, SIX_PARTS, TOWN_PAIR, OpenedBy, Origin, Variant
from workflows.facts import Fact
from workflows.ladder import StepNow, covers_next, fits, roles_at, step_now
from workflows.paper import permit_paper
from workflows.routing import draft_request, is_complete, route_for, route_of, variant_for, with_signature
from workflows.separation import Bar, bar_for
from workflows.vocabulary import Action, Grade, State

# The one door to the rules: what is asked of a case is imported from here.
__all__ = [
    "ALLOWED",
    "REQUEST_FACTS",
    "Ruling",
    "StepNow",
    "covers_next",
    "draft_request",
    "is_complete",
    "missing_for",
    "needed_for",
    "no",
    "permit_correct",
    "permit_end",
    "permit_escalate",
    "permit_open",
    "permit_paper",
    "permit_sign",
    "permit_try",
    "permit_withdraw",
    "roles_at",
    "route_for",
    "route_of",
    "step_now",
    "variant_for",
    "with_signature",
]


# --- opening a request -----------------------------------------------------------------------------------------


def permit_open(
    case: CaseFile,
    action: Action,
    person: int,
    *,
    offered: frozenset[Fact] = frozenset(),
    variant: Variant | None = None,
) -> Ruling:
    """Whether this person may open this request now; `offered` are the facts that come with the request."""
    return (
        _possible(case, action, variant)
        or _entitled(case, action, person, variant)
        or _in_place(case, action, offered)
        or ALLOWED
    )


def permit_try(case: CaseFile, action: Action, person: int, variant: Variant | None = None) -> Ruling:
    """The same without asking for what comes with the request: may a form for it be shown?"""
    return permit_open(case, action, person, offered=REQUEST_FACTS, variant=variant)


# What a person types into the request itself, so that its absence does not hide the form.
REQUEST_FACTS = frozenset(fact for fact in Fact if fact.where in ("request", "judge", "arrange", "order"))


def _possible(case: CaseFile, action: Action, variant: Variant | None) -> Ruling | None:
    row = ACTIONS[action]
    if case.request is not None:
        return no("one_request", f"「{case.request.action.label}」正在签批，内容已冻结。请先办完，或由申请人撤回。")
    if case.state not in row.from_states:
        return no("state", _wrong_state(case, action))
    if row.not_while_listed and case.listed is not None:
        return no("listed", f"挂牌督办期间不能{action.label}。请先由挂牌单位解除挂牌。")
    if action is Action.REGRADE and variant_for(case, action) is Variant.DOWN and case.listed is not None:
        return no("listed", "挂牌督办期间不能下调等级。请先由挂牌单位解除挂牌。")
    if route_for(case, action, variant) is None:
        return no("route", _no_route(case, action))
    usual = variant_for(case, action)
    if variant not in (None, usual, Variant.EX_OFFICIO):
        return no("variant", f"现在{action.label}按「{usual.label}」办理。请刷新后重新提出。")
    return _particular(case, action, variant)


def _particular(case: CaseFile, action: Action, variant: Variant | None) -> Ruling | None:
    """Conditions of single rows that are neither a state nor a missing fact."""
    if action is Action.RESUME and not case.authority_stopped:
        return no("not_stopped", "监管部门没有责令停产，不需要办理恢复生产。")
    if action is Action.RESUME and Fact.RESUMED in case.facts:
        return no("resumed", "恢复生产已经审查同意，不必重复办理。")
    if variant is Variant.EX_OFFICIO and not (case.escalated or _acceptance_late(case)):
        until = f"（{case.accept_due.isoformat()}）" if case.accept_due else ""
        return no("not_overdue", f"企业受理的期限{until}还没有过，也没有直报。请等企业受理，或先催办。")
    return None


def _acceptance_late(case: CaseFile) -> bool:
    return case.accept_due is not None and case.today > case.accept_due


def _wrong_state(case: CaseFile, action: Action) -> str:
    wanted = "、".join(f"「{state.label}」" for state in State if state in ACTIONS[action].from_states)
    return f"现在是「{case.state.label}」，{action.label}要在{wanted}时办理。"


def _no_route(case: CaseFile, action: Action) -> str:
    if action is Action.ACCEPT:
        return "监管部门发现的隐患不由企业受理，由检查人员责令整改。"
    if action is Action.ORDER:
        return "企业自查的隐患由企业受理，不用责令整改。"
    if action in (Action.PLAN, Action.RESUME):
        return f"一般隐患不需要办理「{action.label}」。"
    return f"{case.grade.label}隐患没有「{action.label}」这一流程。"


def _entitled(case: CaseFile, action: Action, person: int, variant: Variant | None) -> Ruling | None:
    request = draft_request(case, action, person, variant)
    first = step_now(case, request)
    if first is not None and person in first.persons:
        return None
    if _may_ask(case, action, person, variant):
        return None
    if first is not None:
        barred = bar_for(case, request, first.step, person)
        if barred is not None and _has_role(case, first, person):
            return no(barred.value, _barred_sentence(barred, request, first))
    return no("not_yours", _not_yours(case, action, first))


def _may_ask(case: CaseFile, action: Action, person: int, variant: Variant | None) -> bool:
    """The responsible person, a safety manager, an inspector (a town's for its own order)."""
    if variant is Variant.EX_OFFICIO:
        return False
    officer = (Role.INSPECTOR, Role.TOWN_OFFICER) if case.is_towns else (Role.INSPECTOR,)
    own = (seat for seat in case.seats if seat.person == person and not seat.receiving)
    if any(seat.role in officer and seat.rung >= RESPONSIBLE_OFFICE for seat in own):
        return True
    opened_by = ACTIONS[action].opened_by
    if opened_by is OpenedBy.AUTHORITY:
        return False
    if opened_by is OpenedBy.ENTERPRISE_IF_SELF_FOUND and case.origin is Origin.ORDERED:
        return False
    asks = any(s.person == person and s.rung == ENTERPRISE and s.role is Role.SAFETY_MANAGER for s in case.seats)
    return asks or (case.responsible_person == person and person in case.members)


def _not_yours(case: CaseFile, action: Action, first: StepNow | None) -> str:
    if case.origin is Origin.ORDERED and action in (Action.DISMISS, Action.REGRADE, Action.CLOSE):
        return f"监管部门责令整改的隐患，企业不能{action.label}。请由监管部门办理。"
    roles = "、".join(role.label for role in first.step.roles) if first else ""
    return f"{action.label}由{roles}提出。" if roles else f"您不能办理「{action.label}」。"


def missing_for(case: CaseFile, action: Action, offered: frozenset[Fact] = frozenset()) -> tuple[Fact, ...]:
    """What is not yet in place for this action, in the table's order."""
    have = case.facts | offered
    return tuple(fact for fact in needed_for(case, action) if fact not in have)


def needed_for(case: CaseFile, action: Action) -> tuple[Fact, ...]:
    """Everything that must be in place for this action in this case."""
    needed = list(MUST_BE_IN_PLACE[action].get(case.grade, ()))
    if action is Action.REPORT and case.grade is Grade.MAJOR and case.origin is Origin.SELF_FOUND:
        needed += AT_ONCE
    if action is Action.PLAN and case.origin is Origin.SELF_FOUND:
        needed += SIX_PARTS
    if action is Action.VERIFY and case.grade is Grade.MAJOR and case.stopped:
        needed.append(Fact.EVALUATION_REPORT)
    if action is Action.CLOSE and case.authority_stopped and route_for(case, Action.RESUME) is not None:
        needed.append(Fact.RESUMED)
    if action is Action.REOPEN and case.state is State.CLOSED:
        needed.append(Fact.NEW_DEADLINE)
    if case.imported:
        needed = [fact for fact in needed if fact is not Fact.PHOTO_BEFORE]
    return tuple(needed)


def _in_place(case: CaseFile, action: Action, offered: frozenset[Fact]) -> Ruling | None:
    missing = missing_for(case, action, offered)
    if not missing:
        return None
    words = "、".join(fact.words for fact in missing)
    return no("missing", f"还不能{action.label}：缺 {len(missing)} 项（{words}）。请先补充。", missing)


# --- signing ---------------------------------------------------------------------------------------------------


def permit_sign(case: CaseFile, person: int) -> Ruling:
    """Whether this person may sign the open request's next step."""
    request = case.request
    now = step_now(case, request) if request is not None else None
    if request is None or now is None:
        return no("no_request", "现在没有等待签批的流程。")
    if person in now.persons:
        return ALLOWED
    barred = bar_for(case, request, now.step, person)
    if barred is not None and (_has_role(case, now, person) or barred is Bar.SIGNED_BEFORE):
        return no(barred.value, _barred_sentence(barred, request, now))
    return no("not_your_step", f"这一步（{now.step.label}）由{_names_of_roles(case, now)}签批，请等他们办理。")


def _has_role(case: CaseFile, now: StepNow, person: int) -> bool:
    """Whether the step would be this person's but for a bar: rungs the ladder has not reached do not count."""
    reached = ENTERPRISE if now.rung == ENTERPRISE else max(now.rung, RESPONSIBLE_OFFICE)
    return any(seat.person == person and seat.rung <= reached and fits(seat, now.step, case) for seat in case.seats)


def _names_of_roles(case: CaseFile, now: StepNow) -> str:
    roles = tuple(dict.fromkeys(seat.role for seat in now.seats)) if now.is_stand_in else _own_roles(case, now)
    return "或".join(role.label for role in roles)


def _own_roles(case: CaseFile, now: StepNow) -> tuple[Role, ...]:
    """The step's own roles, as the town reads them where it is the town's order."""
    if now.step.side is Side.ENTERPRISE:
        return now.step.roles
    return roles_at(now.step, RESPONSIBLE_OFFICE, town_order=case.is_towns)


def _barred_sentence(bar: Bar, request: OpenRequest, now: StepNow) -> str:
    other = "另一名" + now.step.roles[0].label
    return {
        Bar.SIGNED_BEFORE: f"您已签过这一流程，同一流程每人只签一次。请{other}签批。",
        Bar.RECORDED: f"您代录了这一流程的纸质签署，不能再签其他步骤。请{other}签批。",
        Bar.DID_THE_WORK: f"您实施了整改，不能签批{request.action.label}。请{other}签批。",
        Bar.VERIFIED: f"您签批了验收，不能再签{request.action.label}。请{other}签批。",
    }[bar]


# --- withdrawing, ending, sending straight to the regulator ----------------------------------------------------


def permit_withdraw(case: CaseFile, person: int) -> Ruling:
    """The requester may take back a request that still waits."""
    if case.request is None:
        return no("no_request", "现在没有等待签批的流程。")
    if person != case.request.opened_by:
        return no("not_requester", "只有申请人可以撤回。需要终止的，请检查人员或审核人写明理由后终止。")
    return ALLOWED


def permit_end(case: CaseFile, person: int) -> Ruling:
    """An inspector or reviewer may end an enterprise's request, with a reason."""
    if case.request is None:
        return no("no_request", "现在没有等待签批的流程。")
    if not case.request.by_enterprise:
        return no("not_enterprise_request", "只能终止企业提出的申请；监管部门自己的，由申请人撤回。")
    roles = {Role.INSPECTOR, Role.REVIEWER} | ({*TOWN_PAIR} if case.is_towns else set())
    return ALLOWED if case.holds(person, *roles) else no("not_yours", "终止申请由检查人员或审核人办理。")


def permit_escalate(case: CaseFile, person: int) -> Ruling:
    """A safety manager may send a major hazard straight to the regulator if the principal does not act (law 46)."""
    if case.state is not State.REPORTED or case.grade is not Grade.MAJOR or case.origin is Origin.ORDERED:
        return no("state", "直报只用于企业自查、尚未受理的重大隐患。")
    if case.escalated:
        return no("escalated", "已经直报监管部门，请等审核人受理。")
    if not any(s.person == person and s.role is Role.SAFETY_MANAGER and s.rung == ENTERPRISE for s in case.seats):
        return no("not_yours", "直报由本单位安全管理人员提出。")
    return ALLOWED


def permit_correct(case: CaseFile, person: int) -> Ruling:
    """Unsigned facts of an open hazard may be corrected by who answers for it; a correction voids an open request."""
    if not case.state.is_open:
        return no("state", f"「{case.state.label}」的隐患不能再改。需要更正的，请先重新整改。")
    enterprise = case.origin is Origin.SELF_FOUND or case.state is not State.REPORTED
    if (
        enterprise
        and person in case.members
        and (person == case.responsible_person or case.holds(person, Role.SAFETY_MANAGER, Role.PRINCIPAL))
    ):
        return ALLOWED
    officers = {Role.INSPECTOR} | ({Role.TOWN_OFFICER} if case.is_towns else set())
    if case.holds(person, *officers):
        return ALLOWED
    return no("not_yours", "更正由整改责任人、安全管理人员或检查人员办理。")
