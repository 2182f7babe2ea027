"""From reported to closed there is always somebody: an exhaustive walk over small staffs.

Every enterprise (nobody with an account; only a principal; principal and one safety manager; both in one person; a
full staff), every office, every grade and origin, every answer to "who did the work". From each situation the walk
goes on by every signature anybody may give, by account or on paper, and by return and refusal; in each one it asks
whether there is somebody who can act. Expected: always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from accounts.roles import Role
from tests.workflows.cast import TODAY
from tests.workflows.simulator import opened, refused, signed, signed_on_paper
from workflows.casefile import CaseFile, Seat
from workflows.closure import Origin, Variant
from workflows.facts import Fact
from workflows.rulings import missing_for, permit_open, permit_paper, step_now
from workflows.vocabulary import Action, Grade, State

Staff = tuple[Seat, ...]

PRINCIPAL, MANAGER, SECOND, PLANT, HEAD, OWNER = 1, 2, 3, 4, 5, 9
BY_PAPER = Seat(OWNER, Role.PRINCIPAL, -2)

ENTERPRISES: dict[str, Staff] = {
    "no accounts at all": (),
    "only a principal": (Seat(PRINCIPAL, Role.PRINCIPAL, -2),),
    "principal and one safety manager": (
        Seat(PRINCIPAL, Role.PRINCIPAL, -2),
        Seat(MANAGER, Role.SAFETY_MANAGER, -2),
    ),
    "principal who is the safety manager": (
        Seat(PRINCIPAL, Role.PRINCIPAL, -2),
        Seat(PRINCIPAL, Role.SAFETY_MANAGER, -2),
    ),
    "full": (
        Seat(PRINCIPAL, Role.PRINCIPAL, -2),
        Seat(MANAGER, Role.SAFETY_MANAGER, -2),
        Seat(SECOND, Role.SAFETY_MANAGER, -2),
        Seat(PLANT, Role.PLANT_MANAGER, -2),
        Seat(HEAD, Role.DEPARTMENT_HEAD, -2),
    ),
}


def office(rung: int, first: int, roles: str) -> Staff:
    """An office's people, each with one role."""
    named = {"I": Role.INSPECTOR, "R": Role.REVIEWER, "A": Role.APPROVER, "o": Role.TOWN_OFFICER, "h": Role.TOWN_HEAD}
    return tuple(Seat(first + number, named[role], rung) for number, role in enumerate(roles))


def one_person(rung: int, number: int, roles: str) -> Staff:
    """One person who holds all of these roles."""
    return tuple(replace(seat, person=number) for seat in office(rung, number, roles))


def city(rung: int) -> Staff:
    """A city office must have two inspectors, a reviewer and an approver, four different people."""
    return office(rung, 70 + 10 * rung, "IIRA")


OFFICES: dict[str, Staff] = {
    **{
        f"{inspectors}{reviewer}{approver}": office(0, 20, inspectors + reviewer + approver) + city(1)
        for inspectors, reviewer, approver in product(("I", "II", "III"), ("", "R"), ("", "A"))
    },
    "one person for everything": one_person(0, 20, "IRA") + city(1),
    "inspector who reviews": one_person(0, 20, "IR") + office(0, 21, "I") + city(1),
    "one inspector and an office between": office(0, 20, "I") + office(1, 40, "IR") + city(2),
    "the city itself": city(0),
}
TOWNS: dict[str, Staff] = {
    "town of one": office(0, 20, "o"),
    "town of one head": office(0, 20, "h"),
    "town of two": office(0, 20, "oh"),
    "two officers": office(0, 20, "oo"),
    "officer who is the head": one_person(0, 20, "oh"),
}
# An officer of the town stands in beside the office's inspectors: told apart where the office has few.
BESIDE: dict[str, Staff] = {
    name: office(-1, 30, "o") + OFFICES[name] for name in ("I", "IRA", "one person for everything", "the city itself")
}


def workers(enterprise: str) -> Iterator[frozenset[int]]:
    """Who did the work: an outsider, each one alone, everybody."""
    people = {seat.person for seat in ENTERPRISES[enterprise]} or {OWNER}
    yield frozenset()
    yield from (frozenset({person}) for person in sorted(people - {SECOND}))
    if len(people) > 1:
        yield frozenset(people)


