"""What was found at a risk point, and by which inspections it was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.db import db
from hazards.models import Hazard
from hazards.models.partial import OPEN
from inspections.models import Finding, Inspection, InspectionPlan, MissedDuty, RiskPoint
from workflows.vocabulary import Grade

PAGE: Final = 20


class FoundRow(NamedTuple):
    """A hazard found at a point, as a list shows it."""

    finding_id: int
    number: str
    description: str
    state: Any
    grade: Grade
    found_on: date | None
    control_id: int | None


def hazards_at(
    point_id: int, *, open_ones: bool, after: int | None = None, limit: int = PAGE
) -> tuple[Sequence[FoundRow], int | None]:
    """Hazards found at a point that the viewer sees, the newest first, and the key of the next page."""
    is_open = Hazard.state.in_(OPEN)
    wanted = (
        select(
            Finding.id,
            Hazard.number,
            func.substr(Hazard.description, 1, 200),
            Hazard.state,
            Hazard.grade,
            Hazard.found_on,
            Finding.control_id,
        )
        .join(Hazard, Hazard.id == Finding.hazard_id)
        .where(Finding.risk_point_id == point_id, is_open if open_ones else ~is_open)
    )
    if after is not None:
        wanted = wanted.where(Finding.id < after)
    rows = db.session.execute(wanted.order_by(Finding.id.desc()).limit(limit + 1)).all()
    shown = [FoundRow(*row) for row in rows[:limit]]
    return shown, shown[-1].finding_id if len(rows) > limit else None


def inspections_at(point: RiskPoint, limit: int = 20) -> Sequence[Inspection]:
    """The newest inspections of a point, with whoever carried them out."""
    wanted = (
        select(Inspection)
        .where(Inspection.enterprise_id == point.enterprise_id, Inspection.risk_point_id == point.id)
        .options(selectinload(Inspection.inspector))
        .order_by(Inspection.started_at.desc(), Inspection.id.desc())
    )
    return db.session.scalars(wanted.limit(limit)).all()


def missed_at(point: RiskPoint, limit: int = 20) -> Sequence[MissedDuty]:
    """The newest missed inspections of a point."""
    wanted = (
        select(MissedDuty)
        .join(InspectionPlan, InspectionPlan.id == MissedDuty.plan_id)
        .where(MissedDuty.enterprise_id == point.enterprise_id, InspectionPlan.risk_point_id == point.id)
        .order_by(MissedDuty.period_last.desc(), MissedDuty.id.desc())
    )
    return db.session.scalars(wanted.limit(limit)).all()
