"""Who may see a hazard: one criterion for the register's tables, read by the session's scope (domain.md §2).

An enterprise's people see their own enterprise's hazards (a team leader those of the own team and those assigned),
and what concerns them as landlord or client; a regulator's people the subtree of their region in the sectors they are
competent for; nobody else anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, or_, select

from core.prepared import Prepared
from core.scope import Viewer, guard, subtree
from hazards.models import (
    ControlCheck,
    DeadlineChange,
    Evidence,
    Hazard,
    HazardNote,
    HazardVersion,
    Investigation,
    LedgerImport,
    RectificationPoint,
    Signature,
    SignOffRequest,
    TierMove,
    Waiting,
    Watch,
    WorkRecord,
)
from workflows.vocabulary import RequestStatus

# the bare tables: as entities they would be filtered by this very criterion again
_requests = SignOffRequest.__table__
_hazards = Hazard.__table__


def may_see(hazard: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The condition on a hazard's row for this viewer; nobody sees what an import has not brought in whole."""
    return and_(~hazard.hidden, _may_see_shown(hazard, viewer))


def _may_see_shown(hazard: Any, viewer: Viewer) -> ColumnElement[bool]:
    if viewer.enterprise_id is not None:
        return or_(_own(hazard, viewer), hazard.concerned_id == viewer.enterprise_id)
    if viewer.region_path is None:
        return false()
    here = subtree(hazard.region_path, viewer.region_path, is_whole=viewer.sees_whole)
    if viewer.sectors is not None:
        here = or_(
            here & hazard.sector.in_(sorted(viewer.sectors)), hazard.responsible_office_id == viewer.regulator_id
        )
    return or_(here, hazard.id.in_(_offered_to(viewer.regulator_id))) if viewer.is_offered else here


def _offered_to(regulator_id: int | None) -> Any:
    """Hazards that wait for this office to receive them: its reviewer must see what is handed over."""
    return select(_requests.c.hazard_id).where(
        _requests.c.target_office_id == regulator_id, _requests.c.status == RequestStatus.OPEN
    )


def without_needless(viewer: Viewer) -> Viewer:
    """For one request: an office to which nothing is offered just now looks through its indexes alone."""
    if viewer.regulator_id is None or _is_offered.first(office=viewer.regulator_id) is not None:
        return viewer
    return replace(viewer, is_offered=False)


_is_offered = Prepared(
    lambda: (
        select(_requests.c.id)
        .where(_requests.c.target_office_id == bindparam("office"), _requests.c.status == RequestStatus.OPEN)
        .limit(1)
    )
)


def _own(hazard: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = hazard.enterprise_id == viewer.enterprise_id
    involved = or_(
        hazard.reporter_id == viewer.person_id,
        hazard.responsible_person_id == viewer.person_id,
    )
    if viewer.own_reports_only:
        return mine & involved
    if viewer.unit_ids is not None:
        return mine & or_(hazard.unit_id.in_(viewer.unit_ids), involved)
    return mine


def _through_hazard(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    its = _hazards.alias("its_hazard")
    wanted = select(its.c.id).where(its.c.id == model.hazard_id, may_see(its.c, viewer))
    return exists(wanted.correlate_except(its))


def _may_see_import(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """An import is its organisation's: of an enterprise, whoever sees all of it; of a regulator, its people."""
    own: ColumnElement[bool] = model.by_id == viewer.person_id
    if viewer.enterprise_id is not None:
        sees_all = viewer.unit_ids is None and not viewer.own_reports_only
        return or_(own, model.enterprise_id == viewer.enterprise_id) if sees_all else own
    return or_(own, model.regulator_id == viewer.regulator_id) if viewer.regulator_id is not None else own


GUARDED_BY_HAZARD = (
    HazardVersion,
    SignOffRequest,
    Signature,
    DeadlineChange,
    Evidence,
    WorkRecord,
    RectificationPoint,
    HazardNote,
    ControlCheck,
    Investigation,
    TierMove,
    Waiting,
    Watch,
)

guard(Hazard, may_see)
guard(LedgerImport, _may_see_import)
for _model in GUARDED_BY_HAZARD:
    guard(_model, _through_hazard)
