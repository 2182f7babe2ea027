"""The closure workflow as one table: who signs what, in which order, before a state changes.

How to read it. `ACTIONS` says from where to where an action leads and what bars a person from it. `ROUTES` says who
signs: one row for each action × grade × origin (and variant, where there is one); "any of these roles" stands in one
step, "first A, then B" in two. `MUST_BE_IN_PLACE` says what has to be there before a request is opened. Everything
that decides, shows or documents a sign-off reads these rows; nothing else states a rule.

Source of the rows: domain.md §3 (安全生产法 2021 arts. 38, 41, 46, 65, 70; 总局令第16号; city rules where named),
kept for readers of this project in docs/closure.md, which is made from this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role, Side
from workflows.facts import Fact
from workflows.vocabulary import Action, Channel, Grade, Label, State


class Origin(Label):
    """Whose procedure governs: the enterprise's own, or the authority's order."""

    SELF_FOUND = "self_found", "企业自查"
    ORDERED = "ordered", "责令整改"


class Variant(Label):
    """The same action by another route, or in another direction."""

    PLAIN = "plain", "通常"
    EX_OFFICIO = "ex_officio", "监管部门依职权受理"
    LATE = "late", "逾期申请"
    UP = "up", "上调为重大"
    DOWN = "down", "下调为一般"


class Receiver(StrEnum):
    """Which office a regulator's step belongs to."""

    RESPONSIBLE = "responsible"
    RECEIVING = "receiving"


@dataclass(frozen=True, slots=True)
class Step:
    """One signature: any one of `roles` gives it. An application (`applies`) judges nothing by itself."""

    label: str
    roles: tuple[Role, ...]
    applies: bool = False
    pair: bool = False
    receiver: Receiver = Receiver.RESPONSIBLE

    @property
    def side(self) -> Side:
        """Whether the enterprise or the regulator signs here."""
        return self.roles[0].side


@dataclass(frozen=True, slots=True)
class Route:
    """Who signs, in order, for one action in one kind of case; `told` learns of it and signs nothing."""

    action: Action
    grade: Grade
    origin: Origin
    steps: tuple[Step, ...]
    variant: Variant = Variant.PLAIN
    one_signature_if_alone: bool = False
    told: tuple[Role, ...] = ()
    source: str = ""


class OpenedBy(StrEnum):
    """When the enterprise's people may ask for an action (who signs the first step always may)."""

    ENTERPRISE = "enterprise"
    ENTERPRISE_IF_SELF_FOUND = "enterprise_if_self_found"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """What an action does to the state, and what bars a person or a record from it."""

    action: Action
    from_states: frozenset[State]
    to_state: State | None
    opened_by: OpenedBy
    judges: bool = False  # who did the work may not sign it
    closes: bool = False  # who verified may not sign it either
    not_while_listed: bool = False
    source: str = ""


_OPEN = frozenset({State.REPORTED, State.RECTIFYING, State.VERIFIED})

