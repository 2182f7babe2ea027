"""Who is free to sign a step, and whom it goes to when nobody of its own roles is left.

One ladder (domain.md §3): a step of the enterprise goes to an inspector of the responsible regulator or a town
officer, a step of a regulator to the same role of the next higher office. Two rules keep it from ending nowhere:

- Nobody signs a step who alone is left for a later one of the same request: a city office with two inspectors must
  not spend one of them on the application that both have to look into.
- At the highest office, which has no next higher one, its reviewer stands in for an enterprise, and its approver
  receives a transfer that its reviewer has sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accounts.roles import Role, Side
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, TOWN_BESIDE, CaseFile, Given, OpenRequest, Seat
from workflows.closure import (
    LEADERS,
    RECEIVES_AT_THE_TOP,
    STAND_IN_AT_THE_TOP,
    STAND_IN_FOR_ENTERPRISE,
    TOWN_PAIR,
    TOWN_ROLES,
    Receiver,
    Step,
)
from workflows.routing import route_of
from workflows.separation import bar_for

# Stands for whoever signs on paper in a look ahead; ids of persons begin with 1.
_SOMEBODY_ON_PAPER = 0


@dataclass(frozen=True, slots=True)
class StepNow:
    """The step a request waits for: who may sign it, on which rung, and whether the ladder was climbed."""

    index: int
    step: Step
    seats: tuple[Seat, ...]
    rung: int

    @property
    def persons(self) -> frozenset[int]:
        """Whoever may sign it now; empty when nobody can, which the administrators are told at once."""
        return frozenset(seat.person for seat in self.seats)

    @property
    def is_stand_in(self) -> bool:
        """Whether somebody other than the step's own people signs, which the signature shows."""
        return any(not _is_own(self.step, seat) for seat in self.seats)


def _is_own(step: Step, seat: Seat) -> bool:
    """Whether this seat is one of the step's own people, not a rung further."""
    if seat.role.side is Side.ENTERPRISE:
        return seat.rung == ENTERPRISE
    if step.side is Side.ENTERPRISE:
        return is_mixed(step) and seat.role in step.roles and seat.rung == RESPONSIBLE_OFFICE
    return seat.rung == RESPONSIBLE_OFFICE and seat.role not in _last_resort(step)


def is_mixed(step: Step) -> bool:
    """A step that either side may sign, such as raising a general hazard to major."""
    return len(step.roles) > 1 and len({role.side for role in step.roles}) > 1


def roles_at(step: Step, rung: int, *, town_order: bool) -> tuple[Role, ...]:
    """Which roles sign this step at this rung; a town's order reads town roles at the town (domain.md §3)."""
    if step.side is Side.ENTERPRISE:
        return step.roles if rung == ENTERPRISE else STAND_IN_FOR_ENTERPRISE
    if rung == RESPONSIBLE_OFFICE and step.receiver is Receiver.RECEIVING:
        # whether the office that receives is a town is its own matter, not the sender's
        return (*step.roles, *_read_by_town(step))
    if not (town_order and rung == RESPONSIBLE_OFFICE):
        return step.roles
    return TOWN_PAIR if step.pair else _read_by_town(step)


def _read_by_town(step: Step) -> tuple[Role, ...]:
    return tuple(town for role in step.roles for town in TOWN_ROLES.get(role, ()))


def step_now(case: CaseFile, request: OpenRequest) -> StepNow | None:
    """The next unsigned step with whoever is free to sign it, climbing the ladder; None when all have signed."""
    route = route_of(request)
    index = len(request.given)
    return None if index >= len(route.steps) else _climb(case, request, index, route.steps[index])


def _climb(case: CaseFile, request: OpenRequest, index: int, step: Step) -> StepNow:
    """The lowest rung with somebody free whom no later step needs; if there is none, with anybody free."""
    anybody: tuple[Seat, ...] = ()
    for free in map(tuple, _free_by_rung(case, request, step)):
        spared = tuple(seat for seat in free if not _is_needed_later(case, request, index, seat))
        if spared:
            return _on(index, step, spared)
        anybody = anybody or free
    return _on(index, step, anybody)


def _on(index: int, step: Step, seats: tuple[Seat, ...]) -> StepNow:
    return StepNow(index, step, seats, min((seat.rung for seat in seats), default=RESPONSIBLE_OFFICE))


def _free_by_rung(case: CaseFile, request: OpenRequest, step: Step) -> Iterator[Iterator[Seat]]:
    """Whoever holds a role of the step and is not barred from it, rung by rung; looked up only as far as asked."""
    for rungs in _ladder(case, step):
        yield _unbarred(case, request, step, (s for s in case.seats if s.rung in rungs and fits(s, step, case)))
    yield _unbarred(case, request, step, _at_the_top(case, step))


