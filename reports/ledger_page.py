"""What the page of a ledger shows before it is taken out: how many records, in which states, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.operations import LedgerOrder
from reports.presenting import hazard_url
from reports.runs import is_large
from reports.sheet import Column, LedgerLayout
from reports.sheet.headings import blocks
from reports.sheet.values import printer

PREVIEWED = 10
LONGEST = 80


@dataclass(frozen=True, slots=True)
class CellShown:
    """One field of the preview; the number of a hazard leads to it."""

    text: str
    url: str | None
    is_number: bool
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class HeadShown:
    """One heading of the preview, over so many columns and rows."""

    text: str
    is_number: bool
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """The ledger in a few lines; `running` where its period is not over and the figures still move.

    `heavy`: sums over so many hazards that they are worked out in the background only; nothing is counted here.
    """

    title: str
    counted: str
    coverage: str
    office: str
    period: str
    region: str
    total: int
    by_word: tuple[tuple[str, int], ...]
    running: bool
    of_figures: bool
    heavy: bool
    heads: tuple[tuple[HeadShown, ...], ...]
    rows: tuple[tuple[CellShown, ...], ...]


def ledger_shown(order: LedgerOrder) -> LedgerShown:
    """Count the ledger's records and read the first ones."""
    scope, ledger = order.coverage.scope, order.ledger
    columns = [column for key in ledger.previewed for column in ledger.layout.columns if column.key == key]
    printers = [printer(column, ledger.layout.states) for column in columns]
    numeric = [_is_number(column) for column in columns]
    heavy = ledger.of_figures and is_large(order)
    limit = None if ledger.of_figures else PREVIEWED
    read = () if heavy else tuple(ledger.rows(order.period, scope, order.reader, limit))
    counted = {"": len(read)} if ledger.count is None else ledger.count(order.period, scope)
    blank = "" if ledger.of_figures else "—"  # in a line of figures — is a rate over nothing
    rows = tuple(
        tuple(
            _cell(show(getattr(row, column.key)), column.key, blank, is_number=is_number)
            for column, show, is_number in zip(columns, printers, numeric, strict=True)
        )
        for row in read
    )
    return LedgerShown(
        title=f"{order.period.label}{ledger.layout.name}",
        counted=ledger.layout.counted,
        coverage=order.coverage.words,
        office=order.coverage.office,
        period=order.period.code,
        region=scope.region_path or "",
        total=sum(counted.values()),
        by_word=tuple((word, number) for word, number in counted.items() if word),
        running=not order.period.is_over(order.now),
        of_figures=ledger.of_figures,
        heavy=heavy,
        heads=_grouped(ledger.layout) if ledger.layout.depth > 1 else (_plain(columns),),
        rows=rows,
    )


def _is_number(column: Column) -> bool:
    return column.kind in ("integer", "overdue_days", "number", "money_wan")


def _plain(columns: Sequence[Column]) -> tuple[HeadShown, ...]:
    return tuple(HeadShown(column.full_heading, _is_number(column)) for column in columns)


def _grouped(layout: LedgerLayout) -> tuple[tuple[HeadShown, ...], ...]:
    """The headings of a form as it is printed, groups and units, without the numbers of its columns."""
    levels: list[list[HeadShown]] = [[] for _ in range(layout.depth + layout.has_units)]
    for block in sorted(blocks(layout), key=lambda block: (block.top, block.first)):
        if block.top < len(levels):
            wide, high = block.last - block.first + 1, block.bottom - block.top + 1
            is_number = wide == 1 and _is_number(layout.columns[block.first - 1])
            levels[block.top].append(HeadShown(block.text, is_number, wide, high))
    return tuple(tuple(level) for level in levels)


def _cell(value: object, key: str, blank: str, *, is_number: bool) -> CellShown:
    text = value.isoformat() if isinstance(value, date) else str(value if value not in (None, "") else blank)
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return CellShown(shown, hazard_url(text) if key == "number" else None, is_number, isinstance(value, date))
