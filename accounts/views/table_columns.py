"""How the columns of a table were understood, as the page offers them for correction, and what it sends back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.refusals import Invalid
from core.sheets.table_rules import ReadColumn, TableRule, Told

NOT_USED: Final = "-"
NOTHING_CHANGED: Final = "没有改动，不必重新核对。"
Read = Sequence[tuple[str, Sequence[ReadColumn]]]


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column with what it may be; no choices where columns cannot be read otherwise."""

    letter: str
    title: str
    meaning: str
    samples: str
    name: str
    chosen: str


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """The columns of one sheet, and what they may be read as."""

    sheet: str
    choices: tuple[tuple[str, str], ...]
    lines: tuple[ColumnLine, ...]


def columns_shown(read: Read, rules: Sequence[TableRule], sent: Mapping[str, str] | None = None) -> list[SheetColumns]:
    """Every sheet that was read; `sent` is what was chosen in a form that has to be shown again."""
    by_table = {rule.sheet: rule for rule in rules}
    return [_sheet(place, sheet, columns, by_table, sent or {}) for place, (sheet, columns) in enumerate(read)]


def _sheet(
    place: int, sheet: str, columns: Sequence[ReadColumn], rules: Mapping[str, TableRule], sent: Mapping[str, str]
) -> SheetColumns:
    rule = next((rules[column.table] for column in columns if column.table in rules), None)
    known = (
        tuple((one.key, f"{one.title}（必填）" if one.is_required else one.title) for one in rule.columns)
        if rule
        else ()
    )
    lines = tuple(
        ColumnLine(
            column.letter,
            column.title,
            column.meaning,
            "、".join(column.samples),
            name := f"column-{place}-{column.letter}",
            sent.get(name, column.key or NOT_USED),
        )
        for column in columns
    )
    return SheetColumns(sheet, (*known, (NOT_USED, "不用这一列")) if known else (), lines)


def read_told(
    read: Read, rules: Sequence[TableRule], before: Told, sent: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """What was said of columns, with what was said before; `Invalid` where two columns are to be the same."""
    told = {sheet: dict(said) for sheet, said in before.items()}
    changed = False
    for shown, before_it in zip(columns_shown(read, rules, sent), columns_shown(read, rules), strict=True):
        labels = dict(shown.choices)
        chosen = {line.letter: line.chosen for line in shown.lines if line.chosen in labels}
        _refuse_twice(chosen, labels)
        was = {line.letter: line.chosen for line in before_it.lines}
        different = {letter: key for letter, key in chosen.items() if key != was[letter]}
        changed = changed or bool(different)
        if different:
            told.setdefault(shown.sheet, {}).update(
                {letter: "" if key == NOT_USED else key for letter, key in different.items()}
            )
    if not changed:
        raise Invalid(NOTHING_CHANGED)
    return told


def _refuse_twice(chosen: Mapping[str, str], labels: Mapping[str, str]) -> None:
    counted = Counter(key for key in chosen.values() if key != NOT_USED)
    for key, count in counted.items():
        if count > 1:
            letters = "、".join(letter for letter, one in chosen.items() if one == key)
            raise Invalid(
                f"{letters} 列都选了“{labels[key].removesuffix('（必填）')}”，没有重新核对。请只留一列，其余改选别的。"
            )
