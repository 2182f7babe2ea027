"""Fills the case file that the rules read: one hazard with its seats, its open request and what was done so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts.models import Regulator
from core.days import WorkingDays, shanghai_day
from core.db import db
from core.models import OutboxMessage
from hazards.facts import facts_of
from hazards.models import Evidence, Hazard, Signature, SignOffRequest, WorkRecord
from hazards.seating import SEATED as SEATED
from hazards.seating import Deputed, deputations_of, members_among, people_around, seats_of
from workflows.casefile import CaseFile, Given, OpenRequest, Seat
from workflows.closure import Route, find_route
from workflows.deadlines import extend_by
from workflows.expected import expected
from workflows.vocabulary import Action, RequestStatus, Verdict


@dataclass(frozen=True, slots=True)
class Loaded:
    """A hazard with everything a ruling, a page or a deed needs of it, read once."""

    hazard: Hazard
    case: CaseFile
    evidence: tuple[Evidence, ...]
    requests: tuple[SignOffRequest, ...]
    work: tuple[WorkRecord, ...]
    offices: tuple[Regulator, ...]
    names: dict[int, str]
    town_office: Regulator | None = None

    @property
    def open_request(self) -> SignOffRequest | None:
        """The request that waits for signatures."""
        return _open_one(self.requests)


def _open_one(requests: tuple[SignOffRequest, ...]) -> SignOffRequest | None:
    return next((r for r in requests if r.status is RequestStatus.OPEN), None)


def load(hazard: Hazard, *, now: datetime, days: WorkingDays, actor_id: int | None = None) -> Loaded:
    """Read what belongs to a hazard and fill its case file (seven queries, whatever its history)."""
    return load_many((hazard,), now=now, days=days, actor_id=actor_id)[0]


def load_many(
    hazards: Sequence[Hazard], *, now: datetime, days: WorkingDays, actor_id: int | None = None
) -> list[Loaded]:
    """The case files of several hazards, in their order, by the same number of queries as one takes."""
    evidence, work = _of(Evidence, hazards), _of(WorkRecord, hazards)
    requests = _of(SignOffRequest, hazards, selectinload(SignOffRequest.signatures))
    offices = {hazard.id: offices_of(hazard) for hazard in hazards}
    receiving = {hazard.id: _receiving(_open_one(requests[hazard.id])) for hazard in hazards}
    lines = (*offices.values(), *receiving.values())
    people = people_around(hazards, {office.id for line in lines for office in line})
    (members, gone), deputed = members_among(hazards, actor_id), deputations_of(people, now=now)
    loaded = []
    for hazard in hazards:
        of_it = (evidence[hazard.id], requests[hazard.id], work[hazard.id])
        rows = people.around(hazard, (*offices[hazard.id], *receiving[hazard.id]))
        seats = seats_of(hazard, rows, offices[hazard.id], receiving[hazard.id])
        own = members.get(hazard.enterprise_id, frozenset())
        case = replace(
            _fill(hazard, *of_it, seats, now=now, days=days),
            deputations=_deputations(deputed, hazard.round_started_at, seats),
            # a leaver's work waits for whoever else may begin it, until it is handed over
            responsible_person=None if hazard.responsible_person_id in gone else hazard.responsible_person_id,
            members=own | {row.person for row in rows if row.enterprise_id == hazard.enterprise_id},
        )
        town = next(iter(people.towns.get(hazard.enterprise_id, ())), None)
        loaded.append(Loaded(hazard, case, *of_it, offices[hazard.id], {row.person: row.name for row in rows}, town))
    return loaded


def _of(model: Any, hazards: Sequence[Hazard], *options: Any) -> dict[int, tuple[Any, ...]]:
    """Rows of a table that belong to these hazards, by hazard, oldest first."""
    found: dict[int, list[Any]] = {hazard.id: [] for hazard in hazards}
    wanted = select(model).where(model.hazard_id.in_(found)).order_by(model.id).options(*options)
    for row in db.session.scalars(wanted):
        found[row.hazard_id].append(row)
    return {hazard_id: tuple(rows) for hazard_id, rows in found.items()}


def offices_of(hazard: Hazard) -> tuple[Regulator, ...]:
    """The office that answers for the hazard and those above it; a town's own order begins at the town."""
    start = hazard.issuing_office_id if hazard.town_order else hazard.responsible_office_id
    return office_line(start)