def start(grade: Grade, origin: Origin, seats: Staff, *, town: bool = False) -> CaseFile:
    """A reported hazard with everything in place, so that only people can be missing."""
    return CaseFile(
        State.REPORTED,
        grade,
        origin,
        TODAY,
        facts=frozenset(Fact) - {Fact.RESUMED},
        town_order=town,
        escalated=True,
        authority_stopped=(grade, origin) != (Grade.GENERAL, Origin.SELF_FOUND),
        seats=seats,
        members=frozenset({PRINCIPAL, MANAGER, SECOND, PLANT, HEAD, OWNER}),
    )


# What leads on from each state; each of them must find somebody to open it.
ONWARD: dict[State, tuple[tuple[Action, Variant | None], ...]] = {
    State.REPORTED: ((Action.ACCEPT, None), (Action.ACCEPT, Variant.EX_OFFICIO), (Action.ORDER, None)),
    State.RECTIFYING: ((Action.PLAN, None), (Action.VERIFY, None)),
    State.VERIFIED: ((Action.RESUME, None), (Action.CLOSE, None), (Action.RETURN, None)),
    State.CLOSED: (),
}


# No such row for this kind of case, or resumed already.
SIMPLY_NOT_NOW = {"route", "not_stopped", "resumed"}


def next_situations(case: CaseFile) -> Iterator[CaseFile]:
    """Every situation one signature, one refusal or one opening further; fails where nobody can act."""
    if case.request is None:
        yield from _openings(case)
        return
    now = step_now(case, case.request)
    assert now is not None
    papers = tuple(_papers(case))
    assert now.persons or papers, stuck(case)
    for person in one_of_each_kind(case, now.persons):
        yield signed(case, person)
    yield from papers
    if now.persons and case.request.action in (Action.VERIFY, Action.CLOSE):
        yield refused(case, min(now.persons))


def _openings(case: CaseFile) -> Iterator[CaseFile]:
    opens = 0
    for action, variant in ONWARD[case.state]:
        by = _opener(case, action, variant)
        if by is not None:
            opens += 1
            yield opened(case, action, by, variant)
    assert opens or not case.state.is_open, stuck(case)


def _opener(case: CaseFile, action: Action, variant: Variant | None) -> int | None:
    """Somebody who may open it; None where the table has nothing to open now; fails where only people are missing."""
    for person in likeliest_first(case):
        ruling = permit_open(case, action, person, variant=variant)
        if ruling.allowed:
            return person
        if ruling.rule in SIMPLY_NOT_NOW:
            return None
    # what the authority stopped resumes first
    assert (action, missing_for(case, action)) == (Action.CLOSE, (Fact.RESUMED,)), stuck(case, action)
    return None


def likeliest_first(case: CaseFile) -> list[int]:
    """Inspectors may ask for nearly everything."""
    return sorted({s.person for s in case.seats}, key=lambda person: (not case.holds(person, Role.INSPECTOR), person))


def one_of_each_kind(case: CaseFile, persons: Iterable[int]) -> Iterator[int]:
    """One of all who hold the same roles in the same place and have done the same so far: the others change nothing."""
    given = case.request.given if case.request else ()
    kinds = {
        (
            frozenset((seat.role, seat.rung) for seat in case.seats if seat.person == person),
            person in case.worked,
            person in case.verified,
            tuple((one.step, one.person == person, one.recorder == person) for one in given),
        ): person
        for person in sorted(persons, reverse=True)
    }
    yield from kinds.values()


def _papers(case: CaseFile) -> Iterator[CaseFile]:
    """The owner without an account signs on paper; any officer records it."""
    if any(seat.rung == -2 for seat in case.seats):
        return
    for recorder in one_of_each_kind(case, {seat.person for seat in case.seats}):
        if permit_paper(case, recorder, OWNER, Role.PRINCIPAL).allowed:
            yield signed_on_paper(case, recorder, OWNER, BY_PAPER)


def stuck(case: CaseFile, action: Action | None = None) -> str:
    request = case.request
    signers = [(given.person, given.role.value, given.recorder) for given in request.given] if request else []
    return (
        f"nobody can {action or (request and request.action)} a {case.grade} {case.origin} hazard in {case.state}: "
        f"signed {signers}, worked {sorted(case.worked)}, verified {sorted(case.verified)}, "
        f"staff {[(seat.person, seat.role.value, seat.rung) for seat in case.seats]}"
    )


def walk(first: CaseFile) -> dict[State, int]:
    """Every situation that can be reached; how many there are in each state."""
    seen, open_ends = {_key(first)}, [first]
    while open_ends:
        for case in next_situations(open_ends.pop()):
            if (key := _key(case)) not in seen:
                seen.add(key)
                open_ends.append(case)
    return {state: sum(key[0] is state for key in seen) for state in State}


