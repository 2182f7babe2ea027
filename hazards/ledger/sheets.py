"""The sheet of a file that is the ledger: found or told, its columns understood, or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from openpyxl.utils import get_column_letter

from core.sheets import (
    Grid,
    Layout,
    Synonyms,
    as_text,
    codes_in,
    find_layout,
    is_blank,
    squeeze,
    title_of,
    title_of_path,
    unit_of,
)
from core.sheets.header import Path
from hazards.ledger.corrections import Corrections
from hazards.ledger.draft import Plan
from hazards.ledger.fields import RULE_OF, Field, Kind, synonyms
from hazards.ledger.personal import mask_personal
from hazards.ledger.record import Column, NotALedger, Outline

STATISTICS: Final = "这不是隐患台账，而是统计表（没有逐条的隐患描述），没有写入任何内容。"
NO_DESCRIPTION: Final = "这不是隐患台账：没有找到「隐患描述」一列，没有写入任何内容。请检查是否选错了文件。"
NO_ROWS: Final = "台账里没有一条记录，没有写入任何内容。请检查是否选错了文件。"

_STATISTICS_WORDS: Final = ("统计表", "月报表", "季报表", "年报表", "排查单位数", "整改率", "隐患数", "已整改数")
_UNIT_LABELS: Final = frozenset(["单位", "金额单位", "资金单位"])
SAMPLES: Final = 3
SAMPLED_ROWS: Final = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid with its layout, and what each of its columns means (counted from 1 as index 0)."""

    grid: Grid
    layout: Layout
    fields: tuple[Field | None, ...]
    ranks: tuple[int, ...]

    @property
    def shape(self) -> str:
        """A digest of the titles, whatever stands below them."""
        return shape_of(self.layout.header.paths)


