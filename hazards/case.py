"""Fills the case file that the rules read: one hazard with its seats, its open request and what was done so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from core.calendar import load_calendar
from core.days import WorkingDays, shanghai_day
from core.db import db
from core.models import OutboxMessage
from hazards.belongings import Belongings, belongings_of
from hazards.facts import facts_of
from hazards.models import DeadlineChange, Evidence, Hazard, Signature, SignOffRequest, WorkRecord
from hazards.seating import SEATED as SEATED
from hazards.seating import Deputed, Office, People, people_around, seats_of, start_of
from workflows.casefile import CaseFile, Given, OpenRequest, Seat
from workflows.closure import Route, find_route
from workflows.deadlines import extend_by
from workflows.expected import expected
from workflows.vocabulary import Action, RequestStatus, Verdict


@dataclass(frozen=True, slots=True)
class Loaded:
    """A hazard with everything a ruling, a page or a deed needs of it, read once.

    `receiving` is the line of the office that an open transfer goes to.
    """

    hazard: Hazard
    case: CaseFile
    evidence: tuple[Evidence, ...]
    requests: tuple[SignOffRequest, ...]
    work: tuple[WorkRecord, ...]
    deadlines: tuple[DeadlineChange, ...]
    offices: tuple[Office, ...]
    receiving: tuple[Office, ...]
    names: dict[int, str]
    people: People
    town_office: Office | None = None

    @property
    def open_request(self) -> SignOffRequest | None:
        """The request that waits for signatures."""
        return _open_one(self.requests)


def _open_one(requests: Sequence[SignOffRequest]) -> SignOffRequest | None:
    return next((r for r in requests if r.status is RequestStatus.OPEN), None)


def load(hazard: Hazard, *, now: datetime, days: WorkingDays | None = None, actor_id: int | None = None) -> Loaded:
    """Read what belongs to a hazard and fill its case file (two queries, whatever its history)."""
    return load_many((hazard,), now=now, days=days, actor_id=actor_id)[0]


def load_many(
    hazards: Sequence[Hazard], *, now: datetime, days: WorkingDays | None = None, actor_id: int | None = None
) -> list[Loaded]:
    """The case files of several hazards, in their order, by the same number of queries as one takes."""
    belongings = belongings_of([hazard.id for hazard in hazards])
    targets = {one for each in belongings.values() if (one := _target(each.requests)) is not None}
    people = people_around(hazards, targets, now=now, actor_id=actor_id)
    return [_loaded(hazard, belongings[hazard.id], people, now=now, days=days) for hazard in hazards]


def load_again(loaded: Loaded, *, now: datetime) -> Loaded:
    """The case after what the running unit of work did to it; read anew only where other people came into it."""
    hazard, target = loaded.hazard, _target(loaded.requests)
    asked = {start_of(hazard), target} - {None}
    if not (asked <= loaded.people.offices.keys() and {hazard.responsible_person_id} - {None} <= loaded.people.asked):
        db.session.flush()
        return load(hazard, now=now)
    belongings = Belongings(list(loaded.evidence), list(loaded.requests), list(loaded.work), list(loaded.deadlines))
    return _loaded(hazard, belongings, loaded.people, now=now, days=None)


def _loaded(
    hazard: Hazard, belongings: Belongings, people: People, *, now: datetime, days: WorkingDays | None = None
) -> Loaded:
    evidence, requests, work = tuple(belongings.evidence), tuple(belongings.requests), tuple(belongings.work)
    offices, receiving = people.line(start_of(hazard)), people.line(_target(requests))
    rows = people.around(hazard, (*offices, *receiving))
    seats = seats_of(hazard, rows, offices, receiving)
    own = people.members.get(hazard.enterprise_id, set())
    case = replace(
        _fill(hazard, evidence, requests, work, seats, now=now, days=days),
        deputations=_deputations(people.deputed, hazard.round_started_at, seats),
        # a leaver's work waits for whoever else may begin it, until it is handed over
        responsible_person=None if hazard.responsible_person_id in people.gone else hazard.responsible_person_id,
        members=frozenset(own | {row.person for row in rows if row.enterprise_id == hazard.enterprise_id}),
    )
    return Loaded(
        hazard,
        case,
        evidence,
        requests,
        work,
        tuple(belongings.deadlines),
        offices,
        receiving,
        {row.person: row.name for row in rows},
        people,
        next(iter(people.towns.get(hazard.enterprise_id, ())), None),
    )


def _target(requests: Sequence[SignOffRequest]) -> int | None:
    """The office that an open transfer goes to."""
    request = _open_one(requests)
    return request.target_office_id if request is not None else None


def _fill(
    hazard: Hazard,
    evidence: tuple[Evidence, ...],
    requests: tuple[SignOffRequest, ...],
    work: tuple[WorkRecord, ...],
    seats: tuple[Seat, ...],
    *,
    now: datetime,
    days: WorkingDays | None = None,
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
        extend_by=_extend_by(hazard, days),
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


def _extend_by(hazard: Hazard, days: WorkingDays | None) -> date | None:
    """Only of a listed one anything asks for working days, so only then they are looked up."""
    if hazard.listed_level is None or hazard.deadline is None:
        return None
    return extend_by(hazard.deadline, days or load_calendar())


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


def _deputations(rows: Iterable[Deputed], since: datetime, seats: tuple[Seat, ...]) -> frozenset[tuple[int, int]]:
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
