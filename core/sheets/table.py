"""A plain table of known columns (enterprises, units, people, clauses), read from a file.

The rules are the caller's; titles are recognised by synonyms, whatever stands above them and in whatever order. What a
cell does not hold clearly is not taken and remarked; a row without what it must have is skipped with the reason.
Nothing is invented, nothing is dropped: every row of the data area is in exactly one of `rows` and `skipped`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from openpyxl.utils import get_column_letter

from core.sheets.bad_file import BadFile
from core.sheets.columns import title_of_path
from core.sheets.grid import Grid
from core.sheets.layout import Layout, find_layout
from core.sheets.limits import MEGABYTE, STANDARD, Limits
from core.sheets.opening import open_sheets, refuse_uncomputed
from core.sheets.table_cells import brief, read_row
from core.sheets.table_rules import (
    NOTHING_TOLD,
    ColumnRule,
    ReadColumn,
    SkippedRow,
    TableReading,
    TableRow,
    TableRule,
    Told,
)
from core.sheets.text import as_text

MOST_ROWS: Final = 5_000  # all of it is written in one transaction, which others wait for on SQLite
LIMITS: Final[Limits] = replace(STANDARD, file_bytes=20 * MEGABYTE, rows=MOST_ROWS + 100, cells=1_000_000)
FOOTER: Final = "这是表尾的说明、合计或签字，不是一条记录"
_SAMPLES, _SAMPLED_ROWS = 3, 200


class ColumnsMissing(BadFile):
    """A sheet has a header, but not every column it must have; a person may say which of its columns those are."""

    def __init__(self, sentence: str, sheet: str, columns: tuple[ReadColumn, ...]) -> None:
        super().__init__(sentence)
        self.sheet, self.columns = sheet, columns


def read_tables(
    data: bytes, filename: str, rules: Sequence[TableRule], told: Told = NOTHING_TOLD
) -> tuple[TableReading | None, ...]:
    """Each table of the rules as found in the file, the first one required; None for another that is not there.

    `told` is what a person said of single columns. Raises BadFile with one sentence for a file that cannot be read, and
    for one without the first table (`ColumnsMissing` where only columns of it are not found).
    """
    grids = list(open_sheets(data, filename, limits=LIMITS))
    found = _assigned(grids, rules, told)
    if 0 not in found:
        raise _lacking(grids, rules[0], told)
    return tuple(_read(found[place], rule, told) if place in found else None for place, rule in enumerate(rules))


class _Fit(NamedTuple):
    grid: Grid
    layout: Layout


def _assigned(grids: Iterable[Grid], rules: Sequence[TableRule], told: Told) -> dict[int, _Fit]:
    """Which sheet is which table: the sheets that have the required columns; by name, then the best fitting first."""
    fits = [
        (grid.name != rule.sheet, -len(_used(layout, rule, _said(told, grid))), sheet, place, _Fit(grid, layout))
        for sheet, grid in enumerate(grids)
        for place, rule in enumerate(rules)
        if (layout := _layout(grid, rule, _said(told, grid))) is not None
    ]
    found: dict[int, _Fit] = {}
    taken: set[int] = set()
    for _other_name, _columns, sheet, place, fit in sorted(fits, key=lambda one: one[:4]):
        if place not in found and sheet not in taken:
            found[place] = fit
            taken.add(sheet)
    return found


def _said(told: Told, grid: Grid) -> Mapping[str, str]:
    return told.get(grid.name, {})


def _layout(grid: Grid, rule: TableRule, said: Mapping[str, str]) -> Layout | None:
    """The layout of a sheet that has every required column of the rule."""
    layout = find_layout(grid, rule.is_known)
    if layout is None:
        return None
    used = _used(layout, rule, said)
    return layout if all(column.key in used for column in rule.columns if column.is_required) else None


def _used(layout: Layout, rule: TableRule, said: Mapping[str, str]) -> dict[str, tuple[int, ColumnRule]]:
    """The column that a person named for each meaning, else the first whose title means it; by its key."""
    used: dict[str, tuple[int, ColumnRule]] = {}
    for column, path in enumerate(layout.header.paths, start=1):
        letter = get_column_letter(column)
        key = said[letter] if letter in said else rule.key_of(path)
        if key in rule.by_key and (letter in said or key not in said.values()):
            used.setdefault(key, (column, rule.by_key[key]))
    return used


def _lacking(grids: Iterable[Grid], rule: TableRule, told: Told) -> BadFile:
    """Why the first table is not there, with the columns of the sheet that is most like it."""
    sentence = _not_found(rule)
    layouts = [(grid, layout) for grid in grids if (layout := find_layout(grid, rule.is_known)) is not None]
    if not layouts:
        return BadFile(sentence)
    grid, layout = max(layouts, key=lambda pair: len(_used(pair[1], rule, _said(told, pair[0]))))
    used = _used(layout, rule, _said(told, grid))
    columns = _columns(_Fit(grid, layout), rule, used)
    return ColumnsMissing(_without(rule, used), grid.name, columns)


def _without(rule: TableRule, used: Mapping[str, object]) -> str:
    wanted = "、".join(f"“{one.title}”" for one in rule.columns if one.is_required and one.key not in used)
    return f"没有找到{wanted}一列，没有写入任何内容。"


def _not_found(rule: TableRule) -> str:
    wanted = "、".join(f"“{column.title}”" for column in rule.columns if column.is_required)
    return f"没有找到{rule.sheet}的表头，没有写入任何内容。表里至少要有{wanted}。请下载模板，填好再导入。"


def _read(fit: _Fit, rule: TableRule, told: Told) -> TableReading:
    grid, layout = fit
    refuse_uncomputed(grid)
    if len(layout.data_rows) > MOST_ROWS:
        raise BadFile(f"“{grid.name}”有 {len(layout.data_rows)} 行，一次最多 {MOST_ROWS} 行。请拆成几个文件分别导入。")
    used = _used(layout, rule, _said(told, grid))
    skipped = [SkippedRow(aside.row, _shown(grid, aside.row), aside.reason) for aside in layout.asides]
    skipped += [SkippedRow(row, _shown(grid, row), FOOTER) for row in layout.footer_rows]
    rows: list[TableRow] = []
    for row in layout.data_rows:
        read = read_row(grid, row, used)
        if isinstance(read, str):
            skipped.append(SkippedRow(row, _shown(grid, row), read))
        else:
            rows.append(read)
    return TableReading(
        sheet=grid.name,
        header_rows=(layout.header.first_row, layout.header.last_row),
        columns=_columns(fit, rule, used),
        rows=tuple(rows),
        skipped=tuple(sorted(skipped, key=lambda one: one.row)),
    )


def _shown(grid: Grid, row: int) -> str:
    """What a row says, for whoever reads why it is skipped."""
    return brief(" ".join(as_text(grid.own(row, column)) for column in grid.filled(row)[:6]))


def _columns(fit: _Fit, rule: TableRule, used: dict[str, tuple[int, ColumnRule]]) -> tuple[ReadColumn, ...]:
    """Every column with a title or content, with what it means and its first values."""
    grid, layout = fit
    meanings = {column: (one.title, key) for key, (column, one) in used.items()}
    sampled = layout.data_rows[:_SAMPLED_ROWS]
    columns = []
    for column in range(1, grid.width + 1):
        texts = (brief(as_text(grid.own(row, column))) for row in sampled)
        samples = tuple(dict.fromkeys(text for text in texts if text))[:_SAMPLES]
        path = layout.header.path(column)
        if path or samples:
            meaning, key = meanings.get(column, ("", ""))
            letter = get_column_letter(column)
            columns.append(ReadColumn(letter, title_of_path(path), meaning, samples, key, rule.sheet))
    return tuple(columns)
