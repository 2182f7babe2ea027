"""Entries beside the routes, expected by hand: whose roles, in which states, of which grades."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from workflows.entries import DELISTED, LISTED, PLAN_FILED, STRUCK_OFF, TOLD, TOLD_ON_PAPER, EntryRow
from workflows.notices import NOTICES, NoticeKind
from workflows.serving import NEEDS, SIGNATORIES, TELLS, Head
from workflows.vocabulary import Grade, State

ANYWHERE = "reported rectifying verified closed dismissed"
EXPECTED: tuple[tuple[EntryRow, str, str, str], ...] = (
    (LISTED, "", "reported rectifying verified", "major"),
    (DELISTED, "", "closed", "general major"),
    (STRUCK_OFF, "committee_clerk", "closed", "general major"),
    (PLAN_FILED, "inspector", ANYWHERE, "general major"),
    (TOLD, "principal", ANYWHERE, "major"),
    (TOLD_ON_PAPER, "inspector town_officer", ANYWHERE, "major"),
)


@pytest.mark.parametrize(("row", "roles", "states", "grades"), EXPECTED)
def test_who_puts_down_what_and_when(row: EntryRow, roles: str, states: str, grades: str) -> None:
    assert row.roles == {Role(one) for one in roles.split()}
    fits = {(state, grade) for state in State for grade in Grade if row.fits(state, grade)}
    assert fits == {(State(state), Grade(grade)) for state in states.split() for grade in grades.split()}
    assert row.source


def test_a_listings_notice_is_made_where_the_listing_may_be_put_down() -> None:
    for kind, row in ((NoticeKind.LISTING, LISTED), (NoticeKind.DELISTING, DELISTED)):
        assert NOTICES[kind].states == row.states
        assert NOTICES[kind].majors_only


def test_only_the_head_in_person_is_told_by_a_signature() -> None:
    assert TELLS == {"主要负责人": Head.PRINCIPAL, "法定代表人": Head.PRINCIPAL, "实际控制人": Head.CONTROLLER}
    assert len({row.label for row in SIGNATORIES}) == len(SIGNATORIES)
    assert all(row.source for row in (*SIGNATORIES, *NEEDS))
