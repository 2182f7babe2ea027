"""The closing of a month as it runs: every ledger written and frozen, what changed in earlier months, one event.

Reading holds one snapshot of the register, so that the ledgers of a close agree with each other. Nothing of a close
stands in the database before all of it does: whoever is killed on the way leaves files that nobody points to, which the
next try writes again, byte for byte, since all that they print was fixed when the close was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from accounts.access import Actor
from accounts.history import record
from accounts.models import Regulator
from core.days import shanghai_day
from core.db import db, is_sqlite, unit_of_work
from core.files import file_store, keep_row
from core.history import anchor
from core.kept_upload import drop_upload
from core.outbox import tell
from core.refusals import Conflict, NotStored, Refusal
from reports.closing import get_close, locked
from reports.closing_corrections import Corrected, corrections_for, found_rows
from reports.closing_manifest import FORMS, manifest_of
from reports.corrections import CORRECTIONS
from reports.ledgers import LEDGERS
from reports.models import ClosedLedger, CloseStatus, CorrectedLedger, MonthClose
from reports.operations import FORMATS, LedgerOrder, Over, order_for, write_rows
from reports.rules import Period, parse_month
from reports.running import Clock, Marks, Stopped, take_up
from reports.runs import LARGEST, MOST, records_of
from reports.sheet import LedgerHead, LedgerLayout, WrittenLedger

NO_ROOM: Final = "磁盘放不下月结的文件，没有冻结任何内容。请联系系统管理员，腾出空间后再办理。"
BROKE_DOWN: Final = "月结时系统出错，没有冻结任何内容。请再办一次；仍然不行的，请联系系统管理员。"
NOBODY: Final = "办理月结的人已停用，没有冻结任何内容。请由其他人再办一次。"
UNLIKE: Final = "月结时台账前后不一致，没有冻结任何内容。请再办一次。"

Write = Callable[[str, BinaryIO], WrittenLedger]


@dataclass(frozen=True, slots=True)
class Frozen:
    """One ledger in its forms: digest and size of each file, in the store and not yet in the database."""

    layout: LedgerLayout
    file_name: str
    written: WrittenLedger
    files: dict[str, tuple[str, int]]


def run(close_id: int, claim: str, *, by: Actor, clock: Clock) -> None:
    """The job: freeze everything, or nothing and say why."""
    with unit_of_work():
        if not take_up(locked(close_id), claim, clock()):
            return
    marks, put = Marks(MonthClose, close_id, claim, clock), set[str]()
    try:
        frozen, corrected = _freeze(close_id, by, marks, put)
        _finish(close_id, claim, frozen, corrected, by=by, now=clock())
    except Stopped:
        return  # whoever does it now writes the same files: they stay
    except NotStored:
        _refused(close_id, claim, NO_ROOM, clock(), put)
    except Refusal as refusal:
        _refused(close_id, claim, refusal.sentence, clock(), put)
    except Exception:
        _refused(close_id, claim, BROKE_DOWN, clock(), put)
        raise


def kept_orders(period: Period, by: Actor, close: MonthClose) -> list[LedgerOrder]:
    """Every ledger an office keeps, over all it sees, as of the moment the close was asked for."""
    return [
        order_for(by, ledger, period, Over(), close.asked_at, anchor=close.anchor_words)
        for ledger in LEDGERS.values()
        if not ledger.of_enterprise
    ]


def _freeze(close_id: int, by: Actor, marks: Marks, put: set[str]) -> tuple[list[Frozen], list[Corrected]]:
    _one_snapshot()
    close = get_close(close_id)
    orders = kept_orders(parse_month(close.month, shanghai_day(close.asked_at)), by, close)
    marks.mark(total=sum(len(FORMS) * records_of(order, MOST) for order in orders) or 1, doing="台账")
    frozen = []
    for order in orders:
        marks.mark(doing=order.ledger.layout.name)
        write = partial(_write_form, order.ledger.layout, order.head(), _read(order, marks))
        frozen.append(_frozen(order.ledger.layout, order.file_name, write, put))
    marks.mark(doing="核对以前各月")
    with TemporaryFile() as found:
        corrected = corrections_for(close, by, marks, found, put)
        if corrected:
            head = orders[0].head()
            name = f"{orders[0].coverage.words}{orders[0].period.label}{CORRECTIONS.name}"
            write = partial(_write_form, CORRECTIONS, head, lambda: marks.passing(found_rows(found)))
            frozen.append(_frozen(CORRECTIONS, name, write, put))
    return frozen, corrected


def _read(order: LedgerOrder, marks: Marks) -> Callable[[], Iterable[object]]:
    """What gives the rows for each form: sums are few and take long, so they are worked out once for all three."""
    if order.ledger.of_figures:
        lines = list(order.rows())
        return lambda: marks.rows(lines)
    return lambda: marks.rows(order.rows())


def _one_snapshot() -> None:
    """From here on the session reads the register as it is now; SQLite does so by itself."""
    db.session.rollback()
    if not is_sqlite():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _write_form(
    layout: LedgerLayout, head: LedgerHead, rows: Callable[[], Iterable[object]], form: str, out: BinaryIO
) -> WrittenLedger:
    return write_rows(layout, head, rows(), form, out)


def _frozen(layout: LedgerLayout, file_name: str, write: Write, put: set[str]) -> Frozen:
    """The ledger in each form, put into the store (its digest into `put`); all of the same records."""
    made: dict[str, WrittenLedger] = {}
    files: dict[str, tuple[str, int]] = {}

    def write_into(form: str, out: BinaryIO) -> None:
        made[form] = write(form, out)

    for form in FORMS:
        if form != "jsonl" or made["xlsx"].count:
            files[form] = file_store().put_written(partial(write_into, form), LARGEST)
            put.add(files[form][0])
    if len({one.digest_of_records for one in made.values()}) != 1:
        raise Conflict(UNLIKE)
    return Frozen(layout, file_name, made["xlsx"], files)


def _finish(
    close_id: int, claim: str, frozen: Sequence[Frozen], corrected: Sequence[Corrected], *, by: Actor, now: datetime
) -> None:
    """All of it in one unit of work: rows, the event of the office, the anchor that binds it, the message."""
    with unit_of_work():
        close = locked(close_id)
        if close.claim != claim:
            raise Stopped
        for position, one in enumerate(frozen):
            db.session.add(_ledger_row(close, position, one, now))
        for found in corrected:
            jsonl = keep_row(*found.file, FORMATS["jsonl"][1], now).id if found.file else None
            db.session.add(
                CorrectedLedger(
                    close_id=close.id, ledger_id=found.ledger_id, corrections=found.corrections, jsonl_id=jsonl
                )
            )
        db.session.flush()
        _seal(close, by, now)
        records = sum(one.written.count for one in frozen)
        text = f"{close.month} 已月结：冻结 {len(frozen)} 种台账，{records:,} 条记录。"
        tell([by.person_id], "closing", text, now=now, url=f"/reports/closing/{close.id}", key=f"closed:{close.id}")


def _ledger_row(close: MonthClose, position: int, one: Frozen, now: datetime) -> ClosedLedger:
    files = {f"{form}_id": keep_row(*stored, FORMATS[form][1], now).id for form, stored in one.files.items()}
    return ClosedLedger(
        close_id=close.id,
        position=position,
        code=one.layout.code,
        name=one.layout.name,
        file_name=one.file_name[:300],
        records=one.written.count,
        digest_of_records=one.written.digest_of_records,
        **files,
    )


def _seal(close: MonthClose, by: Actor, now: datetime) -> None:
    """One event in the office's history, with the digest of everything frozen, bound by an anchor of its own."""
    office = db.session.get_one(Regulator, close.office_id)
    sealed = manifest_of(db.session.connection(), close.id)
    record(office, "month_closed", by=by, now=now, close=close.id, month=close.month, **sealed)
    made = anchor(at=now, reason="month_close")
    assert made is not None, "the event just written is bound"
    close.status, close.claim, close.closed_at, close.anchor_id = CloseStatus.CLOSED, "", now, made.id
    close.written = close.total


def drop(close_id: int, claim: str, now: datetime) -> None:
    """Nobody is there any more with whose eyes to do it."""
    _refused(close_id, claim, NOBODY, now)


def _refused(close_id: int, claim: str, sentence: str, now: datetime, put: Iterable[str] = ()) -> None:
    """Say why, and remove what was put into the store for nothing."""
    with unit_of_work():
        close = locked(close_id)
        if close.claim != claim:
            return
        refuse(close, sentence, now)
    for one in put:
        drop_upload(one)


def refuse(close: MonthClose, sentence: str, now: datetime) -> None:
    """Keep why nothing was frozen, and tell the person; inside a unit of work."""
    told = f"close:{close.id}:{close.claim}"
    close.status, close.claim, close.said = CloseStatus.REFUSED, "", sentence[:500]
    text = f"{close.month} 没有月结：{sentence}"
    tell([close.closed_by_id], "closing", text, now=now, url=f"/reports/closing/{close.id}", key=told)
