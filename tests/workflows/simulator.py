"""A register in miniature: what `hazards` will do with the rules' answers, pure and without a database.

It applies signatures until a route is complete, then changes the state by `target_state`; it keeps who did the work
and who verified, moves the deadline where the tables say so, and makes the authority's acts count as ordered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from accounts.roles import Side
from workflows.casefile import CaseFile, Given, OpenRequest, Seat
from workflows.closure import (
    ACTIONS,
    MOVES_DEADLINE,
    REFUSAL_MOVES_DEADLINE,
    Origin,
    Variant,
    target_state,
)
from workflows.facts import Fact
from workflows.rulings import covers_next, draft_request, is_complete, route_of, step_now, with_signature
from workflows.vocabulary import Action, Grade, Manner, State

REGULATORS_OWN = frozenset({Action.ORDER, Action.REOPEN, Action.REGRADE})


def opened(case: CaseFile, action: Action, person: int, variant: Variant | None = None) -> CaseFile:
    """The case with the request open."""
    return replace(case, request=draft_request(case, action, person, variant))


def signed(case: CaseFile, person: int) -> CaseFile:
    """The case after this person, who may, has signed the next step; the last signature completes the request."""
    request = case.request
    assert request is not None
    now = step_now(case, request)
    assert now is not None
    seat = next(seat for seat in now.seats if seat.person == person)
    both = covers_next(case, request, person)
    for index in (now.index, now.index + 1) if both else (now.index,):
        case = with_signature(case, Given(index, person, seat.role))
    return completed(case)


def signed_on_paper(case: CaseFile, recorder: int, signer: int, seat: Seat) -> CaseFile:
    """The case after a paper signature has been entered."""
    assert case.request is not None
    index = len(case.request.given)
    return completed(with_signature(case, Given(index, signer, seat.role, Manner.PAPER, recorder)))


def completed(case: CaseFile) -> CaseFile:
    """The case after its request has had its effect, if the last step has signed."""
    request = case.request
    if request is None or not is_complete(request):
        return case
    action, state = request.action, target_state(request.action, case.state, request.variant)
    after = replace(case, state=state, request=None, facts=case.facts | _proved(action))
    if action is Action.VERIFY:
        after = replace(after, verified=after.verified | judges_of(request))
    if action is Action.REGRADE:
        after = replace(after, grade=Grade.MAJOR if case.grade is Grade.GENERAL else Grade.GENERAL)
    if action is Action.REOPEN:
        after = replace(after, worked=frozenset(), verified=frozenset())
    if _is_authoritys(request):
        after = replace(after, origin=Origin.ORDERED)
    return later(after) if action in MOVES_DEADLINE else after


def _proved(action: Action) -> frozenset[Fact]:
    return frozenset({Fact.RESUMED}) if action is Action.RESUME else frozenset()


def judges_of(request: OpenRequest) -> frozenset[int]:
    """Who judged: the signers of steps that are no application, with whom they deputise for."""
    steps = route_of(request).steps
    judging = [given for given in request.given if not steps[given.step].applies]
    return frozenset(
        person for given in judging for person in (given.person, given.deputising_for) if person is not None
    )


def _is_authoritys(request: OpenRequest) -> bool:
    """What a regulator ordered, accepted ex officio, reopened or regraded counts as ordered from then on."""
    if request.variant is Variant.EX_OFFICIO:
        return True
    return request.action in REGULATORS_OWN and request.given[-1].role.side is Side.REGULATOR


def refused(case: CaseFile, person: int) -> CaseFile:
    """The case after this person, whose step it is, has refused; a refused close acts as a return."""
    request = case.request
    assert request is not None
    now = step_now(case, request)
    assert now is not None
    by = next(seat.role for seat in now.seats if seat.person == person)
    after = replace(case, request=None)
    if request.action is Action.CLOSE:
        after = replace(after, state=State.RECTIFYING)
    moves = request.action in REFUSAL_MOVES_DEADLINE and by.side is Side.REGULATOR
    return later(after) if moves or request.action is Action.CLOSE else after


def later(case: CaseFile) -> CaseFile:
    """The case with a new deadline."""
    return replace(case, deadline=case.deadline and case.deadline + timedelta(days=30))


def openings(case: CaseFile) -> list[tuple[Action, Variant | None]]:
    """Every action, and acceptance ex officio."""
    return [(action, None) for action in ACTIONS] + [(Action.ACCEPT, Variant.EX_OFFICIO)]