ACTIONS: dict[Action, ActionRow] = {
    row.action: row
    for row in (
        ActionRow(Action.ACCEPT, frozenset({State.REPORTED}), State.RECTIFYING, OpenedBy.ENTERPRISE),
        ActionRow(
            Action.ORDER, frozenset({State.REPORTED}), State.RECTIFYING, OpenedBy.AUTHORITY, source="安全生产法 65"
        ),
        ActionRow(
            Action.PLAN,
            frozenset({State.RECTIFYING}),
            None,
            OpenedBy.ENTERPRISE,
            source="16号令 14–15; 安全生产法 41",
        ),
        ActionRow(
            Action.VERIFY,
            frozenset({State.RECTIFYING}),
            State.VERIFIED,
            OpenedBy.ENTERPRISE,
            judges=True,
            source="16号令 17–18",
        ),
        ActionRow(
            Action.RESUME,
            frozenset({State.RECTIFYING, State.VERIFIED}),
            None,
            OpenedBy.ENTERPRISE,
            judges=True,
            source="安全生产法 65",
        ),
        ActionRow(
            Action.CLOSE,
            frozenset({State.VERIFIED}),
            State.CLOSED,
            OpenedBy.ENTERPRISE_IF_SELF_FOUND,
            judges=True,
            closes=True,
        ),
        ActionRow(
            Action.DISMISS,
            frozenset({State.REPORTED, State.RECTIFYING}),
            State.DISMISSED,
            OpenedBy.ENTERPRISE_IF_SELF_FOUND,
            judges=True,
            not_while_listed=True,
        ),
        ActionRow(
            Action.EXTEND,
            frozenset({State.RECTIFYING}),
            None,
            OpenedBy.ENTERPRISE,
            source="宁波、青岛挂牌督办办法",
        ),
        ActionRow(Action.REGRADE, _OPEN, None, OpenedBy.ENTERPRISE_IF_SELF_FOUND),
        ActionRow(
            Action.RETURN,
            frozenset({State.VERIFIED}),
            State.RECTIFYING,
            OpenedBy.AUTHORITY,
            judges=True,
            closes=True,
        ),
        # closed goes back to rectifying, dismissed back to reported: `target_state` below
        ActionRow(
            Action.REOPEN,
            frozenset({State.CLOSED, State.DISMISSED}),
            None,
            OpenedBy.ENTERPRISE_IF_SELF_FOUND,
        ),
        ActionRow(Action.TRANSFER, _OPEN, None, OpenedBy.AUTHORITY),
    )
}

# Who may report through which channel (row "report" of the table).
REPORTERS: dict[Channel, frozenset[Role]] = {
    Channel.SELF_INSPECTION: frozenset(role for role in Role if role.side is Side.ENTERPRISE),
    Channel.SUPERVISION: frozenset({Role.TOWN_OFFICER, Role.INSPECTOR}),
    Channel.COMPLAINT: frozenset({Role.TOWN_OFFICER, Role.INSPECTOR, Role.COMPLAINT_OFFICER}),
}

_G, _M = Grade.GENERAL, Grade.MAJOR
_S, _O = Origin.SELF_FOUND, Origin.ORDERED
_INSPECTOR, _REVIEWER, _APPROVER = (Role.INSPECTOR,), (Role.REVIEWER,), (Role.APPROVER,)
_PRINCIPAL = (Role.PRINCIPAL,)

_LOOK = Step("现场核查", _INSPECTOR)
_REVIEW = Step("审核", _REVIEWER)
_APPROVE = Step("批准", _APPROVER)
_TWO_ISSUE = (Step("检查人员（第 1 人）", _INSPECTOR, pair=True), Step("检查人员（第 2 人）", _INSPECTOR, pair=True))
_TWO_LOOK = (
    Step("现场复查（第 1 人）", _INSPECTOR, pair=True),
    Step("现场复查（第 2 人）", _INSPECTOR, pair=True),
)
_SELF_VERIFY = Step("企业自验并申请", _PRINCIPAL, applies=True)
_APPLY = Step("企业申请", (Role.SAFETY_MANAGER, Role.PRINCIPAL), applies=True)
_CLOSERS = (Role.SAFETY_MANAGER, Role.PLANT_MANAGER, Role.PRINCIPAL, Role.DEPARTMENT_HEAD)
_CLOSE_REVIEW = Step("销号审核", _REVIEWER)
_CLOSE_APPROVE = Step("销号批准", _APPROVER)
_SEND = Step("移出单位审核", _REVIEWER)
_RECEIVE = Step("接收单位审核", _REVIEWER, receiver=Receiver.RECEIVING)


def _everywhere(action: Action, *steps: Step) -> tuple[Route, ...]:
    return tuple(Route(action, grade, origin, steps) for grade in Grade for origin in Origin)