def shape_of(paths: Iterable[Path]) -> str:
    """The digest of normalised title paths; untitled columns at the end do not count."""
    titles = ["\x1f".join(map(squeeze, path)) for path in paths]
    while titles and not titles[-1]:
        titles.pop()
    return sha256("\x1e".join(titles).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Choice:
    """The sheet that is read, other sheets with records, and the shape the file has without corrections."""

    sheet: Sheet
    others: tuple[str, ...]
    shape: str


class Understanding:
    """What titles mean: the table of synonyms with an office's own titles, and a person's corrections."""

    def __init__(self, titles: Mapping[str, Field], corrections: Corrections) -> None:
        self.synonyms = _built_in() if not titles else synonyms(added=titles)
        self.corrections = corrections
        self._found: dict[int, Sheet | None] = {}

    def is_known(self, path: Path) -> bool:
        """Whether the table has a title."""
        return self.synonyms.meaning(path) is not None

    def field_of(self, title: str) -> Field | None:
        """What one title, as it stands in its cell, means."""
        meaning = self.synonyms.meaning(("".join(title.split()),)) if title else None
        return Field(meaning.field) if meaning else None

    def sheet(self, grid: Grid, *, corrected: bool) -> Sheet | None:
        """The grid understood; None where it has no header. `corrected`: as a person said it stands."""
        if not corrected and id(grid) in self._found:
            return self._found[id(grid)]
        sheet = self._understood(grid, corrected=corrected)
        if not corrected:
            self._found[id(grid)] = sheet
        return sheet

    def _understood(self, grid: Grid, *, corrected: bool) -> Sheet | None:
        rows = self.corrections.header_rows if corrected else None
        layout = find_layout(grid, self.is_known, header_rows=rows)
        if layout is None:
            return None
        told = self.corrections.fields if corrected else {}
        meanings = [self._meaning(index, path, told) for index, path in enumerate(layout.header.paths, start=1)]
        return Sheet(grid, layout, tuple(m[0] for m in meanings), tuple(m[1] for m in meanings))

    def _meaning(self, index: int, path: Path, told: Mapping[str, Field | None]) -> tuple[Field | None, int]:
        letter = get_column_letter(index)
        if letter in told:
            return told[letter], -1
        meaning = self.synonyms.meaning(path)
        return (Field(meaning.field), meaning.rank) if meaning else (None, 0)


@lru_cache(maxsize=1)
def _built_in() -> Synonyms:
    return synonyms()


def choose(grids: Sequence[Grid], understanding: Understanding) -> Choice:
    """The sheet with the most understood columns, then rows, or the one that a correction names."""
    found = [sheet for grid in grids if (sheet := understanding.sheet(grid, corrected=False))]
    ledgers = [sheet for sheet in found if is_ledger(sheet)]
    filled = [sheet for sheet in ledgers if sheet.layout.data_rows or sheet.layout.asides]
    best = max(filled or ledgers or found, key=_likeness, default=None)
    told = understanding.corrections
    grid = next((grid for grid in grids if told.sheet and grid.name == told.sheet), None) or (best and best.grid)
    is_corrected = bool(grid) and (bool(told.header_rows or told.fields) or best is None or grid is not best.grid)
    sheet = understanding.sheet(grid, corrected=True) if grid and is_corrected else best
    if sheet is None or not is_ledger(sheet):
        raise NotALedger(_why_not(grids, sheet), _outline(sheet, grids))
    if not (sheet.layout.data_rows or sheet.layout.asides):
        raise NotALedger(NO_ROWS, _outline(sheet, grids))
    others = tuple(one.grid.name for one in filled if one.grid is not sheet.grid)
    return Choice(sheet, others, best.shape if best else sheet.shape)


def _likeness(sheet: Sheet) -> tuple[int, int]:
    return len(set(sheet.fields)), len(sheet.layout.data_rows)


def is_ledger(sheet: Sheet) -> bool:
    """Whether there is a column of descriptions, and it does not hold numbers: then it would count hazards."""
    if Field.DESCRIPTION not in sheet.fields:
        return False
    column = sheet.fields.index(Field.DESCRIPTION) + 1
    values = (sheet.grid.same_as_above(row, column) for row in sheet.layout.data_rows)
    said = [isinstance(value, int | float) for value in values if not is_blank(value)]
    return not said or not all(said)


def _why_not(grids: Sequence[Grid], sheet: Sheet | None) -> str:
    counts = sheet is not None and Field.DESCRIPTION in sheet.fields
    return STATISTICS if counts or any(_is_statistics(grid) for grid in grids) else NO_DESCRIPTION


def _is_statistics(grid: Grid) -> bool:
    head = squeeze(title_of(grid, 10) + "".join(grid.text(r, c) for r in range(1, 11) for c in grid.filled(r)))
    return any(word in head for word in _STATISTICS_WORDS)


def _outline(sheet: Sheet | None, grids: Sequence[Grid]) -> Outline | None:
    if sheet is None:
        return None
    header = sheet.layout.header
    columns = tuple(column_of(sheet, plan) for plan in in_order(plans_of(sheet)))
    names = tuple(grid.name for grid in grids)
    return Outline(names, sheet.grid.name, (header.first_row, header.last_row), columns, sheet.shape)


def plans_of(sheet: Sheet) -> list[Plan]:
    """One plan for each column that has a title or holds something, best match of each field first."""
    ranked: list[tuple[int, Plan]] = []
    unit = _unit_above(sheet.layout)
    for index, path in enumerate(sheet.layout.header.paths, start=1):
        field = sheet.fields[index - 1]
        if not path and not _has_content(sheet, index):
            continue
        title = title_of_path(path)
        codes = codes_in(path[-1]) if path else {}
        plan = Plan(
            index=index,
            letter=get_column_letter(index),
            title=(codes and re.split(r"[（(：:]", title, maxsplit=1)[0]) or title,
            field=field,
            unit=unit_of(path) or (unit if field and RULE_OF[field].kind is Kind.AMOUNT else ""),
            codes=codes,
            prefix=path[-1] if len(path) > 1 and field and sheet.fields.count(field) > 1 else "",
        )
        ranked.append((sheet.ranks[index - 1], plan))
    return [plan for _, plan in sorted(ranked, key=lambda pair: (pair[0], pair[1].index))]


def _unit_above(layout: Layout) -> str:
    """The unit of money that stands above the table (单位：万元)."""
    said = (as_text(line.value) for line in layout.head_lines if line.label in _UNIT_LABELS)
    return next((unit for text in said if (unit := unit_of((text,)))), "")


def _has_content(sheet: Sheet, index: int) -> bool:
    """Whether a column without a title holds anything at all: it is then kept with the rows."""
    return any(not is_blank(sheet.grid.own(row, index)) for row in sheet.layout.data_rows)


def in_order(plans: Iterable[Plan]) -> list[Plan]:
    """Plans as their columns stand."""
    return sorted(plans, key=lambda plan: plan.index)


def column_of(sheet: Sheet, plan: Plan) -> Column:
    """What is told of a column."""
    title = title_of_path(sheet.layout.header.path(plan.index))
    return Column(plan.letter, title, plan.field, samples(sheet, plan.index), plan.unit, plan.codes)


def samples(sheet: Sheet, index: int) -> tuple[str, ...]:
    """The first different texts of a column, shortened, for a person to judge its meaning by."""
    found: list[str] = []
    is_phone = sheet.fields[index - 1] is Field.PHONE
    for row in sheet.layout.data_rows[:SAMPLED_ROWS]:
        text = mask_personal(as_text(sheet.grid.own(row, index))[:80], may_phone=is_phone).text[:60]
        if text and text not in found:
            found.append(text)
            if len(found) == SAMPLES:
                break
    return tuple(found)
