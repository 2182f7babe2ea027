"""How each column of a sheet is read, and what is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from openpyxl.utils import get_column_letter

from core.sheets import Layout, Value, as_text, codes_in, is_blank, title_of_path, unit_of
from hazards.ledger.draft import Plan
from hazards.ledger.fields import RULE_OF, Field, Kind
from hazards.ledger.head import HEAD_LABELS
from hazards.ledger.personal import mask_personal
from hazards.ledger.record import Column
from hazards.ledger.understanding import Sheet, Understanding

_UNIT_LABELS: Final = frozenset(["单位", "金额单位", "资金单位"])
_OF_ALL: Final = frozenset({Field.FOUND_ON, Field.FOUND_BY, Field.CHECK_OFFICE, Field.DOCUMENT_NUMBER})
_OF_THE_ENTERPRISE: Final = frozenset({Field.USCC, Field.ADDRESS, Field.INDUSTRY, Field.PRINCIPAL_NAME})
SAMPLES: Final = 3
SAMPLED_ROWS: Final = 300


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


def told_above(sheet: Sheet, understanding: Understanding) -> list[tuple[Plan, Value]]:
    """What stands above the table and holds for all its rows, where no column says it (检查时间：2026年9月1日)."""
    has_names = Field.ENTERPRISE_NAME in sheet.fields
    found: dict[Field, tuple[Plan, Value]] = {}
    for line in sheet.layout.head_lines:
        field = understanding.field_of(line.label)
        if field is None or field in sheet.fields or is_blank(line.value) or line.label in HEAD_LABELS:
            continue
        if field in _OF_ALL or (field in _OF_THE_ENTERPRISE and not has_names):
            cell = f"{get_column_letter(line.column)}{line.row}"
            found.setdefault(field, (Plan(0, "", line.label, field, cell=cell), line.value))
    return list(found.values())


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
