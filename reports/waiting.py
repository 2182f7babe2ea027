"""What the home page reads beside a person's own to-dos: overdue, sent, told, counted. All in the viewer's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.roles import Role
from core.db import db
from core.models import Event, OutboxMessage
from hazards.models import Hazard, Signature, SignOffRequest
from workflows.closure import Origin
from workflows.colours import SOON_DAYS
from workflows.deadlines import RUNNING
from workflows.vocabulary import OPEN_STATES, Action, Grade, RequestStatus, State, Tier

SHOWN = 10
READ = 50  # beyond it a count says "50 以上"
LOOKED_BACK = 500  # own entries of the history
SCANNED = 20_000  # open hazards counted for the figures; beyond it each figure says 以上


@dataclass(frozen=True, slots=True)
class HazardRow:
    """One hazard as a row of the home page shows it."""

    hazard: Hazard
    enterprise_name: str
    request_action: Action | None = None
    requested_at: datetime | None = None
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Open hazards of the viewer's scope by list, time and grade; `partly` where counting stopped early."""

    by_tier: dict[Tier, int] = field(default_factory=dict)
    overdue: int = 0
    soon: int = 0
    major: int = 0
    to_reinspect: int = 0
    came_back: int = 0
    partly: bool = False


def _rows(found: Any) -> list[HazardRow]:
    return [HazardRow(hazard, name or "", action, at) for hazard, name, action, at in found]


def _with_request() -> Any:
    """A hazard with its enterprise's name and its open request's action and time."""
    open_one = and_(SignOffRequest.hazard_id == Hazard.id, SignOffRequest.status == RequestStatus.OPEN)
    return (
        select(Hazard, Enterprise.name, SignOffRequest.action, SignOffRequest.opened_at)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .outerjoin(SignOffRequest, open_one)
    )


def overdue(today: date, limit: int = SHOWN) -> list[HazardRow]:
    """Hazards past their deadline and not yet verified, longest first."""
    wanted = _with_request().where(_past_deadline(today)).order_by(Hazard.deadline, Hazard.id).limit(limit)
    return _with_reminders(_rows(db.session.execute(wanted)))


def _past_deadline(today: date) -> Any:
    return and_(Hazard.state.in_(sorted(RUNNING)), Hazard.deadline < today)


def _with_reminders(rows: list[HazardRow]) -> list[HazardRow]:
    """How often each was urged (催办) since whoever has it has had it."""
    if not rows:
        return []
    wanted = (
        select(Event.subject_id, Event.at)
        .where(Event.subject_kind == Hazard.__tablename__, Event.kind == "remind")
        .where(Event.subject_id.in_([row.hazard.id for row in rows]))
        .limit(SHOWN * 100)
    )
    urged = db.session.execute(wanted).all()
    return [_counted(row, urged) for row in rows]


def _counted(row: HazardRow, urged: Collection[Any]) -> HazardRow:
    since = row.hazard.holder_since
    times = sum(1 for subject, at in urged if subject == row.hazard.id and (since is None or at >= since))
    return HazardRow(row.hazard, row.enterprise_name, row.request_action, row.requested_at, times)


def must_reinspect(row: HazardRow, actor: Actor, today: date) -> bool:
    """A deadline passed without an application is a task of the inspectors who answer for it (domain.md §3)."""
    hazard = row.hazard
    due = hazard.state is State.RECTIFYING and hazard.deadline is not None and hazard.deadline < today
    return due and row.request_action is not Action.VERIFY and _answers_for(hazard, actor)


def _answers_for(hazard: Hazard, actor: Actor) -> bool:
    if hazard.town_order:
        return actor.holds(Role.TOWN_OFFICER) and hazard.issuing_office_id == actor.regulator_id
    return actor.holds(Role.INSPECTOR) and hazard.responsible_office_id == actor.regulator_id


def not_accepted(actor: Actor, today: date, limit: int = SHOWN) -> list[HazardRow]:
    """Reported to the enterprise and not accepted in time (逾期未受理), for the office that answers for them."""
    wanted = (
        _with_request()
        .where(Hazard.state == State.REPORTED, Hazard.origin == Origin.SELF_FOUND)
        .where(Hazard.accept_due < today, Hazard.responsible_office_id == actor.regulator_id)
        .order_by(Hazard.accept_due, Hazard.id)
        .limit(limit)
    )
    return _rows(db.session.execute(wanted))


