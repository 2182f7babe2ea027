"""Signatures on paper (纸质签署·代录): who may enter whose, and for which step.

Many principals never log in; their signature is given on paper and entered by an officer. The named signer counts
for separation; the recorder signs no other step of the request, save that of two inspectors one may be the recorder.
Source: domain.md §2.
"""

from __future__ import annotations

from accounts.roles import Role
from workflows.answers import ALLOWED, Ruling, no
from workflows.casefile import CaseFile, OpenRequest
from workflows.closure import PAPER_RECORDER_OF, PAPER_RECORDERS
from workflows.ladder import StepNow, paper_roles, step_now
from workflows.routing import route_of
from workflows.separation import Bar, bar_for


def permit_paper(case: CaseFile, recorder: int, signer: int | None, role: Role) -> Ruling:
    """Whether `recorder` may enter a paper signature of `signer` (None: a person not yet known here) as `role`."""
    request = case.request
    now = step_now(case, request) if request is not None else None
    if request is None or now is None:
        return no("no_request", "现在没有等待签批的流程。")
    if role not in paper_roles(case, now.step):
        return no("paper_step", f"这一步（{now.step.label}）不能用纸质签署代录，须本人签批。")
    if not _may_record(case, recorder, role):
        return no("paper_recorder", "纸质签署由检查人员或镇街检查人员代录；主要负责人的也可由本单位安全管理人员代录。")
    return _paper_persons(case, request, now, recorder, signer) or ALLOWED


def permit_named(case: CaseFile, recorder: int, role: Role, *, held: frozenset[Role] | None, on_record: bool) -> Ruling:
    """Whether the named signer may stand in that role: `held` are an account's roles, None for a name without one.

    `on_record`: whether the name is the enterprise's principal as registered. An officer vouches for who stood before
    him; a safety manager may enter the own principal's signature only, not that of a name just made up.
    """
    if held is not None and role not in held:
        return no("paper_role", f"签署人在系统里没有“{role.label}”的角色。请核对姓名和职务。")
    if on_record or role is not Role.PRINCIPAL or case.holds(recorder, *PAPER_RECORDERS):
        return ALLOWED
    return no("paper_principal", "安全管理人员只能代录登记在册的主要负责人的签署。其他人的请由检查人员代录。")


def _may_record(case: CaseFile, recorder: int, role: Role) -> bool:
    allowed = PAPER_RECORDERS | ({PAPER_RECORDER_OF[role]} if role in PAPER_RECORDER_OF else set())
    return case.holds(recorder, *allowed)


def _paper_persons(
    case: CaseFile, request: OpenRequest, now: StepNow, recorder: int, signer: int | None
) -> Ruling | None:
    if signer is not None and signer in case.same_person(recorder):
        return no("paper_self", "代录人不能代录自己的签署。请直接签批，或由他人代录。")
    signed = [given for given in request.given if given.person in case.same_person(recorder)]
    route = route_of(request)
    if any(not route.steps[given.step].pair for given in signed):
        return no("recorded", "您已签过这一流程，不能再代录其他步骤的纸质签署。请由他人代录。")
    bar = bar_for(case, request, now.step, signer) if signer is not None else None
    if bar is not None:
        return no(f"paper_{bar.value}", _paper_barred(bar, request))
    return None


def _paper_barred(bar: Bar, request: OpenRequest) -> str:
    return {
        Bar.SIGNED_BEFORE: "签署人已签过这一流程，同一流程每人只签一次。请由另一人签署。",
        Bar.RECORDED: "签署人代录过这一流程的其他步骤，不能再签署。请由另一人签署。",
        Bar.DID_THE_WORK: f"签署人实施了整改，不能签署{request.action.label}。请由另一人签署。",
        Bar.VERIFIED: f"签署人签批了验收，不能再签{request.action.label}。请由另一人签署。",
    }[bar]
