"""Large ledgers, written in the background: asked for, written, called off, taken away after some days.

The verbs `ask`, `call_off` and `again` stand in a unit of work of the caller; `write_run` is the job itself.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from flask import current_app
from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Person
from core.days import shanghai_day
from core.db import after_commit, db, unit_of_work
from core.files import file_store, keep_row
from core.outbox import tell
from core.refusals import Conflict, Invalid, NotFound, NotStored, Refusal
from reports.access import allow_export
from reports.ledgers import ledger_of
from reports.models import LedgerRun, RunStatus
from reports.operations import FORMATS, LedgerOrder, Over, note_export, order_for, write_ledger
from reports.rules import parse_period
from reports.running import Clock, Marks, Stopped, is_stalled, start, take_up
from reports.sheet import WrittenLedger
from reports.standing import hazards_within

LARGE: Final = 5_000
"""A ledger of more records is written in the background; a smaller one while the person waits, in about a second.

So is a form of sums over a place with more hazards, which its page does not work out either.
"""
KEPT: Final = timedelta(days=7)
REMEMBERED: Final = timedelta(days=90)
AT_ONCE: Final = 3
LARGEST: Final = 4 * 1024**3  # bytes; a million records are some 400 MB
MOST: Final = 10_000_000
"""Records counted for the bar."""
JOB: Final = "write-ledger"
SHOWN: Final = 50

GONE: Final = "找不到这份台账，或者它不是您的。请到「统计与台账」重新导出。"
EXPIRED: Final = "这份台账的下载期已过，文件已删除。请重新导出。"
NO_ROOM: Final = "磁盘放不下这份台账，没有留下文件。请联系系统管理员，腾出空间后再导出。"
BROKE_DOWN: Final = "写台账时系统出错，没有留下文件。请再导出一次；仍然不行的，请联系系统管理员。"
NOBODY: Final = "申请的人已停用，没有生成。"
EMPTY: Final = "这段时间已经没有可以导出的记录。请回到台账页核对。"


def records_of(order: LedgerOrder, most: int) -> int:
    """How many records the ledger has, counted one beyond `most`; a ledger of sums has few, which are not counted."""
    if order.ledger.count is None:
        return 0
    return sum(order.ledger.count(order.period, order.coverage.scope, most).values())


def is_large(order: LedgerOrder) -> bool:
    """Whether it is written in the background: by its records, a form of sums by the hazards it looks through."""
    if order.ledger.of_figures:
        return hazards_within(order.coverage.scope, LARGE) > LARGE
    return records_of(order, LARGE) > LARGE


def ask(order: LedgerOrder, over: Over, ending: str, *, by: Actor) -> LedgerRun:
    """Have a ledger written; the very same one that is being written already is not begun a second time."""
    # two taps at once come one after the other
    db.session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update())
    asked = {"ledger": order.ledger.code, "period": order.period.code, "ending": ending, **asdict(over)}
    under_way = list(db.session.scalars(select(LedgerRun).where(LedgerRun.status == RunStatus.WRITING).limit(AT_ONCE)))
    for run in under_way:
        if all(getattr(run, name) == value for name, value in asked.items()):
            return run
    if len(under_way) >= AT_ONCE:
        raise Invalid(f"您有 {AT_ONCE} 份台账正在生成，不能再加。请等其中一份完成，或者取消一份。")
    name = f"{order.file_name}.{ending}"[-300:]
    run = LedgerRun(person_id=by.person_id, **asked, file_name=name, asked_at=order.now)
    run.status = RunStatus.WRITING
    db.session.add(run)
    hand_over(run, order.now)
    return run


def hand_over(run: LedgerRun, now: datetime) -> None:
    """Have a runner write it, from its beginning."""
    start(run, now)
    db.session.flush()
    jobs, what = current_app.extensions["jobs"], f"{run.id}:{run.claim}"
    after_commit(lambda: jobs.ask_for(JOB, what))


def get_run(run_id: int) -> LedgerRun:
    """The viewer's own run; `NotFound` else."""
    run = db.session.scalar(select(LedgerRun).where(LedgerRun.id == run_id))
    if run is None:
        raise NotFound(GONE)
    return run


def newest_runs() -> list[LedgerRun]:
    """The viewer's own, newest first."""
    return list(db.session.scalars(select(LedgerRun).order_by(LedgerRun.id.desc()).limit(SHOWN)))


def locked(run_id: int) -> LedgerRun:
    """The run with its row held, inside a unit of work."""
    run = db.session.scalar(select(LedgerRun).where(LedgerRun.id == run_id).with_for_update(of=LedgerRun))
    if run is None:
        raise NotFound(GONE)
    return run


