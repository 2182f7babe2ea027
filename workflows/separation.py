"""Separation of duties: who did the work does not judge it, who verified does not close, nobody signs twice.

Counted in natural persons, a deputy and the one deputised as one, since the hazard was reported or last reopened.
Source: domain.md §3.
"""

from __future__ import annotations

from enum import StrEnum

from workflows.casefile import CaseFile, OpenRequest
from workflows.closure import ACTIONS, Step


class Bar(StrEnum):
    """Why a person may not sign a step, nearest rule first."""

    SIGNED_BEFORE = "signed_before"
    RECORDED = "recorded"
    DID_THE_WORK = "did_the_work"
    VERIFIED = "verified"


def bar_for(case: CaseFile, request: OpenRequest, step: Step, person: int) -> Bar | None:
    """The rule that keeps this person from this step, or None."""
    same = case.same_person(person)
    if any(_signers(given.person, given.deputising_for) & same for given in request.given):
        return Bar.SIGNED_BEFORE
    if _recorded_another_step(request, step, same):
        return Bar.RECORDED
    return _judging_bar(case, request, step, same)


def _signers(person: int, deputising_for: int | None) -> frozenset[int]:
    return frozenset({person} if deputising_for is None else {person, deputising_for})


def _recorded_another_step(request: OpenRequest, step: Step, same: frozenset[int]) -> bool:
    """A recorder of paper signs no other step, save that of two inspectors one may be the recorder."""
    recorders = {given.recorder for given in request.given if given.recorder is not None}
    if not recorders & same:
        return False
    if not step.pair:
        return True
    # one of the pair may be a recorder, not both
    return any(given.person in recorders for given in request.given)


def _judging_bar(case: CaseFile, request: OpenRequest, step: Step, same: frozenset[int]) -> Bar | None:
    row = ACTIONS[request.action]
    if row.judges and not step.applies and same & case.worked:
        return Bar.DID_THE_WORK
    if row.closes and same & case.verified:
        return Bar.VERIFIED
    return None
