"""What must be in place before an action, against the list written by hand; and the conditions of single rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from tests.workflows.cast import PERSON, TODAY, a_case
from tests.workflows.expected import FROM_TO, IN_PLACE
from workflows.casefile import CaseFile, OpenRequest
from workflows.closure import Origin, Variant
from workflows.facts import Fact
from workflows.rulings import missing_for, needed_for, permit_open, permit_try, variant_for
from workflows.vocabulary import Action, Grade, ListingLevel, State

COLUMNS = (
    (Grade.GENERAL, Origin.SELF_FOUND),
    (Grade.MAJOR, Origin.SELF_FOUND),
    (Grade.GENERAL, Origin.ORDERED),
    (Grade.MAJOR, Origin.ORDERED),
)
CELLS = [
    (action, grade, origin, cell)
    for action, row in IN_PLACE.items()
    for (grade, origin), cell in zip(COLUMNS, row, strict=True)
    if cell is not None
]


def plain_case(action: str, grade: Grade, origin: Origin) -> CaseFile:
    """A case in which the action is possible and nothing was stopped; reports are judged before there is a state."""
    state = State(next(iter(FROM_TO.get(action, {"reported": ""}))))
    state = State.CLOSED if action == "reopen" else state
    return a_case(state, grade, origin, authority_stopped=action == "resume")


@pytest.mark.parametrize(("action", "grade", "origin", "cell"), CELLS)
def test_what_must_be_in_place_is_what_the_field_asks(action: str, grade: Grade, origin: Origin, cell: str) -> None:
    assert {*needed_for(plain_case(action, grade, origin), Action(action))} == {*cell.split(" ")}


@pytest.mark.parametrize(("action", "grade", "origin", "cell"), [c for c in CELLS if c[0] != "report"])
def test_each_missing_fact_is_named_and_refuses(action: str, grade: Grade, origin: Origin, cell: str) -> None:
    by_letter = {"accept": "S", "plan": "P", "extend": "P", "verify": "P", "transfer": "R"}.get(action, "I")
    case = plain_case(action, grade, origin)
    for name in cell.split(" "):
        without = replace(case, facts=case.facts - {Fact(name)})
        ruling = permit_open(without, Action(action), PERSON[by_letter])
        assert (ruling.rule, ruling.missing) == ("missing", (Fact(name),))
        assert Fact(name).words in ruling.sentence
        assert permit_open(without, Action(action), PERSON[by_letter], offered=frozenset({Fact(name)})).allowed
    assert permit_open(case, Action(action), PERSON[by_letter]).allowed


def test_what_is_typed_into_the_request_does_not_hide_its_form() -> None:
    case = replace(a_case(State.VERIFIED, Grade.MAJOR), facts=frozenset())
    assert permit_try(case, Action.RETURN, PERSON["R"]).allowed
    assert permit_open(case, Action.RETURN, PERSON["R"]).missing == (Fact.REASON, Fact.NEW_DEADLINE)


def test_a_stopped_major_one_needs_the_evaluation_report_before_it_is_verified() -> None:
    for grade, origin, stopped in product(Grade, Origin, (True, False)):
        case = a_case(State.RECTIFYING, grade, origin, stopped=stopped)
        needs = Fact.EVALUATION_REPORT in needed_for(case, Action.VERIFY)
        assert needs is (stopped and grade is Grade.MAJOR)


@pytest.mark.parametrize(
    ("grade", "origin", "authority_stopped", "first_resume"),
    [
        (Grade.MAJOR, Origin.SELF_FOUND, True, True),
        (Grade.MAJOR, Origin.ORDERED, True, True),
        (Grade.GENERAL, Origin.ORDERED, True, True),
        # nobody resumes what the authority did not stop; a general self-found one has no such row
        (Grade.GENERAL, Origin.SELF_FOUND, True, False),
        (Grade.MAJOR, Origin.SELF_FOUND, False, False),
        (Grade.MAJOR, Origin.ORDERED, False, False),
        (Grade.GENERAL, Origin.ORDERED, False, False),
    ],
)
def test_what_the_authority_stopped_resumes_before_it_closes(
    grade: Grade, origin: Origin, authority_stopped: bool, first_resume: bool
) -> None:
    case = a_case(State.VERIFIED, grade, origin, authority_stopped=authority_stopped, stopped=True)
    assert (Fact.RESUMED in missing_for(case, Action.CLOSE)) is first_resume
    assert permit_open(case, Action.RESUME, PERSON["I"]).allowed is first_resume
    resumed = replace(case, facts=case.facts | {Fact.RESUMED})
    assert missing_for(resumed, Action.CLOSE) == ()


def test_resuming_is_asked_only_where_the_authority_stopped_and_only_once() -> None:
    case = a_case(State.VERIFIED, Grade.MAJOR, authority_stopped=False, stopped=True)
    assert permit_open(case, Action.RESUME, PERSON["I"]).rule == "not_stopped"
    again = a_case(State.VERIFIED, Grade.MAJOR, facts=frozenset(Fact))
    assert permit_open(again, Action.RESUME, PERSON["I"]).rule == "resumed"


def test_reopening_what_was_dismissed_needs_no_deadline_since_it_is_only_reported_again() -> None:
    assert needed_for(a_case(State.DISMISSED), Action.REOPEN) == (Fact.REASON,)
    assert needed_for(a_case(State.CLOSED), Action.REOPEN) == (Fact.REASON, Fact.NEW_DEADLINE)


def test_an_imported_one_is_exempt_from_the_photo_before_and_from_nothing_else() -> None:
    for grade, action in product(Grade, (Action.REPORT, Action.ACCEPT)):
        case = a_case(State.REPORTED, grade)
        exempt = {*needed_for(case, action)} - {*needed_for(replace(case, imported=True), action)}
        assert exempt <= {Fact.PHOTO_BEFORE}
        assert Fact.PHOTO_BEFORE not in needed_for(replace(case, imported=True), action)


def test_one_open_request_stands_in_the_way_of_every_other() -> None:
    waiting = OpenRequest(Action.EXTEND, Variant.PLAIN, Grade.GENERAL, Origin.SELF_FOUND, PERSON["P"])
    case = a_case(State.RECTIFYING, request=waiting)
    for action in Action:
        if action is not Action.REPORT:
            assert permit_open(case, action, PERSON["I"]).rule == "one_request"


# --- ex officio ------------------------------------------------------------------------------------------------


def ex_officio(case: CaseFile) -> str:
    return permit_open(case, Action.ACCEPT, PERSON["R"], variant=Variant.EX_OFFICIO).rule


@pytest.mark.parametrize("grade", Grade)
def test_the_reviewer_accepts_ex_officio_once_the_enterprises_days_are_over(grade: Grade) -> None:
    assert ex_officio(a_case(State.REPORTED, grade, accept_due=date(2026, 11, 19))) == ""
    assert ex_officio(a_case(State.REPORTED, grade, accept_due=TODAY)) == "not_overdue"
    assert ex_officio(a_case(State.REPORTED, grade, accept_due=None)) == "not_overdue"


def test_a_hazard_sent_straight_to_the_regulator_is_accepted_at_once() -> None:
    assert ex_officio(a_case(State.REPORTED, Grade.MAJOR, accept_due=TODAY, escalated=True)) == ""


def test_the_enterprise_may_still_accept_late() -> None:
    case = a_case(State.REPORTED, accept_due=date(2026, 11, 2))
    assert permit_open(case, Action.ACCEPT, PERSON["S"]).allowed


# --- late ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "listed", "extend_by", "late"),
    [
        (date(2026, 11, 20), None, None, False),
        (date(2026, 11, 19), None, None, True),
        (None, None, None, False),
        (date(2026, 12, 31), ListingLevel.CITY, date(2026, 11, 20), False),
        (date(2026, 12, 31), ListingLevel.CITY, date(2026, 11, 19), True),
        (date(2026, 12, 31), ListingLevel.DISTRICT, date(2026, 11, 19), True),
        # the fifteen days are only for what is listed
        (date(2026, 12, 31), None, date(2026, 11, 19), False),
        # a deadline that is over is over, whatever the last day to ask was
        (date(2026, 11, 19), ListingLevel.CITY, date(2026, 12, 1), True),
    ],
)
def test_an_extension_is_late_after_the_deadline_or_inside_the_listed_ones_last_days(
    deadline: date | None, listed: ListingLevel | None, extend_by: date | None, late: bool
) -> None:
    case = a_case(State.RECTIFYING, Grade.MAJOR, deadline=deadline, listed=listed, extend_by=extend_by)
    assert variant_for(case, Action.EXTEND) is (Variant.LATE if late else Variant.PLAIN)


@pytest.mark.parametrize("origin", Origin)
def test_a_late_extension_cannot_be_asked_for_as_if_it_were_in_time(origin: Origin) -> None:
    late = a_case(State.RECTIFYING, Grade.GENERAL, origin, deadline=date(2026, 11, 1))
    assert permit_open(late, Action.EXTEND, PERSON["P"], variant=Variant.PLAIN).rule == "variant"
    assert permit_open(late, Action.EXTEND, PERSON["P"], variant=Variant.LATE).allowed
    assert permit_open(late, Action.EXTEND, PERSON["P"]).allowed
    in_time = a_case(State.RECTIFYING, Grade.GENERAL, origin)
    assert permit_open(in_time, Action.EXTEND, PERSON["P"], variant=Variant.LATE).rule == "variant"


def test_a_listed_one_is_neither_dismissed_nor_lowered_but_everything_else_goes_on() -> None:
    for grade, origin in product(Grade, Origin):
        case = a_case(State.RECTIFYING, grade, origin, listed=ListingLevel.CITY)
        assert permit_open(case, Action.DISMISS, PERSON["I"]).rule == "listed"
        assert permit_open(case, Action.REGRADE, PERSON["I"]).rule == ("listed" if grade is Grade.MAJOR else "")
        assert permit_open(case, Action.VERIFY, PERSON["I"]).allowed
