"""What the home page reads beside a person's own to-dos: overdue, sent, told, counted. All in the viewer's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Date, Integer, Select, and_, bindparam, case, false, func, or_, select

from accounts.access import Actor
from accounts.messages import note_unread
from accounts.models import Enterprise
from accounts.roles import Role
from core.db import Id
from core.models import Event, OutboxMessage
from core.prepared import Prepared, PreparedByShape
from hazards.models import DraftStage, Hazard, HazardStanding, ImportDraft, Signature, SignOffRequest
from hazards.models.partial import OPEN
from workflows.closure import Origin
from workflows.colours import SOON_DAYS
from workflows.deadlines import RUNNING
from workflows.vocabulary import Action, Grade, RequestStatus, State, Tier

SHOWN = 10
READ = 50  # beyond it a count says "50 以上"
LOOKED_BACK = 500  # own entries of the history
SCANNED = 5_000  # open hazards counted for the figures; beyond it each figure says 以上


@dataclass(frozen=True, slots=True)
class HazardRow:
    """One hazard as a row of the home page shows it; `hazard` has the columns of `_SHOWN`."""

    hazard: Any
    enterprise_name: str
    request_action: Action | None = None
    requested_at: datetime | None = None
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Open hazards of the viewer's scope by list, time and grade; `partly` where counting stopped early.

    `imports` are one's own files on their way in, counted in passing.
    """

    by_tier: dict[Tier, int] = field(default_factory=dict)
    overdue: int = 0
    soon: int = 0
    major: int = 0
    to_reinspect: int = 0
    came_back: int = 0
    imports: int = 0
    partly: bool = False


def _rows(found: Sequence[Any]) -> list[HazardRow]:
    return [HazardRow(row, row.enterprise_name or "", row.request_action, row.requested_at) for row in found]


_SHOWN = (
    Hazard.id,
    Hazard.number,
    func.substr(Hazard.description, 1, 300).label("description"),
    Hazard.place,
    Hazard.state,
    Hazard.grade,
    HazardStanding.tier,
    Hazard.deadline,
    Hazard.accept_due,
    Hazard.holder,
    Hazard.holder_since,
    Hazard.reporter_id,
    Hazard.enterprise_id,
    Hazard.town_order,
    Hazard.issuing_office_id,
    Hazard.responsible_office_id,
    Enterprise.name.label("enterprise_name"),
    SignOffRequest.action.label("request_action"),
    SignOffRequest.opened_at.label("requested_at"),
)
_TODAY: Final = bindparam("today", type_=Date)
_PERSON: Final = bindparam("person", type_=Id)
_OFFICE: Final = bindparam("office", type_=Id)
_MOST: Final = bindparam("most", type_=Integer)


def _with_request(ids: Select[Any]) -> Select[Any]:
    """These hazards with their enterprise's name and their open request's action and time."""
    page = ids.subquery("page")
    open_one = and_(SignOffRequest.hazard_id == Hazard.id, SignOffRequest.status == RequestStatus.OPEN)
    return (
        select(*_SHOWN)
        .join_from(page, Hazard, Hazard.id == page.c.id)
        .join(Hazard.standing)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .outerjoin(SignOffRequest, open_one)
    )


def overdue(today: date, limit: int = SHOWN) -> list[HazardRow]:
    """Hazards past their deadline and not yet verified, longest first."""
    return [replace(row, reminders=row.hazard.reminders) for row in _rows(_overdue.all(today=today, most=limit))]


_overdue = Prepared(
    lambda: (
        _with_request(
            select(Hazard.id).where(_is_open(), _past_deadline()).order_by(Hazard.deadline, Hazard.id).limit(_MOST)
        )
        .add_columns(_reminders())
        .order_by(Hazard.deadline, Hazard.id)
    )
)


def _reminders() -> Any:
    """How often a hazard was urged (催办) since whoever has it has had it."""
    urged = and_(Event.subject_kind == Hazard.__tablename__, Event.subject_id == Hazard.id, Event.kind == "remind")
    since = or_(Hazard.holder_since.is_(None), Event.at >= Hazard.holder_since)
    return select(func.count(Event.id)).where(urged, since).correlate(Hazard).scalar_subquery().label("reminders")


def _past_deadline() -> Any:
    return and_(Hazard.state.in_(sorted(RUNNING)), Hazard.deadline < _TODAY)


def _is_open() -> Any:
    """Said beside narrower conditions too: the indexes of the open ones are found by it."""
    return Hazard.state.in_(OPEN)


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
    return _rows(_not_accepted.all(today=today, office=actor.regulator_id, most=limit))


_not_accepted = Prepared(
    lambda: _with_request(
        select(Hazard.id)
        .where(Hazard.state == State.REPORTED, Hazard.origin == Origin.SELF_FOUND)
        .where(Hazard.accept_due < _TODAY, Hazard.responsible_office_id == _OFFICE)
        .order_by(Hazard.accept_due, Hazard.id)
        .limit(_MOST)
    ).order_by(Hazard.accept_due, Hazard.id)
)


