"""What a person still has to do by name: hazards answered for, requests opened, lists owned; and what nobody can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from accounts.models import Person
from core.db import db
from hazards.models import Hazard, HazardStanding, SignOffRequest
from hazards.recording import NOBODY
from workflows.cadence import is_listed
from workflows.deadlines import RUNNING
from workflows.vocabulary import RequestStatus, State

PAGE: Final = 50
COUNTED: Final = 1000
OPEN: Final = (State.REPORTED, State.RECTIFYING, State.VERIFIED)

RESPONSIBLE, REQUEST, LIST = "responsible", "request", "list"
WORK_LABELS: Final[dict[str, str]] = {RESPONSIBLE: "整改责任人", REQUEST: "提出的签批申请", LIST: "清单责任人"}


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A hazard on which somebody has open work, and which."""

    hazard: Hazard
    what: tuple[str, ...]


def open_work_of(person: Person, *, after: int = 0, limit: int = PAGE) -> list[OpenWork]:
    """Open hazards with work of this person, by id; one more than asked tells that there are more."""
    wanted = _with_work(select(Hazard).options(joinedload(Hazard.enterprise)), person)
    wanted = wanted.where(Hazard.id > after).order_by(Hazard.id)
    hazards = list(db.session.scalars(wanted.limit(limit + 1)))
    opened = _opened_by(person.id, hazards)
    return [OpenWork(hazard, what_of(hazard, person.id, has_request=hazard.id in opened)) for hazard in hazards]


def count_open_work(person: Person, most: int = COUNTED) -> int:
    """On how many open hazards this person has work; stops counting one beyond `most`."""
    found = _with_work(select(Hazard.id), person).limit(most + 1)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def what_of(hazard: Hazard, person_id: int, *, has_request: bool) -> tuple[str, ...]:
    """Which work on this hazard is this person's."""
    mine = {
        RESPONSIBLE: hazard.responsible_person_id == person_id,
        REQUEST: has_request,
        LIST: is_listed(hazard.state) and hazard.list_owner_id == person_id,
    }
    return tuple(work for work, is_mine in mine.items() if is_mine)


def _with_work(wanted: Select[Any], person: Person) -> Any:
    requests = select(SignOffRequest.hazard_id).where(
        SignOffRequest.opened_by_id == person.id, SignOffRequest.status == RequestStatus.OPEN
    )
    by_name: list[ColumnElement[bool]] = [
        Hazard.responsible_person_id == person.id,
        and_(HazardStanding.list_owner_id == person.id, Hazard.state.in_(sorted(RUNNING))),
        Hazard.id.in_(requests),
    ]
    wanted = wanted.join(HazardStanding, HazardStanding.id == Hazard.id)
    wanted = wanted.where(Hazard.state.in_(OPEN), or_(*by_name), ~Hazard.hidden)
    return wanted.where(Hazard.enterprise_id == person.enterprise_id) if person.enterprise_id else wanted


def _opened_by(person_id: int, hazards: Sequence[Hazard]) -> set[int]:
    wanted = select(SignOffRequest.hazard_id).where(
        SignOffRequest.hazard_id.in_([hazard.id for hazard in hazards]),
        SignOffRequest.opened_by_id == person_id,
        SignOffRequest.status == RequestStatus.OPEN,
    )
    return set(db.session.scalars(wanted))


# --- what nobody can do ----------------------------------------------------------------------------------------


def stuck_hazards(*, after: int = 0, limit: int = PAGE) -> list[Hazard]:
    """Open hazards that wait for somebody who is not there, by id; one more than asked tells of more."""
    wanted = select(Hazard).where(Hazard.state.in_(OPEN), Hazard.holder == NOBODY, Hazard.id > after, ~Hazard.hidden)
    wanted = wanted.options(joinedload(Hazard.enterprise), joinedload(Hazard.responsible_office))
    return list(db.session.scalars(wanted.order_by(Hazard.id).limit(limit + 1)))
