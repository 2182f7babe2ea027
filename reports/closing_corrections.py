"""What a close finds changed in the months closed before it: their records computed again, beside those frozen.

Versions of hazards never change, so a closed month reads the same for ever, except where
- an import was taken back, or began before the month's end and came in after the close;
- lists moved, or inspections were settled, late: after an outage, for a moment that lies in the month;
- what a ledger reads from the register as it is now was changed: a person erased or renamed, an enterprise or unit
  renamed, an office competent for other industries, who keeps a list since people or units changed.
All of it comes out of comparing, whatever the cause; the cause is told where a history knows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, Final, cast

from sqlalchemy import select

from accounts.access import Actor
from core.days import shanghai_day
from core.db import db
from core.files import file_store
from reports.correction_reasons import OF_REGISTER, OF_SUMS, Why, reasons_of
from reports.corrections import CorrectionRow, Difference, differences, rows_of
from reports.ledgers import LEDGERS, Ledger
from reports.models import ClosedLedger, CloseStatus, CorrectedLedger, MonthClose
from reports.operations import Over, order_for, write_ledger
from reports.rules import Period, parse_month
from reports.running import Marks
from reports.runs import LARGEST

LOOKED_BACK: Final = 24
"""Months: this year's and the last year's statistics are still handed in, older ones are not corrected any more."""
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Corrected:
    """One earlier ledger that reads otherwise now: how many records, and all its records as a file in the store."""

    ledger_id: int
    corrections: int
    file: tuple[str, int] | None


def corrections_for(close: MonthClose, by: Actor, marks: Marks, out: IO[bytes], put: set[str]) -> list[Corrected]:
    """Compare the closed months before this one; a line for each correction goes to `out` (see `found_rows`).

    The digest of each file that was put into the store for it goes to `put`.
    """
    found = []
    for earlier in _earlier(close):
        marks.mark(doing=f"核对 {earlier.month}")
        frozen = select(ClosedLedger).where(ClosedLedger.close_id == earlier.id).order_by(ClosedLedger.position)
        for ledger in db.session.scalars(frozen).all():
            kind = LEDGERS.get(ledger.code)
            if kind is not None and (one := _compared(close, earlier, ledger, kind, by, marks, out, put)) is not None:
                found.append(one)
    return found


def _earlier(close: MonthClose) -> list[MonthClose]:
    """The months of the office that are closed now, oldest first."""
    wanted = (
        select(MonthClose)
        .where(MonthClose.office_id == close.office_id, MonthClose.status == CloseStatus.CLOSED)
        .where(MonthClose.month < close.month)
        .order_by(MonthClose.month.desc())
        .limit(LOOKED_BACK)
    )
    return list(reversed(db.session.scalars(wanted).all()))


def _compared(
    close: MonthClose,
    earlier: MonthClose,
    ledger: ClosedLedger,
    kind: Ledger,
    by: Actor,
    marks: Marks,
    out: IO[bytes],
    put: set[str],
) -> Corrected | None:
    period = parse_month(earlier.month, shanghai_day(close.asked_at))
    order = order_for(by, kind, period, Over(), close.asked_at)
    known, known_digest = _as_told_last(ledger)
    with TemporaryFile() as now:
        written = write_ledger(order, "jsonl", cast(BinaryIO, now), through=marks.passing)
        if written.digest_of_records == known_digest:
            return None
        now.seek(0)
        with _lines(known) as before:
            count = _tell(kind, period, marks.passing(differences(kind.layout, before, now)), earlier.asked_at, out)
        now.seek(0)
        kept = file_store().put(now, LARGEST) if written.count else None
        if kept is not None:
            put.add(kept[0])
    return Corrected(ledger.id, count, kept) if count else None


def _as_told_last(ledger: ClosedLedger) -> tuple[str | None, str]:
    """The file and digest of the records as the newest close in force told them, else as they were frozen."""
    newest = (
        select(CorrectedLedger)
        .join(MonthClose, MonthClose.id == CorrectedLedger.close_id)
        .where(CorrectedLedger.ledger_id == ledger.id, MonthClose.status == CloseStatus.CLOSED)
        .order_by(CorrectedLedger.id.desc())
        .limit(1)
    )
    corrected = db.session.scalar(newest)
    if corrected is None:
        return (ledger.jsonl.digest if ledger.jsonl else None), ledger.digest_of_records
    kept = corrected.jsonl
    return (kept.digest, kept.digest) if kept else (None, "")  # a .jsonl's digest is that of its records


@contextmanager
def _lines(digest: str | None) -> Iterator[Iterable[bytes]]:
    with ExitStack() as stack:
        yield stack.enter_context(file_store().open(digest)) if digest else ()


def _tell(kind: Ledger, period: Period, found: Iterator[Difference], since: datetime, out: IO[bytes]) -> int:
    """Put down what differs, some at a time, with the reason of each; how many records."""
    count = 0
    while some := list(islice(found, AT_ONCE)):
        count += len(some)
        has_numbers = "number" in kind.layout.keys
        why = reasons_of([one.key for one in some], since) if has_numbers else {}
        for one in some:
            when, reason = why.get(one.key, Why(None, OF_SUMS if kind.of_figures else OF_REGISTER))
            for row in rows_of(kind.layout, period.label, one, when, reason):
                out.write(json.dumps(row, default=date.isoformat, ensure_ascii=False).encode() + b"\n")
    return count


def found_rows(found: IO[bytes]) -> Iterator[CorrectionRow]:
    """The corrections put down, from the first."""
    found.seek(0)
    for line in found:
        row: list[Any] = json.loads(line)
        row[6] = date.fromisoformat(row[6]) if row[6] else None
        yield CorrectionRow(*row)
