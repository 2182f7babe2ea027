"""The writing of a file that was confirmed, unless the register has moved on since it was checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from accounts.access import Actor
from core.db import db, unit_of_work
from core.outbox import tell
from core.refusals import Conflict, Refusal
from core.sheets import BadFile
from hazards.models import DraftStage, ImportDraft, LedgerImport
from hazards.operations.import_checking import keep_check
from hazards.operations.import_drafts import draft_for
from hazards.operations.import_findings import figures_of, outline_of, row_values
from hazards.operations.import_names import remember
from hazards.operations.import_rows import drop_rows, keep_rows
from hazards.operations.import_work import Clock, Stopped, Ticks, Work, refuse, still_wanted, take_up
from hazards.operations.importing import Checked, Decisions, check_ledger, import_ledger
from hazards.operations.importing.clearing import mark_given_up

NOT_WRITTEN: Final = "写入时系统出错，没有写入任何内容。请再导入一次；仍然不行的，请联系系统管理员。"
CALLED_OFF: Final = "导入已取消，没有写入任何内容。下面是取消前核对的结果。"
TOO_LATE: Final = "这份台账刚刚全部导入，来不及取消。可以在导入结果里整批撤回。"
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
        report = import_ledger(
            *(work.data, work.name, work.options),
            by=by,
            now=work.confirmed_at,
            tick=Ticks(work),
            wanted=lambda: still_wanted(work),
        )
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
    """The import of this confirmation, where the server died after it had come in."""
    of_it = _of_confirmation(work.by.person_id, work.confirmed_at)
    return db.session.scalar(select(LedgerImport.id).where(of_it, LedgerImport.landed_at.is_not(None)))


def _of_confirmation(person_id: int, at: datetime | None) -> ColumnElement[bool]:
    """The imports of one confirmation: their moment is the confirmation's."""
    return (LedgerImport.by_id == person_id) & (LedgerImport.at == at)


def may_call_off(draft: ImportDraft) -> bool:
    """Whether nothing of the write under way is to be seen yet."""
    landed = _of_confirmation(draft.owner_id, draft.confirmed_at), LedgerImport.landed_at.is_not(None)
    return draft.stage is DraftStage.WRITING and db.session.scalar(select(LedgerImport.id).where(*landed)) is None


def call_off(draft_id: int, *, now: datetime) -> None:
    """Stop the write under way before it has come in: back to its check; what was put down unseen stays so.

    Whoever writes stops at the next page, or where it would come in, and frees what it held; after a death the periodic
    job or the next import of the same does.
    """
    draft = draft_for(draft_id)
    if draft.stage is not DraftStage.WRITING:
        raise Conflict(TOO_LATE if draft.stage is DraftStage.DONE else "没有正在进行的导入，不必取消。")
    at_all = select(LedgerImport).where(_of_confirmation(draft.owner_id, draft.confirmed_at))
    entries = db.session.scalars(at_all.where(LedgerImport.given_up_at.is_(None)).with_for_update(of=LedgerImport))
    for entry in entries.all():
        if entry.landed_at is not None:
            raise Conflict(TOO_LATE)
        mark_given_up(entry, by=draft.owner_id, now=now)
    draft.stage, draft.run, draft.touched_at, draft.confirmed_at = DraftStage.READY, "", now, None
    draft.said = CALLED_OFF


def _done(work: Work, import_id: int | None, number: int | None = None, figures: dict[str, Any] | None = None) -> None:
    with unit_of_work():
        draft = still_wanted(work)
        draft.stage, draft.run, draft.touched_at = DraftStage.DONE, "", work.clock()
        draft.import_id, draft.said = import_id, ""
        if number is not None and figures is not None:
            draft.check_no, draft.figures = number, figures
        unknown, decided = draft.unknown, Decisions.from_json(draft.decisions)
        if draft.in_background:
            tell([draft.owner_id], "import", _told(draft), now=work.clock(), url=f"/hazards/import/{draft.id}")
    remember(unknown, decided, by=work.by, now=work.clock())


def _told(draft: ImportDraft) -> str:
    found = draft.figures
    tally = f"新建 {found['created']:,}，并入 {found['merged']:,}，不导入 {found['skipped']:,}"
    return f"《{draft.file_name}》已导入：{tally}。"
