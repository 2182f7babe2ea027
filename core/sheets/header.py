"""Where the header of a table stands, and what each column is called.

A header has one to five rows. Groups (`整改责任单位` over `建设`, `施工`) are merged cells, or a name with
empty cells to its right; a column's title is the path from the group down to its own name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.sheets.grid import Grid
from core.sheets.text import as_text, squeeze

MOST_ROWS = 5
SEARCHED_ROWS = 40
LONGEST_NAME = 120
Path = tuple[str, ...]
Known = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Header:
    """The rows of the header, and the title of each column as a path; an untitled column has `()`."""

    first_row: int
    last_row: int
    paths: tuple[Path, ...]

    def path(self, column: int) -> Path:
        """The path of a column counted from 1; `()` beyond the header."""
        return self.paths[column - 1] if 1 <= column <= len(self.paths) else ()


def find_header(grid: Grid, is_known: Known) -> Header | None:
    """The header around the row with the most known names; None where no row has two of them."""
    candidates = range(1, min(grid.height, SEARCHED_ROWS) + 1)
    counts = {row: _known_in(grid, row, is_known) for row in candidates}
    best = max(counts, key=lambda row: (counts[row], -row), default=0)
    if not best or not _is_header(grid, best, counts[best], is_known):
        return None
    first = _first_row(grid, best)
    last = _last_row(grid, best, first)
    return Header(first, _after_numbering(grid, last, first), _paths(grid, first, last))


def header_at(grid: Grid, first: int, last: int) -> Header | None:
    """The header in these rows, as a person says; None where the sheet has no such rows or they are empty."""
    if not 1 <= first <= last < first + MOST_ROWS or last > grid.height:
        return None
    paths = _paths(grid, first, last)
    return Header(first, last, paths) if any(paths) else None


def _paths(grid: Grid, first: int, last: int) -> tuple[Path, ...]:
    return tuple(_path(grid, column, first, last) for column in range(1, grid.width + 1))


def _known_in(grid: Grid, row: int, is_known: Known) -> int:
    """How many different known names a row shows, its merges from above included."""
    names = {grid.text(row, column) for column in range(1, grid.width + 1)}
    return sum(is_known((name,)) for name in names if name and len(name) <= LONGEST_NAME)


def _is_header(grid: Grid, row: int, known: int, is_known: Known) -> bool:
    """Two known names at least; where there are few, more than half or side by side: else it is a form
    (单位名称 | … | 地址 | …)."""
    filled = grid.filled(row)
    return known > 3 or (known >= 2 and (known * 2 > len(filled) or _are_neighbours(grid, row, filled, is_known)))


def _are_neighbours(grid: Grid, row: int, filled: tuple[int, ...], is_known: Known) -> bool:
    """Whether two known names stand side by side, as titles do and labels of a form with answers do not."""
    known = [is_known((name,)) if 0 < len(name := grid.text(row, at)) <= LONGEST_NAME else False for at in filled]
    return any(one and other for one, other in pairwise(known))


def _first_row(grid: Grid, best: int) -> int:
    """The top of the header: rows above that reach into it by a merge, or that name groups."""
    first = min([best, *(grid.merges[at][0] for at in _covered_in(grid, best))])
    while best - first + 1 < MOST_ROWS and first > 1 and _is_group_row(grid, first - 1, first):
        first -= 1
    return max(first, best - MOST_ROWS + 1)


def _covered_in(grid: Grid, row: int) -> list[tuple[int, int]]:
    return [(row, column) for column in range(1, grid.width + 1) if (row, column) in grid.merges]


def _is_group_row(grid: Grid, above: int, below: int) -> bool:
    """Whether `above` names groups of `below`: two names or more, none of them a line like 填报单位：…"""
    own = grid.filled(above)
    texts = [as_text(grid.own(above, column)) for column in own]
    if len(own) < 2 or len(own) >= len(grid.filled(below)):
        return False
    return all(isinstance(grid.own(above, c), str) for c in own) and not any(
        "：" in text or ":" in text or len(text) > 20 for text in texts
    )


def _last_row(grid: Grid, best: int, first: int) -> int:
    """The bottom of the header: as far as its merges reach, and a row of names under a group."""
    limit = min(first + MOST_ROWS - 1, grid.height)
    last = best
    while last < limit and (_reaches_below(grid, last, first) or _is_name_row(grid, last)):
        last += 1
    return last


def _reaches_below(grid: Grid, row: int, first: int) -> bool:
    """Whether a merge that began in the header covers the next row too."""
    return any(first <= grid.merges[at][0] <= row for at in _covered_in(grid, row + 1))


def _is_name_row(grid: Grid, row: int) -> bool:
    """Whether the row below holds names under groups of `row`: short texts, only where a group stands."""
    below = grid.filled(row + 1)
    here = set(grid.filled(row))
    if len(below) < 2 or len(here) < 2:
        return False
    for column in below:
        value = grid.own(row + 1, column)
        if not isinstance(value, str) or len(value) > 20:
            return False
        is_under_group = column not in here or (row, column + 1) in grid.merges or column + 1 not in here
        if not is_under_group:
            return False
    return any(column not in here for column in below)


def _after_numbering(grid: Grid, last: int, first: int) -> int:
    """Past a row that only counts the columns (1 2 3 4 …), as printed forms have."""
    values = [grid.own(last + 1, column) for column in grid.filled(last + 1)]
    numbers = [value for value in values if isinstance(value, int | float)]
    counts_up = all(after - before == 1 for before, after in pairwise(numbers))
    if len(numbers) >= 4 and len(numbers) >= len(values) - 1 and counts_up and last - first < MOST_ROWS:
        return last + 1
    return last


def _path(grid: Grid, column: int, first: int, last: int) -> Path:
    """The different names over a column from top to bottom, squeezed of blanks."""
    names: list[str] = []
    for row in range(first, last + 1):
        name = _name(grid, row, column, last)
        if name and (not names or squeeze(name) != squeeze(names[-1])):
            names.append(name)
    return tuple(names)


def _name(grid: Grid, row: int, column: int, last: int) -> str:
    value = grid.shown(row, column)
    if isinstance(value, date):
        return ""
    text = "".join(as_text(value).split())
    if text or row == last or (row, column) in grid.merges:
        return text[:LONGEST_NAME]
    return _group_to_the_left(grid, row, column)


def _group_to_the_left(grid: Grid, row: int, column: int) -> str:
    """The name of an unmerged group: the nearest name to the left that itself stands over a lower name."""
    if not grid.text(row + 1, column):
        return ""
    for left in range(column - 1, 0, -1):
        text = "".join(grid.text(row, left).split())
        if text:
            return text[:LONGEST_NAME] if (row + 1, left) not in grid.merges and grid.text(row + 1, left) else ""
    return ""
