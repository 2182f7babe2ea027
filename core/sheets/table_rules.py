"""What a plain table of known columns is (enterprises, units, people, clauses), and what reading one gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final

from core.sheets.columns import Synonyms
from core.sheets.header import Path

# what a person said of columns, by the file's sheet and the column's letter: the key it is, "" for none of them
Told = Mapping[str, Mapping[str, str]]
NOTHING_TOLD: Final[Told] = {}
_SERIAL: Final = ("序号", "行号", "No", "No.")


class Kind(Enum):
    """How the cells of a column are read."""

    TEXT = "text"
    LINES = "lines"  # a text whose line breaks count
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    NAMES = "names"  # several names in one cell


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: its title and synonyms, how its cells are read, and what is allowed in them.

    `choices` leads from a value to the words that mean it, of which the first is the one to write.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    is_required: bool = False
    longest: int = 200
    least: float | None = None
    most: float | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hint: str = ""
    width: int = 16


@dataclass(frozen=True)
class TableRule:
    """One sheet: its name, its columns, and the line of instructions above them in a blank form."""

    sheet: str
    columns: tuple[ColumnRule, ...]
    hint: str = ""

    @cached_property
    def by_key(self) -> dict[str, ColumnRule]:
        """The columns by their keys."""
        return {column.key: column for column in self.columns}

    @cached_property
    def synonyms(self) -> Synonyms:
        """The titles ready for look-up; a column that only counts is known and means nothing."""
        titles: dict[str, Sequence[str]] = {column.key: (column.title, *column.synonyms) for column in self.columns}
        return Synonyms({**titles, "": _SERIAL})

    def key_of(self, path: Path) -> str:
        """The column that a title means; "" for one that only counts the rows, and for one that is not known."""
        meaning = self.synonyms.meaning(path)
        return meaning.field if meaning else ""

    def is_known(self, path: Path) -> bool:
        """Whether a title belongs to this table."""
        return self.synonyms.meaning(path) is not None


@dataclass(frozen=True, slots=True)
class TableRemark:
    """Something about one cell that a person should look at: the column's title, the text, and why."""

    title: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A data row: what was read by key (blank cells are missing), and what is remarked about it."""

    row: int
    values: Mapping[str, Any]
    remarks: tuple[TableRemark, ...] = ()

    def text(self, key: str) -> str:
        """A text value, "" where the cell is blank."""
        return str(self.values.get(key, ""))


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is no record, or lacks what it must have."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """How one column of the file was understood; `meaning` and `key` are "" for a column that is not used.

    `table` is the sheet of the rule it was read by; "" where columns cannot be read otherwise.
    """

    letter: str
    title: str
    meaning: str
    samples: tuple[str, ...] = ()
    key: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class TableReading:
    """One sheet, read."""

    sheet: str
    header_rows: tuple[int, int]
    columns: tuple[ReadColumn, ...]
    rows: tuple[TableRow, ...]
    skipped: tuple[SkippedRow, ...]
