"""What becomes of each row of a table that is imported: told before anything is written, and once more afterwards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final

from core.sheets.table_rules import ReadColumn, SkippedRow, TableReading, TableRemark


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


OUTCOME_LABELS: Final[dict[Outcome, str]] = {
    Outcome.CREATED: "新建",
    Outcome.CHANGED: "更正",
    Outcome.UNCHANGED: "没有变化",
    Outcome.SKIPPED: "不导入",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a known record: what stands there, and what will."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row: where it stands, what it shows, what becomes of it and why; `subject_id` of what is known already."""

    place: str
    outcome: Outcome
    cells: tuple[str, ...]
    reason: str = ""
    changes: tuple[Change, ...] = ()
    remarks: tuple[TableRemark, ...] = ()
    subject_id: int | None = None

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should look at it before confirming."""
        return bool(self.remarks or self.reason)


@dataclass(frozen=True)
class TableReport:
    """All rows of a file, in its order; `heads` name the cells that are shown of each."""

    heads: tuple[str, ...]
    rows: tuple[RowOutcome, ...]
    columns: tuple[tuple[str, tuple[ReadColumn, ...]], ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Counter[Outcome]:
        """How many rows have which outcome."""
        return Counter(row.outcome for row in self.rows)

    @property
    def written(self) -> int:
        """How many rows would write something."""
        return self.counts[Outcome.CREATED] + self.counts[Outcome.CHANGED]

    @cached_property
    def digest(self) -> str:
        """Of all that would be written and of all that is told: a confirmation holds for just this."""
        told = [
            [row.place, row.outcome, row.cells, row.reason, [[c.label, c.before, c.after] for c in row.changes]]
            for row in self.rows
        ]
        return sha256(json.dumps([told, self.notes], ensure_ascii=False).encode()).hexdigest()


def place_of(row: int, sheet: str = "") -> str:
    """How a row is named: by its number, with the sheet where that is not the first."""
    return f"{sheet} {row}" if sheet else str(row)


def skipped_rows(reading: TableReading, heads: int, sheet: str = "") -> Iterable[RowOutcome]:
    """The rows of a reading that are no records."""
    return (as_skipped(skipped, heads, sheet) for skipped in reading.skipped)


def as_skipped(skipped: SkippedRow, heads: int, sheet: str = "") -> RowOutcome:
    """A row that is no record, as it is shown."""
    cells = (skipped.text, *("" for _ in range(heads - 1)))
    return RowOutcome(place_of(skipped.row, sheet), Outcome.SKIPPED, cells, skipped.reason)


def in_order(rows: Iterable[tuple[int, RowOutcome]]) -> tuple[RowOutcome, ...]:
    """The outcomes in the order of the file."""
    return tuple(outcome for _row, outcome in sorted(rows, key=lambda pair: pair[0]))
