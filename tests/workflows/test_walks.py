"""Random walks through the whole workflow: what must never happen, whatever anybody tries, in whatever order.

A walk is a list of numbers; each picks one of the moves that are allowed where the walk stands (open, sign, sign on
paper, refuse, withdraw, work, a night passes). What is checked is written from the text, on the walk's own record of
who did what, and not with the rules' help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product
from typing import NamedTuple, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from tests.workflows.cast import TODAY
from tests.workflows.simulator import opened, openings, refused, signed, signed_on_paper
from workflows.casefile import CaseFile, Seat
from workflows.closure import ACTIONS, Origin
from workflows.facts import Fact
from workflows.rulings import permit_open, permit_paper, step_now
from workflows.vocabulary import Grade, ListingLevel, State

ENTERPRISE = (
    Seat(1, Role.PRINCIPAL, -2),
    Seat(2, Role.SAFETY_MANAGER, -2),
    Seat(3, Role.SAFETY_MANAGER, -2),
    Seat(4, Role.PLANT_MANAGER, -2),
    Seat(4, Role.DEPARTMENT_HEAD, -2),
    Seat(5, Role.WORKER, -2),
)
TOWN = (Seat(30, Role.TOWN_OFFICER, -1), Seat(31, Role.TOWN_HEAD, -1))
# one person with two roles, so that the bars across actions have something to bite
OFFICE = (
    Seat(10, Role.INSPECTOR, 0),
    Seat(11, Role.INSPECTOR, 0),
    Seat(11, Role.REVIEWER, 0),
    Seat(12, Role.REVIEWER, 0),
    Seat(13, Role.APPROVER, 0),
    Seat(10, Role.APPROVER, 0),
)
CITY = (
    Seat(20, Role.INSPECTOR, 1),
    Seat(21, Role.INSPECTOR, 1),
    Seat(22, Role.REVIEWER, 1),
    Seat(23, Role.APPROVER, 1),
)
RECEIVING = (Seat(40, Role.REVIEWER, 0, receiving=True),)
SEATS = ENTERPRISE + TOWN + OFFICE + CITY + RECEIVING
TOWNS_SEATS = (
    ENTERPRISE + tuple(replace(seat, rung=0) for seat in TOWN) + tuple(replace(s, rung=s.rung + 1) for s in OFFICE)
)
DEPUTATIONS = ((2, 3), (1, 4), (11, 12), (10, 13), (20, 21), (31, 30))
PERSONS = sorted({seat.person for seat in SEATS})


class Moved(NamedTuple):
    """One entry of the walk's own record; `actor` is who signed, on paper the named signer."""

    name: str
    actor: int
    before: CaseFile
    after: CaseFile

    @property
    def action(self) -> str:
        """The action of the request that the move belonged to."""
        return self.before.request.action.value if self.before.request else ""

    @property
    def completed(self) -> bool:
        """Whether this was the last signature."""
        return self.name == "sign" and self.after.request is None


T = TypeVar("T")
Walk = tuple[Moved, ...]
Move = tuple[str, int, Callable[[CaseFile], CaseFile]]


def move_for(case: CaseFile, number: int) -> Move:
    """What the number picks of everything anybody may do now; signing more often than refusing."""
    kind, rest = number % 20, number // 20
    if case.request is None:
        return _outside_a_request(case, kind, rest)
    if kind == 0:
        return "withdraw", case.request.opened_by, lambda c: replace(c, request=None)
    now = step_now(case, case.request)
    assert now is not None
    persons = sorted(now.persons)
    papers = list(_papers(case, rest)) if kind < 6 or not persons else []
    if papers:
        return papers[rest % len(papers)]
    if not persons:
        return "withdraw", case.request.opened_by, lambda c: replace(c, request=None)
    person = persons[rest % len(persons)]
    return (
        ("refuse", person, partial(refused, person=person))
        if kind < 9
        else ("sign", person, partial(signed, person=person))
    )


def _outside_a_request(case: CaseFile, kind: int, rest: int) -> Move:
    if kind == 0:
        return "night", 0, lambda c: replace(c, today=c.today + timedelta(days=20))
    if kind == 1:
        person = PERSONS[rest % len(PERSONS)]
        return "work", person, partial(worked, person=person)
    for action, variant in rotated(openings(case), rest):
        for person in rotated(PERSONS, rest):
            if permit_open(case, action, person, variant=variant).allowed:
                return "open", person, partial(opened, action=action, person=person, variant=variant)
    raise AssertionError(f"nobody can do anything any more: {case}")


