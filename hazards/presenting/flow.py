"""The route: who signed, who is next, what comes later; and the bar of phases above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.roles import Role, Side
from hazards.case import Loaded
from hazards.models import Hazard, Signature, SignOffRequest
from hazards.presenting.words import Names, day_text, moment_text, signer, waited_text
from workflows.casefile import RESPONSIBLE_OFFICE, CaseFile, OpenRequest
from workflows.closure import Step
from workflows.expected import expected
from workflows.ladder import StepNow
from workflows.rulings import draft_request, roles_at, route_for, route_of, step_now
from workflows.vocabulary import Action, Grade, Manner, RequestStatus, State, Verdict

PHASES = ("上报", "整改中", "验收", "销号")
DISMISSED_PHASES = ("上报", "不予认定")


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One line of the route; `phase` is done, now, later or refused."""

    phase: str
    title: str
    detail: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Phases, what the route is of, and its lines."""

    phases: tuple[str, ...]
    phase_now: int
    title: str
    steps: tuple[RouteStep, ...]


def flow_of(loaded: Loaded, names: Names, person: int, now: datetime) -> Flow:
    """The route as it stands, with the expected one where no request is open."""
    phases, at = _phase(loaded)
    request = loaded.open_request
    if request is not None:
        assert loaded.case.request is not None
        steps = _of_request(request, names) + _to_come(loaded, loaded.case.request, person, now)
        return Flow(phases, at, _title(request), steps + _after(loaded, request.action))
    return Flow(phases, at, *_without_request(loaded, names, person, now))


def _phase(loaded: Loaded) -> tuple[tuple[str, ...], int]:
    state = loaded.hazard.state
    if state is State.DISMISSED:
        return DISMISSED_PHASES, len(DISMISSED_PHASES)
    request = loaded.case.request
    if state is State.RECTIFYING and request is not None and request.action is Action.VERIFY:
        return PHASES, 2
    order = {State.REPORTED: 0, State.RECTIFYING: 1, State.VERIFIED: 3, State.CLOSED: 4}
    return PHASES, order[state]


def _title(request: SignOffRequest) -> str:
    return f"{request.action.label}：{request.status.label}"


# --- signatures given ------------------------------------------------------------------------------------------


def _of_request(request: SignOffRequest, names: Names) -> tuple[RouteStep, ...]:
    return tuple(_given(signature, names) for signature in request.signatures)


def _given(signature: Signature, names: Names) -> RouteStep:
    refused = signature.verdict is Verdict.REFUSED
    who = signer(signature.role, signature.person_name)
    detail = " · ".join((who, moment_text(signature.signed_at), signature.manner.label))
    title = f"{signature.step_label} {signature.verdict.label}"
    return RouteStep("refused" if refused else "done", title, detail, _remark(signature, names))


def _remark(signature: Signature, names: Names) -> str:
    """How the signature came about, where that is not plain: on paper, as a deputy, in somebody's stead."""
    words = []
    if signature.manner is Manner.PAPER:
        number = f"，编号 {signature.paper_number}" if signature.paper_number else ""
        words.append(f"{day_text(signature.paper_on)} 签署{number}，{names.of(signature.recorder_id)} 代录")
    if signature.deputising_for_id is not None:
        words.append(f"代 {names.of(signature.deputising_for_id)} 签")
    if signature.stand_in:
        words.append("本级无人可签，由此人代签")
    if signature.verdict is Verdict.REFUSED and signature.opinion:
        words.append(f"理由：{signature.opinion}")
    return "；".join(words)


# --- steps to come ---------------------------------------------------------------------------------------------


def _to_come(loaded: Loaded, request: OpenRequest, person: int, now: datetime) -> tuple[RouteStep, ...]:
    """The step that waits, then those behind it."""
    waits = step_now(loaded.case, request)
    if waits is None:
        return ()
    route = route_of(request)
    lines = [_now(loaded, waits, person, now)]
    for index in range(waits.index + 1, len(route.steps)):
        is_last = index == len(route.steps) - 1
        lines.append(_later(loaded.case, route.steps[index], request.action, is_last=is_last))
    return tuple(lines)


def _now(loaded: Loaded, waits: StepNow, person: int, now: datetime) -> RouteStep:
    mine = person in waits.persons
    waited = waited_text(loaded.hazard.holder_since, now)
    title = f"{waits.step.label} {'等您签批' if mine else '正在等待'}"
    return RouteStep("now", title, " · ".join(part for part in (who_next(loaded, waits), waited) if part))


