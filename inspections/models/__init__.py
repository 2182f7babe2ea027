"""Tables of this room: risk points, checklists, plans, inspections, what was missed, kept figures."""

from __future__ import annotations

from inspections.models.checklists import Checklist, ChecklistItem, ChecklistVersion
from inspections.models.facts import DutyFigure, MissedDuty, Overlooked, RegionFigure
from inspections.models.inspecting import Inspection, InspectionPerson, ItemPhoto, ItemResult
from inspections.models.plans import Absence, InspectionPlan
from inspections.models.points import Finding, OpenReporting, Reward, RiskControl, RiskPoint

__all__ = [
    "Absence",
    "Checklist",
    "ChecklistItem",
    "ChecklistVersion",
    "DutyFigure",
    "Finding",
    "Inspection",
    "InspectionPerson",
    "InspectionPlan",
    "ItemPhoto",
    "ItemResult",
    "MissedDuty",
    "OpenReporting",
    "Overlooked",
    "RegionFigure",
    "Reward",
    "RiskControl",
    "RiskPoint",
]
