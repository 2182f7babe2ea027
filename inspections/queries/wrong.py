"""What is wrong at an enterprise's risk points now: open hazards, failed measures, missed and late inspections.

Worked out once from the enterprise's open hazards and its missed inspections, by index; never point by point.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from core.db import db
from hazards.models import Hazard
from hazards.models.partial import OPEN
from inspections.models import Finding, InspectionPlan, MissedDuty, RiskPoint
from inspections.rules import PointKind, RiskGrade
from workflows.vocabulary import Grade

MISSED_DAYS: Final = 30  # a missed inspection is wrong "now" for so long
WRONGS: Final[dict[str, str]] = {
    "any": "现在有问题",
    "hazards": "有未销号隐患",
    "major": "有重大隐患",
    "controls": "管控措施失效",
    "missed": f"排查逾期，或 {MISSED_DAYS} 天内未开展",
}


@dataclass(frozen=True, slots=True)
class PointsAsked:
    """Which points of an enterprise: `unit_ids` a unit with those below it, `wrong` a key of `WRONGS`.

    `late` says how many inspections of a point are late just now, within their grace (`tasks.late_points`).
    """

    enterprise_id: int
    today: date
    q: str = ""
    unit_ids: frozenset[int] | None = None
    no_unit: bool = False
    grade: RiskGrade | None = None
    kind: PointKind | None = None
    wrong: str = ""
    retired: bool = False
    ids: frozenset[int] | None = None
    late: Mapping[int, int] = field(default_factory=dict)


class Wrong(NamedTuple):
    """What is wrong at a point now: open hazards, of these major, by a failed measure; inspections missed, late."""

    open: int = 0
    major: int = 0
    failed: int = 0
    missed: int = 0
    late: int = 0


def is_wrong(asked: PointsAsked, how: str) -> ColumnElement[bool]:
    """The condition on a point that something of this kind (a key of `WRONGS`) is wrong there now."""
    with_hazard = RiskPoint.id.in_(_with_open_hazard(asked, how))
    if how in ("hazards", "major", "controls"):
        return with_hazard
    settled = RiskPoint.id.in_(_missed(asked).with_only_columns(InspectionPlan.risk_point_id))
    missed = or_(settled, RiskPoint.id.in_(sorted(asked.late))) if asked.late else settled
    return missed if how == "missed" else or_(with_hazard, missed)


def _open_hazards(asked: PointsAsked) -> Select[Any]:
    """Findings at points whose hazards are open: from the enterprise's open hazards, by index."""
    return (
        select(Finding.risk_point_id)
        .join(Hazard, Hazard.id == Finding.hazard_id)
        .where(
            Hazard.enterprise_id == asked.enterprise_id,
            Hazard.state.in_(OPEN),
            Finding.risk_point_id.is_not(None),
        )
    )


def _with_open_hazard(asked: PointsAsked, how: str) -> Select[Any]:
    wanted = _open_hazards(asked)
    if how == "major":
        return wanted.where(Hazard.grade == Grade.MAJOR)
    return wanted.where(Finding.control_id.is_not(None)) if how == "controls" else wanted


def _missed(asked: PointsAsked) -> Select[Any]:
    return (
        select(MissedDuty)
        .join(InspectionPlan, InspectionPlan.id == MissedDuty.plan_id)
        .where(
            MissedDuty.enterprise_id == asked.enterprise_id,
            MissedDuty.period_last >= asked.today - timedelta(days=MISSED_DAYS),
            InspectionPlan.risk_point_id.is_not(None),
        )
    )


def wrong_at(point_ids: Collection[int], asked: PointsAsked) -> dict[int, Wrong]:
    """What is wrong at each of these points; those where nothing is are missing."""
    if not point_ids:
        return {}
    at = Finding.risk_point_id
    counted = (
        _open_hazards(asked)
        .with_only_columns(
            at,
            func.count(),
            func.sum(case((Hazard.grade == Grade.MAJOR, 1), else_=0)),
            func.sum(case((Finding.control_id.is_not(None), 1), else_=0)),
        )
        .where(at.in_(list(point_ids)))
        .group_by(at)
    )
    found = {row[0]: Wrong(row[1], int(row[2] or 0), int(row[3] or 0)) for row in db.session.execute(counted)}
    of_plan = InspectionPlan.risk_point_id
    missed = _missed(asked).with_only_columns(of_plan, func.count()).where(of_plan.in_(list(point_ids)))
    for point_id, count in db.session.execute(missed.group_by(of_plan)):
        found[point_id] = found.get(point_id, Wrong())._replace(missed=count)
    for point_id in asked.late.keys() & set(point_ids):
        found[point_id] = found.get(point_id, Wrong())._replace(late=asked.late[point_id])
    return found