ROUTES: tuple[Route, ...] = (
    # accept: ordered ones are not accepted, they are ordered
    Route(Action.ACCEPT, _G, _S, (Step("受理", (Role.SAFETY_MANAGER, Role.PRINCIPAL)),)),
    Route(
        Action.ACCEPT,
        _M,
        _S,
        (Step("安全管理人员受理", (Role.SAFETY_MANAGER,)), Step("主要负责人受理", _PRINCIPAL)),
        one_signature_if_alone=True,
    ),
    Route(Action.ACCEPT, _G, _S, (Step("依职权受理", _REVIEWER),), Variant.EX_OFFICIO),
    Route(Action.ACCEPT, _M, _S, (Step("依职权受理", _REVIEWER),), Variant.EX_OFFICIO),
    # order
    Route(Action.ORDER, _G, _O, _TWO_ISSUE),
    Route(Action.ORDER, _M, _O, _TWO_ISSUE, told=_REVIEWER),
    # plan: the principal signs, an inspector files it
    Route(Action.PLAN, _M, _S, (Step("主要负责人签批方案", _PRINCIPAL),), told=_INSPECTOR),
    Route(Action.PLAN, _M, _O, (Step("主要负责人签批方案", _PRINCIPAL),), told=_INSPECTOR),
    # verify
    Route(Action.VERIFY, _G, _S, (Step("验收", (Role.SAFETY_MANAGER, Role.PLANT_MANAGER, Role.PRINCIPAL)),)),
    Route(Action.VERIFY, _M, _S, (_SELF_VERIFY, *_TWO_LOOK)),
    Route(Action.VERIFY, _G, _O, (_APPLY, *_TWO_LOOK)),
    Route(Action.VERIFY, _M, _O, (_SELF_VERIFY, *_TWO_LOOK)),
    # resume: only where the authority ordered the stop, hence no general self-found one
    Route(Action.RESUME, _M, _S, (_LOOK, _REVIEW)),
    Route(Action.RESUME, _G, _O, (_LOOK, _REVIEW)),
    Route(Action.RESUME, _M, _O, (_LOOK, _REVIEW)),
    # close
    Route(Action.CLOSE, _G, _S, (Step("销号", _CLOSERS),)),
    Route(Action.CLOSE, _M, _S, (_CLOSE_REVIEW, _CLOSE_APPROVE)),
    Route(Action.CLOSE, _G, _O, (_CLOSE_REVIEW,)),
    Route(Action.CLOSE, _M, _O, (_CLOSE_REVIEW, _CLOSE_APPROVE)),
    # dismiss
    Route(Action.DISMISS, _G, _S, (Step("不予认定", (Role.SAFETY_MANAGER,)),)),
    Route(Action.DISMISS, _M, _S, (_LOOK, _REVIEW, _APPROVE)),
    Route(Action.DISMISS, _G, _O, (_LOOK, _REVIEW)),
    Route(Action.DISMISS, _M, _O, (_LOOK, _REVIEW, _APPROVE)),
    # extend
    Route(Action.EXTEND, _G, _S, (Step("延期批准", (Role.PRINCIPAL, Role.PLANT_MANAGER)),)),
    Route(
        Action.EXTEND,
        _G,
        _S,
        (Step("主要负责人申请", _PRINCIPAL, applies=True), Step("监管部门审核", _REVIEWER)),
        Variant.LATE,
    ),
    *(
        Route(
            Action.EXTEND,
            _M,
            origin,
            (Step("主要负责人申请", _PRINCIPAL, applies=True), _LOOK, _REVIEW, _APPROVE),
            variant,
        )
        for origin in Origin
        for variant in (Variant.PLAIN, Variant.LATE)
    ),
    *(Route(Action.EXTEND, _G, _O, (_APPLY, _LOOK, _REVIEW), variant) for variant in (Variant.PLAIN, Variant.LATE)),
    # regrade: up by one signature, down by three
    Route(Action.REGRADE, _G, _S, (Step("上调为重大", (Role.SAFETY_MANAGER, Role.INSPECTOR)),), Variant.UP),
    Route(Action.REGRADE, _G, _O, (Step("上调为重大", _INSPECTOR),), Variant.UP),
    Route(Action.REGRADE, _M, _S, (_LOOK, _REVIEW, _APPROVE), Variant.DOWN),
    Route(Action.REGRADE, _M, _O, (_LOOK, _REVIEW, _APPROVE), Variant.DOWN),
    # return: whoever may close, one signature
    Route(Action.RETURN, _G, _S, (Step("退回", _CLOSERS),)),
    Route(Action.RETURN, _M, _S, (Step("退回", (Role.REVIEWER, Role.APPROVER)),)),
    Route(Action.RETURN, _G, _O, (Step("退回", _REVIEWER),)),
    Route(Action.RETURN, _M, _O, (Step("退回", (Role.REVIEWER, Role.APPROVER)),)),
    # reopen
    Route(Action.REOPEN, _G, _S, (Step("重新整改", (Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.INSPECTOR)),)),
    Route(Action.REOPEN, _M, _S, (_LOOK, _REVIEW)),
    Route(Action.REOPEN, _G, _O, (_LOOK, _REVIEW)),
    Route(Action.REOPEN, _M, _O, (_LOOK, _REVIEW)),
    # transfer
    *_everywhere(Action.TRANSFER, _SEND, _RECEIVE),
)

