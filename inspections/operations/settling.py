"""What was missed: the periods of duties that passed, grace and all, without an inspection (未开展排查)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, literal_column, select, update

from accounts.news import ShiftsChanged
from accounts.queries.shifts import ShiftBook, shift_book
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.scope import everything
from inspections.models import Inspection, InspectionPlan, MissedDuty
from inspections.operations.figures import WHOLE, Place, add, firms, month_of
from inspections.rules import InspectionState
from workflows.cadence import Period, period_of, periods_between, window

CHUNK = 500  # plans settled in one transaction


@dataclass(frozen=True, slots=True)
class Passed:
    """A period of a plan that is over, grace and all."""

    plan: InspectionPlan
    period: Period


def settle(now: datetime) -> int:
    """Settle every period whose grace is over: whatever was not inspected is missed for good. How many were missed.

    In chunks, each a transaction of its own; stopped anywhere it goes on where it was, and nothing is counted twice.
    """
    missed = 0
    while True:
        with everything("duties of all enterprises are settled"), unit_of_work():
            plans = _due_plans(now)
            missed += _settle(plans, now)
        if len(plans) < CHUNK:
            return missed


def _due_plans(now: datetime) -> Sequence[InspectionPlan]:
    wanted = select(InspectionPlan).where(InspectionPlan.settle_at <= now)
    ordered = wanted.order_by(InspectionPlan.settle_at, InspectionPlan.id).limit(CHUNK)
    return db.session.scalars(ordered.with_for_update(skip_locked=True)).all()


def _settle(plans: Sequence[InspectionPlan], now: datetime) -> int:
    if not plans:
        return 0
    book = shift_book({plan.enterprise_id for plan in plans})
    passed = [one for plan in plans for one in _passed(plan, book, now)]
    done = _done({one.plan.duty_id or 0 for one in passed}, [one.period.first for one in passed])
    where = firms({one.plan.enterprise_id for one in passed})
    rows, changes = [], dict[Place, Counter[str]]()
    for one in passed:
        if (one.plan.duty_id, one.period.key) in done:
            continue
        path, sector = where[one.plan.enterprise_id]
        rows.append(_missed_row(one, path, sector, now))
        at = Place(
            month_of(one.period.last), one.plan.enterprise_id, one.plan.unit_id or WHOLE, one.plan.tier, path, sector
        )
        changes.setdefault(at, Counter()).update({"due": 1, "missed": 1})
    if rows:
        db.session.execute(insert(MissedDuty), rows)
    add(changes)
    return len(rows)


def _passed(plan: InspectionPlan, book: ShiftBook, now: datetime) -> list[Passed]:
    """The periods of a plan that are over now; moves the plan's mark past them."""
    shifts = book.of(plan.enterprise_id, plan.unit_id)
    start = plan.starts_on if plan.settled_until is None else plan.settled_until + timedelta(days=1)
    end = min(plan.ends_on, shanghai_day(now)) if plan.ends_on is not None else shanghai_day(now)
    found, plan.settle_at = [], None
    for period in periods_between(plan.frequency, start, end, slots=plan.per_day):
        frame = window(plan.tier, period, shifts)
        if frame is None:
            continue  # the unit does not work then: nothing is due
        if frame.closes > now:
            plan.settle_at = frame.closes
            break
        found.append(Passed(plan, period))
        plan.settled_until = period.last
    if plan.settle_at is None and (plan.ends_on is None or end < plan.ends_on):
        plan.settle_at = shifts.end_of(period_of(plan.frequency, end).last)
    return found


def _done(duties: set[int], firsts: Sequence[date]) -> set[tuple[int | None, str | None]]:
    """Which periods of these duties were inspected to the end, since the earliest of these days."""
    if not firsts:
        return set()
    wanted = select(Inspection.duty_id, Inspection.period_key).where(
        Inspection.duty_id.in_(duties),
        Inspection.state == InspectionState.FINISHED,
        Inspection.state != literal_column("'given_up'"),  # in words, so that the partial index is used
        Inspection.period_first >= min(firsts),
    )
    return {(duty, key) for duty, key in db.session.execute(wanted)}


def _missed_row(one: Passed, path: str, sector: str, now: datetime) -> dict[str, Any]:
    plan, period = one.plan, one.period
    return {
        "duty_id": plan.duty_id,
        "plan_id": plan.id,
        "period_key": period.key,
        "period_first": period.first,
        "period_last": period.last,
        "enterprise_id": plan.enterprise_id,
        "unit_id": plan.unit_id,
        "region_path": path,
        "sector": sector,
        "tier": plan.tier,
        "person_id": plan.person_id,
        "settled_at": now,
    }


def shifts_changed(news: ShiftsChanged) -> None:
    """Shifts or stops of an enterprise have changed: when its duties are settled is worked out anew."""
    enterprise_id, now = news.enterprise_id, news.at
    running = InspectionPlan.ends_on.is_(None) | (InspectionPlan.ends_on >= shanghai_day(now))
    with everything("duties of an enterprise whose shifts changed"):
        db.session.execute(
            update(InspectionPlan)
            .where(InspectionPlan.enterprise_id == enterprise_id, running)
            .values(settle_at=now)
            .execution_options(synchronize_session=False)
        )