def _key(case: CaseFile) -> tuple[State, object, object, object, object]:
    """What differs between the situations of one walk; having verified matters to whoever might close."""
    request = case.request and (case.request.action, case.request.variant, case.request.given)
    verified = frozenset(person for person in case.verified if might_close(case, person))
    return case.state, case.origin, verified, Fact.RESUMED in case.facts, request


def might_close(case: CaseFile, person: int) -> bool:
    """Inspectors stand in for the enterprise, which alone closes what it found itself if it is general."""
    if (case.grade, case.origin) == (Grade.GENERAL, Origin.SELF_FOUND):
        return True
    return case.holds(person, Role.REVIEWER, Role.APPROVER, Role.TOWN_HEAD)


def walk_all(grade: Grade, origin: Origin, staffs: Iterable[Staff], enterprise: str, *, town: bool = False) -> None:
    for staff, worked in product(staffs, workers(enterprise)):
        case = replace(start(grade, origin, ENTERPRISES[enterprise] + staff, town=town), worked=worked)
        assert walk(case)[State.CLOSED], "nothing led to closed"


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_somebody_can_always_act_from_reported_to_closed(grade: Grade, origin: Origin, enterprise: str) -> None:
    walk_all(grade, origin, [*OFFICES.values(), *BESIDE.values()], enterprise)


@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_somebody_can_always_act_on_a_towns_order(enterprise: str) -> None:
    above = [office(1, 40, roles) + city(2) for roles in ("I", "IIRA")] + [city(1)]
    staffs = [town + offices for town, offices in product(TOWNS.values(), above)]
    walk_all(Grade.GENERAL, Origin.ORDERED, staffs, enterprise, town=True)


# --- the other actions -----------------------------------------------------------------------------------------

# the other routes are short; what tells offices apart for them is who is missing altogether
FEW_OFFICES = ("I", "IA", "IIRA", "one person for everything", "inspector who reviews", "the city itself")

BESIDES_THE_MAIN_PATH: dict[State, tuple[Action, ...]] = {
    State.REPORTED: (Action.DISMISS, Action.REGRADE),
    State.RECTIFYING: (Action.DISMISS, Action.EXTEND, Action.REGRADE, Action.RESUME),
    State.VERIFIED: (Action.REGRADE, Action.RETURN),
    State.CLOSED: (Action.REOPEN,),
    State.DISMISSED: (Action.REOPEN,),
}


def finish(case: CaseFile) -> None:
    """Every way to sign the open request to its end; fails where nobody can."""
    open_ends = [case]
    while open_ends:
        for after in next_situations(open_ends.pop()):
            if after.request is not None:
                open_ends.append(after)


def finish_all(case: CaseFile, actions: Iterable[Action], enterprise: str) -> int:
    finished = 0
    for action, late, worked in product(actions, (False, True), workers(enterprise)):
        if late and action is not Action.EXTEND:
            continue
        here = replace(case, worked=worked, deadline=TODAY - timedelta(days=1) if late else None)
        by = _opener(here, action, None)
        if by is not None:
            finish(opened(here, action, by))
            finished += 1
    return finished


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_every_other_action_finds_its_signers_too(grade: Grade, origin: Origin, enterprise: str) -> None:
    for office_name, (state, actions) in product(FEW_OFFICES, BESIDES_THE_MAIN_PATH.items()):
        staff = OFFICES[office_name]
        case = replace(start(grade, origin, ENTERPRISES[enterprise] + staff), state=state)
        assert finish_all(case, actions, enterprise)


def test_every_other_action_of_a_town_finds_its_signers_too() -> None:
    for town, (state, actions) in product(TOWNS.values(), BESIDES_THE_MAIN_PATH.items()):
        seats = ENTERPRISES["only a principal"] + town + office(1, 40, "I") + city(2)
        case = replace(start(Grade.GENERAL, Origin.ORDERED, seats, town=True), state=state)
        assert finish_all(case, actions, "only a principal")


@pytest.mark.parametrize("receiver", ["", "I", "IR", "h"])
def test_a_transfer_is_received_even_when_both_offices_lean_on_the_same_city(receiver: str) -> None:
    for staff in OFFICES.values():
        top = max(seat.rung for seat in staff)
        same_city = tuple(seat for seat in staff if seat.rung == top and top > 0) or city(1)
        receiving = tuple(replace(seat, receiving=True) for seat in office(0, 50, receiver) + same_city)
        case = start(Grade.GENERAL, Origin.SELF_FOUND, staff + receiving)
        assert finish_all(case, (Action.TRANSFER,), "no accounts at all")