def sent(actor: Actor, limit: int = READ + 1) -> list[HazardRow]:
    """What the person asked for, signed or reported and somebody else has now; newest first.

    Found through the person's own newest entries in the history, so that it costs the same in the largest region.
    """
    own = (
        select(Event.subject_id)
        .where(Event.actor_id == actor.person_id, Event.subject_kind == Hazard.__tablename__)
        .where(Event.kind.in_(["report", "open_request", "sign"]))
        .order_by(Event.at.desc())
        .limit(LOOKED_BACK)
    )
    signed = select(Signature.request_id).where(Signature.person_id == actor.person_id)
    asked = or_(SignOffRequest.opened_by_id == actor.person_id, SignOffRequest.id.in_(signed))
    reported = and_(Hazard.reporter_id == actor.person_id, Hazard.state == State.REPORTED)
    wanted = (
        _with_request()
        .where(Hazard.id.in_(own), or_(asked, reported), Hazard.state.in_(sorted(OPEN_STATES)))
        .order_by(Hazard.holder_since.desc(), Hazard.id.desc())
        .limit(limit)
    )
    return _rows(db.session.execute(wanted))


def counts(actor: Actor, today: date) -> Counts:
    """The figures of the side column, from one bounded reading of the open hazards in scope."""
    late, soon = _past_deadline(today), _due_soon(today)
    scanned = (
        select(
            Hazard.tier.label("tier"),
            case((late, 1), else_=0).label("late"),
            case((soon, 1), else_=0).label("soon"),
            case((Hazard.grade == Grade.MAJOR, 1), else_=0).label("major"),
            case((and_(late, _reinspection_due(actor)), 1), else_=0).label("reinspect"),
            case((Hazard.recurrence_of_id.is_not(None), 1), else_=0).label("back"),
        )
        .where(Hazard.state.in_(sorted(OPEN_STATES)))
        .limit(SCANNED + 1)
        .subquery()
    )
    columns = scanned.c
    sums = (func.count(), *(func.sum(columns[name]) for name in ("late", "soon", "major", "reinspect", "back")))
    rows = db.session.execute(select(columns.tier, *sums).group_by(columns.tier)).all()
    return Counts(
        by_tier={tier: number for tier, number, *_ in rows},
        overdue=sum(row[2] for row in rows),
        soon=sum(row[3] for row in rows),
        major=sum(row[4] for row in rows),
        to_reinspect=sum(row[5] for row in rows),
        came_back=sum(row[6] for row in rows),
        partly=sum(row[1] for row in rows) > SCANNED,
    )


def _due_soon(today: date) -> Any:
    return and_(
        Hazard.state.in_(sorted(RUNNING)),
        Hazard.deadline >= today,
        Hazard.deadline <= today + timedelta(days=SOON_DAYS),
    )


def _reinspection_due(actor: Actor) -> Any:
    """The same condition as `must_reinspect`, beside the passed deadline."""
    applied = (
        select(SignOffRequest.id)
        .where(SignOffRequest.hazard_id == Hazard.id, SignOffRequest.status == RequestStatus.OPEN)
        .where(SignOffRequest.action == Action.VERIFY)
        .exists()
    )
    here: list[Any] = [false()]
    if actor.holds(Role.TOWN_OFFICER):
        here.append(and_(Hazard.town_order, Hazard.issuing_office_id == actor.regulator_id))
    if actor.holds(Role.INSPECTOR):
        here.append(and_(~Hazard.town_order, Hazard.responsible_office_id == actor.regulator_id))
    return and_(Hazard.state == State.RECTIFYING, or_(*here), ~applied)


def unread(person_id: int, limit: int = READ + 1) -> list[OutboxMessage]:
    """Messages the person has not read, newest first."""
    wanted = select(OutboxMessage).where(OutboxMessage.person_id == person_id, OutboxMessage.read_at.is_(None))
    return list(db.session.scalars(wanted.order_by(OutboxMessage.id.desc()).limit(limit)))
