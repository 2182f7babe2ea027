"""The rows of a check, kept in short transactions: thousands of them stop nobody who signs meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, insert, select

from core.db import db, unit_of_work
from hazards.models import ImportDraft, ImportDraftRow

AT_ONCE: Final = 250


def keep_rows(draft_id: int, rows: Iterable[dict[str, Any]], still_wanted: Callable[[], ImportDraft]) -> int:
    """Keep rows under the number of the next check, which is returned; the draft takes it up when all are there.

    `still_wanted` gives the draft, locked, and raises where the work is no longer wanted.
    """
    with unit_of_work():
        shown = still_wanted().check_no
    drop_rows(draft_id, but=shown)
    number, waiting = shown + 1, iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        with unit_of_work() as session:
            still_wanted()
            session.execute(insert(ImportDraftRow), [{**row, "draft_id": draft_id, "check_no": number} for row in some])
    return number


def drop_rows(draft_id: int, but: int | None = None) -> None:
    """Remove the rows of other checks than this, of all where it is None."""
    wanted = select(ImportDraftRow.id).where(ImportDraftRow.draft_id == draft_id)
    if but is not None:
        wanted = wanted.where(ImportDraftRow.check_no != but)
    while ids := db.session.scalars(wanted.limit(AT_ONCE * 4)).all():
        with unit_of_work() as session:
            session.execute(
                delete(ImportDraftRow).where(ImportDraftRow.id.in_(ids)).execution_options(synchronize_session=False)
            )