_BY_KEY = {(route.action, route.grade, route.origin, route.variant): route for route in ROUTES}


def find_route(action: Action, grade: Grade, origin: Origin, variant: Variant) -> Route | None:
    """The row for this kind of case, or None where the table has no such action."""
    return _BY_KEY.get((action, grade, origin, variant))


# A town's order reads town_officer for inspector and town_head for reviewer; its orders and re-inspections
# are signed by two of the town, whichever of the two roles they hold.
TOWN_ROLES: dict[Role, tuple[Role, ...]] = {
    Role.INSPECTOR: (Role.TOWN_OFFICER,),
    Role.REVIEWER: (Role.TOWN_HEAD,),
}
TOWN_PAIR: tuple[Role, ...] = (Role.TOWN_OFFICER, Role.TOWN_HEAD)

# The ladder: a step of the enterprise nobody there is free to sign goes to these.
STAND_IN_FOR_ENTERPRISE: tuple[Role, ...] = (Role.INSPECTOR, Role.TOWN_OFFICER)
# The highest office has none above it: there, when every inspector is barred or needed for a later step, its reviewer
# stands in for the enterprise, and its approver receives what its reviewer has sent.
STAND_IN_AT_THE_TOP: tuple[Role, ...] = (Role.REVIEWER,)
RECEIVES_AT_THE_TOP: tuple[Role, ...] = (Role.APPROVER,)

# Paper: which roles' signatures may come on paper beside the enterprise's own (a leader's decision), and who records.
LEADERS: frozenset[Role] = frozenset({Role.APPROVER, Role.TOWN_HEAD})
PAPER_RECORDERS: frozenset[Role] = frozenset({Role.INSPECTOR, Role.TOWN_OFFICER})
PAPER_RECORDER_OF: dict[Role, Role] = {
    Role.PRINCIPAL: Role.SAFETY_MANAGER,
    Role.APPROVER: Role.COMMITTEE_CLERK,
    Role.TOWN_HEAD: Role.COMMITTEE_CLERK,
}

# Only these set a later deadline; an inspector's refusal is a refused VERIFY or CLOSE.
MOVES_DEADLINE: frozenset[Action] = frozenset({Action.EXTEND, Action.RETURN, Action.REOPEN})
REFUSAL_MOVES_DEADLINE: frozenset[Action] = frozenset({Action.VERIFY, Action.CLOSE})

