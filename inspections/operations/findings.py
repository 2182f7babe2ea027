"""Where a hazard was found: at which risk point, by which item of which inspection, which measure had failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.queries import get_enterprise
from core.db import db
from core.refusals import Conflict, NotFound
from hazards.models import Hazard
from hazards.operations.attaching import NewFile
from hazards.operations.reporting import Report, report
from inspections.models import Finding, Inspection, RiskControl, RiskPoint
from inspections.rules import PointKind
from workflows.vocabulary import Category, Channel, Grade, StopScope

# what a report at a point is put down as, where nobody says otherwise; whoever accepts it may correct it
CATEGORIES: Final[dict[PointKind, Category]] = {
    PointKind.PLACE: Category.ENVIRONMENT,
    PointKind.EQUIPMENT: Category.EQUIPMENT,
    PointKind.ACTIVITY: Category.BEHAVIOUR,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw at a risk point."""

    description: str
    photos: tuple[NewFile, ...] = ()
    category: Category | None = None
    grade: Grade = Grade.GENERAL
    stop_note: str = ""
    found_by: str = ""


def report_at(
    point: RiskPoint, seen: Seen, *, control: RiskControl | None = None, by: Actor | None, now: datetime
) -> Hazard:
    """Report a hazard at a point, with place and unit from it, tied to it and to the measure that failed.

    Refuses as `hazards.operations.reporting.report` does; `Conflict` for a struck measure or a retired point.
    """
    if not point.active:
        raise Conflict("这个风险点已经停用。请到「上报」写明部位后上报。")
    if control is not None and control.struck_at is not None:
        raise Conflict("这条管控措施已经划掉。请重新选择。")
    hazard = report(
        Report(
            enterprise_id=point.enterprise_id,
            channel=Channel.SELF_INSPECTION,
            place=place_of(point.name, point.place),
            description=seen.description,
            category=seen.category or CATEGORIES[point.kind],
            proposed_grade=seen.grade,
            found_at=now,
            responsible_unit="" if point.unit_id is not None else get_enterprise(point.enterprise_id).name,
            unit_id=point.unit_id,
            found_by=seen.found_by,
            stop_scope=StopScope.PARTIAL if seen.grade is Grade.MAJOR else StopScope.NONE,
            stop_note=seen.stop_note,
            photos=seen.photos,
        ),
        by=by,
        now=now,
    )
    tie(hazard, point_id=point.id, control_id=control.id if control is not None else None)
    return hazard


def place_of(name: str, place: str) -> str:
    """A risk point as the place of a hazard: 北区熔炼车间（1 号电炉）."""
    return f"{place}（{name}）"[:300] if place and place != name else name


def tie(
    hazard: Hazard,
    *,
    point_id: int | None = None,
    control_id: int | None = None,
    inspection_id: int | None = None,
    item_id: int | None = None,
) -> Finding:
    """Put down where a hazard was found and which measure had failed. Inside the unit of work of its report.

    Point and inspection are of the hazard's own enterprise and seen by whoever acts, else `NotFound`; a measure
    brings its point along.
    """
    if control_id is not None:
        control = db.session.scalar(select(RiskControl).where(RiskControl.id == control_id))
        if control is None or (point_id is not None and control.risk_point_id != point_id):
            raise NotFound("找不到这条管控措施，或者它不是这个风险点的。请核对。")
        point_id = control.risk_point_id
    _refuse_foreign(RiskPoint, point_id, hazard, "风险点")
    _refuse_foreign(Inspection, inspection_id, hazard, "排查")
    made = Finding(
        hazard_id=hazard.id,
        inspection_id=inspection_id,
        item_id=item_id,
        risk_point_id=point_id,
        control_id=control_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _refuse_foreign(model: Any, row_id: int | None, hazard: Hazard, what: str) -> None:
    if row_id is None:
        return
    wanted = select(model.id).where(model.id == row_id, model.enterprise_id == hazard.enterprise_id)
    if db.session.scalar(wanted) is None:
        raise NotFound(f"找不到这个{what}，或者它不属于这家企业。请核对。")
