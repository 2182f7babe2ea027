"""Many notices at once: issued one after the other, or put together for the printer; begun, carried on, called off.

What came of each is put down in the unit of work of its act, so a runner that is killed loses none and issues none
twice; whoever carries on takes up what has no outcome yet.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from accounts.access import Actor
from core.clock import Clock
from core.db import db, unit_of_work
from core.files import MEBIBYTE, file_store, keep_row
from core.once import use_once
from core.outbox import tell
from core.refusals import Invalid, NotFound, Refusal, Unavailable
from notices.models import Notice, NoticeRun, NoticeRunItem
from notices.operations.issuing import PDF, issue, sealed_first
from notices.signing import SealRefused

if TYPE_CHECKING:
    from pypdf import PdfWriter

_log = logging.getLogger(__name__)
ISSUE: Final = "issue"
PRINT: Final = "print"
JOB: Final = "notice-run"
MOST: Final = 1_000
LARGEST_PRINT: Final = 300 * MEBIBYTE
SILENT: Final = timedelta(minutes=3)
"""A run that has said nothing for so long has lost its runner and is carried on by another."""
SEALS_TRIED: Final = 3
"""A seal service that failed so often one after the other is not asked for the rest of a run: each waits for it."""
NO_SEALS: Final = f"外部签章系统连续 {SEALS_TRIED} 次没有盖章，这一份没有再试，没有签发。请待它恢复后重新勾选办理。"
BROKE_DOWN: Final = "系统出错，这一份没有签发。请单独签发；仍然不行的，请联系系统管理员。"
UNREADABLE: Final = "这份文书的文件打不开，没有放进来。请联系系统管理员从备份恢复。"
GONE: Final = "找不到这次办理的结果。请从文书列表重新办理。"


def begin(act: str, notice_ids: Sequence[int], key: str, *, by: Actor, now: datetime) -> NoticeRun:
    """Put down what is asked for; raises `AlreadyDone` where this very form was handed in before."""
    use_once(key, by.person_id, now)
    ids = list(dict.fromkeys(notice_ids))
    if not ids:
        raise Invalid("没有勾选文书。请勾选后再办理。")
    if len(ids) > MOST:
        raise Invalid(f"一次最多办理 {MOST:,} 份，现在勾选了 {len(ids):,} 份。请分几次办理。")
    seen = set(db.session.scalars(select(Notice.id).where(Notice.id.in_(ids))))
    if seen != set(ids):
        raise NotFound("勾选的文书有的找不到，或者不在您的管辖范围内。请刷新列表后重新勾选。")
    run = NoticeRun(person_id=by.person_id, act=act, asked=len(ids), asked_at=now)
    db.session.add(run)
    db.session.flush()
    db.session.add_all(NoticeRunItem(run_id=run.id, position=place, notice_id=one) for place, one in enumerate(ids))
    return run


def run_by_id(run_id: int) -> NoticeRun:
    """The viewer's own run; `NotFound` else."""
    run = db.session.scalar(select(NoticeRun).where(NoticeRun.id == run_id))
    if run is None:
        raise NotFound(GONE)
    return run


def call_off(run_id: int, *, now: datetime) -> NoticeRun:
    """Stop a run after the notice it is at; what is done stays done."""
    run = run_by_id(run_id)
    if run.ended_at is None and run.cancelled_at is None:
        run.cancelled_at = now
    return run


def give_up(run_id: int, now: datetime) -> None:
    """End a run for which nobody is there any more; what is done stays done."""
    with unit_of_work():
        run = run_by_id(run_id)
        if run.ended_at is None:
            run.cancelled_at = run.ended_at = now


def carry_out(run_id: int, *, by: Actor, clock: Clock) -> None:
    """Do what is left of a run, with the eyes of whoever asked for it."""
    with unit_of_work():
        run = run_by_id(run_id)
        if run.ended_at is not None:
            return
        run.started_at, run.beat_at = run.started_at or clock(), clock()
        act = run.act
    (_issue_each if act == ISSUE else _put_together)(run_id, by, clock)
    with unit_of_work():
        run = run_by_id(run_id)
        run.ended_at = clock()
        text = f"{'批量签发' if act == ISSUE else '批量打印'}已办完：{run.done} / {run.asked} 份。"
        tell([by.person_id], "notice_run", text, now=clock(), url=f"/notices/runs/{run_id}", key=f"notice-run:{run_id}")


