"""What the register does when something below it changes: people come and go, firms move, a calendar is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import or_, select

from accounts.models import Enterprise
from accounts.news import EnterpriseMoved, RolesChanged
from accounts.queries import responsible_regulator
from core.calendar import CalendarLoaded, load_calendar
from core.days import Unit, due_after, shanghai_day
from core.db import db
from core.scope import everything
from hazards.models import Hazard, SignOffRequest, Waiting
from hazards.operations.effects import set_deadline
from hazards.queries import counts_still
from hazards.recording import record, settle
from workflows.closure import Origin
from workflows.deadlines import due_on
from workflows.vocabulary import Action, RequestStatus, State

OPEN = (State.REPORTED, State.RECTIFYING, State.VERIFIED)


def roles_changed(news: RolesChanged) -> None:
    """Work out anew who has the open hazards that wait for this organisation, or for nobody."""
    with everything("who has it now, after people came or went"):
        for hazard in _waiting_for(news):
            settle(hazard, now=news.at)


def _waiting_for(news: RolesChanged) -> Iterator[Hazard]:
    place: list[Any] = []
    if news.enterprise_id is not None:
        place.append(Hazard.enterprise_id == news.enterprise_id)
    if news.regulator_id is not None:
        here = select(Waiting.hazard_id).where(Waiting.regulator_id == news.regulator_id)
        own = or_(Hazard.responsible_office_id == news.regulator_id, Hazard.issuing_office_id == news.regulator_id)
        # climbed to another office, or held by nobody: somebody new here may take it back
        elsewhere = select(Waiting.hazard_id).where(Waiting.regulator_id != news.regulator_id)
        nowhere = Hazard.id.not_in(select(Waiting.hazard_id))
        place += [Hazard.id.in_(here), own & or_(Hazard.id.in_(elsewhere), nowhere)]
    if place:
        yield from _each(select(Hazard).where(Hazard.state.in_(OPEN), or_(*place), counts_still()))


def enterprise_moved(news: EnterpriseMoved) -> None:
    """Open hazards go with the enterprise: its region, its office, and their open steps; numbers and history stay."""
    with everything("open hazards of an enterprise that moved"):
        enterprise = db.session.get_one(Enterprise, news.enterprise_id)
        office = responsible_regulator(enterprise.region, enterprise.sector)
        for hazard in _each(_open_of(enterprise)):
            hazard.region_code, hazard.region_path = enterprise.region_code, enterprise.region_path
            hazard.responsible_office_id = office.id if office else None
            hazard.town_order = False
            record(hazard, "moved", by=news.by_id, now=news.at, content={"office": hazard.responsible_office_id})


def _open_of(enterprise: Enterprise) -> Any:
    return select(Hazard).where(Hazard.enterprise_id == enterprise.id, Hazard.state.in_(OPEN), counts_still())


def calendar_loaded(news: CalendarLoaded) -> None:
    """Deadlines that were counted Monday to Friday are counted again, and are no longer provisional."""
    now: datetime = current_app.extensions["clock"]()
    with everything("deadlines counted before the calendar was known"):
        provisional = select(Hazard).where(Hazard.state.in_(OPEN), Hazard.deadline_provisional, ~Hazard.hidden)
        for hazard in _each(provisional):
            _count_again(hazard, now)
        waiting = select(Hazard).where(Hazard.state == State.REPORTED, Hazard.origin == Origin.SELF_FOUND)
        waiting = waiting.where(~Hazard.hidden)
        for hazard in _each(waiting):
            _acceptance_again(hazard, news.year, now)


def _count_again(hazard: Hazard, now: datetime) -> None:
    days = load_calendar()
    assert hazard.deadline is not None, "only a deadline can be provisional"
    if days.is_provisional(shanghai_day(hazard.reported_at), hazard.deadline):
        return
    hazard.deadline_provisional = False
    counted = _days_from_service(hazard)
    if counted is not None:
        due = due_after(hazard.served_on or hazard.ordered_on or hazard.deadline, counted, Unit.CALENDAR, days)
        if due.on != hazard.deadline:
            set_deadline(hazard, due.on, Action.ORDER, by=None, now=now, counted=f"工作日表装载后重算：{due.counted}")
    record(hazard, "calendar", by=None, now=now, content={"deadline": hazard.deadline.isoformat()})


def _days_from_service(hazard: Hazard) -> int | None:
    order = db.session.scalar(
        select(SignOffRequest)
        .where(
            SignOffRequest.hazard_id == hazard.id,
            SignOffRequest.action == Action.ORDER,
            SignOffRequest.status == RequestStatus.COMPLETED,
        )
        .order_by(SignOffRequest.id.desc())
        .limit(1)
    )
    days = order.offered.get("deadline_days") if order is not None else None
    # an extension or return has set another deadline since: that one stands
    return int(days) if days and hazard.extensions == 0 and hazard.deadline == hazard.deadline_first else None


def _acceptance_again(hazard: Hazard, year: int, now: datetime) -> None:
    if hazard.accept_due is None or year not in (hazard.accept_due.year, hazard.reported_at.year):
        return
    due = due_on("acceptance", shanghai_day(hazard.reported_at), load_calendar()).on
    if due != hazard.accept_due:
        hazard.accept_due = due
        record(hazard, "calendar", by=None, now=now, content={"accept_due": due.isoformat()})


def _each(query: Any) -> Iterator[Hazard]:
    """Hazards in chunks by id, so that a large office does not load a table into memory."""
    last = 0
    while True:
        chunk = list(db.session.scalars(query.where(Hazard.id > last).order_by(Hazard.id).limit(200)))
        if not chunk:
            return
        yield from chunk
        last = chunk[-1].id
        db.session.flush()
