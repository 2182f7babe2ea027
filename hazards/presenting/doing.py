"""现在轮到您: whose turn it is, what this person may do, and why not the rest.

Every answer comes from `workflows.rulings`, the functions that also refuse the operation; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from accounts.access import Actor
from hazards.case import Loaded
from hazards.presenting.duties import DUTIES, Duty
from hazards.presenting.words import signer, waited_text
from hazards.rules import SIGNED_AS_OPENED
from workflows.closure import Variant
from workflows.expected import Expected, expected
from workflows.facts import Fact
from workflows.rulings import Ruling, draft_request, permit_sign, permit_try, route_of, step_now, variant_for
from workflows.vocabulary import Action, State

WITHOUT_FORM = SIGNED_AS_OPENED
ASKED_FOR: tuple[Action, ...] = tuple(action for action in Action if action is not Action.REPORT)

VERBS: dict[Action, str] = {
    Action.ACCEPT: "受理",
    Action.ORDER: "责令整改",
    Action.PLAN: "提请签批方案",
    Action.VERIFY: "申请验收",
    Action.RESUME: "办理恢复生产",
    Action.CLOSE: "销号",
    Action.DISMISS: "不予认定",
    Action.EXTEND: "延期",
    Action.REGRADE: "调整等级",
    Action.RETURN: "退回整改",
    Action.REOPEN: "重新整改",
    Action.TRANSFER: "移送",
}

# In each state, which actions lie nearest: the order in which refusals are listed.
NEAREST: dict[State, tuple[Action, ...]] = {
    State.REPORTED: (Action.ACCEPT, Action.ORDER, Action.DISMISS, Action.REGRADE, Action.VERIFY, Action.CLOSE),
    State.RECTIFYING: (
        Action.PLAN,
        Action.VERIFY,
        Action.RESUME,
        Action.CLOSE,
        Action.EXTEND,
        Action.REGRADE,
        Action.DISMISS,
    ),
    State.VERIFIED: (Action.CLOSE, Action.RESUME, Action.RETURN, Action.REGRADE, Action.EXTEND),
    State.CLOSED: (Action.REOPEN,),
    State.DISMISSED: (Action.REOPEN,),
}
# Nearest to possible first: something is missing, a term runs, this very person is barred, a request runs, another
# state, somebody else's, never in this case.
_DISTANCE = {
    "missing": 0,
    "not_overdue": 1,
    "listed": 1,
    "one_request": 3,
    "state": 4,
    "not_yours": 5,
    "resumed": 6,
    "not_stopped": 6,
    "route": 6,
}
_BARRED = 2

_WHERE = {
    "facts": "correct",
    "photos": "photos",
    "plan": "plan",
    "work": "work",
    "points": "points",
    "co_sign": "co_sign",
}


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the do panel."""

    label: str
    url: str
    kind: str = "plain"
    icon: str | None = None
    method: str | None = None


Cannot = tuple[str, str, tuple[str, str] | None]
Tried = Mapping[Action, Ruling]


@dataclass(frozen=True, slots=True)
class Doing:
    """The do panel: whose turn, its acts, the other things one may do, and the refusals, nearest first."""

    turn: str
    text: str
    mine: bool
    acts: tuple[Act, ...]
    more: tuple[Act, ...]
    cannot: tuple[Cannot, ...]

    @property
    def primary(self) -> Act | None:
        """The one solid button, for the bar at the bottom of a phone."""
        return next((act for act in self.acts if act.kind == "primary"), None)


def doing_of(loaded: Loaded, actor: Actor, now: datetime) -> Doing:
    """What this person may do now, and why not the rest."""
    next_act = expected(loaded.case)
    signs = permit_sign(loaded.case, actor.person_id)
    if loaded.open_request is not None:
        turn = _signing(loaded) if signs.allowed else _waiting(loaded, actor, now)
    elif next_act is None:
        turn = _over(loaded)
    else:
        turn = _beginning(loaded, actor, next_act) or _waiting(loaded, actor, now)
    taken = {act.url for act in turn.acts}
    tried: Tried = {action: permit_try(loaded.case, action, actor.person_id) for action in ASKED_FOR}
    more = tuple(act for act in _more(loaded, actor, tried) if act.url not in taken)
    said = {loaded.open_request.action} if loaded.open_request is not None else set()
    if turn.mine and next_act is not None:
        said.add(next_act.action)
    return replace(turn, more=more, cannot=_cannot(loaded, actor, said, tried))


def _panel(turn: str, text: str, *acts: Act, mine: bool = True) -> Doing:
    return Doing(turn, text, mine, acts, (), ())


def _url(loaded: Loaded, name: str, **more: Any) -> str:
    return url_for(f"hazards.{name}", number=loaded.hazard.number, **more)


# --- whose turn ------------------------------------------------------------------------------------------------


