"""On a hazard's page: on which list it stands; where it was found, by which inspection, which measure had failed."""

from __future__ import annotations

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from accounts.access import Actor
from accounts.queries import person_labels
from accounts.roles import Role
from core.db import db
from hazards.models import Hazard
from hazards.panels import HazardPanel
from hazards.presenting.words import day_text, moment_text
from inspections.models import ChecklistItem, Finding, Inspection, RiskControl, RiskPoint
from inspections.queries.lists import came_from
from workflows.cadence import is_listed
from workflows.vocabulary import Tier


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


def list_panel(hazard: Hazard, _actor: Actor) -> HazardPanel | None:
    """Since when and from where it stands on its list, until when, and who must clear it; None once it has left."""
    if not is_listed(hazard.state) or hazard.tier_since is None:
        return None
    came = came_from((hazard.id,)).get(hazard.id) if hazard.tier is not Tier.DAY else None
    owner = person_labels((hazard.list_owner_id,)).get(hazard.list_owner_id) if hazard.list_owner_id else None
    rows: list[tuple[object, ...]] = [
        ("所在清单", f"{hazard.tier.label}清单"),
        ("进入日期", day_text(hazard.tier_since) + (f"，从{came.label}清单" if came is not None else "")),
        ("清单责任人", owner.name if owner is not None else "还没有人"),
    ]
    if hazard.tier_until is not None:
        rows.append(("未清零则上移", moment_text(hazard.tier_until)))
    return HazardPanel("list", "日周月季清单", tuple(rows))


def _linked(words: str, url: str) -> Markup | str:
    return Markup('<a href="{}">{}</a>').format(url, words) if url else words
