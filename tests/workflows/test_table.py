"""Who may open what: state × grade × origin × listed × action × role × relation, against the table written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from tests.workflows.cast import OUTSIDER, PERSON, RECEIVING, TOWN_STAFF, a_case
from tests.workflows.expected import (
    BARS,
    FROM_TO,
    NOT_WHILE_LISTED,
    OPENERS,
    ROUTES,
    TOWN_OPENERS,
    TOWN_ROUTES,
    Kind,
)
from workflows.casefile import CaseFile
from workflows.closure import ACTIONS, Origin, Variant
from workflows.facts import Fact
from workflows.rulings import Ruling, permit_open, permit_try
from workflows.vocabulary import Action, Grade, ListingLevel, State

ALLOWED = "allowed"
ON_TRIAL = "WLDMSPIRAKCoh"
# Somebody in the place of a deputy: id 800 holds nothing here but deputises for, or is deputised by, the one on trial.
STAND_IN = 800

# What the one on trial has to do with the hazard, and which bar it lays on them.
RELATIONS: dict[str, str | None] = {
    "none": None,
    "reported it": None,
    "applied": None,
    "recorded or did the work": "did_the_work",
    "verified it": "verified",
    "deputy of one who did the work": "did_the_work",
    "deputised by one who did the work": "did_the_work",
    "deputy of one who verified": "verified",
    "responsible person": None,
}

# Who opens as one who asks, signing or not: a bar from signing does not keep these from asking.
ASKS_WITHOUT_SIGNING: dict[str, str] = {
    **dict.fromkeys(FROM_TO, "SIo"),
    **dict.fromkeys(("order", "return", "transfer"), "Io"),
}

VARIANTS: dict[str, tuple[str, ...]] = {
    "accept": ("plain", "ex_officio"),
    "extend": ("plain", "late"),
    "regrade": ("up", "down"),
}


def related(case: CaseFile, person: int, relation: str) -> CaseFile:
    """The case in which this person stands in that relation to it."""
    match relation:
        case "recorded or did the work":
            return replace(case, worked=frozenset({person}))
        case "verified it":
            return replace(case, verified=frozenset({person}))
        case "deputy of one who did the work":
            return replace(case, worked=frozenset({STAND_IN}), deputations=frozenset({(person, STAND_IN)}))
        case "deputised by one who did the work":
            return replace(case, worked=frozenset({STAND_IN}), deputations=frozenset({(STAND_IN, person)}))
        case "deputy of one who verified":
            return replace(case, verified=frozenset({STAND_IN}), deputations=frozenset({(person, STAND_IN)}))
        case "responsible person":
            return replace(case, responsible_person=person)
    return case


def expected_opening(kind: Kind, letter: str, relation: str, openers: str, first: str) -> str:
    """What the hand-written tables say about a case in which everything else is right."""
    bar = RELATIONS[relation]
    barred = letter in first and "*" not in first and bar in BARS[kind.action]  # an application judges nothing
    if relation == "responsible person" and letter in "WLDMSP" and "." in openers:
        return ALLOWED
    if letter in openers and (letter in ASKS_WITHOUT_SIGNING[kind.action] or not barred):
        return ALLOWED
    return str(bar) if barred else "not_yours"


def cases(kind: Kind, *, town: bool) -> Iterator[tuple[CaseFile, str]]:
    """The case of this kind in every state, listed or not, with the rule that refuses everybody, if one does."""
    in_place = frozenset(Fact) - ({Fact.RESUMED} if kind.action == "resume" else set())
    deadline = date(2026, 11, 1) if kind.how == "late" else date(2026, 12, 31)
    for state, listed in product(State, (None, *ListingLevel)):
        case = a_case(
            state,
            Grade(kind.grade),
            Origin(kind.origin),
            listed=listed,
            facts=in_place,
            deadline=deadline,
            town_order=town,
            responsible_person=None,
        )
        if town:
            case = replace(case, seats=TOWN_STAFF + RECEIVING)
        yield case, refused_to_all(kind, state, listed)


def refused_to_all(kind: Kind, state: State, listed: ListingLevel | None) -> str:
    """The rule by hand that no role and no relation changes."""
    if state not in FROM_TO[kind.action]:
        return "state"
    if listed and kind.how in NOT_WHILE_LISTED.get(kind.action, ()):
        return "listed"
    return "" if kind in ROUTES else "route"


def asked(case: CaseFile, kind: Kind, person: int) -> str:
    """The rule that refuses, or "allowed"."""
    variant = Variant.EX_OFFICIO if kind.how == "ex_officio" else None
    ruling = permit_open(case, Action(kind.action), person, variant=variant)
    return ALLOWED if ruling.allowed else ruling.rule


# Every action in each of its variants, for both grades and both origins.
KINDS = tuple(
    Kind(action.value, grade.value, origin.value, how)
    for action, grade, origin in product(ACTIONS, Grade, Origin)
    for how in VARIANTS.get(action, ("plain",))
    if (how, grade.value) not in (("up", "major"), ("down", "general"))
)


def walk(kind: Kind, openers: str, first: str, *, town: bool) -> tuple[list[object], int]:
    """Everybody in every relation in every case of this kind: what came out otherwise than written, and how many."""
    wrong: list[object] = []
    count = 0
    for (case, refused), letter, relation in product(cases(kind, town=town), ON_TRIAL, RELATIONS):
        found = asked(related(case, PERSON[letter], relation), kind, PERSON[letter])
        expected = refused or expected_opening(kind, letter, relation, openers, first)
        count += 1
        if found != expected:
            wrong.append((case.state.value, case.listed, letter, relation, f"expected {expected}, found {found}"))
    return wrong, count


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_who_may_open_in_every_state_role_and_relation(kind: Kind) -> None:
    first = ROUTES.get(kind, " ").split(" ")[0]
    wrong, count = walk(kind, OPENERS.get(kind, ""), first, town=False)
    assert wrong == []
    assert count == 5 * 3 * 13 * 9


@pytest.mark.parametrize("action", TOWN_OPENERS)
def test_who_may_open_what_follows_a_towns_order(action: str) -> None:
    kind = Kind(action, "general", "ordered", "up" if action == "regrade" else "plain")
    wrong, _ = walk(kind, TOWN_OPENERS[action], TOWN_ROUTES[action].split(" ")[0], town=True)
    assert wrong == []


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_who_has_no_seat_in_the_case_opens_nothing(kind: Kind) -> None:
    """The landlord, another enterprise, region or competence, the system's administrators: none of them has a seat."""
    for case, refused in cases(kind, town=False):
        assert asked(case, kind, OUTSIDER) == (refused or "not_yours")


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_people_of_another_unit_open_nothing_even_as_members_of_the_enterprise(kind: Kind) -> None:
    for case, refused in cases(kind, town=False):
        member = replace(case, members=case.members | {OUTSIDER})
        assert asked(member, kind, OUTSIDER) == (refused or "not_yours")


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_a_responsible_person_who_has_left_the_enterprise_opens_nothing(kind: Kind) -> None:
    for case, refused in cases(kind, town=False):
        left = replace(case, responsible_person=OUTSIDER)
        assert asked(left, kind, OUTSIDER) == (refused or "not_yours")


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_the_office_that_would_receive_a_case_opens_nothing_before_it_has_it(kind: Kind) -> None:
    for (case, refused), seat in product(cases(kind, town=False), RECEIVING):
        assert asked(case, kind, seat.person) == (refused or "not_yours")


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_a_form_is_shown_to_exactly_those_who_may_open(kind: Kind) -> None:
    variant = Variant.EX_OFFICIO if kind.how == "ex_officio" else None
    for (case, _), letter in product(cases(kind, town=False), ON_TRIAL):
        shown = permit_try(case, Action(kind.action), PERSON[letter], variant)
        assert (ALLOWED if shown.allowed else shown.rule) == asked(case, kind, PERSON[letter])


@pytest.mark.parametrize("kind", [*OPENERS], ids=" ".join)
def test_every_refusal_is_a_sentence_in_chinese_without_code_words(kind: Kind) -> None:
    variant = Variant.EX_OFFICIO if kind.how == "ex_officio" else None
    rulings: list[Ruling] = [
        permit_open(related(case, PERSON[letter], relation), Action(kind.action), PERSON[letter], variant=variant)
        for (case, _), letter, relation in product(cases(kind, town=False), "WMSPIR", ("none", "verified it"))
    ]
    refusals = [ruling for ruling in rulings if not ruling.allowed]
    assert refusals
    for ruling in refusals:
        assert ruling.sentence.endswith("。"), ruling
        assert not any(character.isascii() and character.isalpha() for character in ruling.sentence), ruling
