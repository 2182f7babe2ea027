"""What is expected next of whom, so that every open hazard always waits for somebody who can act."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.casefile import CaseFile
from workflows.closure import Origin
from workflows.facts import Fact
from workflows.rulings import StepNow, draft_request, step_now
from workflows.vocabulary import Action, Grade, State


@dataclass(frozen=True, slots=True)
class Expected:
    """The next act: a signature of the open request, or the beginning of one; `person` where one person has it."""

    action: Action
    is_signature: bool
    step: StepNow | None = None
    person: int | None = None
    due: str = "deadline"


# which period runs while the act is waited for; elsewhere the hazard's own deadline
_DUE = {Action.ACCEPT: "accept_due", Action.PLAN: "plan_due"}


def expected(case: CaseFile) -> Expected | None:
    """The next act of an open hazard; None once it is closed or dismissed."""
    if case.request is not None:
        return _signature(case)
    action = next_action(case)
    if action is None:
        return None
    if action is Action.VERIFY and case.responsible_person is not None:
        # the work itself: whoever answers for it does it, records it and asks for the verification
        return Expected(action, False, None, case.responsible_person)
    return Expected(action, False, step_now(case, draft_request(case, action, 0)), due=_DUE.get(action, "deadline"))


def _signature(case: CaseFile) -> Expected:
    assert case.request is not None
    action = case.request.action
    asked = action is Action.VERIFY and bool(case.request.given)  # the re-inspection's clock runs from the application
    due = "reinspection_due" if asked else _DUE.get(action, "deadline")
    return Expected(action, True, step_now(case, case.request), due=due)


def next_action(case: CaseFile) -> Action | None:
    """Which action leads on from here when no request is open."""
    if case.state is State.REPORTED:
        return Action.ACCEPT if case.origin is Origin.SELF_FOUND else Action.ORDER
    if case.state is State.RECTIFYING:
        wants_plan = case.grade is Grade.MAJOR and Fact.PLAN_SIGNED not in case.facts
        return Action.PLAN if wants_plan else Action.VERIFY
    if case.state is State.VERIFIED:
        wants_resume = case.authority_stopped and Fact.RESUMED not in case.facts
        return Action.RESUME if wants_resume else Action.CLOSE
    return None
