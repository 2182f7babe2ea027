"""A sheet as a bounded grid of values, with its merged cells remembered.

Rows and columns are counted from 1, as the spreadsheet shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.sheets.text import Value, as_text, is_blank

Place = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """One sheet. `merges` leads from each covered cell to the cell whose value it shows."""

    name: str
    rows: tuple[tuple[Value, ...], ...]
    merges: Mapping[Place, Place] = field(default_factory=dict)
    epoch_1904: bool = False
    uncomputed: str = ""
    """The first cell whose formula was saved without its result, like "C7"; empty if there is none."""
    lost_characters: int = 0
    """Characters of the file that its encoding could not give."""
    is_partial: bool = False
    """Whether the sheet has more rows than these, because only its first ones were asked for."""

    @property
    def height(self) -> int:
        """The last row."""
        return len(self.rows)

    @cached_property
    def width(self) -> int:
        """The last column of any row."""
        return max((len(row) for row in self.rows), default=0)

    def own(self, row: int, column: int) -> Value:
        """What stands in the cell itself; nothing for a cell covered by a merge."""
        if not 1 <= row <= len(self.rows) or (row, column) in self.merges:
            return None
        values = self.rows[row - 1]
        return values[column - 1] if 1 <= column <= len(values) else None

    def shown(self, row: int, column: int) -> Value:
        """What a reader sees there: a covered cell shows the value of its merge."""
        anchor = self.merges.get((row, column))
        return self.own(*anchor) if anchor else self.own(row, column)

    def same_as_above(self, row: int, column: int) -> Value:
        """The value of a data cell: own, or that of the merge reaching down the same column.

        A merge across columns gives its value to the first column only: the others would be invented.
        """
        anchor = self.merges.get((row, column))
        if anchor is None:
            return self.own(row, column)
        return self.own(*anchor) if anchor[1] == column else None

    def is_inherited(self, row: int, column: int) -> bool:
        """Whether `same_as_above` answers from a row further up."""
        anchor = self.merges.get((row, column))
        return anchor is not None and anchor[0] < row

    def filled(self, row: int) -> tuple[int, ...]:
        """The columns of `row` that hold something of their own."""
        if not 1 <= row <= len(self.rows):
            return ()
        return tuple(
            column
            for column, value in enumerate(self.rows[row - 1], start=1)
            if not is_blank(value) and (row, column) not in self.merges
        )

    def text(self, row: int, column: int) -> str:
        """`shown` as text."""
        return as_text(self.shown(row, column))
