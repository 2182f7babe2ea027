"""What changed in a month's ledger after it was closed: its frozen records beside those computed now. Pure.

Both are lines of JSON, of any length: lines that stand side by side and are the same are passed over, the others are
sorted by their record on the disk. So memory does not grow with the ledger.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import groupby, zip_longest
from typing import Any, Final, NamedTuple

from reports.sheet import Column, LedgerLayout, long_text
from reports.sheet.values import printer

WHOLE: Final = "整条"
NOT_THERE, THERE = "（未列入）", "（列入）"

_NAMED_BY: Final[dict[str, tuple[str, ...]]] = {"not_inspected": ("uscc", "unit", "tier")}
"""What tells the records of a ledger apart that have no number of their own; else their leading words."""


class CorrectionRow(NamedTuple):
    """One field of one record that reads otherwise now. `None` prints an empty cell."""

    month: str
    ledger: str
    number: str
    column: str
    before: str | None
    now: str | None
    when: date | None
    reason: str


CORRECTIONS = LedgerLayout(
    code="corrections",
    name="月结更正表",
    title_template="{period}月结更正表",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("month", "更正月份", width=10),
        Column("ledger", "台账", width=14),
        Column("number", "编号/对象", width=18, latin=True),
        Column("column", "栏目", width=12),
        long_text("before", "原为", 26),
        long_text("now", "现为", 26),
        Column("when", "变动日期", "date", 10),
        long_text("reason", "原因", 20),
    ),
    sign_off=("审核人", "填表人"),
    notes=("注：已月结的台账不改动，月结以后才查到的变动列在这里；“变动日期”为空的，是名称、辖区等登记资料的变动。",),
    paper="A4",
    empty_line="以前月结的台账没有更正。",
)


class Difference(NamedTuple):
    """One record that reads otherwise, or stands on one side only."""

    key: str
    before: Mapping[str, Any] | None
    now: Mapping[str, Any] | None


def differences(layout: LedgerLayout, before: Iterable[bytes], now: Iterable[bytes]) -> Iterator[Difference]:
    """The records that differ, by their key; both sides are canonical lines (`sheet/records.py`)."""
    named_by = _named_by(layout)
    with closing(sqlite3.connect("")) as scratch:  # a database of its own on the disk, gone when it is closed
        scratch.execute("CREATE TABLE line (key TEXT, side INTEGER, text BLOB)")
        scratch.executemany("INSERT INTO line VALUES (?, ?, ?)", _unlike(before, now, named_by))
        rows = scratch.execute("SELECT key, side, text FROM line ORDER BY key, side, rowid")
        for key, group in groupby(rows, key=lambda row: str(row[0])):
            sides: tuple[list[bytes], list[bytes]] = ([], [])
            for _key, side, text in group:
                sides[side].append(text)
            yield from _paired(key, *sides)


def _unlike(before: Iterable[bytes], now: Iterable[bytes], named_by: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    for pair in zip_longest(before, now):
        if pair[0] != pair[1]:
            for side, text in enumerate(pair):
                if text is not None:
                    yield _key_of(json.loads(text), named_by), side, text


def _paired(key: str, before: list[bytes], now: list[bytes]) -> Iterator[Difference]:
    """The lines of one record, or of several that cannot be told apart: the same on both sides are none."""
    for text in list(before):
        if text in now:
            before.remove(text)
            now.remove(text)
    for old, new in zip_longest(before, now):
        yield Difference(key, json.loads(old) if old else None, json.loads(new) if new else None)


def _named_by(layout: LedgerLayout) -> tuple[str, ...]:
    if "number" in layout.keys:
        return ("number",)
    if layout.code in _NAMED_BY:
        return _NAMED_BY[layout.code]
    columns = [column for column in layout.columns if column.kind != "serial"]
    words = [column.key for column in columns[: next((at for at, one in enumerate(columns) if one.kind != "text"), 1)]]
    return tuple(words) or (columns[0].key,)


def _key_of(record: Mapping[str, Any], named_by: tuple[str, ...]) -> str:
    return " ".join(str(record[name]) for name in named_by if record[name] not in (None, ""))


def rows_of(layout: LedgerLayout, month: str, found: Difference, when: date | None, reason: str) -> list[CorrectionRow]:
    """The rows of one difference: a row for each field that changed, one for a record that came or went."""
    head = (month, layout.name, found.key)
    if found.before is None or found.now is None:
        came = found.before is None
        return [CorrectionRow(*head, WHOLE, NOT_THERE if came else THERE, THERE if came else NOT_THERE, when, reason)]
    rows = []
    for column in layout.columns:
        if column.kind != "serial" and found.before[column.key] != found.now[column.key]:
            show = printer(column, layout.states)
            old, new = _words(show(found.before[column.key])), _words(show(found.now[column.key]))
            rows.append(CorrectionRow(*head, column.full_heading, old, new, when, reason))
    return rows


def _words(shown: object) -> str | None:
    if shown is None or shown == "":
        return None
    return format(shown.normalize(), "f") if isinstance(shown, Decimal) else str(shown)