_JUDGED = (Fact.JUDGED_GRADE, Fact.RESPONSIBLE_PERSON, Fact.DEADLINE, Fact.INTERIM_CONTROLS)
_WORK = (Fact.RESULT, Fact.COMPLETED_ON, Fact.REAL_COST, Fact.PHOTO_AFTER, Fact.POINTS, Fact.CO_SIGNED)
_FIVE_POINTS = (
    Fact.PLAN_MEASURES,
    Fact.PLAN_RESPONSIBILITY,
    Fact.PLAN_MONEY,
    Fact.PLAN_DEADLINE,
    Fact.PLAN_CONTINGENCY,
)
_REPORTED = (Fact.PLACE, Fact.DESCRIPTION, Fact.FOUND_AT, Fact.CATEGORY, Fact.RESPONSIBLE_UNIT)

MUST_BE_IN_PLACE: dict[Action, dict[Grade, tuple[Fact, ...]]] = {
    Action.REPORT: {_G: _REPORTED, _M: (*_REPORTED, Fact.STOP_NOTE)},
    Action.ACCEPT: {
        _G: (*_JUDGED, Fact.PHOTO_BEFORE),
        _M: (*_JUDGED, Fact.CRITERION_OR_REASON, Fact.PLAN_DUE, Fact.PHOTO_BEFORE),
    },
    Action.ORDER: {
        _G: (Fact.ORDER_NUMBER, Fact.DESCRIPTION, Fact.LEGAL_BASIS, Fact.DEADLINE),
        _M: (Fact.ORDER_NUMBER, Fact.DESCRIPTION, Fact.LEGAL_BASIS, Fact.DEADLINE),
    },
    Action.PLAN: {_M: (*_FIVE_POINTS, Fact.CONGRESS_TOLD)},
    Action.VERIFY: {
        _G: _WORK,
        _M: (*_WORK, Fact.PLAN_SIGNED, Fact.CAUSE, Fact.SIMILAR_CHECKED, Fact.LASTING_MEASURE),
    },
    Action.RESUME: {
        _G: (Fact.RESUME_CHECKED, Fact.RESUME_FROM),
        _M: (Fact.RESUME_CHECKED, Fact.RESUME_FROM),
    },
    Action.CLOSE: {_G: (Fact.REINSPECTION,), _M: (Fact.REINSPECTION,)},
    Action.DISMISS: {_G: (Fact.REASON,), _M: (Fact.REASON,)},
    Action.EXTEND: {
        _G: (Fact.REASON, Fact.NEW_DEADLINE, Fact.INTERIM_CONTROLS),
        _M: (Fact.REASON, Fact.NEW_DEADLINE, Fact.INTERIM_CONTROLS),
    },
    # the grade it has: general goes up with accept's conditions, major goes down with a reason
    Action.REGRADE: {
        _G: (*_JUDGED, Fact.CRITERION_OR_REASON, Fact.PLAN_DUE),
        _M: (Fact.REASON,),
    },
    Action.RETURN: {_G: (Fact.REASON, Fact.NEW_DEADLINE), _M: (Fact.REASON, Fact.NEW_DEADLINE)},
    Action.REOPEN: {_G: (Fact.REASON,), _M: (Fact.REASON,)},
    Action.TRANSFER: {_G: (Fact.REASON, Fact.TARGET_OFFICE), _M: (Fact.REASON, Fact.TARGET_OFFICE)},
}

# The enterprise's own report of a major hazard has its photo at once, every other one by acceptance.
AT_ONCE: tuple[Fact, ...] = (Fact.PHOTO_BEFORE,)

# The enterprise's own report of a major hazard has six parts (16号令 14); an order does not ask for the report.
SIX_PARTS: tuple[Fact, ...] = (Fact.PLAN_SITUATION, Fact.PLAN_HARM)


def target_state(action: Action, state: State, variant: Variant) -> State:
    """The state after the last signature; the state it has where the action does not change it."""
    if action is Action.REOPEN:
        return State.RECTIFYING if state is State.CLOSED else State.REPORTED
    if action is Action.REGRADE and variant is Variant.UP and state is State.VERIFIED:
        return State.RECTIFYING
    return ACTIONS[action].to_state or state
