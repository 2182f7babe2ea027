"""Where a hazard was found: at which risk point, by which item of which inspection, which measure had failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.db import db
from core.refusals import NotFound
from hazards.models import Hazard
from inspections.models import Finding, Inspection, RiskControl, RiskPoint


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
