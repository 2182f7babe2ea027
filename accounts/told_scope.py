"""Who sees how somebody is told: addresses, choices and subscriptions their owner alone, robots their organisation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

from accounts.told_models import Feed, MailAddress, Robot, TellingChoice
from core.scope import Viewer, guard


def _own(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    own: ColumnElement[bool] = model.person_id == viewer.person_id
    return own


def _of_organisation(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if viewer.enterprise_id is None and viewer.regulator_id is None:
        return false()
    of_enterprise = viewer.enterprise_id is not None
    own: ColumnElement[bool] = (
        model.enterprise_id == viewer.enterprise_id if of_enterprise else model.regulator_id == viewer.regulator_id
    )
    return own


GUARDED = (MailAddress, TellingChoice, Feed, Robot)

for _model in GUARDED[:3]:
    guard(_model, _own)
guard(Robot, _of_organisation)
