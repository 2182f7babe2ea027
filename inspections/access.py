"""Who may see what of inspecting: an enterprise's people their own, a regulator's those of its region and sectors.

A team leader sees the own team's points, plans and inspections and the plant's checklists (domain.md §2).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from accounts.models import Enterprise
from core.scope import Viewer, guard, subtree
from hazards.access import may_see
from hazards.models import Hazard
from inspections.models import (
    Absence,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    DutyFigure,
    Finding,
    Inspection,
    InspectionPerson,
    InspectionPlan,
    ItemPhoto,
    ItemResult,
    MissedDuty,
    OpenReporting,
    Overlooked,
    RegionFigure,
    Reward,
    RiskControl,
    RiskPoint,
)

# the bare tables: as entities they would be filtered once more
_enterprises = Enterprise.__table__
_points = RiskPoint.__table__
_inspections = Inspection.__table__
_people = InspectionPerson.__table__
_checklists = Checklist.__table__
_versions = ChecklistVersion.__table__
_hazards = Hazard.__table__


def _supervised(viewer: Viewer) -> Any:
    of = _enterprises.c
    here = and_(~of.hidden, subtree(of.region_path, viewer.region_path))
    if viewer.sectors is not None:
        here = and_(here, of.sector.in_(sorted(viewer.sectors)))
    return select(of.id).where(here)


def of_enterprise(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A row with `enterprise_id`: whoever belongs there, or supervises it."""
    if viewer.enterprise_id is not None:
        own: ColumnElement[bool] = model.enterprise_id == viewer.enterprise_id
        return own
    if viewer.region_path is None:
        return false()
    among: ColumnElement[bool] = model.enterprise_id.in_(_supervised(viewer))
    return among


def of_place(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A row that keeps where its enterprise lay then: a regulator sees those of its region and sectors by that."""
    if viewer.enterprise_id is not None:
        own: ColumnElement[bool] = model.enterprise_id == viewer.enterprise_id
        if viewer.own_reports_only:
            return false()
        return own if viewer.unit_ids is None else and_(own, model.unit_id.in_(viewer.unit_ids))
    return _region_figure(model, viewer)


def of_unit(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The same with `unit_id`: a team leader sees the own team's."""
    seen = of_enterprise(model, viewer)
    if viewer.own_reports_only:
        return false()
    return seen if viewer.unit_ids is None else and_(seen, model.unit_id.in_(viewer.unit_ids))


def _inspection(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A team leader also those of other teams that he carries out or takes part in, as a stand-in."""
    seen = of_unit(model, viewer)
    if viewer.enterprise_id is None or (viewer.unit_ids is None and not viewer.own_reports_only):
        return seen
    # asked of each inspection by the key of its people: by person they have no index
    its = _people.alias("its_people")
    taking_part = select(its.c.id).where(its.c.inspection_id == model.id, its.c.person_id == viewer.person_id)
    mine = or_(model.inspector_id == viewer.person_id, exists(taking_part.correlate_except(its)))
    return or_(seen, and_(of_enterprise(model, viewer), mine))


def _checklist(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The product's templates are everybody's."""
    return or_(model.enterprise_id.is_(None), of_enterprise(model, viewer))


def _through(table: Any, column: str, criterion: Any) -> Any:
    def seen(model: Any, viewer: Viewer) -> ColumnElement[bool]:
        its = table.alias(f"its_{table.name}")
        wanted = select(its.c.id).where(its.c.id == getattr(model, column), criterion(its.c, viewer))
        return exists(wanted.correlate_except(its))

    return seen


def _region_figure(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Sums are for regulators: those of their region in the sectors they are competent for."""
    if viewer.region_path is None:
        return false()
    here = subtree(model.region_path, viewer.region_path)
    return here if viewer.sectors is None else and_(here, model.sector.in_(sorted(viewer.sectors)))


_through_version = _through(_versions, "version_id", _through(_checklists, "checklist_id", _checklist))

_OF_ENTERPRISE: tuple[type[Any], ...] = (Absence, OpenReporting)
_OF_PLACE: tuple[type[Any], ...] = (DutyFigure, MissedDuty)
_OF_UNIT: tuple[type[Any], ...] = (RiskPoint, InspectionPlan)
_OF_INSPECTION: tuple[type[Any], ...] = (InspectionPerson, ItemResult, ItemPhoto)
_OF_HAZARD: tuple[type[Any], ...] = (Finding, Reward, Overlooked)

for _model in _OF_ENTERPRISE:
    guard(_model, of_enterprise)
for _model in _OF_PLACE:
    guard(_model, of_place)
for _model in _OF_UNIT:
    guard(_model, of_unit)
guard(Inspection, _inspection)
guard(Checklist, _checklist)
guard(ChecklistVersion, _through(_checklists, "checklist_id", _checklist))
guard(ChecklistItem, _through_version)
guard(RiskControl, _through(_points, "risk_point_id", of_unit))
for _model in _OF_INSPECTION:
    guard(_model, _through(_inspections, "inspection_id", _inspection))
for _model in _OF_HAZARD:
    guard(_model, _through(_hazards, "hazard_id", may_see))
guard(RegionFigure, _region_figure)