def call_off(run_id: int, now: datetime) -> None:
    """Give it up; its runner stops at its next mark and leaves nothing."""
    run = locked(run_id)
    if run.status is not RunStatus.WRITING:
        raise Conflict("这份台账已经不在生成，不必取消。请看结果。")
    run.status, run.claim, run.finished_at = RunStatus.CANCELLED, "", now


def again(run_id: int, now: datetime) -> None:
    """Begin anew what died with its runner or failed."""
    run = locked(run_id)
    if run.status is RunStatus.REFUSED or is_stalled(run, now):
        run.status, run.said, run.tries, run.finished_at = RunStatus.WRITING, "", 0, None
        hand_over(run, now)
        return
    raise Conflict("这份台账不需要重新生成。请看它现在的情况。")


def open_file(run_id: int, now: datetime) -> tuple[LedgerRun, BinaryIO]:
    """The run and its file from the store, as a stream; refused after its days."""
    run = get_run(run_id)
    if run.status is RunStatus.EXPIRED or (run.expires_at is not None and run.expires_at <= now):
        raise NotFound(EXPIRED)
    if run.status is not RunStatus.DONE or run.file is None:
        raise Conflict("这份台账还没有写好，没有可以下载的文件。请等它完成。")
    return run, file_store().open(run.file.digest)


# --- the job ---------------------------------------------------------------------------------------------------


def write_run(run_id: int, claim: str, *, by: Actor, clock: Clock) -> None:
    """Write the ledger into the store and tell the person; what is refused is kept as its sentence."""
    with unit_of_work():
        if not take_up(locked(run_id), claim, clock()):
            return
    marks = Marks(LedgerRun, run_id, claim, clock)
    try:
        order, ending = _order_of(get_run(run_id), by)
        digest, size, written = _write(order, ending, marks)
        _finish(run_id, claim, order, written, (digest, size), by=by, now=clock())
    except Stopped:
        return
    except NotStored:
        _refused(run_id, claim, NO_ROOM, clock())
    except Refusal as refusal:
        _refused(run_id, claim, refusal.sentence, clock())
    except Exception:
        _refused(run_id, claim, BROKE_DOWN, clock())
        raise


def _order_of(run: LedgerRun, by: Actor) -> tuple[LedgerOrder, str]:
    """What was asked for, as the person may see it now; as of the moment it was asked."""
    allow_export(by)
    period = parse_period(run.period, shanghai_day(run.asked_at))
    over = Over(run.region, run.enterprise, run.unit, run.sector)
    return order_for(by, ledger_of(run.ledger), period, over, run.asked_at), run.ending


def _write(order: LedgerOrder, ending: str, marks: Marks) -> tuple[str, int, WrittenLedger]:
    marks.mark(total=max(records_of(order, MOST), 1))
    made: list[WrittenLedger] = []
    digest, size = file_store().put_written(
        lambda out: made.append(write_ledger(order, ending, out, through=marks.rows)), LARGEST
    )
    if not made[0].count:
        raise Invalid(EMPTY)
    return digest, size, made[0]


def _finish(
    run_id: int,
    claim: str,
    order: LedgerOrder,
    written: WrittenLedger,
    stored: tuple[str, int],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Done, noted in the person's history and told, all in one; else nothing."""
    with unit_of_work():
        run = locked(run_id)
        if run.claim != claim:
            raise Stopped
        kept = keep_row(*stored, FORMATS[run.ending][1], now)
        run.file_id, run.digest_of_records = kept.id, written.digest_of_records
        run.status, run.claim, run.finished_at, run.expires_at = RunStatus.DONE, "", now, now + KEPT
        run.written = run.total = written.count
        note_export(order, written, run.ending, by=by)
        text = f"{run.file_name} 已生成：{written.count:,} 条。请在 {KEPT.days} 天内下载。"
        tell([run.person_id], "ledger", text, now=now, url=f"/reports/runs/{run.id}", key=f"ledger:{run.id}:{claim}")


def drop(run_id: int, claim: str, now: datetime) -> None:
    """Nobody is there any more for whom to write it."""
    _refused(run_id, claim, NOBODY, now)


def _refused(run_id: int, claim: str, sentence: str, now: datetime) -> None:
    with unit_of_work():
        run = locked(run_id)
        if run.claim == claim:
            refuse(run, sentence, now)


def refuse(run: LedgerRun, sentence: str, now: datetime) -> None:
    """Keep why it was not written, and tell the person; inside a unit of work."""
    told = f"ledger:{run.id}:{run.claim}"
    run.status, run.claim, run.said, run.finished_at = RunStatus.REFUSED, "", sentence[:500], now
    text = f"{run.file_name} 没有生成：{sentence}"
    tell([run.person_id], "ledger", text, now=now, url=f"/reports/runs/{run.id}", key=told)