def _papers(case: CaseFile, rest: int) -> Iterator[Move]:
    for seat, recorder in product(ENTERPRISE, (2, 10, 30)):
        if permit_paper(case, recorder, seat.person, seat.role).allowed:
            yield "sign", seat.person, partial(signed_on_paper, recorder=recorder, signer=seat.person, seat=seat)


def rotated(items: list[T], by: int) -> list[T]:
    """The same in the same order, beginning elsewhere."""
    start = by % len(items)
    return items[start:] + items[:start]


def worked(case: CaseFile, person: int) -> CaseFile:
    """Somebody is recorded as having done the work; while a request is open, nothing it shows is changed."""
    return replace(case, worked=case.worked | {person})


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """A hazard of any kind, anybody deputising for anybody, and sixty moves."""
    case = draw(hazards())
    walk: list[Moved] = []
    for number in draw(st.lists(st.integers(0, 9999), min_size=20, max_size=60)):
        name, actor, move = move_for(case, number)
        walk.append(Moved(name, actor, case, move(case)))
        case = walk[-1].after
    return tuple(walk)


@st.composite
def hazards(draw: st.DrawFn) -> CaseFile:
    """A hazard with everything in place, in any state, since imported ones begin in each."""
    town = draw(st.booleans())
    return CaseFile(
        draw(st.sampled_from(State)),
        draw(st.sampled_from(Grade)),
        draw(st.sampled_from(Origin)),
        TODAY,
        facts=frozenset(Fact) - {Fact.RESUMED},
        listed=draw(st.sampled_from((None, None, ListingLevel.CITY))),
        town_order=town,
        deadline=TODAY + timedelta(days=30),
        escalated=draw(st.booleans()),
        accept_due=TODAY + timedelta(days=3),
        authority_stopped=draw(st.booleans()),
        responsible_person=draw(st.sampled_from((2, 4, 5))),
        seats=TOWNS_SEATS + RECEIVING if town else SEATS,
        members=frozenset(seat.person for seat in ENTERPRISE),
        deputations=draw(st.frozensets(st.sampled_from(DEPUTATIONS), max_size=2)),
    )


def natural(case: CaseFile, persons: Iterable[int]) -> frozenset[int]:
    """These persons and whoever is one person with them."""
    pairs = case.deputations | {(b, a) for a, b in case.deputations}
    return frozenset(persons) | {b for a, b in pairs if a in persons}


# --- what holds on every walk ----------------------------------------------------------------------------------


def closed_is_reached_only_from_verified_and_by_a_close(walk: Walk) -> None:
    for move in walk:
        if move.after.state is State.CLOSED and move.before.state is not State.CLOSED:
            assert (move.name, move.action, move.before.state) == ("sign", "close", "verified")
        if move.after.state is State.VERIFIED and move.before.state is not State.VERIFIED:
            assert (move.name, move.action, move.before.state) == ("sign", "verify", "rectifying")


def nobody_signs_two_steps_of_one_request(walk: Walk) -> None:
    signed_so_far: list[int] = []
    for move in walk:
        if move.name != "sign":
            signed_so_far = []
            continue
        assert not natural(move.before, {move.actor}) & {*signed_so_far}, move
        signed_so_far.append(move.actor)


def who_recorded_paper_signs_no_other_step_but_as_one_of_two(walk: Walk) -> None:
    for move in walk:
        given = move.before.request.given if move.before.request else ()
        if move.name == "sign" and move.actor in {one.recorder for one in given}:
            assert move.action in ("verify", "order"), move


def who_did_the_work_never_judges_it_and_who_verified_never_closes(walk: Walk) -> None:
    did_it: set[int] = set()
    verified: set[int] = set()
    judging: list[int] = []
    for move in walk:
        if move.name == "work":
            did_it.add(move.actor)
        if move.name != "sign":
            judging = []
            continue
        if not is_application(move):
            judging.append(move.actor)
            if move.action in ("verify", "resume", "close", "dismiss", "return"):
                assert not natural(move.before, {move.actor}) & did_it, move
        if move.action in ("close", "return"):
            assert not natural(move.before, {move.actor}) & verified, move
        if move.completed and move.action == "verify":
            verified.update(judging)
        if move.completed and move.action == "reopen":
            did_it, verified = set(), set()


