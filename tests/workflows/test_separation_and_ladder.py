"""Natural persons, the ladder of missing people; withdrawing, ending, sending on, correcting."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from accounts.roles import Role
from tests.workflows.cast import (
    ABOVE,
    COLLEAGUE,
    OFFICE_STAFF,
    OUTSIDER,
    PERSON,
    RECEIVING,
    TOWN_STAFF,
    G,
    M,
    O,
    S,
    a_case,
    waiting,
)
from workflows.casefile import CaseFile, Given, Seat
from workflows.closure import Origin, Variant
from workflows.ladder import StepNow
from workflows.rulings import (
    covers_next,
    permit_correct,
    permit_end,
    permit_escalate,
    permit_sign,
    permit_withdraw,
    step_now,
    with_signature,
)
from workflows.vocabulary import Action, Grade, State


def now(case: CaseFile) -> StepNow:
    assert case.request is not None
    step = step_now(case, case.request)
    assert step is not None
    return step


def without(case: CaseFile, *letters: str, all_of: bool = True) -> CaseFile:
    """The case after these people have gone: the one on trial and, usually, the colleague."""
    gone = {PERSON[letter] for letter in letters} | ({COLLEAGUE[letter] for letter in letters} if all_of else set())
    return replace(case, seats=tuple(seat for seat in case.seats if seat.person not in gone))


# --- natural persons -------------------------------------------------------------------------------------------


def test_who_rectified_cannot_verify() -> None:
    case = waiting(Action.VERIFY, worked=frozenset({PERSON["S"]}))
    ruling = permit_sign(case, PERSON["S"])
    assert ruling.rule == "did_the_work"
    assert ruling.sentence == "您实施了整改，不能签批验收。请另一名安全管理人员签批。"


def test_who_verified_cannot_close_and_another_may() -> None:
    case = waiting(Action.CLOSE, verified=frozenset({PERSON["M"]}))
    assert permit_sign(case, PERSON["M"]).rule == "verified"
    assert permit_sign(case, PERSON["S"]).allowed


def test_who_applied_for_acceptance_may_close_since_applying_judges_nothing() -> None:
    case = waiting(Action.CLOSE, by=PERSON["P"])
    assert permit_sign(case, PERSON["P"]).allowed


def test_the_same_pair_of_eyes_does_not_look_twice() -> None:
    first = Given(0, PERSON["P"], Role.PRINCIPAL)
    case = waiting(Action.VERIFY, M, S, first, Given(1, PERSON["I"], Role.INSPECTOR))
    ruling = permit_sign(case, PERSON["I"])
    assert ruling.rule == "signed_before"
    assert ruling.sentence == "您已签过这一流程，同一流程每人只签一次。请另一名检查人员签批。"
    assert permit_sign(case, COLLEAGUE["I"]).allowed


@pytest.mark.parametrize("direction", ["deputy", "deputised"])
def test_deputy_and_deputised_are_one_person(direction: str) -> None:
    pair = (PERSON["I"], COLLEAGUE["I"]) if direction == "deputy" else (COLLEAGUE["I"], PERSON["I"])
    case = waiting(
        Action.VERIFY,
        M,
        S,
        Given(0, PERSON["P"], Role.PRINCIPAL),
        Given(1, PERSON["I"], Role.INSPECTOR),
        deputations=frozenset({pair}),
    )
    assert permit_sign(case, COLLEAGUE["I"]).rule == "signed_before"


def test_who_was_deputised_in_an_earlier_step_signs_no_later_one_even_when_the_deputation_is_over() -> None:
    by_deputy = Given(1, COLLEAGUE["I"], Role.INSPECTOR, deputising_for=PERSON["I"])
    case = waiting(Action.VERIFY, M, S, Given(0, PERSON["P"], Role.PRINCIPAL), by_deputy)
    assert permit_sign(case, PERSON["I"]).rule == "signed_before"


def test_two_who_deputise_for_the_same_third_are_still_two() -> None:
    case = a_case(deputations=frozenset({(1, 3), (2, 3)}))
    assert case.same_person(1) == {1, 3}
    assert case.same_person(3) == {1, 2, 3}


# --- one signature for both ------------------------------------------------------------------------------------


def seated(*roles: tuple[int, Role]) -> tuple[Seat, ...]:
    return tuple(Seat(person, role, -2) for person, role in roles)


@pytest.mark.parametrize(
    ("enterprise", "covers"),
    [
        (((1, Role.SAFETY_MANAGER), (1, Role.PRINCIPAL)), True),
        (((1, Role.SAFETY_MANAGER), (1, Role.PRINCIPAL), (2, Role.WORKER)), True),
        (((1, Role.PRINCIPAL),), False),
        (((1, Role.SAFETY_MANAGER), (2, Role.PRINCIPAL)), False),
        (((1, Role.SAFETY_MANAGER), (1, Role.PRINCIPAL), (2, Role.SAFETY_MANAGER)), False),
        (((1, Role.SAFETY_MANAGER), (1, Role.PRINCIPAL), (2, Role.PRINCIPAL)), False),
    ],
)
def test_the_principal_signs_once_for_both_only_as_the_only_holder_of_both(
    enterprise: tuple[tuple[int, Role], ...], covers: bool
) -> None:
    case = waiting(Action.ACCEPT, M, S, seats=seated(*enterprise))
    assert case.request is not None
    assert covers_next(case, case.request, 1) is covers


def test_no_other_route_is_signed_once_for_two_steps() -> None:
    alone = seated((1, Role.SAFETY_MANAGER), (1, Role.PRINCIPAL))
    for action, grade, origin in ((Action.ACCEPT, G, S), (Action.VERIFY, M, S), (Action.VERIFY, G, O)):
        case = waiting(action, grade, origin, seats=alone)
        assert case.request is not None
        assert not covers_next(case, case.request, 1)


# --- the ladder ------------------------------------------------------------------------------------------------


def test_a_step_of_the_enterprise_goes_to_an_inspector_or_town_officer_when_nobody_there_is_left() -> None:
    case = without(waiting(Action.VERIFY), "S", "M", "P")
    assert now(case).persons == {PERSON["I"], COLLEAGUE["I"], PERSON["o"], COLLEAGUE["o"]}
    assert now(case).is_stand_in


def test_as_long_as_one_is_left_the_ladder_is_not_climbed() -> None:
    case = without(waiting(Action.VERIFY), "S", "M")
    assert now(case).persons == {PERSON["P"], COLLEAGUE["P"]}
    assert not now(case).is_stand_in


def test_whom_separation_bars_is_missing_as_if_gone() -> None:
    everybody = frozenset(who[letter] for letter in "SMPD" for who in (PERSON, COLLEAGUE))
    case = waiting(Action.CLOSE, verified=everybody)
    assert PERSON["I"] in now(case).persons
    assert permit_sign(case, PERSON["S"]).rule == "verified"
    assert "检查人员" in permit_sign(case, PERSON["W"]).sentence


def test_a_step_of_a_regulator_goes_to_the_same_role_of_the_next_higher_office() -> None:
    case = without(waiting(Action.CLOSE, M), "R")
    district = {seat.person for seat in ABOVE if seat.rung == 1 and seat.role is Role.REVIEWER}
    assert now(case).persons == district
    assert now(case).is_stand_in
    without_district = replace(case, seats=tuple(seat for seat in case.seats if seat.rung != 1))
    assert now(without_district).persons == {
        seat.person for seat in ABOVE if seat.rung == 2 and seat.role is Role.REVIEWER
    }


def test_a_towns_step_goes_to_the_offices_role_above_it() -> None:
    case = waiting(Action.CLOSE, G, O, town_order=True, seats=TOWN_STAFF)
    assert now(case).persons == {PERSON["h"], COLLEAGUE["h"]}
    assert now(without(case, "h")).persons == {PERSON["R"], COLLEAGUE["R"]}


def test_a_town_of_one_signs_its_order_with_an_inspector_of_the_office() -> None:
    one = without(waiting(Action.ORDER, G, O, town_order=True, seats=TOWN_STAFF), "h")
    one = without(replace(one, state=State.REPORTED), "o", all_of=False)
    assert now(one).persons == {COLLEAGUE["o"]}
    second = with_signature(one, Given(0, COLLEAGUE["o"], Role.TOWN_OFFICER))
    assert now(second).persons == {PERSON["I"], COLLEAGUE["I"]}


def test_a_step_that_either_side_may_sign_is_nobodys_stand_in() -> None:
    case = waiting(Action.REGRADE, variant=Variant.UP)
    assert now(case).persons == {who[letter] for letter in "SI" for who in (PERSON, COLLEAGUE)}
    assert not now(case).is_stand_in
    inspectors_only = without(case, "S")
    assert not now(inspectors_only).is_stand_in
    assert now(without(inspectors_only, "I")).is_stand_in


CITY = tuple(
    Seat(number, role, 0)
    for number, role in enumerate((Role.INSPECTOR, Role.INSPECTOR, Role.REVIEWER, Role.APPROVER), start=70)
)


def test_a_city_office_keeps_its_two_inspectors_for_what_only_they_can_sign() -> None:
    case = waiting(Action.VERIFY, M, seats=CITY)
    assert now(case).persons == {72}, "its reviewer applies in the enterprise's place, both inspectors look"
    assert now(case).is_stand_in
    assert permit_sign(case, 70).rule == "not_your_step"
    look = with_signature(case, Given(0, 72, Role.REVIEWER))
    assert now(look).persons == {70, 71}
    three = replace(case, seats=(*CITY, Seat(74, Role.INSPECTOR, 0)))
    assert now(three).persons == {70, 71, 74}, "with a third, any of them"


def test_nobody_is_kept_for_a_later_step_that_may_come_on_paper() -> None:
    reviewer_and_approver = (Seat(1, Role.REVIEWER, 0), Seat(1, Role.APPROVER, 0))
    case = waiting(Action.CLOSE, M, seats=reviewer_and_approver)
    assert now(case).persons == {1}


def test_where_nobody_at_all_is_left_nobody_is_named_and_nobody_is_let_in() -> None:
    case = waiting(Action.CLOSE, M, seats=(Seat(1, Role.INSPECTOR, 0), Seat(2, Role.APPROVER, 0)))
    assert now(case).persons == frozenset()
    assert not now(case).is_stand_in
    assert permit_sign(case, 1).rule == permit_sign(case, 2).rule == "not_your_step"


def test_a_missing_later_signer_does_not_stop_the_earlier_ones() -> None:
    case = waiting(Action.DISMISS, M, seats=(Seat(1, Role.INSPECTOR, 0), Seat(2, Role.INSPECTOR, 0)))
    assert now(case).persons == {1, 2}


def test_a_receipt_goes_up_the_receiving_offices_own_ladder_and_at_its_top_to_the_approver() -> None:
    sent = waiting(Action.TRANSFER, G, S, Given(0, PERSON["R"], Role.REVIEWER))
    assert now(sent).persons == {301}
    empty = replace(sent, seats=OFFICE_STAFF + RECEIVING[1:])
    assert now(empty).persons == {303}
    same_above = replace(empty, request=replace(sent.request, given=(Given(0, 303, Role.REVIEWER),)))  # type: ignore[type-var]
    assert now(same_above).persons == {304}
    assert now(same_above).is_stand_in


def test_the_head_of_a_receiving_town_signs_the_receipt() -> None:
    town = (*OFFICE_STAFF, Seat(310, Role.TOWN_HEAD, 0, receiving=True))
    sent = waiting(Action.TRANSFER, G, S, Given(0, PERSON["R"], Role.REVIEWER), seats=town)
    assert now(sent).persons == {310}


# --- withdrawing, ending, sending on, correcting ---------------------------------------------------------------


def test_only_the_requester_withdraws() -> None:
    case = waiting(Action.EXTEND, by=PERSON["S"])
    assert permit_withdraw(case, PERSON["S"]).allowed
    for letter in "PMIRA":
        assert permit_withdraw(case, PERSON[letter]).rule == "not_requester"
    assert permit_withdraw(a_case(), PERSON["S"]).rule == "no_request"


@pytest.mark.parametrize(("letter", "ends"), [(letter, letter in "IR") for letter in "WLDMSPIRAKCoh"])
def test_an_inspector_or_reviewer_ends_an_enterprises_request(letter: str, ends: bool) -> None:
    ruling = permit_end(waiting(Action.EXTEND, by=PERSON["S"]), PERSON[letter])
    assert ruling.allowed is ends
    assert ends or ruling.rule == "not_yours"


def test_a_regulators_own_request_is_withdrawn_not_ended() -> None:
    assert permit_end(waiting(Action.EXTEND, by=PERSON["I"]), PERSON["R"]).rule == "not_enterprise_request"
    assert permit_end(a_case(), PERSON["R"]).rule == "no_request"


def test_the_town_ends_requests_under_its_own_order_only() -> None:
    own = waiting(Action.EXTEND, G, O, by=PERSON["S"], town_order=True, seats=TOWN_STAFF)
    assert permit_end(own, PERSON["o"]).allowed
    assert permit_end(own, PERSON["h"]).allowed
    assert permit_end(waiting(Action.EXTEND, G, O, by=PERSON["S"]), PERSON["o"]).rule == "not_yours"


def test_the_office_that_is_to_receive_a_case_ends_and_corrects_nothing_in_it() -> None:
    case = waiting(Action.EXTEND, by=PERSON["S"])
    for seat in RECEIVING:
        assert permit_end(case, seat.person).rule == permit_correct(case, seat.person).rule == "not_yours"


@pytest.mark.parametrize("letter", "WLDMSPIRAKCoh")
def test_only_a_safety_manager_sends_a_major_one_straight_to_the_regulator(letter: str) -> None:
    case = a_case(State.REPORTED, M)
    assert permit_escalate(case, PERSON[letter]).allowed is (letter == "S")


def test_sending_straight_is_for_a_self_found_major_one_not_yet_accepted_and_once() -> None:
    for state, grade, origin in product(State, Grade, Origin):
        allowed = permit_escalate(a_case(state, grade, origin), PERSON["S"]).allowed
        assert allowed is ((state, grade, origin) == (State.REPORTED, M, S))
    assert permit_escalate(a_case(State.REPORTED, M, escalated=True), PERSON["S"]).rule == "escalated"


@pytest.mark.parametrize("state", State)
def test_what_is_open_may_be_corrected_by_who_answers_for_it(state: State) -> None:
    case = a_case(state)
    for letter in "WLDMSPIRAKCoh":
        ruling = permit_correct(case, PERSON[letter])
        assert ruling.allowed is (state.is_open and letter in "WSPI"), letter  # W is the responsible person
        assert state.is_open or ruling.rule == "state"
    assert not permit_correct(case, OUTSIDER).allowed


def test_before_the_order_is_given_the_enterprise_corrects_nothing_in_it() -> None:
    found_by_others = a_case(State.REPORTED, G, O)
    assert [letter for letter in "WSPIR" if permit_correct(found_by_others, PERSON[letter]).allowed] == ["I"]
    ordered = a_case(State.RECTIFYING, G, O)
    assert [letter for letter in "WSPIR" if permit_correct(ordered, PERSON[letter]).allowed] == ["W", "S", "P", "I"]
