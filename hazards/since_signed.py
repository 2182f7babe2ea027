"""What reads otherwise now than in the text that was last signed: 签后有变更.

Counted are the facts that people change without a signature: place, description, plan, work, controls. What a
signature itself brings into force (deadline, grade, clause, office) is no change behind a signer's back, and who puts
it right is named by an act of its own. A text that was refused or returned binds nobody: changing it is what was asked
for. The next signature that shows a fact takes its new text up, and a hazard that has ended is compared no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hazards.case import Loaded
from hazards.deed import OFFERED_LABELS, plan_lines, work_lines
from hazards.models import Signature, SignOffRequest
from workflows.vocabulary import Action, RequestStatus

# facts that come with a request and are the record's from then on, open to correction
BROUGHT: Final = ("responsible_unit", "stop_note", "interim_controls")
_CONTROLS: Final = OFFERED_LABELS["interim_controls"]
# which requests show the plan, and which the work
_SHOW_PLAN: Final = frozenset({Action.PLAN})
_SHOW_WORK: Final = frozenset({Action.VERIFY, Action.CLOSE, Action.RETURN})

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact: as it was signed, as it reads now, and the signature that showed it last, with its request."""

    label: str
    signed: str
    now: str
    request: SignOffRequest
    by: Signature


def changes_since_signed(loaded: Loaded) -> tuple[Change, ...]:
    """Every fact of an open hazard that differs from what was last signed in this round."""
    if not loaded.hazard.state.is_open or not any(_counts(request, loaded) for request in loaded.requests):
        return ()
    every, plan, work, brought = _facts(loaded)
    now = every | plan | work | brought
    shown: dict[str, tuple[str, SignOffRequest]] = {}
    for request in loaded.requests:
        if not _counts(request, loaded):
            continue
        judged = plan if request.action in _SHOW_PLAN else work if request.action in _SHOW_WORK else {}
        if _turns_down(request):
            shown = {label: signed for label, signed in shown.items() if label not in judged}
            judged = {}
        if request.status is not RequestStatus.REFUSED:
            texts = {row[0]: row[1] for row in request.deed}
            shown |= {label: (texts.get(label, ""), request) for label in (*every, *judged, *_brought(request))}
    return tuple(
        Change(label, text, now[label], request, request.signatures[-1])
        for label, (text, request) in shown.items()
        if text != now[label]
    )


def _facts(loaded: Loaded) -> tuple[Texts, Texts, Texts, Texts]:
    """The facts as they read now: those of every text, the plan, the work, and what came with a request."""
    hazard = loaded.hazard
    every = {"隐患位置": hazard.place, "隐患描述": hazard.description}
    plan = dict(plan_lines(loaded))
    work = dict(work_lines(loaded))
    return every, plan, work, {OFFERED_LABELS[name]: getattr(hazard, name) for name in BROUGHT}


def _counts(request: SignOffRequest, loaded: Loaded) -> bool:
    """Signed in this round; a signed plan stands through return and reopening (domain.md §3)."""
    if not request.signatures:
        return False
    is_plan = request.action is Action.PLAN and request.status is RequestStatus.COMPLETED
    return is_plan or request.signatures[-1].signed_at >= loaded.hazard.round_started_at


def _turns_down(request: SignOffRequest) -> bool:
    return request.status is RequestStatus.REFUSED or request.action is Action.RETURN


def _brought(request: SignOffRequest) -> list[str]:
    """What came with a request is the record's once that is in force; an extension shows the controls it finds."""
    brought = [OFFERED_LABELS[name] for name in BROUGHT if request.offered.get(name)]
    found = [_CONTROLS] if request.action is Action.EXTEND and _CONTROLS not in brought else []
    return [*brought, *found] if request.status is RequestStatus.COMPLETED else found
