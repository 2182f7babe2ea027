"""Who sees what belongs to a person's way of working with the list: that person, and whoever it is shared with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.scope import Viewer, guard
from hazards.models import BulkItem, BulkRun, ListPreference, SavedFilter

# the bare table: as an entity it would be filtered by this very criterion again
_runs = BulkRun.__table__


def _own(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = model.person_id == viewer.person_id
    return mine


def _of_own_run(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    own: ColumnElement[bool] = model.run_id.in_(select(_runs.c.id).where(_runs.c.person_id == viewer.person_id))
    return own


def _own_or_shared(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine = _own(model, viewer)
    if viewer.enterprise_id is not None:
        return or_(mine, and_(model.shared, model.enterprise_id == viewer.enterprise_id))
    if viewer.regulator_id is not None:
        return or_(mine, and_(model.shared, model.regulator_id == viewer.regulator_id))
    return mine


GUARDED = {BulkRun: _own, BulkItem: _of_own_run, ListPreference: _own, SavedFilter: _own_or_shared}

for _model, _criterion in GUARDED.items():
    guard(_model, _criterion)