def _issue_each(run_id: int, by: Actor, clock: Clock) -> None:
    unsealed = 0
    while (found := _next(run_id)) is not None:
        item_id, notice_id = found
        try:
            if unsealed == SEALS_TRIED:
                raise Unavailable(NO_SEALS)
            sealed = sealed_first(notice_id, by=by, now=clock())
            with unit_of_work():
                item = _taken(item_id)
                if item is not None:
                    issue(notice_id, by=by, now=clock(), sealed=sealed)
                    _said(item, "", clock(), done=True)
            unsealed = 0
        except Refusal as refusal:
            unsealed += isinstance(refusal, SealRefused)
            with unit_of_work():
                if (item := _taken(item_id)) is not None:
                    _said(item, refusal.sentence, clock(), done=False)
        except Exception:  # one that cannot be drawn must not hold up the others, nor be tried for ever
            _log.exception("issuing notice %d in run %d", notice_id, run_id)
            with unit_of_work():
                if (item := _taken(item_id)) is not None:
                    _said(item, BROKE_DOWN, clock(), done=False)


def _next(run_id: int) -> tuple[int, int] | None:
    """The next item without outcome and its notice; None at the end, or once the run was called off."""
    wanted = (
        select(NoticeRunItem.id, NoticeRunItem.notice_id)
        .join(NoticeRun, NoticeRun.id == NoticeRunItem.run_id)
        .where(NoticeRunItem.run_id == run_id, NoticeRunItem.done.is_(None), NoticeRun.cancelled_at.is_(None))
        .order_by(NoticeRunItem.position)
        .limit(1)
    )
    with unit_of_work():
        found = db.session.execute(wanted).first()
        return (found[0], found[1]) if found is not None else None


def _taken(item_id: int) -> NoticeRunItem | None:
    """The item, locked; None where another runner has done it in the meantime."""
    wanted = select(NoticeRunItem).where(NoticeRunItem.id == item_id, NoticeRunItem.done.is_(None))
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _said(item: NoticeRunItem, sentence: str, now: datetime, *, done: bool) -> None:
    item.done, item.said = done, sentence[:600]
    counted = NoticeRun.done + (1 if done else 0)
    row = update(NoticeRun).where(NoticeRun.id == item.run_id).values(done=counted, beat_at=now)
    db.session.execute(row, execution_options={"synchronize_session": False})


# --- one file for the printer ----------------------------------------------------------------------------------


def _put_together(run_id: int, _by: Actor, clock: Clock) -> None:
    """All the papers as one PDF, each beginning on a sheet of its own when printed on both sides."""
    from pypdf import PdfWriter  # 7 MB of a process, loaded by the first who prints many at once

    writer = PdfWriter()
    wanted = (
        select(NoticeRunItem.id, Notice.id)
        .join(Notice, Notice.id == NoticeRunItem.notice_id)
        .where(NoticeRunItem.run_id == run_id)
        .order_by(NoticeRunItem.position)
    )
    with unit_of_work():
        rows = [(item_id, notice_id) for item_id, notice_id in db.session.execute(wanted)]
    for item_id, notice_id in rows:
        with unit_of_work():
            if run_by_id(run_id).cancelled_at is not None:
                return
            sentence = _added(writer, notice_id)
            if (item := _taken(item_id)) is not None:
                _said(item, sentence, clock(), done=not sentence)
    if not len(writer.pages):
        return
    digest, size = file_store().put_written(writer.write, LARGEST_PRINT)
    with unit_of_work():
        run_by_id(run_id).file_id = keep_row(digest, size, PDF, clock()).id


def _added(writer: PdfWriter, notice_id: int) -> str:
    """Add a paper's pages; what stands in the way, or nothing."""
    notice = db.session.scalar(select(Notice).where(Notice.id == notice_id).options(joinedload(Notice.file)))
    if notice is None or notice.file is None:
        return "还没有签发，没有可以打印的文书。"
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        with file_store().open(notice.file.digest) as file:
            pages = list(PdfReader(io.BytesIO(file.read())).pages)
    except (NotFound, PyPdfError):
        return UNREADABLE
    for page in pages:
        writer.add_page(page)
    if len(pages) % 2:
        writer.add_blank_page()
    return ""


def lost_runs(now: datetime) -> list[int]:
    """Runs whose runner has fallen silent; the caller looks past the scope."""
    heard = func.coalesce(NoticeRun.beat_at, NoticeRun.asked_at)
    return list(db.session.scalars(select(NoticeRun.id).where(NoticeRun.ended_at.is_(None), heard < now - SILENT)))
