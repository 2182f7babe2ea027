"""Routes and states of the table against the ones written by hand: every row, and no row besides."""

from __future__ import annotations

from itertools import product

import pytest

from tests.workflows.cast import LETTER, a_case
from tests.workflows.expected import FROM_TO, REGRADE_UP_FROM_VERIFIED, ROUTES, TOWN_ROUTES, Kind
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.closure import (
    ACTIONS,
    MOVES_DEADLINE,
    REFUSAL_MOVES_DEADLINE,
    REPORTERS,
    Origin,
    Receiver,
    Step,
    Variant,
    find_route,
    target_state,
)
from workflows.rulings import permit_open, roles_at
from workflows.vocabulary import Action, Channel, Grade, State

KINDS = tuple(Kind(*parts) for parts in product(ACTIONS, Grade, Origin, Variant))


def in_letters(step: Step, roles: tuple[object, ...]) -> str:
    """A step in the notation of `expected.py`."""
    marks = ("*" if step.applies else "") + ("2" if step.pair else "")
    return "/".join(LETTER[role] for role in roles) + marks + (">" if step.receiver is Receiver.RECEIVING else "")  # type: ignore[index]


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_each_kind_of_case_follows_the_route_of_the_field(kind: Kind) -> None:
    route = find_route(Action(kind.action), Grade(kind.grade), Origin(kind.origin), Variant(kind.how))
    found = None if route is None else " ".join(in_letters(step, step.roles) for step in route.steps)
    assert found == ROUTES.get(kind)


@pytest.mark.parametrize("action", TOWN_ROUTES)
def test_a_towns_order_reads_its_officer_for_the_inspector_and_its_head_for_the_reviewer(action: str) -> None:
    variant = Variant.UP if action == "regrade" else Variant.PLAIN
    route = find_route(Action(action), Grade.GENERAL, Origin.ORDERED, variant)
    assert route is not None
    own = [
        step.roles
        if step.roles[0].side == "enterprise" or step.receiver is Receiver.RECEIVING
        else roles_at(step, RESPONSIBLE_OFFICE, town_order=True)
        for step in route.steps
    ]
    found = " ".join(in_letters(step, roles) for step, roles in zip(route.steps, own, strict=True))
    assert found == TOWN_ROUTES[action]


def test_a_town_reads_no_roles_of_its_own_for_a_major_one() -> None:
    assert a_case(grade=Grade.GENERAL, origin=Origin.ORDERED, town_order=True).is_towns
    assert not a_case(grade=Grade.MAJOR, origin=Origin.ORDERED, town_order=True).is_towns


def test_every_action_has_its_row_and_its_expectation() -> None:
    assert {*ACTIONS} == {*FROM_TO} == {*Action} - {Action.REPORT}
    assert {kind.action for kind in ROUTES} == {*ACTIONS}


@pytest.mark.parametrize("action", FROM_TO)
def test_an_action_leads_from_its_states_to_its_states_and_is_refused_in_others(action: str) -> None:
    kinds = [kind for kind in ROUTES if kind.action == action]
    for kind, state in product(kinds, State):
        case = a_case(state, Grade(kind.grade), Origin(kind.origin))
        asked = permit_open(case, Action(action), 0, variant=Variant(kind.how))
        assert (asked.rule == "state") is (state not in FROM_TO[action]), (kind, state)
        if state in FROM_TO[action]:
            to = FROM_TO[action][state]
            if kind.how == "up" and state == "verified":
                to = REGRADE_UP_FROM_VERIFIED
            assert target_state(Action(action), state, Variant(kind.how)) == to, (kind, state)


def test_only_verify_and_close_lead_to_verified_and_closed() -> None:
    to = {(action, end) for action, ends in FROM_TO.items() for start, end in ends.items() if end != start}
    assert {action for action, end in to if end == "closed"} == {"close"}
    assert {action for action, end in to if end == "verified"} == {"verify"}
    assert {start for start, end in FROM_TO["close"].items() if end == "closed"} == {"verified"}


def test_only_extension_return_reopening_and_a_refusal_set_a_later_deadline() -> None:
    assert set(MOVES_DEADLINE) == {"extend", "return", "reopen"}
    assert set(REFUSAL_MOVES_DEADLINE) == {"verify", "close"}


def test_one_signature_for_two_steps_is_for_the_acceptance_of_a_major_one_only() -> None:
    alone = {
        kind
        for kind in ROUTES
        if (route := find_route(Action(kind.action), Grade(kind.grade), Origin(kind.origin), Variant(kind.how)))
        and route.one_signature_if_alone
    }
    assert alone == {Kind("accept", "major", "self_found")}


def test_the_told_are_the_reviewer_of_a_major_order_and_the_inspector_who_files_a_plan() -> None:
    told = {
        kind: "".join(LETTER[role] for role in route.told)
        for kind in ROUTES
        if (route := find_route(Action(kind.action), Grade(kind.grade), Origin(kind.origin), Variant(kind.how)))
        and route.told
    }
    assert told == {
        Kind("order", "major", "ordered"): "R",
        Kind("plan", "major", "self_found"): "I",
        Kind("plan", "major", "ordered"): "I",
    }


def test_who_may_report_depends_on_the_channel() -> None:
    letters = {channel: "".join(sorted(LETTER[role] for role in roles)) for channel, roles in REPORTERS.items()}
    assert letters == {
        Channel.SELF_INSPECTION: "DLMPSW",
        Channel.SUPERVISION: "Io",
        Channel.COMPLAINT: "CIo",
    }