def _unbarred(case: CaseFile, request: OpenRequest, step: Step, seats: Iterator[Seat]) -> Iterator[Seat]:
    return (seat for seat in seats if bar_for(case, request, step, seat.person) is None)


def _ladder(case: CaseFile, step: Step) -> Iterator[frozenset[int]]:
    """Rungs in the order they are tried: the enterprise, then its regulator with its town, then upward."""
    if step.side is Side.ENTERPRISE:
        yield frozenset({ENTERPRISE, RESPONSIBLE_OFFICE}) if is_mixed(step) else frozenset({ENTERPRISE})
        yield frozenset({TOWN_BESIDE, RESPONSIBLE_OFFICE})
    else:
        yield frozenset({RESPONSIBLE_OFFICE})
    for rung in range(RESPONSIBLE_OFFICE + 1, _top(case, step.receiver) + 1):
        yield frozenset({rung})


def _top(case: CaseFile, receiver: Receiver) -> int:
    receiving = receiver is Receiver.RECEIVING
    return max((seat.rung for seat in case.seats if seat.receiving is receiving), default=RESPONSIBLE_OFFICE)


def _at_the_top(case: CaseFile, step: Step) -> Iterator[Seat]:
    top = _top(case, step.receiver)
    return (s for s in case.seats if s.rung == top and _belongs(s, step) and s.role in _last_resort(step))


def _last_resort(step: Step) -> tuple[Role, ...]:
    """Who signs at the highest office when the ladder has no further rung."""
    if step.side is Side.ENTERPRISE:
        return STAND_IN_AT_THE_TOP
    return RECEIVES_AT_THE_TOP if step.receiver is Receiver.RECEIVING else ()


def fits(seat: Seat, step: Step, case: CaseFile) -> bool:
    """Whether the seat's role signs this step at the seat's rung."""
    if not _belongs(seat, step):
        return False
    if is_mixed(step) and seat.role in step.roles:
        return True
    return seat.role in roles_at(step, seat.rung, town_order=case.is_towns)


def _belongs(seat: Seat, step: Step) -> bool:
    return seat.receiving is (step.receiver is Receiver.RECEIVING)


# --- looking ahead ---------------------------------------------------------------------------------------------


def _is_needed_later(case: CaseFile, request: OpenRequest, index: int, seat: Seat) -> bool:
    """Whether this person's signature here would leave a later step of the request without anybody."""
    later = route_of(request).steps[index + 1 :]
    if not any(fits(other, step, case) for step in later for other in case.seats if other.person == seat.person):
        return False
    return not _can_finish(case, _signed_by(request, index, seat))


def _can_finish(case: CaseFile, request: OpenRequest) -> bool:
    """Whether each step still to come finds somebody free, or may come on paper."""
    steps = route_of(request).steps
    index = len(request.given)
    if index >= len(steps):
        return True
    step = steps[index]
    if paper_roles(case, step):
        paper = Given(index, _SOMEBODY_ON_PAPER, step.roles[0])
        return _can_finish(case, replace(request, given=(*request.given, paper)))
    return any(
        _can_finish(case, _signed_by(request, index, seat))
        for free in _free_by_rung(case, request, step)
        for seat in free
    )


def _signed_by(request: OpenRequest, index: int, seat: Seat) -> OpenRequest:
    return replace(request, given=(*request.given, Given(index, seat.person, seat.role)))


def paper_roles(case: CaseFile, step: Step) -> tuple[Role, ...]:
    """As whom this step may be signed on paper: as one of the enterprise, or as a leader who decides (domain.md §2)."""
    if step.side is Side.ENTERPRISE or step.receiver is Receiver.RECEIVING:
        return tuple(role for role in step.roles if role.side is Side.ENTERPRISE)
    signing = roles_at(step, RESPONSIBLE_OFFICE, town_order=case.is_towns)
    return tuple(role for role in signing if role in LEADERS)


# --- one signature for two steps -------------------------------------------------------------------------------


def covers_next(case: CaseFile, request: OpenRequest, person: int) -> bool:
    """Whether one signature counts for both steps: the principal who alone holds both signs once."""
    route = route_of(request)
    if not route.one_signature_if_alone or request.given:
        return False
    wanted = {role for step in route.steps for role in step.roles}
    holders = {seat.person for seat in case.seats if seat.rung == ENTERPRISE and seat.role in wanted}
    held = {seat.role for seat in case.seats if seat.rung == ENTERPRISE and seat.person == person}
    return holders == {person} and wanted <= held
