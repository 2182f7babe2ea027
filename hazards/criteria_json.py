"""Standards as JSON: a list of objects with standard, document_no, effective_from, industry, clause, text. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from core.sheets import BadFile, clean
from core.sheets.table import MOST_ROWS, read_tables
from core.sheets.table_cells import brief
from core.sheets.table_rules import (
    NOTHING_TOLD,
    ColumnRule,
    Kind,
    ReadColumn,
    SkippedRow,
    TableReading,
    TableRemark,
    TableRow,
    TableRule,
    Told,
)

NOT_JSON: Final = "这份 JSON 读不了，没有写入任何内容。应是一个列表，每条写 standard、document_no、clause、text 等项。"


def read_criteria(
    data: bytes, filename: str, rules: Sequence[TableRule], told: Told = NOTHING_TOLD
) -> Sequence[TableReading | None]:
    """The clauses of a file: JSON where it is called so or begins like it, else a table. Raises BadFile."""
    if filename.lower().endswith(".json") or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return (read_json(data, rules[0]),)
    return read_tables(data, filename, rules, told)


def read_json(data: bytes, rule: TableRule) -> TableReading:
    """Each entry as a row, numbered from 1; what an entry lacks or writes wrongly is skipped or remarked."""
    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadFile(NOT_JSON) from error
    if not isinstance(entries, list) or not entries:
        raise BadFile(NOT_JSON)
    if len(entries) > MOST_ROWS:
        raise BadFile(f"文件有 {len(entries)} 条，一次最多 {MOST_ROWS} 条。请拆成几个文件分别导入。")
    rows: list[TableRow] = []
    skipped: list[SkippedRow] = []
    for number, entry in enumerate(entries, start=1):
        read = _row(number, entry, rule)
        if isinstance(read, SkippedRow):
            skipped.append(read)
        else:
            rows.append(read)
    return TableReading("JSON", (1, 1), _columns(entries, rule), tuple(rows), tuple(skipped))


def _row(number: int, entry: Any, rule: TableRule) -> TableRow | SkippedRow:
    if not isinstance(entry, dict):
        return SkippedRow(number, brief(str(entry)[:200]), "不是一条条款，应写成 {…}")
    values: dict[str, Any] = {}
    remarks: list[TableRemark] = []
    for column in rule.columns:
        value = _value(entry.get(column.key), column, remarks)
        if value is not None:
            values[column.key] = value
    lacking = [column.title for column in rule.columns if column.is_required and column.key not in values]
    if lacking:
        return SkippedRow(number, brief(str(entry)[:200]), f"没有{'、'.join(lacking)}")
    return TableRow(number, values, tuple(remarks))


def _value(value: Any, column: ColumnRule, remarks: list[TableRemark]) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        remarks.append(TableRemark(column.title, brief(str(value)[:200]), "应是文字，没有写入"))
        return None
    text = clean(value)
    if column.kind is Kind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            remarks.append(TableRemark(column.title, brief(text), "不是确切日期，没有写入。请写成 2026-11-16 的样子"))
            return None
    if len(text) > column.longest:
        remarks.append(TableRemark(column.title, brief(text), f"超过 {column.longest} 个字，没有写入"))
        return None
    return text or None


def _columns(entries: list[Any], rule: TableRule) -> tuple[ReadColumn, ...]:
    """The keys of the first entries, with what they mean and their first values."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries[:200]:
        for key, value in entry.items() if isinstance(entry, dict) else ():
            samples = found.setdefault(str(key)[:60], {})
            if value not in (None, ""):
                samples[brief(str(value)[:200])] = None
    titles = {column.key: column.title for column in rule.columns}
    return tuple(
        ReadColumn(str(place), key, titles.get(key, ""), tuple(values)[:3])
        for place, (key, values) in enumerate(list(found.items())[:100], start=1)
    )