def _signing(loaded: Loaded) -> Doing:
    request = loaded.case.request
    now = step_now(loaded.case, request) if request is not None else None
    assert request is not None
    assert now is not None
    steps = len(route_of(request).steps)
    due = loaded.hazard.reinspection_due if request.action is Action.VERIFY else None
    asked = "请核对后签批" if now.step.applies or not now.step.pair else "请到现场核对后签批"
    text = f"{request.action.label}第 {now.index + 1} 步，共 {steps} 步。{asked}" + (
        f"，最迟 {due.isoformat()}。" if due else "。"
    )
    return _panel(
        f"现在轮到您：{now.step.label}",
        text,
        Act("签批：通过", _url(loaded, "sign", verdict="approved"), "primary", "i-sign"),
        Act("不通过", _url(loaded, "sign", verdict="refused"), "refuse"),
    )


def _over(loaded: Loaded) -> Doing:
    if loaded.hazard.state is State.CLOSED:
        return _panel("已销号，闭环完成", "没有需要办理的事项。再次出现或销号不实的，可以重新整改。", mine=False)
    reason = loaded.hazard.dismissed_reason
    return _panel("不予认定", f"理由：{reason}" if reason else "没有需要办理的事项。", mine=False)


def _waiting(loaded: Loaded, actor: Actor, now: datetime) -> Doing:
    """Somebody else's turn: whose, since when, and 催办 where this person has a part in the matter."""
    hazard = loaded.hazard
    request = loaded.open_request
    what = f"「{request.action.label}」签批中" if request is not None else _next_words(loaded)
    who = holder_text(loaded)
    text = "现在没有人可以办理，已告知管理员。"
    if who:
        text = f"现在由 {who} 办理，{waited_text(hazard.holder_since, now)}。"
    acts = []
    if DUTIES["remind"].permit(loaded, actor).allowed:
        acts.append(Act("催办", _url(loaded, "remind"), "plain", "i-bell", "post"))
    return _panel(what, text, *acts, mine=False)


def _next_words(loaded: Loaded) -> str:
    next_act = expected(loaded.case)
    if next_act is None:
        return loaded.hazard.state.label
    if next_act.action is Action.VERIFY:
        return "正在整改"
    return f"等待{VERBS[next_act.action] if next_act.action is not Action.PLAN else '整改方案'}"


def holder_text(loaded: Loaded) -> str:
    """Who has it now: the person where there is one, else the roles (and the office)."""
    next_act = expected(loaded.case)
    if next_act is None:
        return ""
    if next_act.person is not None:
        return loaded.hazard.responsible_person
    step = next_act.step
    persons = sorted(step.persons) if step else []
    if not persons or step is None:
        return ""
    if len(persons) <= 3:
        roles = {seat.person: seat.role for seat in reversed(step.seats)}
        return "、".join(signer(roles[person], loaded.names.get(person, "")) for person in persons)
    return "或".join(dict.fromkeys(seat.role.label for seat in step.seats))


def _beginning(loaded: Loaded, actor: Actor, next_act: Expected) -> Doing | None:
    """The next act is this person's to begin; None where it is somebody else's."""
    if not _is_mine(loaded, actor, next_act):
        return _ex_officio(loaded, actor)
    action = next_act.action
    may = permit_try(loaded.case, action, actor.person_id)
    if action is Action.PLAN:
        return _plan_turn(loaded, may)
    if action is Action.VERIFY:
        return _work_turn(loaded, may)
    if may.rule == "missing":
        return _fill_first(loaded, actor, action, may)
    if not may.allowed:
        return None
    due = loaded.hazard.accept_due if next_act.due == "accept_due" else None
    text = f"最迟 {due.isoformat()}。" if due else ""
    return _panel(f"现在轮到您：{VERBS[action]}", text, _opening(loaded, action, "primary"))


def _is_mine(loaded: Loaded, actor: Actor, next_act: Expected) -> bool:
    """Whoever is named, or may sign the first step; a plan is also written by who answers for the rectification."""
    if next_act.person is not None:
        return next_act.person == actor.person_id
    if next_act.step is not None and actor.person_id in next_act.step.persons:
        return True
    writes = next_act.action in (Action.PLAN, Action.VERIFY) and actor.person_id in loaded.case.members
    return writes and DUTIES["work"].permit(loaded, actor).allowed


def _opening(loaded: Loaded, action: Action, kind: str = "plain", label: str = "") -> Act:
    """The way to a request: its form, or the sign page where nothing is asked."""
    words = label or VERBS[action]
    if action in WITHOUT_FORM:
        return Act(words, _url(loaded, "sign", action=action.value), kind, "i-sign" if kind == "primary" else None)
    return Act(words, _url(loaded, "ask", action=action.value), kind)


