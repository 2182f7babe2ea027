"""What the rules need to know of one hazard: a small frozen file that `hazards` fills and every rule reads.

Persons are plain ids. A `Seat` is "this person holds this role there"; the file lists the seats of the enterprise,
of its town, of the responsible office and of the offices above it, so that the ladder can be climbed without asking
the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.roles import Role
from workflows.closure import Origin, Variant
from workflows.facts import Fact
from workflows.vocabulary import Action, Grade, ListingLevel, Manner, State

# Rungs of the ladder. Offices count upward from the responsible one.
ENTERPRISE, TOWN_BESIDE, RESPONSIBLE_OFFICE = -2, -1, 0


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in one role at one rung; `receiving` marks the office a transfer goes to."""

    person: int
    role: Role
    rung: int
    receiving: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One signature of the open request; on paper, `person` is the named signer and `recorder` who entered it."""

    step: int
    person: int
    role: Role
    manner: Manner = Manner.CONFIRMED
    recorder: int | None = None
    deputising_for: int | None = None


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that waits for signatures; the route is the one of the day it was opened."""

    action: Action
    variant: Variant
    grade: Grade
    origin: Origin
    opened_by: int
    given: tuple[Given, ...] = ()
    by_enterprise: bool = False


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One hazard as the rules see it. Days are Shanghai days."""

    state: State
    grade: Grade
    origin: Origin
    today: date
    facts: frozenset[Fact] = frozenset()
    listed: ListingLevel | None = None
    town_order: bool = False
    imported: bool = False
    deadline: date | None = None
    extend_by: date | None = None
    accept_due: date | None = None
    escalated: bool = False
    stopped: bool = False
    authority_stopped: bool = False
    responsible_person: int | None = None
    worked: frozenset[int] = frozenset()
    verified: frozenset[int] = frozenset()
    seats: tuple[Seat, ...] = ()
    deputations: frozenset[tuple[int, int]] = frozenset()
    request: OpenRequest | None = None
    members: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline day is over; verified ones are no longer running."""
        return (
            self.state in (State.REPORTED, State.RECTIFYING)
            and self.deadline is not None
            and self.today > self.deadline
        )

    @property
    def is_towns(self) -> bool:
        """Whether the town's roles are read for the office's: its own orders, and no major hazard (domain.md §2)."""
        return self.town_order and self.grade is Grade.GENERAL

    def holds(self, person: int, *roles: Role) -> bool:
        """Whether the person holds one of these roles in this case; who is to receive it does not yet."""
        return any(seat.person == person and seat.role in roles and not seat.receiving for seat in self.seats)

    def same_person(self, person: int) -> frozenset[int]:
        """The ids that count as this person: itself, and whoever it deputises for or is deputised by."""
        if not self.deputations:
            return frozenset({person})
        others = {b for a, b in self.deputations if a == person} | {a for a, b in self.deputations if b == person}
        return frozenset({person} | others)
