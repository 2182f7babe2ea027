"""The sign page: the exact text, the step, what changed since, and as whom this person signs."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import Actor
from accounts.roles import Role, Side
from hazards.case import Loaded
from hazards.deed import Lines, deed_digest, deed_lines, needs_password
from hazards.models import SignOffRequest
from hazards.operations.requests import refuse_unless
from hazards.presenting.changes import Changed, changed_before_signing
from hazards.presenting.doubts import photos_in_doubt
from hazards.presenting.words import signer
from workflows.casefile import OpenRequest
from workflows.closure import REFUSAL_MOVES_DEADLINE, Step
from workflows.ladder import StepNow
from workflows.rulings import draft_request, permit_open, permit_sign, route_of, step_now
from workflows.vocabulary import Action, State

STATEMENT, TITLE = "声明", "事项"


@dataclass(frozen=True, slots=True)
class SignPage:
    """What `hazards/sign.html` prints; `signs` is False where this person only asks for others' signatures."""

    number: str
    action: Action
    title: str
    progress: str
    deed_title: str
    statement: str
    rows: tuple[tuple[str, str], ...]
    digest: str
    previous: tuple[tuple[str, str], ...]
    changed: Changed | None
    in_doubt: int
    signs: bool
    is_new: bool
    me: str
    needs_password: bool
    may_refuse: bool
    moves_deadline: bool
    needs_deadline: bool
    opinion_label: str
    approve_hint: str
    refuse_hint: str
    after: str


def waiting_page(loaded: Loaded, actor: Actor) -> SignPage:
    """The open request's next step for this person; refused with its rule where it is not theirs."""
    refuse_unless(permit_sign(loaded.case, actor.person_id))
    row, request = loaded.open_request, loaded.case.request
    waits = step_now(loaded.case, request) if request is not None else None
    assert row is not None
    assert request is not None
    assert waits is not None
    return _page(loaded, actor, request, waits, row.deed, row)


def new_page(loaded: Loaded, actor: Actor, action: Action) -> SignPage:
    """The text of a request that is opened by signing it (or only opened, where others sign first)."""
    refuse_unless(permit_open(loaded.case, action, actor.person_id))
    request = draft_request(loaded.case, action, actor.person_id)
    waits = step_now(loaded.case, request)
    assert waits is not None, "a route has at least one step"
    return _page(loaded, actor, request, waits, deed_lines(loaded, action, request.variant, {}), None)


def _page(
    loaded: Loaded, actor: Actor, request: OpenRequest, waits: StepNow, lines: Lines, row: SignOffRequest | None
) -> SignPage:
    signs, step, steps = actor.person_id in waits.persons, waits.step, route_of(request).steps
    texts = {row[0]: row[1] for row in lines}
    moves = row is not None and request.action in REFUSAL_MOVES_DEADLINE and not _is_application(step, request.action)
    return SignPage(
        number=loaded.hazard.number,
        action=request.action,
        title=f"签批：{step.label}" if signs else f"提请签批：{request.action.label}",
        progress=f"{request.action.label}第 {waits.index + 1} 步，共 {len(steps)} 步",
        deed_title=texts.get(TITLE, request.action.label),
        statement=texts.get(STATEMENT, ""),
        rows=tuple((label, value) for label, value in lines if label not in (TITLE, STATEMENT)),
        digest=row.deed_digest if row is not None else deed_digest(lines),
        previous=_previous(row),
        changed=changed_before_signing(loaded),
        in_doubt=photos_in_doubt(loaded),
        signs=signs,
        is_new=row is None,
        me=signer(_my_role(waits, actor), actor.name),
        needs_password=signs and needs_password(loaded.hazard),
        may_refuse=row is not None,
        moves_deadline=moves,
        needs_deadline=row is not None and request.action is Action.CLOSE,
        opinion_label="复查情况" if step.pair and request.action is Action.VERIFY else "意见",
        approve_hint=_approve_hint(steps, waits.index, request.action),
        refuse_hint=_refuse_hint(request.action, moves=moves),
        after=_after(steps, waits.index),
    )


def _is_application(step: Step, action: Action) -> bool:
    """An enterprise's own verification sets no deadline when it is refused."""
    return step.side is Side.ENTERPRISE and action is Action.VERIFY


def _my_role(waits: StepNow, actor: Actor) -> Role | None:
    return next((seat.role for seat in waits.seats if seat.person == actor.person_id), None)


def _previous(row: SignOffRequest | None) -> tuple[tuple[str, str], ...]:
    """Signatures before this one: they stand beside the text, not in it."""
    if row is None:
        return ()
    return tuple((s.step_label, f"{signer(s.role, s.person_name)} {s.verdict.label}") for s in row.signatures)


def _approve_hint(steps: tuple[Step, ...], index: int, action: Action) -> str:
    if index + 1 < len(steps):
        return f"交下一步：{steps[index + 1].label}"
    state = {
        Action.ACCEPT: State.RECTIFYING,
        Action.ORDER: State.RECTIFYING,
        Action.VERIFY: State.VERIFIED,
        Action.CLOSE: State.CLOSED,
        Action.DISMISS: State.DISMISSED,
        Action.RETURN: State.RECTIFYING,
    }.get(action)
    return f"签后状态变为「{state.label}」" if state else "签后即生效"


def _refuse_hint(action: Action, *, moves: bool) -> str:
    if action is Action.CLOSE:
        return "退回整改，须写明理由和新期限"
    if action is Action.VERIFY:
        return "退回整改，须写明理由" + ("，可另定新期限" if moves else "")
    return "流程终止，须写明理由；佐证材料保留"


def _after(steps: tuple[Step, ...], index: int) -> str:
    if index + 1 < len(steps):
        return f"签批后不能撤回。签错时，请在下一步「{steps[index + 1].label}」不予通过，流程会退回并留下记录。"
    return "签批后不能撤回。签错时，请由有权的人员重新办理，记录都会保留。"
