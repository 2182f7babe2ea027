"""The work on a file on its way in: the check, which accounts for every row, and the writing, once it is confirmed.

Both run in the request for a small file and in the background for a large one. Reading holds no transaction; what it
finds is kept in short ones, so that nobody waits. Work whose `run` is no longer that of the draft stops at its next
mark: it was started again, or given up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import select, update

from accounts.access import Actor
from core.days import shanghai_day
from core.db import beside, db, is_writing, unit_of_work
from core.files import file_store
from core.outbox import tell
from core.refusals import Conflict, Refusal
from core.sheets import BadFile
from hazards.header_titles import titles_in_force
from hazards.ledger import Corrections, LedgerReading, NotALedger, read_ledger
from hazards.models import DraftStage, ImportDraft, LedgerImport
from hazards.operations.import_drafts import draft_for, in_force, keep_shape, shape_of
from hazards.operations.import_findings import figures_of, outline_of, row_values, understood_of, unknown_of
from hazards.operations.import_rows import drop_rows, keep_rows
from hazards.operations.importing import Checked, Decisions, Options, check_ledger, import_ledger
from workflows.vocabulary import Channel

PREVIEW_ROWS: Final = 500
MARK_EVERY: Final = timedelta(seconds=1)
BROKE_DOWN: Final = "核对时系统出错，没有写入任何内容。请再核对一次；仍然不行的，把文件交给系统管理员。"
NOT_WRITTEN: Final = "写入时系统出错，没有写入任何内容。请再导入一次；仍然不行的，请联系系统管理员。"
REGISTER_MOVED: Final = (
    "核对之后登记有了变化（有人先导入或修改了同样的隐患），没有写入任何内容。下面是重新核对的结果，请看过再导入。"
)

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The work was started again elsewhere, or given up."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a run needs of its draft, as plain values."""

    draft_id: int
    run: str
    by: Actor
    clock: Clock
    data: bytes
    name: str
    options: Options
    is_first: bool
    outline: str
    confirmed_at: datetime | None

    def mark(self, done: int, total: int) -> None:
        """Note how far the work has come; raises `Stopped` where it is no longer wanted."""
        here = (ImportDraft.id == self.draft_id) & (ImportDraft.run == self.run)
        values = {"rows_done": done, "rows_total": total, "marked_at": self.clock()}
        with beside() as connection:
            marked = connection.execute(update(ImportDraft).where(here).values(**values))
        if not marked.rowcount:
            raise Stopped


class Ticks:
    """Marks at most one in a second, and none inside a unit of work; `lap` counts the laps of the same rows."""

    def __init__(self, work: Work, lap: int = 0, laps: int = 1) -> None:
        self.work, self.lap, self.laps, self.last = work, lap, laps, work.clock()

    def __call__(self, done: int, total: int) -> None:
        moment = self.work.clock()
        if moment - self.last >= MARK_EVERY and not is_writing():
            self.last = moment
            self.work.mark(self.lap * total + done, self.laps * total)


# --- the check -------------------------------------------------------------------------------------------------


def run_check(draft_id: int, run: str, *, by: Actor, clock: Clock) -> None:
    """Check the file and keep what was found; what is refused is kept as its sentence."""
    work = _take_up(draft_id, run, DraftStage.CHECKING, by, clock)
    if work is None:
        return
    try:
        _keep_check(*_checked(work))
    except Stopped:
        return
    except Refusal as refusal:
        _refuse(work, refusal)
    except Exception:
        _refuse(work, BadFile(BROKE_DOWN))
        raise


def _take_up(draft_id: int, run: str, stage: DraftStage, by: Actor, clock: Clock) -> Work | None:
    """Claim the run; None where another did, or it is no longer wanted."""
    titles = titles_in_force()
    with unit_of_work():
        draft = draft_for(draft_id)
        if draft.run != run or draft.stage is not stage or draft.run_since is not None:
            return None
        draft.run_since = draft.marked_at = clock()
        told, digest = draft.wanted or draft.corrections, draft.file.digest
        options = Options(
            enterprise=draft.told_enterprise,
            region=draft.told_region,
            channel=Channel(draft.told_channel) if draft.told_channel else None,
            corrections=Corrections.from_json(told if stage is DraftStage.CHECKING else draft.corrections),
            titles=titles,
            decisions=Decisions.from_json(draft.decisions),
            only_clean=draft.only_clean if stage is DraftStage.WRITING else False,
        )
        plain = (draft.file_name, options, not draft.shape, draft.outline, draft.confirmed_at)
    with file_store().open(digest) as file:
        return Work(draft_id, run, by, clock, file.read(), *plain)


def _checked(work: Work) -> tuple[Work, Checked, str]:
    """What the file holds, with what was remembered for files of its form, and its form."""
    if not work.is_first:
        return work, _check(work), ""
    head = _preview(work)
    kept = shape_of(head.shape)
    if kept is None:
        return work, _check(work), head.shape
    remembered = replace(work, options=replace(work.options, corrections=Corrections.from_json(kept.corrections)))
    try:
        return remembered, _check(remembered), head.shape
    except NotALedger:  # the sheet it was remembered for is not in this file
        return work, _check(work), head.shape


