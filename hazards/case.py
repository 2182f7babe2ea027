"""Fills the case file that the rules read: one hazard with its seats, its open request and what was done so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from accounts.models import Deputation, Enterprise, Grant, Person, Regulator
from accounts.roles import Role
from accounts.rules import OfficeLevel
from core.days import WorkingDays, shanghai_day
from core.db import db
from core.models import OutboxMessage
from core.scope import everything
from hazards.facts import facts_of
from hazards.models import Evidence, Hazard, Signature, SignOffRequest, WorkRecord
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, TOWN_BESIDE, CaseFile, Given, OpenRequest, Seat
from workflows.closure import Route, find_route
from workflows.deadlines import extend_by
from workflows.expected import expected
from workflows.vocabulary import Action, RequestStatus, Verdict

# roles that stand somewhere in a route, record paper or are told; workers and team leaders sign nothing
SEATED = (
    Role.SAFETY_MANAGER,
    Role.PLANT_MANAGER,
    Role.PRINCIPAL,
    Role.DEPARTMENT_HEAD,
    Role.TOWN_OFFICER,
    Role.TOWN_HEAD,
    Role.INSPECTOR,
    Role.REVIEWER,
    Role.APPROVER,
    Role.COMMITTEE_CLERK,
)


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

    @property
    def open_request(self) -> SignOffRequest | None:
        """The request that waits for signatures."""
        return next((r for r in self.requests if r.status is RequestStatus.OPEN), None)


def load(hazard: Hazard, *, now: datetime, days: WorkingDays, actor_id: int | None = None) -> Loaded:
    """Read what belongs to a hazard and fill its case file (six queries, whatever its history)."""
    evidence = tuple(_of(Evidence, hazard))
    work = tuple(_of(WorkRecord, hazard))
    requests = tuple(
        db.session.scalars(
            select(SignOffRequest)
            .where(SignOffRequest.hazard_id == hazard.id)
            .options(selectinload(SignOffRequest.signatures))
            .order_by(SignOffRequest.id)
        )
    )
    open_row = next((r for r in requests if r.status is RequestStatus.OPEN), None)
    offices = offices_of(hazard)
    rows = _seat_rows(hazard, offices, open_row)
    seats = _seats(hazard, rows, offices, open_row)
    case = _fill(hazard, evidence, requests, work, seats, now=now, days=days)
    case = _with_members(case, hazard, rows, actor_id)
    return Loaded(hazard, case, evidence, requests, work, offices, {row[0]: row[1] for row in rows})


def _of(model: Any, hazard: Hazard) -> Collection[Any]:
    return db.session.scalars(select(model).where(model.hazard_id == hazard.id).order_by(model.id)).all()


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


SeatRow = tuple[int, str, Role, int | None, int | None, OfficeLevel | None, str | None]


def _seat_rows(hazard: Hazard, offices: tuple[Regulator, ...], request: SignOffRequest | None) -> list[SeatRow]:
    """Everybody active in a role that matters: of the enterprise, the offices, the town, a receiving office."""
    wanted = [office.id for office in offices]
    if request is not None and request.target_office_id is not None:
        wanted += [office.id for office in office_line(request.target_office_id)]
    with everything("who may sign a step"):
        return _seated_in(hazard.enterprise_id, wanted)


def _seated_in(enterprise_id: int, wanted: list[int]) -> list[SeatRow]:
    town = db.session.scalar(select(Enterprise.town_code).where(Enterprise.id == enterprise_id))
    organisations = [Person.enterprise_id == enterprise_id, Person.regulator_id.in_(wanted)]
    if town is not None:
        organisations.append((Regulator.region_code == town) & (Regulator.level == OfficeLevel.TOWN))
    found = db.session.execute(
        select(Person.id, Person.name, Grant.role, Person.enterprise_id, Regulator.id, Regulator.level, Person.login)
        .join(Grant, Grant.person_id == Person.id)
        .join(Regulator, Regulator.id == Person.regulator_id, isouter=True)
        .where(Grant.ended_at.is_(None), Person.active, Grant.role.in_(SEATED), Person.login.is_not(None))
        .where(or_(*organisations))
        .order_by(Person.id)
    )
    return [(a, b, c, d, e, f, g) for a, b, c, d, e, f, g in found]


def _seats(
    hazard: Hazard, rows: list[SeatRow], offices: tuple[Regulator, ...], request: SignOffRequest | None
) -> tuple[Seat, ...]:
    rungs = {office.id: rung for rung, office in enumerate(offices, RESPONSIBLE_OFFICE)}
    receiving: dict[int, int] = {}
    if request is not None and request.target_office_id is not None:
        line = office_line(request.target_office_id)
        receiving = {office.id: rung for rung, office in enumerate(line, RESPONSIBLE_OFFICE)}
    seats: list[Seat] = []
    for person, _name, role, enterprise_id, regulator_id, level, _login in rows:
        if enterprise_id == hazard.enterprise_id:
            seats.append(Seat(person, role, ENTERPRISE))
        elif regulator_id in rungs:
            seats.append(Seat(person, role, rungs[regulator_id]))
        elif level is OfficeLevel.TOWN and regulator_id not in receiving:
            seats.append(Seat(person, role, TOWN_BESIDE))
        if regulator_id in receiving:
            seats.append(Seat(person, role, receiving[regulator_id], receiving=True))
    return tuple(seats)


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
        deputations=_deputations(since, now, {seat.person for seat in seats}),
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


def _deputations(since: datetime, now: datetime, persons: set[int]) -> frozenset[tuple[int, int]]:
    """Who acted for whom at any time of this round: they count as one person."""
    if not persons:
        return frozenset()
    rows = db.session.execute(
        select(Deputation.deputy_id, Deputation.person_id).where(
            Deputation.starts_at <= now, Deputation.ends_at >= since, Deputation.deputy_id.in_(sorted(persons))
        )
    )
    return frozenset((deputy, person) for deputy, person in rows)


def _with_members(case: CaseFile, hazard: Hazard, rows: list[SeatRow], actor_id: int | None) -> CaseFile:
    members = {row[0] for row in rows if row[3] == hazard.enterprise_id}
    asked = {person for person in (actor_id, hazard.responsible_person_id) if person is not None} - members
    if asked:
        own = select(Person.id).where(Person.id.in_(sorted(asked)), Person.enterprise_id == hazard.enterprise_id)
        with everything("who may sign a step"):
            members |= set(db.session.scalars(own))
    return replace(case, members=frozenset(members))


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
