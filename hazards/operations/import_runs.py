"""Where the work on a file on its way in is done: in the request for a short one, in the background for a long one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import select

from accounts.access import Actor
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.files import file_store
from core.refusals import Refusal
from hazards.header_titles import titles_in_force
from hazards.ledger import Corrections, read_ledger
from hazards.models import DraftStage, ImportDraft
from hazards.operations.import_checking import run_check
from hazards.operations.import_drafts import draft_for
from hazards.operations.import_work import Clock
from hazards.operations.import_writing import run_write

SMALL_ROWS: Final = 200
"""A file of up to so many rows is checked and written while the person waits; a longer one by a job."""
SMALL_BYTES: Final = 1024 * 1024
CHECK_JOB: Final = "check-import"
WRITE_JOB: Final = "write-import"


def go_on(draft_id: int, *, by: Actor, clock: Clock) -> None:
    """Do the work the draft asks for: here for a short file, else by the runner."""
    draft = db.session.scalar(select(ImportDraft).where(ImportDraft.id == draft_id))
    is_short = draft is None or _is_short(draft, clock())
    with unit_of_work():
        draft = draft_for(draft_id)
        run, writes = draft.run, draft.stage is DraftStage.WRITING
        draft.in_background = not is_short
    if is_short:
        (run_write if writes else run_check)(draft_id, run, by=by, clock=clock)
    else:
        current_app.extensions["jobs"].ask_for(WRITE_JOB if writes else CHECK_JOB, f"{draft_id}:{run}")


def _is_short(draft: ImportDraft, now: datetime) -> bool:
    """Whether the file has few rows, by its last check or by a look at its beginning."""
    if draft.figures:
        return int(draft.figures["rows"]) <= SMALL_ROWS
    if draft.file.size > SMALL_BYTES:
        return False
    with file_store().open(draft.file.digest) as file:
        data = file.read()
    try:
        head = read_ledger(
            data,
            draft.file_name,
            today=shanghai_day(now),
            corrections=Corrections.from_json(draft.wanted),
            titles=titles_in_force(),
            first_rows=SMALL_ROWS,
        )
    except Refusal:
        return True  # the check will say why
    return not head.is_partial
