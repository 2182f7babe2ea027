"""The writing of a file that was confirmed, unless the register has moved on since it was checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from core.db import db, unit_of_work
from core.outbox import tell
from core.refusals import Refusal
from core.sheets import BadFile
from hazards.models import DraftStage, ImportDraft, LedgerImport
from hazards.operations.import_checking import keep_check
from hazards.operations.import_findings import figures_of, outline_of, row_values
from hazards.operations.import_rows import drop_rows, keep_rows
from hazards.operations.import_work import Clock, Stopped, Ticks, Work, refuse, still_wanted, take_up
from hazards.operations.importing import Checked, check_ledger, import_ledger

NOT_WRITTEN: Final = "写入时系统出错，没有写入任何内容。请再导入一次；仍然不行的，请联系系统管理员。"
REGISTER_MOVED: Final = (
    "核对之后登记有了变化（有人先导入或修改了同样的隐患），没有写入任何内容。下面是重新核对的结果，请看过再导入。"
)


def run_write(draft_id: int, run: str, *, by: Actor, clock: Clock) -> None:
    """Write what was confirmed, unless the register has moved on since it was checked: then it is shown again."""
    work = take_up(draft_id, run, DraftStage.WRITING, by, clock)
    if work is None or work.confirmed_at is None:
        return
    try:
        if (landed := _landed_before(work)) is not None:
            _done(work, landed)
            return
        all_rows = replace(work.options, only_clean=False)
        checked = check_ledger(work.data, work.name, all_rows, by=by, now=clock(), tick=Ticks(work, 0, 2))
        if outline_of(checked.report) != work.outline:
            keep_check(work, checked, "", REGISTER_MOVED)
            return
        report = import_ledger(work.data, work.name, work.options, by=by, now=work.confirmed_at, tick=Ticks(work))
    except Stopped:
        return
    except Refusal as refusal:
        refuse(work, refusal)
        return
    except Exception:
        refuse(work, BadFile(NOT_WRITTEN))
        raise
    number = keep_rows(draft_id, row_values(report, checked.reading), lambda: still_wanted(work))
    _done(work, report.import_id, number, figures_of(Checked(checked.reading, report)))
    drop_rows(draft_id, but=number)


def _landed_before(work: Work) -> int | None:
    """The import of this confirmation, where the server died after it had come in: its moment is the confirmation's."""
    at_that_moment = (LedgerImport.by_id == work.by.person_id) & (LedgerImport.at == work.confirmed_at)
    return db.session.scalar(select(LedgerImport.id).where(at_that_moment, LedgerImport.landed_at.is_not(None)))


def _done(work: Work, import_id: int | None, number: int | None = None, figures: dict[str, Any] | None = None) -> None:
    with unit_of_work():
        draft = still_wanted(work)
        draft.stage, draft.run, draft.touched_at = DraftStage.DONE, "", work.clock()
        draft.import_id, draft.said = import_id, ""
        if number is not None and figures is not None:
            draft.check_no, draft.figures = number, figures
        if draft.in_background:
            tell([draft.owner_id], "import", _told(draft), now=work.clock(), url=f"/hazards/import/{draft.id}")


def _told(draft: ImportDraft) -> str:
    found = draft.figures
    tally = f"新建 {found['created']:,}，并入 {found['merged']:,}，不导入 {found['skipped']:,}"
    return f"《{draft.file_name}》已导入：{tally}。"
