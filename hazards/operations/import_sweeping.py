"""Files nobody let in are forgotten after a while, and the rows of those that came in after a longer one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from core.db import db, unit_of_work
from core.files import forget_file
from core.refusals import Conflict
from core.scope import everything
from hazards.models import DraftStage, ImportDraft, ImportDraftRow
from hazards.operations.import_rows import drop_rows

KEPT_OPEN: Final = timedelta(days=14)
KEPT_ROWS: Final = timedelta(days=180)
AT_ONCE: Final = 100


def discard(draft_id: int) -> None:
    """Forget a file on its way in: its rows, the draft, and the file itself where nothing else has the same bytes."""
    drop_rows(draft_id)
    with unit_of_work() as session:
        wanted = select(ImportDraft).where(ImportDraft.id == draft_id).with_for_update(of=ImportDraft)
        draft = session.scalar(wanted)
        if draft is None:
            return
        if draft.stage in (DraftStage.WRITING, DraftStage.DONE):
            raise Conflict("这份台账正在写入或已经导入，不能放弃。已导入的可以整批撤回。")
        file_id = draft.file_id
        session.delete(draft)
    drop_rows(draft_id)  # a check that was still running may have kept some meanwhile
    forget_file(file_id)


def sweep_imports(now: datetime) -> None:
    """Forget what nobody confirmed for two weeks, and the rows of imports half a year old."""
    with everything("imports nobody finished"):
        open_ones = select(ImportDraft.id).where(
            ImportDraft.stage.in_((DraftStage.CHECKING, DraftStage.READY, DraftStage.REFUSED)),
            ImportDraft.touched_at < now - KEPT_OPEN,
        )
        while ids := db.session.scalars(open_ones.limit(AT_ONCE)).all():
            for draft_id in ids:
                discard(draft_id)
        done = select(ImportDraft.id).where(
            ImportDraft.stage == DraftStage.DONE,
            ImportDraft.touched_at < now - KEPT_ROWS,
            select(ImportDraftRow.id).where(ImportDraftRow.draft_id == ImportDraft.id).exists(),
        )
        while ids := db.session.scalars(done.limit(AT_ONCE)).all():
            for draft_id in ids:
                drop_rows(draft_id)
