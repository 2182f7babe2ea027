"""The people of the tests: a whole enterprise, its town, its regulator and the offices above, and who stands outside.

Every role that the rules know has one person on trial (`PERSON[letter]`) and, where a step needs somebody else, a
colleague, so that the ladder is only climbed where a test takes people away.

Letters stand for roles in every table of these tests:

    W worker  L team leader  D department head  M plant manager  S safety manager  P principal
    I inspector  R reviewer  A approver  K committee clerk  C complaint officer  o town officer  h town head
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from accounts.roles import Role
from workflows.casefile import CaseFile, Given, OpenRequest, Seat
from workflows.closure import Origin, Variant
from workflows.facts import Fact
from workflows.vocabulary import Action, Grade, State

ROLE: dict[str, Role] = {
    "W": Role.WORKER,
    "L": Role.TEAM_LEADER,
    "D": Role.DEPARTMENT_HEAD,
    "M": Role.PLANT_MANAGER,
    "S": Role.SAFETY_MANAGER,
    "P": Role.PRINCIPAL,
    "I": Role.INSPECTOR,
    "R": Role.REVIEWER,
    "A": Role.APPROVER,
    "K": Role.COMMITTEE_CLERK,
    "C": Role.COMPLAINT_OFFICER,
    "o": Role.TOWN_OFFICER,
    "h": Role.TOWN_HEAD,
}
LETTER: dict[Role, str] = {role: letter for letter, role in ROLE.items()}

# One on trial for each letter, a colleague of the same role at ten times the number.
PERSON: dict[str, int] = {letter: number for number, letter in enumerate("WLDMSPIRAKCoh", start=1)}
COLLEAGUE: dict[str, int] = {letter: number * 10 + 100 for letter, number in PERSON.items()}
OUTSIDER = 900
TODAY = date(2026, 11, 20)

ENTERPRISE_LETTERS = "WLDMSP"
OFFICE_LETTERS = "IRAKC"
TOWN_LETTERS = "oh"


def two_of(letters: str, rung: int) -> tuple[Seat, ...]:
    """The one on trial and a colleague in each of these roles."""
    return tuple(Seat(who[letter], ROLE[letter], rung) for letter in letters for who in (PERSON, COLLEAGUE))


# The office answers; its town stands beside it, a district and a city above it with people of their own.
ABOVE = tuple(
    Seat(200 + 20 * rung + number, ROLE[letter], rung) for rung in (1, 2) for number, letter in enumerate("IIRRAA")
)
OFFICE_STAFF = (
    *two_of(ENTERPRISE_LETTERS, -2),
    *two_of(TOWN_LETTERS, -1),
    *two_of(OFFICE_LETTERS, 0),
    *ABOVE,
)
# The town answers for its own order; the office stands above it.
TOWN_STAFF = (*two_of(ENTERPRISE_LETTERS, -2), *two_of(TOWN_LETTERS, 0), *two_of(OFFICE_LETTERS, 1))
# The office a transfer goes to.
RECEIVING = (
    Seat(301, Role.REVIEWER, 0, receiving=True),
    Seat(302, Role.INSPECTOR, 0, receiving=True),
    Seat(303, Role.REVIEWER, 1, receiving=True),
    Seat(304, Role.APPROVER, 1, receiving=True),
)
MEMBERS = frozenset(who[letter] for letter in ENTERPRISE_LETTERS for who in (PERSON, COLLEAGUE))


def a_case(
    state: State = State.RECTIFYING,
    grade: Grade = Grade.GENERAL,
    origin: Origin = Origin.SELF_FOUND,
    **more: object,
) -> CaseFile:
    """A hazard with everything in place and everybody there, changed where a test says so."""
    given: dict[str, object] = {
        "facts": frozenset(Fact) - {Fact.RESUMED},
        "seats": OFFICE_STAFF + RECEIVING,
        "members": MEMBERS,
        "deadline": date(2026, 12, 31),
        "accept_due": date(2026, 11, 10),
        "authority_stopped": True,
        "responsible_person": PERSON["W"],
    }
    return CaseFile(state, grade, origin, TODAY, **(given | more))  # type: ignore[arg-type]


G, M, S, O = Grade.GENERAL, Grade.MAJOR, Origin.SELF_FOUND, Origin.ORDERED  # noqa: E741  O as in the field's table
_STATE = {Action.ACCEPT: State.REPORTED, Action.CLOSE: State.VERIFIED, Action.RETURN: State.VERIFIED}


def waiting(
    action: Action,
    grade: Grade = G,
    origin: Origin = S,
    *given: Given,
    variant: Variant = Variant.PLAIN,
    by: int = PERSON["I"],
    **more: object,
) -> CaseFile:
    """A case whose request waits for the step after `given`."""
    case = a_case(_STATE.get(action, State.RECTIFYING), grade, origin, **more)
    return replace(case, request=OpenRequest(action, variant, grade, origin, by, given, by in case.members))
