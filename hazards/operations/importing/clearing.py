"""Clears away an import that stopped before it came in: nobody saw anything of it, and nobody will.

Its hazards stay hidden; what they hold against others, merge keys and enterprises' codes, is freed, so that the same
file can come in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.history import append
from hazards.models import Hazard, LedgerImport, Waiting
from hazards.operations.importing.pace import breathe

AT_ONCE: Final = 500


def give_up(import_id: int, *, now: datetime) -> bool:
    """Give an import up for good, unless it has come in; from here on its writer, if it lives, writes no more."""
    with unit_of_work():
        entry = db.session.get_one(LedgerImport, import_id, with_for_update=True)
        if entry.landed_at is not None:
            return False
        if entry.given_up_at is None:
            mark_given_up(entry, by=None, now=now)
    clear(import_id)
    return True


def mark_given_up(entry: LedgerImport, *, by: int | None, now: datetime) -> None:
    """From here on its writer writes no more; `by` is whoever called it off."""
    entry.given_up_at = now
    append(entry, "given_up", at=now, actor_id=by)


def clear(import_id: int) -> None:
    """Free what a given-up import holds, in pages; again and again does no harm."""
    while _free_page(import_id):
        breathe()
    with unit_of_work():
        entry = db.session.get_one(LedgerImport, import_id, with_for_update=True)
        entry.unfinished = False


def _free_page(import_id: int) -> bool:
    """Free a page of hazards; False once there is none left."""
    with unit_of_work():
        still = select(Hazard.id, Hazard.enterprise_id).where(
            Hazard.import_id == import_id, Hazard.hidden, Hazard.merge_key.is_not(None)
        )
        rows = db.session.execute(still.order_by(Hazard.id).limit(AT_ONCE)).all()
        free([row.id for row in rows], {row.enterprise_id for row in rows})
    return len(rows) == AT_ONCE


def free(hazard_ids: list[int], enterprise_ids: set[int]) -> None:
    """Free the merge keys of these hidden hazards, who has them, and the codes of their hidden enterprises."""
    for wanted in (
        delete(Waiting).where(Waiting.hazard_id.in_(hazard_ids)),
        update(Hazard).where(Hazard.id.in_(hazard_ids)).values(merge_key=None, holder="", holder_since=None),
        update(Enterprise).where(Enterprise.id.in_(sorted(enterprise_ids)), Enterprise.hidden).values(uscc=None),
    ):
        db.session.execute(wanted, execution_options={"synchronize_session": False})