def is_application(move: Moved) -> bool:
    """The first step of a verification that the authority makes is the enterprise's application."""
    request = move.before.request
    assert request is not None
    by_authority = (request.grade, request.origin) != (Grade.GENERAL, Origin.SELF_FOUND)
    return move.action == "verify" and by_authority and not request.given


def a_deadline_moves_only_by_extension_return_reopening_or_a_refusal(walk: Walk) -> None:
    for move in walk:
        if move.before.deadline != move.after.deadline:
            assert (move.name, move.action) in {
                ("sign", "extend"),
                ("sign", "return"),
                ("sign", "reopen"),
                ("refuse", "verify"),
                ("refuse", "close"),
            }


def what_the_regulator_ordered_never_becomes_self_found_again(walk: Walk) -> None:
    for move in walk:
        assert move.before.origin is Origin.SELF_FOUND or move.after.origin is Origin.ORDERED


def the_grade_changes_only_by_regrading_and_falls_only_when_not_listed(walk: Walk) -> None:
    for move in walk:
        if move.before.grade is not move.after.grade:
            assert (move.name, move.action) == ("sign", "regrade")
            if move.after.grade is Grade.MAJOR:
                assert move.after.state is not State.VERIFIED
            else:
                assert move.before.listed is None


def what_the_authority_stopped_is_not_closed_before_it_resumed(walk: Walk) -> None:
    for move in walk:
        general_self_found = (move.before.grade, move.before.origin) == (Grade.GENERAL, Origin.SELF_FOUND)
        if move.completed and move.action == "close" and move.before.authority_stopped and not general_self_found:
            assert Fact.RESUMED in move.before.facts


def a_town_signs_for_a_major_one_only_in_the_enterprises_place(walk: Walk) -> None:
    enterprise_steps = {("accept", 0), ("accept", 1), ("plan", 0), ("verify", 0), ("extend", 0)}
    for move in walk:
        request = move.before.request
        if move.name == "sign" and request is not None and move.before.grade is Grade.MAJOR and move.actor in (30, 31):
            assert (move.action, len(request.given)) in enterprise_steps, move


def the_state_is_what_the_record_gives_when_it_is_replayed(walk: Walk) -> None:
    leads_to = {"accept": "rectifying", "order": "rectifying", "verify": "verified", "close": "closed"}
    leads_to |= {"dismiss": "dismissed", "return": "rectifying"}
    state = walk[0].before.state.value
    for move in walk:
        if move.completed:
            state = leads_to.get(move.action, state)
            if move.action == "reopen":
                state = "rectifying" if move.before.state is State.CLOSED else "reported"
            if move.action == "regrade" and move.before.grade is Grade.GENERAL and state == "verified":
                state = "rectifying"
        if (move.name, move.action) == ("refuse", "close"):
            state = "rectifying"
        assert move.after.state == state


RULES: tuple[Callable[[Walk], None], ...] = (
    closed_is_reached_only_from_verified_and_by_a_close,
    nobody_signs_two_steps_of_one_request,
    who_recorded_paper_signs_no_other_step_but_as_one_of_two,
    who_did_the_work_never_judges_it_and_who_verified_never_closes,
    a_deadline_moves_only_by_extension_return_reopening_or_a_refusal,
    what_the_regulator_ordered_never_becomes_self_found_again,
    the_grade_changes_only_by_regrading_and_falls_only_when_not_listed,
    what_the_authority_stopped_is_not_closed_before_it_resumed,
    a_town_signs_for_a_major_one_only_in_the_enterprises_place,
    the_state_is_what_the_record_gives_when_it_is_replayed,
)

# Always the same walks, so that a failure is the change's and not the day's.
SETTINGS = settings(max_examples=240, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])


def test_on_every_walk_every_rule_holds() -> None:
    states: set[State] = set()
    done: set[str] = set()
    refused_ones: set[str] = set()

    @SETTINGS
    @given(walks())
    def holds(walk: Walk) -> None:
        for rule in RULES:
            rule(walk)
        states.update(move.after.state for move in walk)
        done.update(move.action for move in walk if move.completed)
        refused_ones.update(move.action for move in walk if move.name == "refuse")

    holds()
    # else the rules would hold for want of anything happening
    assert states == {*State}
    assert done == {action.value for action in ACTIONS}
    assert refused_ones >= {"verify", "close", "extend", "dismiss"}
