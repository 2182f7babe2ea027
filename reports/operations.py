"""The verbs of this room: writing a ledger, and noting that it was taken out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Final, cast

from accounts.access import Actor
from accounts.history import record
from accounts.queries import get_person
from core.days import shanghai_day
from notices.anchors import anchor_words
from reports.ledger_rows import Reader
from reports.ledgers import Ledger
from reports.queries import Coverage
from reports.rules import Month
from reports.sheet import LedgerHead, WrittenLedger, write_csv, write_jsonl, write_xlsx

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY: Final = 4 * 1024 * 1024  # bytes
FORMATS: Final[dict[str, tuple[str, str]]] = {
    "xlsx": ("Excel", XLSX),
    "csv": ("CSV", "text/csv"),
    "jsonl": ("JSON Lines", "application/x-ndjson"),
}
"""By file ending: how people call it, and its media type."""


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """A ledger to be written: which, of which month, over what, by whom."""

    ledger: Ledger
    month: Month
    coverage: Coverage
    made_by: str
    now: datetime

    @property
    def file_name(self) -> str:
        """綦江区2026年10月重大事故隐患台账, without its ending."""
        return f"{self.coverage.words}{self.month.label}{self.ledger.layout.name}"

    @property
    def reader(self) -> Reader:
        """Of which day the rows are: the month's last, or today in a month that is not over."""
        last = min(self.month.last_day, shanghai_day(self.now))
        return Reader(last, for_enterprise=self.coverage.for_enterprise)

    def head(self) -> LedgerHead:
        """What stands above and below the records."""
        return LedgerHead(
            year=self.month.year,
            month=self.month.number,
            office=self.coverage.office or "　" * 10,
            filled_on=shanghai_day(self.now),
            made_at=self.now,
            scope=self.coverage.words,
            as_of=self.reader.last_day,
            people={"填表人": self.made_by} if self.made_by else {},
            anchor=anchor_words(),
        )


def write_ledger(order: LedgerOrder, ending: str, out: BinaryIO) -> WrittenLedger:
    """Write a ledger in the form of this file ending, row by row, within whatever scope is looking."""
    head = order.head()
    layout = order.ledger.layout
    rows: Iterable[object] = order.ledger.rows(order.month, order.coverage.scope, order.reader, None)
    if ending == "xlsx":
        return write_xlsx(layout, head, rows, out)
    return (write_csv if ending == "csv" else write_jsonl)(layout, rows, out)


def ledger_file(order: LedgerOrder, ending: str) -> tuple[BinaryIO, WrittenLedger]:
    """The whole ledger as a file at its beginning: a small one in memory, a large one unnamed on the disk.

    A row that fails leaves nothing behind.
    """
    with ExitStack() as unless_large:
        file = cast(BinaryIO, unless_large.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY)))
        written = write_ledger(order, ending, file)
        file.seek(0)
        if written.size <= IN_MEMORY:
            return BytesIO(file.read()), written
        unless_large.pop_all()
    return file, written


def note_export(order: LedgerOrder, written: WrittenLedger, ending: str, *, by: Actor) -> None:
    """Put into the person's own history what was taken out: which month, how many records, their digest."""
    record(
        get_person(by.person_id),
        "ledger_exported",
        by=by,
        now=order.now,
        ledger=order.ledger.code,
        month=order.month.code,
        form=ending,
        region=order.coverage.scope.region_path or "",
        enterprise=order.coverage.scope.enterprise_id,
        records=written.count,
        digest=written.digest_of_records,
    )
