"""Who sees what this room keeps: a large ledger its person, a closed month its office and the offices above it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from core.scope import Viewer, guard, subtree
from reports.models import ClosedLedger, CorrectedLedger, LedgerRun, MonthClose


def _own(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = model.person_id == viewer.person_id
    return mine


def _of_office(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The own office's; who is competent for everything in a region also those of the offices inside it."""
    if viewer.regulator_id is None:
        return false()
    own: ColumnElement[bool] = model.office_id == viewer.regulator_id
    if viewer.sectors is not None or viewer.region_path is None:
        return own
    return or_(own, subtree(model.region_path, viewer.region_path, is_whole=viewer.sees_whole))


# the bare table: as an entity it would be filtered by this very criterion again
_closes = MonthClose.__table__


def _of_close(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    seen: ColumnElement[bool] = model.close_id.in_(select(_closes.c.id).where(_of_office(_closes.c, viewer)))
    return seen


GUARDED = {LedgerRun: _own, MonthClose: _of_office, ClosedLedger: _of_close, CorrectedLedger: _of_close}

for _model, _criterion in GUARDED.items():
    guard(_model, _criterion)
