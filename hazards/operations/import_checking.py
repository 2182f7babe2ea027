"""The check of a file on its way in: every row accounted for and kept with the draft; the register stays as it is."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from accounts.access import Actor
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Conflict, Refusal
from core.sheets import BadFile
from hazards.ledger import Corrections, LedgerReading, NotALedger, read_ledger
from hazards.models import DraftStage
from hazards.operations.import_drafts import in_force, keep_shape, shape_of
from hazards.operations.import_findings import figures_of, outline_of, row_values, understood_of, unknown_of
from hazards.operations.import_names import with_recalled
from hazards.operations.import_rows import drop_rows, keep_rows
from hazards.operations.import_work import Clock, Stopped, Ticks, Work, refuse, still_wanted, take_up
from hazards.operations.importing import Checked, Decisions, check_ledger

PREVIEW_ROWS: Final = 500
BROKE_DOWN: Final = "核对时系统出错，没有写入任何内容。请再核对一次；仍然不行的，把文件交给系统管理员。"

log = logging.getLogger(__name__)


def run_check(draft_id: int, run: str, *, by: Actor, clock: Clock) -> None:
    """Check the file and keep what was found; what is refused is kept as its sentence."""
    work = take_up(draft_id, run, DraftStage.CHECKING, by, clock)
    if work is None:
        return
    try:
        keep_check(*_checked(work))
    except Stopped:
        return
    except Refusal as refusal:
        refuse(work, refusal)
    except Exception:
        refuse(work, BadFile(BROKE_DOWN))
        raise


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
            draft = still_wanted(work)
            draft.understood = understood_of(head)
    return head


def _check(work: Work) -> Checked:
    return check_ledger(work.data, work.name, work.options, by=work.by, now=work.clock(), tick=Ticks(work))


def keep_check(work: Work, checked: Checked, shape: str, said: str = "") -> None:
    """Rows first, in short transactions nobody sees; then, in one more, the check is the draft's."""
    number = keep_rows(work.draft_id, row_values(checked.report, checked.reading), lambda: still_wanted(work))
    moment = work.clock()
    with unit_of_work():
        draft = still_wanted(work)
        before, told = in_force(draft), work.options.corrections
        draft.shape = draft.shape or shape
        draft.recalled = bool(shape and told != Corrections()) or (draft.recalled and told == before)
        draft.corrections, draft.wanted = told.as_json(), {}
        draft.understood = understood_of(checked.reading, checked.report.remarks)
        draft.figures, draft.unknown = figures_of(checked), unknown_of(checked.report, work.recalled)
        noted = [one.key for one in checked.report.unknown]
        draft.decisions = with_recalled(Decisions.from_json(draft.decisions), work.recalled, noted).as_json()
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
