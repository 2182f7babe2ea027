"""Signatures on paper (纸质签署·代录): for whom, by whom, and what else the recorder may still sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.roles import Role
from tests.workflows.cast import COLLEAGUE, PERSON, TOWN_STAFF, G, M, O, S, a_case, waiting
from workflows.casefile import CaseFile, Given
from workflows.closure import Origin
from workflows.rulings import permit_paper, permit_sign, with_signature
from workflows.vocabulary import Action, Grade, Manner


def on_paper(case: CaseFile, recorder: int, signer: int | None, role: Role) -> str:
    ruling = permit_paper(case, recorder, signer, role)
    return "allowed" if ruling.allowed else ruling.rule


@pytest.mark.parametrize(
    ("recorder", "rule"),
    [*((letter, "allowed") for letter in "IoS"), *((letter, "paper_recorder") for letter in "RWMKA")],
)
def test_a_principals_paper_is_entered_by_an_officer_or_the_own_safety_manager(recorder: str, rule: str) -> None:
    case = waiting(Action.PLAN, M)
    for signer in (PERSON["P"], None):
        assert on_paper(case, PERSON[recorder], signer, Role.PRINCIPAL) == rule


@pytest.mark.parametrize(
    ("recorder", "rule"),
    [("I", "allowed"), ("o", "allowed"), ("K", "allowed"), ("S", "paper_recorder"), ("R", "paper_recorder")],
)
def test_a_leaders_decision_on_paper_is_entered_by_an_officer_or_a_clerk(recorder: str, rule: str) -> None:
    case = waiting(Action.CLOSE, M, S, Given(0, PERSON["R"], Role.REVIEWER))
    assert on_paper(case, PERSON[recorder], PERSON["A"], Role.APPROVER) == rule


def test_other_enterprise_steps_on_paper_are_entered_by_officers_only() -> None:
    case = waiting(Action.CLOSE)
    assert on_paper(case, PERSON["I"], PERSON["D"], Role.DEPARTMENT_HEAD) == "allowed"
    assert on_paper(case, PERSON["S"], PERSON["D"], Role.DEPARTMENT_HEAD) == "paper_recorder"


@pytest.mark.parametrize(
    ("action", "grade", "origin", "role"),
    [
        (Action.CLOSE, M, S, Role.REVIEWER),
        (Action.DISMISS, M, S, Role.INSPECTOR),
        (Action.CLOSE, G, S, Role.WORKER),
        (Action.CLOSE, G, S, Role.INSPECTOR),
        (Action.TRANSFER, G, S, Role.REVIEWER),
    ],
)
def test_an_officials_own_look_and_a_foreign_role_do_not_come_on_paper(
    action: Action, grade: Grade, origin: Origin, role: Role
) -> None:
    assert on_paper(waiting(action, grade, origin), PERSON["I"], None, role) == "paper_step"


def test_a_receipt_does_not_come_on_paper() -> None:
    case = waiting(Action.TRANSFER, G, S, Given(0, PERSON["R"], Role.REVIEWER))
    assert on_paper(case, PERSON["I"], None, Role.TOWN_HEAD) == "paper_step"
    assert on_paper(case, PERSON["I"], None, Role.REVIEWER) == "paper_step"


def test_a_town_heads_decision_on_a_towns_order_comes_on_paper() -> None:
    case = waiting(Action.CLOSE, G, O, town_order=True, seats=TOWN_STAFF)
    assert on_paper(case, PERSON["o"], PERSON["h"], Role.TOWN_HEAD) == "allowed"
    office = waiting(Action.CLOSE, G, O)
    assert on_paper(office, PERSON["o"], PERSON["h"], Role.TOWN_HEAD) == "paper_step"


def test_nobody_enters_the_own_paper_nor_that_of_the_one_they_deputise_for() -> None:
    case = waiting(Action.VERIFY)
    assert on_paper(case, PERSON["I"], PERSON["I"], Role.PRINCIPAL) == "paper_self"
    deputies = replace(case, deputations=frozenset({(PERSON["I"], PERSON["P"])}))
    assert on_paper(deputies, PERSON["I"], PERSON["P"], Role.PRINCIPAL) == "paper_self"


def test_the_named_signer_counts_for_separation() -> None:
    worked = waiting(Action.VERIFY, worked=frozenset({PERSON["P"]}))
    assert on_paper(worked, PERSON["I"], PERSON["P"], Role.PRINCIPAL) == "paper_did_the_work"
    verified = waiting(Action.CLOSE, verified=frozenset({PERSON["P"]}))
    assert on_paper(verified, PERSON["I"], PERSON["P"], Role.PRINCIPAL) == "paper_verified"
    signed = waiting(Action.ACCEPT, M, S, Given(0, PERSON["P"], Role.SAFETY_MANAGER))
    assert on_paper(signed, PERSON["I"], PERSON["P"], Role.PRINCIPAL) == "paper_signed_before"


def test_who_has_signed_a_step_enters_nobody_elses() -> None:
    case = waiting(Action.ACCEPT, M, S, Given(0, PERSON["S"], Role.SAFETY_MANAGER))
    assert on_paper(case, PERSON["S"], PERSON["P"], Role.PRINCIPAL) == "recorded"
    assert on_paper(case, COLLEAGUE["S"], PERSON["P"], Role.PRINCIPAL) == "allowed"


def test_one_recorder_may_enter_two_papers_of_a_request() -> None:
    first = Given(0, COLLEAGUE["S"], Role.SAFETY_MANAGER, Manner.PAPER, PERSON["I"])
    assert on_paper(waiting(Action.ACCEPT, M, S, first), PERSON["I"], PERSON["P"], Role.PRINCIPAL) == "allowed"


APPLICATION = Given(0, PERSON["P"], Role.PRINCIPAL, Manner.PAPER, PERSON["I"])


def test_the_recorder_of_an_application_may_be_one_of_the_two_inspectors() -> None:
    case = waiting(Action.VERIFY, M, S, APPLICATION)
    assert permit_sign(case, PERSON["I"]).allowed
    second = with_signature(case, Given(1, PERSON["I"], Role.INSPECTOR))
    assert permit_sign(second, PERSON["I"]).rule == "signed_before"
    assert permit_sign(second, COLLEAGUE["I"]).allowed


def test_of_two_of_a_town_one_may_have_entered_the_other_ones_paper() -> None:
    head = Given(1, PERSON["h"], Role.TOWN_HEAD, Manner.PAPER, PERSON["o"])
    case = waiting(Action.VERIFY, G, O, Given(0, PERSON["P"], Role.PRINCIPAL), head, town_order=True, seats=TOWN_STAFF)
    assert permit_sign(case, PERSON["o"]).allowed
    assert permit_sign(case, PERSON["h"]).rule == "signed_before"


def test_the_recorder_signs_no_other_step_of_the_request() -> None:
    case = waiting(Action.EXTEND, M, S, APPLICATION)
    assert permit_sign(case, PERSON["I"]).rule == "recorded"
    assert permit_sign(case, COLLEAGUE["I"]).allowed


def test_nothing_is_signed_or_entered_where_nothing_waits() -> None:
    case = a_case()
    assert permit_sign(case, PERSON["I"]).rule == "no_request"
    assert on_paper(case, PERSON["I"], None, Role.PRINCIPAL) == "no_request"