def office_line(start: int | None) -> tuple[Regulator, ...]:
    """An office and the next higher ones, at most five, nearest first."""
    line: list[Regulator] = []
    office = db.session.get(Regulator, start) if start is not None else None
    while office is not None and len(line) < 5:
        line.append(office)
        office = db.session.get(Regulator, office.parent_id) if office.parent_id is not None else None
    return tuple(line)


def _receiving(request: SignOffRequest | None) -> tuple[Regulator, ...]:
    """The line of the office a transfer goes to."""
    return office_line(request.target_office_id) if request is not None else ()


def _fill(
    hazard: Hazard,
    evidence: tuple[Evidence, ...],
    requests: tuple[SignOffRequest, ...],
    work: tuple[WorkRecord, ...],
    seats: tuple[Seat, ...],
    *,
    now: datetime,
    days: WorkingDays,
) -> CaseFile:
    since = hazard.round_started_at
    open_row = next((r for r in requests if r.status is RequestStatus.OPEN), None)
    return CaseFile(
        state=hazard.state,
        grade=hazard.grade,
        origin=hazard.origin,
        today=shanghai_day(now),
        facts=facts_of(hazard, evidence),
        listed=hazard.listed_level if hazard.delisted_on is None else None,
        town_order=hazard.town_order,
        imported=hazard.imported,
        deadline=hazard.deadline,
        extend_by=extend_by(hazard.deadline, days) if hazard.listed_level and hazard.deadline else None,
        accept_due=hazard.accept_due,
        escalated=hazard.escalated_at is not None,
        stopped=hazard.stop_scope.value != "none",
        authority_stopped=hazard.authority_stopped,
        responsible_person=hazard.responsible_person_id,
        worked=frozenset(record.person_id for record in work if record.at >= since)
        | frozenset(record.recorded_by_id for record in work if record.at >= since and _is_own(record)),
        verified=_verifiers(requests, since),
        seats=seats,
        request=open_request_of(open_row) if open_row is not None else None,
    )


def _is_own(record: WorkRecord) -> bool:
    return record.person_id == record.recorded_by_id


def _verifiers(requests: tuple[SignOffRequest, ...], since: datetime) -> frozenset[int]:
    """Who judged the verification since the hazard was reported or last reopened; applicants judged nothing."""
    signers: set[int] = set()
    for request in requests:
        if request.action is not Action.VERIFY or request.status is not RequestStatus.COMPLETED:
            continue
        if request.ended_at is None or request.ended_at < since:
            continue
        signers |= _judges(request, _route(request))
    return frozenset(signers)


def _judges(request: SignOffRequest, route: Route) -> set[int]:
    judged: set[int] = set()
    for signature in request.signatures:
        if route.steps[signature.step].applies:
            continue
        judged.add(signature.person_id)
        if signature.deputising_for_id is not None:
            judged.add(signature.deputising_for_id)
    return judged


def _route(request: SignOffRequest) -> Route:
    route = find_route(request.action, request.grade, request.origin, request.variant)
    assert route is not None, "requests are opened on routes of the table only"
    return route


def open_request_of(row: SignOffRequest) -> OpenRequest:
    """A stored request as the rules read it: the route of the day it was opened, the signatures so far."""
    given = tuple(_given(signature) for signature in row.signatures if signature.verdict is Verdict.APPROVED)
    return OpenRequest(row.action, row.variant, row.grade, row.origin, row.opened_by_id, given, row.by_enterprise)


def _given(signature: Signature) -> Given:
    return Given(
        signature.step,
        signature.person_id,
        signature.role,
        signature.manner,
        signature.recorder_id,
        signature.deputising_for_id,
    )


def _deputations(rows: Sequence[Deputed], since: datetime, seats: tuple[Seat, ...]) -> frozenset[tuple[int, int]]:
    """Who acted for whom at any time of this round: they count as one person."""
    persons = {seat.person for seat in seats}
    return frozenset((row.deputy, row.person) for row in rows if row.deputy in persons and row.until >= since)


def waiting_persons(loaded: Loaded) -> frozenset[int]:
    """Whoever the hazard waits for now, by name."""
    next_act = expected(loaded.case)
    if next_act is None:
        return frozenset()
    if next_act.person is not None:
        return frozenset({next_act.person})
    return next_act.step.persons if next_act.step else frozenset()


def was_told(key: str) -> bool:
    """Whether a message with this key was written."""
    return db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None
