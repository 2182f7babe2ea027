"""What an import did, or would do: every row in exactly one of created, merged, skipped, and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from datetime import date
from typing import Any, Final, Literal

from hazards.ledger import LedgerReading, LedgerRow, Remark, Skipped
from hazards.operations.importing.choices import Unknown
from workflows.vocabulary import State


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that the register has otherwise than the file; the register's stands."""

    row: int
    number: str
    column: str
    here: str
    file: str


LONGEST_SHOWN: Final = 200
Outcome = Literal["created", "merged", "skipped"]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became, or would become, of a row (`part` 0) or of one hazard of a row that was split (1…).

    `number` is the hazard's where it has one; `values` are what the row says, as a page shows it: found_on, enterprise,
    place, description, grade, deadline, status (a row that could not be read has none).
    """

    row: int
    part: int
    outcome: Outcome
    reason: str = ""
    number: str = ""
    values: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The tally adds up: `rows` = `created` + `merged` + the skipped ones.

    A row split into several hazards counts once: as created where one of them is, else as merged where one is.
    `outcomes` has a line for each of its hazards, in the order of the sheet. `clean` counts the rows without remark
    that would be taken, `unknown` the names that are decided on.

    `complaints` holds what the file says of informants: kept with the import for complaint officers, never with a
    hazard, never printed.
    """

    title: str
    sheet: str
    filed_by: str
    filed_on: date | None
    created: int
    merged: int
    skipped: tuple[Skipped, ...]
    remarks: tuple[Remark, ...]
    states: Mapping[State, int]
    new_enterprises: int
    differences: tuple[Difference, ...] = ()
    complaints: Mapping[int, str] | None = None
    outcomes: tuple[RowOutcome, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    clean: int = 0
    hazards: int = 0
    import_id: int | None = None

    @property
    def rows(self) -> int:
        """All rows of the file's data area."""
        return self.created + self.merged + len(self.skipped)

    def as_json(self) -> dict[str, Any]:
        """What `flask import --json` prints; the names are part of the outside."""
        return {
            "rows": self.rows,
            "created": self.created,
            "merged": self.merged,
            "skipped": [{"row": one.row, "reason": one.reason} for one in self.skipped],
            "remarks": [
                {"row": one.row, "column": one.column, "text": one.text, "reason": one.reason} for one in self.remarks
            ],
        }

    def as_kept(self, numbers: Mapping[tuple[int, int], str]) -> dict[str, Any]:
        """What is kept with the file: also which row (and part) became which hazard, and what differs."""
        return self.as_json() | {
            "hazards": [
                {"row": row, "number": number} | ({"part": part} if part else {})
                for (row, part), number in sorted(numbers.items())
            ],
            "differs": [
                {"row": one.row, "number": one.number, "column": one.column, "here": one.here, "file": one.file}
                for one in self.differences
            ],
        }

    def complaints_as_kept(self) -> list[dict[str, Any]]:
        """What the file says of complaints, kept apart from the report."""
        return [{"row": row, "text": text} for row, text in sorted((self.complaints or {}).items())]


def count_states(states: Iterable[State]) -> dict[State, int]:
    """How many in each state, in the order of the workflow."""
    found = Counter(states)
    return {state: found[state] for state in State if found[state]}


def without_informants(reading: LedgerReading, complaints: Mapping[int, str], remarks: list[Remark]) -> list[Remark]:
    """The remarks with every text left out that stands in a complaint's note or column."""
    hidden = {column.title for column in reading.columns if speaks_of_complaints(column.title)}

    def is_safe(remark: Remark) -> bool:
        note = complaints.get(remark.row, "")
        of_file = remark.row <= reading.header_rows[1] and speaks_of_complaints(remark.text)
        return remark.column not in hidden and not of_file and not (note and remark.text and remark.text in note)

    return [one if is_safe(one) else Remark(one.row, one.column, "", one.reason, one.cell) for one in remarks]


def speaks_of_complaints(text: str) -> bool:
    """Whether a title or a text is about a complaint or who made it (12350, 12345 and 96119 are its telephones)."""
    return any(word in text for word in ("举报", "投诉", "信访", "来信", "来访", "12350", "12345", "96119"))


def row_values(row: LedgerRow) -> dict[str, str]:
    """What the row says, as a page shows it beside its outcome; empty values are left out."""
    values = {
        "found_on": row.found_on.isoformat() if row.found_on else "",
        "enterprise": row.enterprise_name,
        "place": row.place,
        "description": row.description,
        "grade": row.grade.label,
        "deadline": row.deadline.isoformat() if row.deadline else "",
        "status": row.status or row.state.label,
    }
    return {name: text[:LONGEST_SHOWN] for name, text in values.items() if text}


def landed_outcomes(outcomes: Iterable[RowOutcome], numbers: Mapping[tuple[int, int], str]) -> tuple[RowOutcome, ...]:
    """The outcomes with the numbers that the hazards have got."""
    return tuple(replace(one, number=numbers.get((one.row, one.part), one.number)) for one in outcomes)


def row_outcomes(outcomes: Iterable[RowOutcome]) -> dict[int, Outcome]:
    """What became of each row as a whole: one split into several hazards counts once."""
    found: dict[int, Outcome] = {}
    rank: tuple[Outcome, ...] = ("created", "merged", "skipped")
    for one in outcomes:
        found[one.row] = min(found.get(one.row, "skipped"), one.outcome, key=rank.index)
    return found
