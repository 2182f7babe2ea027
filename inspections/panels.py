"""On a hazard's page: where it was found, by which inspection, which measure had failed."""

from __future__ import annotations

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from accounts.access import Actor
from accounts.roles import Role
from core.db import db
from hazards.models import Hazard
from hazards.panels import HazardPanel
from inspections.models import ChecklistItem, Finding, Inspection, RiskControl, RiskPoint


def found_panel(hazard: Hazard, actor: Actor) -> HazardPanel | None:
    """None where it was found otherwise; what the reader may not open is named without a link."""
    wanted = (
        select(
            RiskPoint.id,
            RiskPoint.name,
            RiskPoint.grade,
            RiskControl.text,
            Inspection.id.label("inspection"),
            Inspection.name.label("inspected"),
            ChecklistItem.text.label("item"),
        )
        .select_from(Finding)
        .outerjoin(RiskPoint, RiskPoint.id == Finding.risk_point_id)
        .outerjoin(RiskControl, RiskControl.id == Finding.control_id)
        .outerjoin(Inspection, Inspection.id == Finding.inspection_id)
        .outerjoin(ChecklistItem, ChecklistItem.id == Finding.item_id)
        .where(Finding.hazard_id == hazard.id)
    )
    found = db.session.execute(wanted).first()
    if found is None or not any(found):
        return None
    reads = not actor.roles <= {Role.WORKER}
    rows: list[tuple[object, ...]] = []
    if found.name:
        url = url_for("inspections.point", point_id=found.id) if reads else ""
        rows += [("风险点", _linked(found.name, url)), ("风险等级", found.grade.label)]
    if found.text:
        rows.append(("失效的管控措施", found.text, True))
    if found.inspected:
        url = url_for("inspections.inspection", inspection_id=found.inspection) if reads else ""
        rows.append(("哪次排查", _linked(found.inspected, url), True))
    if found.item:
        rows.append(("检查项", found.item, True))
    return HazardPanel("found", "在哪里发现", tuple(rows))


def _linked(words: str, url: str) -> Markup | str:
    return Markup('<a href="{}">{}</a>').format(url, words) if url else words
