"""The verbs of this room: writing a ledger, and noting that it was taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from accounts.access import Actor
from accounts.history import record
from accounts.queries import get_person
from core.days import shanghai_day
from core.db import read_once
from notices.anchors import anchor_words
from reports.ledger_rows import Reader
from reports.ledgers import Ledger
from reports.queries import Coverage, coverage_for
from reports.rules import Period
from reports.sheet import LedgerHead, LedgerLayout, WrittenLedger, write_csv, write_jsonl, write_xlsx
from reports.whole_file import whole_stream

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final[dict[str, tuple[str, str]]] = {
    "xlsx": ("Excel", XLSX),
    "csv": ("CSV", "text/csv"),
    "jsonl": ("JSON Lines", "application/x-ndjson"),
}
"""By file ending: how people call it, and its media type."""


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """A ledger to be written: which, of which period, over what, by whom."""

    ledger: Ledger
    period: Period
    coverage: Coverage
    made_by: str
    now: datetime
    anchor: str = ""
    """What is printed as the newest anchor; empty: the one there is when it is written."""

    @property
    def file_name(self) -> str:
        """綦江区2026年10月重大事故隐患台账, without its ending."""
        return f"{self.coverage.words}{self.period.label}{self.ledger.layout.name}"

    @property
    def reader(self) -> Reader:
        """Of which day the rows are: the period's last, or today in a period that is not over."""
        last = min(self.period.last_day, shanghai_day(self.now))
        return Reader(last, for_enterprise=self.coverage.for_enterprise)

    def rows(self) -> Iterator[object]:
        """All its rows, within whatever scope is looking."""
        return self.ledger.rows(self.period, self.coverage.scope, self.reader, None)

    def head(self) -> LedgerHead:
        """What stands above and below the records."""
        return LedgerHead(
            period=self.period.label,
            office=self.coverage.office or "　" * 10,
            filled_on=shanghai_day(self.now),
            made_at=self.now,
            scope=self.coverage.words,
            as_of=self.reader.last_day,
            people={"填表人": self.made_by} if self.made_by else {},
            anchor=self.anchor or anchor_words(),
        )


@dataclass(frozen=True, slots=True)
class Over:
    """Over what a person asks for a ledger, as it was written; empty: everything the person sees."""

    region: str = ""
    enterprise: str = ""
    unit: str = ""
    sector: str = ""


def order_for(
    actor: Actor, ledger: Ledger, period: Period, over: Over, now: datetime, *, anchor: str = ""
) -> LedgerOrder:
    """What this person orders, within what the person may see."""
    unit = over.unit
    unit_id = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 16 else None
    coverage = coverage_for(
        *(actor, over.region, over.enterprise, unit_id), sector=over.sector, of_enterprise=ledger.of_enterprise
    )
    return LedgerOrder(ledger, period, coverage, actor.name, now, anchor)


def write_ledger(
    order: LedgerOrder, ending: str, out: BinaryIO, *, through: Callable[[Iterable[object]], Iterable[object]] = iter
) -> WrittenLedger:
    """Write a ledger in the form of this file ending, row by row, within whatever scope is looking.

    `through` stands between the rows and the file, for whoever counts them.
    """
    return write_rows(order.ledger.layout, order.head(), through(order.rows()), ending, out)


def write_rows(
    layout: LedgerLayout, head: LedgerHead, rows: Iterable[object], ending: str, out: BinaryIO
) -> WrittenLedger:
    """Write these rows in the form of this file ending."""
    with read_once():
        if ending == "xlsx":
            return write_xlsx(layout, head, rows, out)
        return (write_csv if ending == "csv" else write_jsonl)(layout, rows, out)


def ledger_file(order: LedgerOrder, ending: str) -> tuple[BinaryIO, WrittenLedger]:
    """The whole ledger as a file at its beginning."""
    return whole_stream(lambda out: write_ledger(order, ending, out))


def note_export(order: LedgerOrder, written: WrittenLedger, ending: str, *, by: Actor) -> None:
    """Put into the person's own history what was taken out: which period, how many records, their digest."""
    record(
        get_person(by.person_id),
        "ledger_exported",
        by=by,
        now=order.now,
        ledger=order.ledger.code,
        period=order.period.code,
        form=ending,
        region=order.coverage.scope.region_path or "",
        enterprise=order.coverage.scope.enterprise_id,
        records=written.count,
        digest=written.digest_of_records,
    )
