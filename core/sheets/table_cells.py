"""One row of a plain table, its cells read by the kind of their column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from typing import Any, Final
from unicodedata import normalize

from core.sheets.dates import read_date
from core.sheets.flags import is_placeholder, is_stroke, read_flag
from core.sheets.grid import Grid
from core.sheets.table_rules import ColumnRule, Kind, TableRemark, TableRow
from core.sheets.text import Value, as_text, is_blank, squeeze

LONGEST_SHOWN: Final = 60
_LOST_DIGITS: Final = 10**15
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", re.IGNORECASE)
_BETWEEN = re.compile(r"[、，,；;\n\r]+")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,15})?")


@dataclass(slots=True)
class _Draft:
    values: dict[str, Any] = with_default(default_factory=dict)
    remarks: list[TableRemark] = with_default(default_factory=list)

    def remark(self, rule: ColumnRule, text: str, reason: str) -> None:
        self.remarks.append(TableRemark(rule.title, brief(text), reason))


def read_row(grid: Grid, row: int, used: Mapping[str, tuple[int, ColumnRule]]) -> TableRow | str:
    """The row typed, or the reason why it is none. `used` leads from a key to its column in the sheet and its rule."""
    draft = _Draft()
    for key, (column, rule) in used.items():
        value = grid.same_as_above(row, column)
        if not is_blank(value) and (read := _cell(value, rule, draft, grid.epoch_1904)) is not None:
            draft.values[key] = read
    lacking = [rule.title for key, (_column, rule) in used.items() if rule.is_required and key not in draft.values]
    if lacking:
        why = "".join(f"；“{remark.text}”{remark.reason}" for remark in draft.remarks if remark.title in lacking)
        return f"没有{'、'.join(lacking)}{why}"
    return TableRow(row, draft.values, tuple(draft.remarks))


def brief(text: str) -> str:
    """A text short enough to be shown in a remark."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_SHOWN else plain[: LONGEST_SHOWN - 1] + "…"


def _cell(value: Value, rule: ColumnRule, draft: _Draft, epoch_1904: bool) -> Any:
    text = as_text(value)
    if _ERROR_VALUE.fullmatch(text):
        draft.remark(rule, text, "是公式的错误值，没有写入。请改成要填的内容")
        return None
    if rule.kind is Kind.DATE:
        return _date(value, rule, draft, epoch_1904)
    if rule.kind is Kind.NUMBER:
        return _number(value, rule, draft)
    if rule.kind is Kind.FLAG:
        return _flag(text, rule, draft)
    if is_placeholder(text):
        return None
    if rule.kind is Kind.CHOICE:
        return _choice(text, rule, draft)
    if rule.kind is Kind.CHOICES:
        return _choices(text, rule, draft)
    if rule.kind is Kind.NAMES:
        return tuple(dict.fromkeys(name for part in _BETWEEN.split(text) if (name := _line(part)))) or None
    return _text(value, text, rule, draft)


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(value: Value, text: str, rule: ColumnRule, draft: _Draft) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LOST_DIGITS:
        draft.remark(rule, text, "被存成了数字，末几位可能已丢失，没有写入。请把这一列设为文本后重填")
        return None
    read = text if rule.kind is Kind.LINES else _line(text)
    if len(read) > rule.longest:
        draft.remark(rule, text, f"有 {len(read)} 个字，最多 {rule.longest} 个，没有写入。请缩短")
        return None
    return read


def _date(value: Value, rule: ColumnRule, draft: _Draft, epoch_1904: bool) -> date | None:
    text = as_text(value)
    if is_placeholder(text):
        return None
    moment = read_date(value, epoch_1904=epoch_1904)
    if moment is None:
        draft.remark(rule, text, "不是确切日期，没有写入。请写成 2026-11-16 的样子")
        return None
    return moment.day


def _number(value: Value, rule: ColumnRule, draft: _Draft) -> float | None:
    text = _line(normalize("NFKC", as_text(value))).removesuffix("°")
    if is_stroke(text):
        return None
    number = float(text) if _NUMBER.fullmatch(text) else None
    least, most = rule.least, rule.most
    is_within = number is not None and (least is None or number >= least) and (most is None or number <= most)
    if not is_within:
        bounds = f"应是 {least:g} 到 {most:g} 之间的数" if least is not None and most is not None else "应是数字"
        draft.remark(rule, text, f"{bounds}，没有写入。请核对")
        return None
    return number


def _flag(text: str, rule: ColumnRule, draft: _Draft) -> bool | None:
    if is_stroke(text):
        return None
    flag = read_flag(text)
    if flag is None:
        draft.remark(rule, text, "看不出是或否，没有写入。请填“是”或“否”")
    return flag


def _meant(text: str, rule: ColumnRule) -> str | None:
    """The value of the choices that a text means."""
    plain = squeeze(text)
    return next(
        (value for value, words in rule.choices.items() if plain in {squeeze(w) for w in (value, *words)}), None
    )


def _allowed(rule: ColumnRule) -> str:
    return "、".join(words[0] if words else value for value, words in rule.choices.items())


def _choice(text: str, rule: ColumnRule, draft: _Draft) -> str | None:
    value = _meant(text, rule)
    if value is None:
        draft.remark(rule, text, f"不在可填的范围内，没有写入。可填：{_allowed(rule)}")
    return value


def _choices(text: str, rule: ColumnRule, draft: _Draft) -> tuple[str, ...] | None:
    if (whole := _meant(text, rule)) is not None:
        return (whole,)
    found: list[str] = []
    for part in filter(None, map(_line, _BETWEEN.split(text))):
        value = _meant(part, rule)
        if value is None:
            draft.remark(rule, part, f"不在可填的范围内，没有写入。可填：{_allowed(rule)}")
        else:
            found.append(value)
    return tuple(dict.fromkeys(found)) or None