def _plan_turn(loaded: Loaded, may: Ruling) -> Doing:
    due = loaded.hazard.plan_due
    until = f"最迟 {due.isoformat()}。" if due else ""
    if may.allowed:
        edit = Act("修改方案", _url(loaded, "plan"))
        return _panel("现在轮到您：整改方案", f"{until}五到位已齐。", _opening(loaded, Action.PLAN, "primary"), edit)
    words = "、".join(fact.words for fact in may.missing)
    text = f"{until}还缺 {len(may.missing)} 项：{words}。"
    return _panel("现在轮到您：整改方案", text, Act("编写整改方案", _url(loaded, "plan"), "primary"))


def _work_turn(loaded: Loaded, may: Ruling) -> Doing:
    due = loaded.hazard.deadline
    until = f"最迟 {due.isoformat()}。" if due else ""
    work = _url(loaded, "work")
    if may.allowed:
        text = f"{until}整改情况已齐，可以申请验收。"
        edit = Act("修改整改情况", work)
        return _panel("现在轮到您：申请验收", text, _opening(loaded, Action.VERIFY, "primary"), edit)
    words = "、".join(fact.words for fact in may.missing)
    text = f"{until}整改后填写结果，还缺 {len(may.missing)} 项：{words}。"
    return _panel("现在轮到您：整改", text, Act("填写整改情况", work, "primary"))


def _fill_first(loaded: Loaded, actor: Actor, action: Action, may: Ruling) -> Doing | None:
    """The act would be this person's once something is in place that this person may put there."""
    way = _way_out(loaded, actor, may.missing)
    if way is None:
        return None
    return _panel(f"现在轮到您：{VERBS[action]}", may.sentence, Act(way[0], way[1], "primary"))


def _ex_officio(loaded: Loaded, actor: Actor) -> Doing | None:
    if not permit_try(loaded.case, Action.ACCEPT, actor.person_id, Variant.EX_OFFICIO).allowed:
        return None
    why = "企业已直报监管部门。" if loaded.case.escalated else "企业逾期未受理。"
    url = _url(loaded, "ask", action="accept-ex-officio")
    return _panel("现在轮到您：依职权受理", why, Act("依职权受理", url, "primary"))


# --- what else, and why not ------------------------------------------------------------------------------------


def _more(loaded: Loaded, actor: Actor, tried: Tried) -> list[Act]:
    acts = [_duty(loaded, duty) for duty in DUTIES.values() if _offers(duty, loaded, actor)]
    acts += [
        _opening(loaded, action, label=_words(loaded, action, actor.person_id))
        for action, ruling in tried.items()
        if ruling.allowed
    ]
    return acts


def _words(loaded: Loaded, action: Action, person: int) -> str:
    """The verb alone where this person also signs first; 提请 where somebody else does."""
    words = variant_for(loaded.case, action).label if action is Action.REGRADE else VERBS[action]
    first = step_now(loaded.case, draft_request(loaded.case, action, person))
    signs = first is not None and person in first.persons
    return words if signs or words.startswith(("提请", "申请")) else f"提请{words}"


def _offers(duty: Duty, loaded: Loaded, actor: Actor) -> bool:
    """催办 stands in the panel itself where it is somebody else's turn."""
    return duty.endpoint != "remind" and duty.permit(loaded, actor).allowed


def _duty(loaded: Loaded, duty: Duty) -> Act:
    return Act(duty.label, _url(loaded, duty.endpoint))


def _cannot(loaded: Loaded, actor: Actor, said: set[Action], tried: Tried) -> tuple[Cannot, ...]:
    """Every action that is refused now but those the panel speaks of already, nearest to possible first.

    The first three are shown: a sentence that stands there once comes again only behind all the others.
    """
    near = {action: place for place, action in enumerate(NEAREST[loaded.hazard.state])}
    found: list[tuple[int, int, Action, Ruling]] = []
    for action, first in tried.items():
        ruling = _refusal(loaded, action, actor.person_id, first)
        if not ruling.allowed and action not in said:
            found.append((_DISTANCE.get(ruling.rule, _BARRED), near.get(action, len(near)), action, ruling))
    fresh: list[Cannot] = []
    again: list[Cannot] = []
    sentences: set[str] = set()
    for _far, _place, action, ruling in sorted(found, key=lambda row: (row[0], row[1])):
        row = (action.label, ruling.sentence, _way_out(loaded, actor, ruling.missing))
        (again if ruling.sentence in sentences else fresh).append(row)
        sentences.add(ruling.sentence)
    return (*fresh, *again)


def _refusal(loaded: Loaded, action: Action, person: int, ruling: Ruling) -> Ruling:
    """Why not; behind an open request the reason that would remain without it, where there is one."""
    if ruling.rule != "one_request":
        return ruling
    without = permit_try(replace(loaded.case, request=None), action, person)
    return ruling if without.allowed else without


def _way_out(loaded: Loaded, actor: Actor, missing: tuple[Fact, ...]) -> tuple[str, str] | None:
    """Where this person puts the first missing thing in place."""
    for fact in missing:
        page = _WHERE.get(fact.where)
        if page is not None and DUTIES[page].permit(loaded, actor).allowed:
            return "去补充", _url(loaded, page)
    return None