def who_next(loaded: Loaded, waits: StepNow) -> str:
    """Names where few may sign, the roles where many may; where nobody is left, what was done about it."""
    persons = sorted(waits.persons)
    if not persons:
        return "无人可签，已告知管理员"
    roles = {seat.person: seat.role for seat in reversed(waits.seats)}
    note = "（代位）" if waits.is_stand_in else ""
    if len(persons) <= 3:
        return "、".join(signer(roles[p], loaded.names.get(p, "")) for p in persons) + note
    return "或".join(dict.fromkeys(role.label for role in roles.values())) + note


def _later(case: CaseFile, step: Step, action: Action, *, is_last: bool) -> RouteStep:
    roles = "或".join(role.label for role in _roles(case, step))
    other = f"须另一名{roles}" if step.pair and step.label.endswith("（第 2 人）") else roles
    return RouteStep("later", step.label, other + (_then(action) if is_last else ""))


def _roles(case: CaseFile, step: Step) -> tuple[Role, ...]:
    if step.side is Side.ENTERPRISE:
        return step.roles
    return roles_at(step, RESPONSIBLE_OFFICE, town_order=case.is_towns)


def _then(action: Action) -> str:
    state = {
        Action.ACCEPT: State.RECTIFYING,
        Action.ORDER: State.RECTIFYING,
        Action.VERIFY: State.VERIFIED,
        Action.CLOSE: State.CLOSED,
        Action.DISMISS: State.DISMISSED,
    }.get(action)
    return f"；签后状态变为「{state.label}」" if state else ""


def _after(loaded: Loaded, action: Action) -> tuple[RouteStep, ...]:
    """Behind a verification, the closing steps; behind an acceptance, what the hazard needs next, in one line."""
    case = loaded.case
    if action is Action.VERIFY:
        route = route_for(case, Action.CLOSE)
        return tuple(_later(case, step, Action.CLOSE, is_last=False) for step in route.steps) if route else ()
    if action in (Action.ACCEPT, Action.ORDER):
        words = "整改方案、整改、验收、销号" if loaded.hazard.grade is Grade.MAJOR else "整改、验收、销号"
        return (RouteStep("later", "整改", f"之后：{words}"),)
    return ()


# --- no request open -------------------------------------------------------------------------------------------


def _without_request(loaded: Loaded, names: Names, person: int, now: datetime) -> tuple[str, tuple[RouteStep, ...]]:
    last = _last_to_show(loaded)
    shown = _of_request(last, names) if last is not None else ()
    next_act = expected(loaded.case)
    if next_act is None:
        return _ended(loaded.hazard, last), shown
    draft = draft_request(loaded.case, next_act.action, 0)
    route = route_of(draft)
    title = f"下一步：{next_act.action.label}"
    if next_act.step is None:
        doer = RouteStep("now", "整改", f"{loaded.hazard.responsible_person} · {_since(loaded, now)}")
        later = tuple(_later(loaded.case, step, draft.action, is_last=False) for step in route.steps)
        return title, (*shown, doer, *later, *_after(loaded, draft.action))
    first = _begin(loaded, next_act.step, person, now)
    later = tuple(_later(loaded.case, step, draft.action, is_last=step is route.steps[-1]) for step in route.steps[1:])
    return title, (*shown, first, *later, *_after(loaded, draft.action))


def _since(loaded: Loaded, now: datetime) -> str:
    return waited_text(loaded.hazard.holder_since, now)


def _begin(loaded: Loaded, waits: StepNow, person: int, now: datetime) -> RouteStep:
    words = "等您办理" if person in waits.persons else "等待办理"
    detail = " · ".join(part for part in (who_next(loaded, waits), _since(loaded, now)) if part)
    return RouteStep("now", f"{waits.step.label} {words}", detail)


def _last_to_show(loaded: Loaded) -> SignOffRequest | None:
    """The newest request that was decided: what led here, or why it came back."""
    decided = (RequestStatus.COMPLETED, RequestStatus.REFUSED)
    return next((r for r in reversed(loaded.requests) if r.status in decided and r.signatures), None)


def _ended(hazard: Hazard, last: SignOffRequest | None) -> str:
    if hazard.imported and last is None:
        return "导入时已办结，未在本系统签批"
    return hazard.state.label