def sent(actor: Actor, limit: int = READ + 1) -> list[HazardRow]:
    """What the person asked for, signed or reported and somebody else has now; newest first.

    Found through the person's own newest entries in the history, so that it costs the same in the largest region.
    """
    return _rows(_sent.all(person=actor.person_id, most=limit))


def _sent_by() -> Select[Any]:
    own = (
        select(Event.subject_id)
        .where(Event.actor_id == _PERSON, Event.subject_kind == Hazard.__tablename__)
        .where(Event.kind.in_(["report", "open_request", "sign"]))
        .order_by(Event.at.desc())
        .limit(LOOKED_BACK)
    )
    signed = select(Signature.request_id).where(Signature.person_id == _PERSON)
    asked = or_(SignOffRequest.opened_by_id == _PERSON, SignOffRequest.id.in_(signed))
    reported = and_(Hazard.reporter_id == _PERSON, Hazard.state == State.REPORTED)
    return (
        _with_request(select(Hazard.id).where(Hazard.id.in_(own), _is_open()))
        .where(or_(asked, reported))
        .order_by(Hazard.holder_since.desc(), Hazard.id.desc())
        .limit(_MOST)
    )


_sent = Prepared(_sent_by)


def counts(actor: Actor, today: date) -> Counts:
    """The figures of the side column, from one bounded reading of the open hazards in scope."""
    by_roles = _counts.of(actor.holds(Role.TOWN_OFFICER), actor.holds(Role.INSPECTOR))
    found = by_roles.first(today=today, soon_until=today + timedelta(days=SOON_DAYS), office=actor.regulator_id)
    return Counts(
        by_tier={tier: getattr(found, tier.value) or 0 for tier in Tier},
        overdue=found.late or 0,
        soon=found.soon or 0,
        major=found.major or 0,
        to_reinspect=found.reinspect or 0,
        came_back=found.back or 0,
        imports=found.imports,
        partly=found.number > SCANNED,
    )


def _counts_of(is_town_officer: bool, is_inspector: bool) -> Select[Any]:
    late, soon = _past_deadline(), _due_soon()
    counted = {
        "late": late,
        "soon": soon,
        "major": Hazard.grade == Grade.MAJOR,
        "reinspect": and_(late, _reinspection_due(is_town_officer, is_inspector)),
        "back": Hazard.recurrence_of_id.is_not(None),
        **{tier.value: HazardStanding.tier == tier for tier in Tier},
    }
    marks = [case((condition, 1), else_=0).label(name) for name, condition in counted.items()]
    scanned = select(*marks).select_from(Hazard).join(Hazard.standing).where(_is_open()).limit(SCANNED + 1).subquery()
    under_way = select(func.count(ImportDraft.id)).where(ImportDraft.stage != DraftStage.DONE).scalar_subquery()
    figures = [
        func.count().label("number"),
        under_way.label("imports"),
        *(func.sum(scanned.c[name]).label(name) for name in counted),
    ]
    return select(*figures)


_counts = PreparedByShape(_counts_of)


def _due_soon() -> Any:
    until = bindparam("soon_until", type_=Date)
    return and_(Hazard.state.in_(sorted(RUNNING)), Hazard.deadline >= _TODAY, Hazard.deadline <= until)


def _reinspection_due(is_town_officer: bool, is_inspector: bool) -> Any:
    """The same condition as `must_reinspect`, beside the passed deadline."""
    applied = (
        select(SignOffRequest.id)
        .where(SignOffRequest.hazard_id == Hazard.id, SignOffRequest.status == RequestStatus.OPEN)
        .where(SignOffRequest.action == Action.VERIFY)
        .exists()
    )
    here: list[Any] = [false()]
    if is_town_officer:
        here.append(and_(Hazard.town_order, Hazard.issuing_office_id == _OFFICE))
    if is_inspector:
        here.append(and_(~Hazard.town_order, Hazard.responsible_office_id == _OFFICE))
    return and_(Hazard.state == State.RECTIFYING, or_(*here), ~applied)


def unread(person_id: int, limit: int = READ + 1) -> list[Any]:
    """Messages the person has not read, newest first."""
    found = _unread.all(person=person_id, most=limit)
    if len(found) < limit:
        note_unread(person_id, len(found))
    return found


_unread = Prepared(
    lambda: (
        select(OutboxMessage.id, OutboxMessage.text, OutboxMessage.url, OutboxMessage.made_at)
        .where(OutboxMessage.person_id == _PERSON, OutboxMessage.read_at.is_(None))
        .order_by(OutboxMessage.id.desc())
        .limit(_MOST)
    )
)
