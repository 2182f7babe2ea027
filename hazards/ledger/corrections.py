"""What a person corrected about how a file was understood, kept as JSON for the next file of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default

from hazards.ledger.fields import Field

_FIELDS = {field.value: field for field in Field}


@dataclass(frozen=True, slots=True)
class Corrections:
    """Everything empty: the file is read as the reader understands it.

    `fields` leads from a column's letter (in a form: from the cell of the label, like B3) to its meaning; None
    there means 不作为任何一项: the text is kept with the row. `split` names the rows (as in the sheet) that hold
    several hazards and are to be split; None splits every row for which a split is offered.
    """

    sheet: str = ""
    header_rows: tuple[int, int] | None = None
    fields: Mapping[str, Field | None] = with_default(default_factory=dict)
    split: frozenset[int] | None = frozenset()

    def splits(self, row: int) -> bool:
        """Whether this row is to be split."""
        return self.split is None or row in self.split

    def as_json(self) -> dict[str, object]:
        """Plain values for storing; `from_json` reads them back to an equal object."""
        return {
            "sheet": self.sheet,
            "header_rows": list(self.header_rows) if self.header_rows else None,
            "fields": {letter: field.value if field else None for letter, field in sorted(self.fields.items())},
            "split": None if self.split is None else sorted(self.split),
        }

    @classmethod
    def from_json(cls, stored: object) -> Corrections:
        """The corrections that were stored; what this version of the register does not know is left out."""
        told = stored if isinstance(stored, Mapping) else {}
        sheet, fields, split = told.get("sheet"), told.get("fields"), told.get("split", ())
        return cls(
            sheet=sheet if isinstance(sheet, str) else "",
            header_rows=_header_rows(told.get("header_rows")),
            fields=_fields(fields) if isinstance(fields, Mapping) else {},
            split=None if split is None else frozenset(_numbers(split)),
        )


def _header_rows(stored: object) -> tuple[int, int] | None:
    numbers = _numbers(stored)
    return (numbers[0], numbers[1]) if len(numbers) == 2 and 1 <= numbers[0] <= numbers[1] else None


def _fields(stored: Mapping[object, object]) -> dict[str, Field | None]:
    return {
        letter: _FIELDS[field] if isinstance(field, str) else None
        for letter, field in stored.items()
        if isinstance(letter, str) and (field is None or (isinstance(field, str) and field in _FIELDS))
    }


def _numbers(stored: object) -> list[int]:
    if not isinstance(stored, list | tuple | set | frozenset):
        return []
    return [number for number in stored if isinstance(number, int) and not isinstance(number, bool)]
