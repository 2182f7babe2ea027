"""When and why a record of a closed month reads otherwise: what happened to its hazard since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from core.audit import words_of
from core.days import shanghai_day
from core.db import db
from core.models import Event
from core.scope import everything
from hazards.models import Hazard, LedgerImport

OF_REGISTER: Final = "登记资料变动，或按规定补算"
OF_SUMS: Final = "所计隐患有更正，见各台账"
TAKEN_BACK: Final = "所在的导入已整批撤回"
LATE: Final = "月结以后才写入"


class Why(NamedTuple):
    """The day it changed, where a history tells it, and the reason in words."""

    when: date | None
    reason: str


def reasons_of(numbers: Sequence[str], since: datetime) -> dict[str, Why]:
    """For each hazard of these numbers that something happened to since: the newest of it; others are left out."""
    with everything("why a closed month reads otherwise now"):
        gone = (
            select(Hazard.number, LedgerImport.taken_back_at)
            .join(LedgerImport, LedgerImport.id == Hazard.import_id)
            .where(Hazard.number.in_(numbers), Hazard.hidden, LedgerImport.taken_back_at.is_not(None))
        )
        newest = (
            select(func.max(Event.id))
            .join(Hazard, (Event.subject_kind == "hazard") & (Event.subject_id == Hazard.id))
            .where(Hazard.number.in_(numbers), Event.at >= since)
            .group_by(Event.subject_id)
        )
        told = select(Hazard.number, Event.at, Event.kind).join(
            Event, (Event.subject_kind == "hazard") & (Event.subject_id == Hazard.id)
        )
        words = words_of("hazard").kinds
        found = {
            row.number: Why(shanghai_day(row.at), words.get(row.kind, LATE))
            for row in db.session.execute(told.where(Event.id.in_(newest)))
        }
        found |= {row.number: Why(shanghai_day(row.taken_back_at), TAKEN_BACK) for row in db.session.execute(gone)}
    return found