def _preview(work: Work) -> LedgerReading:
    """The first rows: they tell the form, and are shown while the rest is counted."""
    options, today = work.options, shanghai_day(work.clock())
    head = read_ledger(
        work.data,
        work.name,
        today=today,
        corrections=options.corrections,
        titles=options.titles,
        first_rows=PREVIEW_ROWS,
    )
    if head.is_partial:
        with unit_of_work():
            draft = _still_wanted(work)
            draft.understood = understood_of(head)
    return head


def _check(work: Work) -> Checked:
    return check_ledger(work.data, work.name, work.options, by=work.by, now=work.clock(), tick=Ticks(work))


def _still_wanted(work: Work) -> ImportDraft:
    draft = draft_for(work.draft_id)
    if draft.run != work.run:
        raise Stopped
    return draft


def _keep_check(work: Work, checked: Checked, shape: str, said: str = "") -> None:
    """Rows first, in short transactions nobody sees; then, in one more, the check is the draft's."""
    number = keep_rows(work.draft_id, row_values(checked.report, checked.reading), lambda: _still_wanted(work))
    moment = work.clock()
    with unit_of_work():
        draft = _still_wanted(work)
        before, told = in_force(draft), work.options.corrections
        draft.shape = draft.shape or shape
        draft.recalled = bool(shape and told != Corrections()) or (draft.recalled and told == before)
        draft.corrections, draft.wanted = told.as_json(), {}
        draft.understood = understood_of(checked.reading, checked.report.remarks)
        draft.figures, draft.unknown = figures_of(checked), unknown_of(checked.report)
        draft.outline, draft.check_no, draft.said = outline_of(checked.report), number, said
        draft.stage, draft.run, draft.touched_at = DraftStage.READY, "", moment
        whole = draft.shape
    drop_rows(work.draft_id, but=number)
    if not shape and replace(told, split=frozenset()) != replace(before, split=frozenset()):
        _remember(whole, told, work.by, moment)


def _remember(shape: str, told: Corrections, by: Actor, now: datetime) -> None:
    try:
        with unit_of_work():
            keep_shape(shape, told, by=by, now=now)
    except Conflict:  # a colleague kept the same form in this very moment: theirs stands
        log.info("the corrections of a sheet's form were kept by somebody else first")


def _refuse(work: Work, refusal: Refusal) -> None:
    """Keep the sentence; with an earlier check the draft goes back to it, as it was understood then."""
    outline = refusal.outline if isinstance(refusal, NotALedger) else None
    with unit_of_work():
        draft = draft_for(work.draft_id)
        if draft.run != work.run:
            return
        draft.said, draft.run, draft.touched_at = refusal.sentence[:500], "", work.clock()
        if draft.check_no:
            draft.stage, draft.wanted = DraftStage.READY, {}
            return
        draft.stage, draft.corrections = DraftStage.REFUSED, work.options.corrections.as_json()
        draft.understood = understood_of(outline) if outline is not None else {}
        draft.shape = outline.shape if outline is not None else draft.shape


# --- the writing -----------------------------------------------------------------------------------------------


def run_write(draft_id: int, run: str, *, by: Actor, clock: Clock) -> None:
    """Write what was confirmed, unless the register has moved on since it was checked: then it is shown again."""
    work = _take_up(draft_id, run, DraftStage.WRITING, by, clock)
    if work is None or work.confirmed_at is None:
        return
    try:
        if (landed := _landed_before(work)) is not None:
            _done(work, landed)
            return
        all_rows = replace(work.options, only_clean=False)
        checked = check_ledger(work.data, work.name, all_rows, by=by, now=clock(), tick=Ticks(work, 0, 2))
        if outline_of(checked.report) != work.outline:
            _keep_check(work, checked, "", REGISTER_MOVED)
            return
        report = import_ledger(work.data, work.name, work.options, by=by, now=work.confirmed_at, tick=Ticks(work))
    except Stopped:
        return
    except Refusal as refusal:
        _refuse(work, refusal)
        return
    except Exception:
        _refuse(work, BadFile(NOT_WRITTEN))
        raise
    number = keep_rows(draft_id, row_values(report, checked.reading), lambda: _still_wanted(work))
    _done(work, report.import_id, number, figures_of(Checked(checked.reading, report)))
    drop_rows(draft_id, but=number)


def _landed_before(work: Work) -> int | None:
    """The import of this confirmation, where the server died after it had come in: its moment is the confirmation's."""
    at_that_moment = (LedgerImport.by_id == work.by.person_id) & (LedgerImport.at == work.confirmed_at)
    return db.session.scalar(select(LedgerImport.id).where(at_that_moment, LedgerImport.landed_at.is_not(None)))


def _done(work: Work, import_id: int | None, number: int | None = None, figures: dict[str, Any] | None = None) -> None:
    with unit_of_work():
        draft = _still_wanted(work)
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


# --- in the request, or in the background ----------------------------------------------------------------------

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
