"""Who may sign which step: every route and step × role × relation, against the routes written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from tests.workflows.cast import COLLEAGUE, OUTSIDER, PERSON, RECEIVING, ROLE, TOWN_STAFF, a_case
from tests.workflows.expected import BARS, FROM_TO, ROUTES, TOWN_ROUTES, Kind
from workflows.casefile import CaseFile, Given, OpenRequest
from workflows.closure import Origin, Variant
from workflows.rulings import is_complete, permit_sign, step_now
from workflows.vocabulary import Action, Grade, Manner, State

ALLOWED = "allowed"
ON_TRIAL = "WLDMSPIRAKCoh"
STAND_IN = 800

# What the one on trial has to do with hazard or request; the rule it can bring (BARS says for which action).
RELATIONS: dict[str, str | None] = {
    "none": None,
    "reported it": None,
    "opened the request": None,
    "responsible person": None,
    "recorded or did the work": "did_the_work",
    "verified it": "verified",
    "deputy of one who did the work": "did_the_work",
    "deputised by one who verified": "verified",
    "signed before": "signed_before",
    "deputy of one who signed before": "signed_before",
    "one who signed before deputised for them": "signed_before",
    "entered the paper before": "recorded",
    "deputy of one who entered the paper before": "recorded",
}
NEEDS_A_STEP_BEFORE = ("signed_before", "recorded")


@dataclass(frozen=True)
class Step:
    """One step in the hand-written notation."""

    letters: str
    applies: bool
    pair: bool
    receives: bool


def steps_of(text: str) -> tuple[Step, ...]:
    return tuple(
        Step(part.rstrip("*2>").replace("/", ""), "*" in part, "2" in part, ">" in part) for part in text.split(" ")
    )


def waiting_at(kind: Kind, steps: tuple[Step, ...], index: int, *, town: bool) -> CaseFile:
    """The case whose request waits for this step; colleagues have signed the steps before."""
    state = State(next(iter(FROM_TO[kind.action])))
    case = a_case(state, Grade(kind.grade), Origin(kind.origin), town_order=town, responsible_person=None)
    if town:
        case = replace(case, seats=TOWN_STAFF + RECEIVING)
    signed = tuple(Given(i, 500 + i, ROLE[steps[i].letters[0]]) for i in range(index))
    request = OpenRequest(Action(kind.action), Variant(kind.how), case.grade, case.origin, 0, signed)
    return replace(case, request=request)


def related(case: CaseFile, person: int, relation: str) -> CaseFile:
    """The case in which this person stands in that relation to it."""
    assert case.request is not None
    them, other = frozenset({person}), frozenset({STAND_IN})
    match relation:
        case "opened the request":
            return replace(case, request=replace(case.request, opened_by=person))
        case "responsible person":
            return replace(case, responsible_person=person)
        case "recorded or did the work":
            return replace(case, worked=them)
        case "verified it":
            return replace(case, verified=them)
        case "deputy of one who did the work":
            return replace(case, worked=other, deputations=frozenset({(person, STAND_IN)}))
        case "deputised by one who verified":
            return replace(case, verified=other, deputations=frozenset({(STAND_IN, person)}))
        case "signed before":
            return with_first(case, person=person)
        case "deputy of one who signed before":
            return replace(with_first(case, person=STAND_IN), deputations=frozenset({(person, STAND_IN)}))
        case "one who signed before deputised for them":
            return with_first(case, person=STAND_IN, deputising_for=person)
        case "entered the paper before":
            return with_first(case, recorder=person, manner=Manner.PAPER)
        case "deputy of one who entered the paper before":
            paper = with_first(case, recorder=STAND_IN, manner=Manner.PAPER)
            return replace(paper, deputations=frozenset({(person, STAND_IN)}))
    return case


def with_first(case: CaseFile, **changed: object) -> CaseFile:
    assert case.request is not None
    first, *rest = case.request.given
    return replace(case, request=replace(case.request, given=(replace(first, **changed), *rest)))  # type: ignore[arg-type]


def expected_signing(kind: Kind, step: Step, letter: str, relation: str) -> str:
    """What the hand-written tables say."""
    bar = RELATIONS[relation]
    if bar == "signed_before":
        return bar
    if letter not in step.letters or step.receives:
        return "not_your_step"
    if bar == "recorded":
        return ALLOWED if step.pair else bar
    if bar is not None and bar in BARS[kind.action] and not step.applies:
        return bar
    return ALLOWED


def walk(kind: Kind, text: str, *, town: bool) -> Iterator[tuple[object, ...]]:
    steps = steps_of(text)
    for (index, step), letter, relation in product(enumerate(steps), ON_TRIAL, RELATIONS):
        if index == 0 and RELATIONS[relation] in NEEDS_A_STEP_BEFORE:
            continue
        case = related(waiting_at(kind, steps, index, town=town), PERSON[letter], relation)
        ruling = permit_sign(case, PERSON[letter])
        found = ALLOWED if ruling.allowed else ruling.rule
        expected = expected_signing(kind, step, letter, relation)
        if found != expected:
            yield index, letter, relation, f"expected {expected}, found {found}", ruling.sentence


@pytest.mark.parametrize("kind", [*ROUTES], ids=" ".join)
def test_who_may_sign_each_step_in_every_role_and_relation(kind: Kind) -> None:
    assert list(walk(kind, ROUTES[kind], town=False)) == []


@pytest.mark.parametrize("action", TOWN_ROUTES)
def test_who_may_sign_each_step_after_a_towns_order(action: str) -> None:
    kind = Kind(action, "general", "ordered", "up" if action == "regrade" else "plain")
    assert list(walk(kind, TOWN_ROUTES[action], town=True)) == []


@pytest.mark.parametrize("kind", [*ROUTES], ids=" ".join)
def test_who_has_no_seat_in_the_case_signs_nothing(kind: Kind) -> None:
    """The landlord, another enterprise, region or competence; and, though a member, somebody of another unit."""
    steps = steps_of(ROUTES[kind])
    for index in range(len(steps)):
        case = waiting_at(kind, steps, index, town=False)
        assert permit_sign(case, OUTSIDER).rule == "not_your_step"
        other_unit = replace(case, members=case.members | {OUTSIDER})
        assert permit_sign(other_unit, OUTSIDER).rule == "not_your_step"


@pytest.mark.parametrize("kind", [kind for kind in ROUTES if kind.action == "transfer"], ids=" ".join)
def test_the_receiving_offices_reviewer_signs_the_receipt_and_nothing_else(kind: Kind) -> None:
    steps = steps_of(ROUTES[kind])
    sends, receives = (waiting_at(kind, steps, index, town=False) for index in (0, 1))
    assert permit_sign(receives, RECEIVING[0].person).allowed
    assert not permit_sign(sends, RECEIVING[0].person).allowed
    assert not permit_sign(receives, RECEIVING[1].person).allowed, "its inspector"
    assert not permit_sign(receives, RECEIVING[2].person).allowed, "the reviewer of the office above it"


@pytest.mark.parametrize("kind", [*ROUTES], ids=" ".join)
def test_each_step_names_exactly_its_own_people_while_they_are_there(kind: Kind) -> None:
    steps = steps_of(ROUTES[kind])
    for index, step in enumerate(steps):
        case = waiting_at(kind, steps, index, town=False)
        assert case.request is not None
        now = step_now(case, case.request)
        assert now is not None
        own = {who[letter] for letter in step.letters for who in (PERSON, COLLEAGUE)}
        assert now.persons == ({RECEIVING[0].person} if step.receives else own)
        assert not now.is_stand_in


@pytest.mark.parametrize("kind", [*ROUTES], ids=" ".join)
def test_after_the_last_step_nobody_signs_any_more(kind: Kind) -> None:
    steps = steps_of(ROUTES[kind])
    case = waiting_at(kind, steps, len(steps), town=False)
    assert case.request is not None
    assert is_complete(case.request)
    assert step_now(case, case.request) is None
    assert permit_sign(case, PERSON["I"]).rule == "no_request"
