"""What the page of a ledger shows before it is taken out: how many records, in which states, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.days import shanghai_day
from reports.operations import LedgerOrder
from reports.presenting import hazard_url
from reports.rules import month_of
from reports.sheet.values import printer

PREVIEWED = 10
LONGEST = 80


@dataclass(frozen=True, slots=True)
class CellShown:
    """One field of the preview; the number of a hazard leads to it."""

    text: str
    url: str | None
    is_number: bool


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """The ledger in a few lines; `running` where its month is not over and the figures still move."""

    title: str
    coverage: str
    office: str
    month: str
    region: str
    total: int
    by_word: tuple[tuple[str, int], ...]
    running: bool
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[CellShown, ...], ...]


def ledger_shown(order: LedgerOrder) -> LedgerShown:
    """Count the ledger's records and read the first ones."""
    scope, ledger = order.coverage.scope, order.ledger
    counted = ledger.count(order.month, scope)
    columns = [column for key in ledger.previewed for column in ledger.layout.columns if column.key == key]
    printers = [printer(column, ledger.layout.states) for column in columns]
    numeric = [column.kind in ("integer", "overdue_days", "number") for column in columns]
    rows = tuple(
        tuple(
            _cell(show(getattr(row, column.key)), column.key, is_number=is_number)
            for column, show, is_number in zip(columns, printers, numeric, strict=True)
        )
        for row in ledger.rows(order.month, scope, order.reader, PREVIEWED)
    )
    return LedgerShown(
        title=f"{order.month.label}{ledger.layout.name}",
        coverage=order.coverage.words,
        office=order.coverage.office,
        month=order.month.code,
        region=scope.region_path or "",
        total=sum(counted.values()),
        by_word=tuple((word, number) for word, number in counted.items() if word),
        running=order.month == month_of(shanghai_day(order.now)),
        heads=tuple((column.heading, is_number) for column, is_number in zip(columns, numeric, strict=True)),
        rows=rows,
    )


def _cell(value: object, key: str, *, is_number: bool) -> CellShown:
    text = value.isoformat() if isinstance(value, date) else str(value if value not in (None, "") else "—")
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return CellShown(shown, hazard_url(text) if key == "number" else None, is_number)
