"""Who sees an import on its way: its owner alone, until it has come in; and what an organisation taught, its people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, select

from core.scope import Viewer, guard
from hazards.models import ImportDraft, ImportDraftRow, NameDecision, SheetShape

# the bare table: as an entity it would be filtered by this very criterion again
_drafts = ImportDraft.__table__


def _own(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = model.owner_id == viewer.person_id
    return mine


def _rows_of_own(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    own = select(_drafts.c.id).where(_drafts.c.owner_id == viewer.person_id)
    mine: ColumnElement[bool] = model.draft_id.in_(own)
    return mine


def _same_organisation(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if viewer.enterprise_id is not None:
        ours: ColumnElement[bool] = model.enterprise_id == viewer.enterprise_id
        return ours
    return model.regulator_id == viewer.regulator_id if viewer.regulator_id is not None else false()


GUARDED = {
    ImportDraft: _own,
    ImportDraftRow: _rows_of_own,
    SheetShape: _same_organisation,
    NameDecision: _same_organisation,
}

for _model, _criterion in GUARDED.items():
    guard(_model, _criterion)
