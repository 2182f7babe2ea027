"""A ledger file read from its bytes: the sheet chosen, its columns understood, every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from openpyxl.utils import get_column_letter

from core.sheets import (
    Grid,
    HeadLine,
    Layout,
    as_text,
    codes_in,
    find_layout,
    is_blank,
    open_sheets,
    read_date,
    refuse_uncomputed,
    squeeze,
    title_of,
    title_of_path,
    unit_of,
)
from core.sheets.header import Path
from hazards.ledger.cells import Bounds, Plan, read_cells
from hazards.ledger.choices import legend_in
from hazards.ledger.fields import RULE_OF, Field, Kind, synonyms
from hazards.ledger.keys import merge_key
from hazards.ledger.record import Column, LedgerReading, LedgerRow, NotALedger, Remark, Skipped
from hazards.ledger.rows import Whole, finish_row

STATISTICS: Final = "这不是隐患台账，而是统计表（没有逐条的隐患描述），没有写入任何内容。"
NO_DESCRIPTION: Final = "这不是隐患台账：没有找到「隐患描述」一列，没有写入任何内容。请检查是否选错了文件。"
NO_ROWS: Final = "台账里没有一条记录，没有写入任何内容。请检查是否选错了文件。"

_SYNONYMS: Final = synonyms()
_STATISTICS_WORDS: Final = ("统计表", "月报表", "季报表", "年报表", "排查单位数", "整改率", "隐患数", "已整改数")
_FILED_BY: Final = frozenset(
    ["填报单位", "填表单位", "上报单位", "报送单位", "编制单位", "填报部门", "制表单位", "报告单位"]
)
_FILED_ON: Final = frozenset(
    [
        "填报日期",
        "填报时间",
        "填表日期",
        "填表时间",
        "上报日期",
        "上报时间",
        "制表日期",
        "报送日期",
        "报送时间",
        "日期",
        "截止日期",
    ]
)
_ENTERPRISE: Final = frozenset(
    ["单位名称", "企业名称", "受检单位", "被检查单位", "生产经营单位", "生产经营单位名称", "企业"]
)
_ENTERPRISE_ENDING = re.compile(
    r"(?:公司|厂|矿|集团|企业|店|商场|市场|酒店|宾馆|医院|学校|幼儿园|合作社|加油站|养殖场)$"
)
_TITLE_TAIL = re.compile(r"(?:\d{4}年.*)?(?:重大|一般|安全生产|生产安全|安全|事故)*隐患.*$")
_BRACKETS = re.compile(r"\([^()]*\)")
SAMPLES = 3


class _Sheet(NamedTuple):
    grid: Grid
    layout: Layout
    fields: tuple[Field | None, ...]


def read_ledger(data: bytes, filename: str, *, today: date, enterprise_name: str = "") -> LedgerReading:
    """Reads one .xlsx or .csv ledger; writes nothing.

    `today` is the Shanghai day. `enterprise_name` is the enterprise of all rows that name none; without it the
    file's own head (单位名称：…, or the title) is asked. Raises BadFile for what is no table and NotALedger for a
    table that lists no hazards, each with one sentence for the person.
    """
    grids = open_sheets(data, filename)
    sheet, others = _choose(grids)
    refuse_uncomputed(sheet.grid)
    layout = sheet.layout
    filed_on, remarks = _filed_on(layout, today)
    plans = _plans(sheet)
    whole = Whole(
        all_major=declares_major(layout.title or sheet.grid.name),
        legend=legend_in(layout.footer + "\n" + layout.title),
        enterprise_name=enterprise_name or _enterprise_of(layout),
    )
    rows, skipped = _rows(sheet, plans, Bounds(filed_on, today), whole)
    return LedgerReading(
        title=layout.title,
        sheet=sheet.grid.name,
        filed_by=_line(layout.head_lines, _FILED_BY),
        filed_on=filed_on,
        header_rows=(layout.header.first_row, layout.header.last_row),
        columns=tuple(_column(sheet, plan) for plan in sorted(plans, key=lambda plan: plan.index)),
        rows=rows,
        skipped=skipped,
        remarks=(*remarks, *_remarks(sheet, plans, others, whole)),
        footer=layout.footer,
    )


def declares_major(title: str) -> bool:
    """Whether a title says that all rows are major: 重大事故隐患…台账, unless it names general ones too."""
    plain = squeeze(title)
    return bool(re.search(r"重大(?:安全)?(?:生产)?(?:事故|火灾)?隐患", plain)) and "一般" not in plain


def _choose(grids: Sequence[Grid]) -> tuple[_Sheet, tuple[str, ...]]:
    """The sheet with the most understood columns, then rows; and the names of other sheets with records."""
    sheets = [sheet for grid in grids if (sheet := _understood(grid))]
    ledgers = [sheet for sheet in sheets if Field.DESCRIPTION in sheet.fields and not _counts_only(sheet)]
    if not ledgers:
        raise NotALedger(STATISTICS if any(_is_statistics(grid) for grid in grids) else NO_DESCRIPTION)
    filled = [sheet for sheet in ledgers if sheet.layout.data_rows or sheet.layout.asides]
    if not filled:
        raise NotALedger(NO_ROWS)
    best = max(filled, key=lambda sheet: (len(set(sheet.fields)), len(sheet.layout.data_rows)))
    return best, tuple(sheet.grid.name for sheet in filled if sheet is not best)


def _understood(grid: Grid) -> _Sheet | None:
    layout = find_layout(grid, lambda path: _SYNONYMS.meaning(path) is not None)
    if layout is None:
        return None
    return _Sheet(grid, layout, tuple(_field(path) for path in layout.header.paths))


def _field(path: Path) -> Field | None:
    meaning = _SYNONYMS.meaning(path)
    return Field(meaning.field) if meaning else None


def _counts_only(sheet: _Sheet) -> bool:
    """Whether the column taken for the description holds numbers: then it counts hazards, it lists none."""
    column = sheet.fields.index(Field.DESCRIPTION) + 1
    values = [sheet.grid.same_as_above(row, column) for row in sheet.layout.data_rows]
    said = [value for value in values if not is_blank(value)]
    return bool(said) and all(isinstance(value, int | float) for value in said)


def _is_statistics(grid: Grid) -> bool:
    head = squeeze(title_of(grid, 10) + "".join(grid.text(r, c) for r in range(1, 11) for c in grid.filled(r)))
    return any(word in head for word in _STATISTICS_WORDS)


def _plans(sheet: _Sheet) -> list[Plan]:
    """One plan for each column that has a title or holds something, best match of each field first."""
    paths = sheet.layout.header.paths
    ranked: list[tuple[int, Plan]] = []
    for index, (path, field) in enumerate(zip(paths, sheet.fields, strict=True), start=1):
        if not path and not _samples(sheet, index):
            continue
        meaning = _SYNONYMS.meaning(path)
        title = title_of_path(path)
        codes = codes_in(path[-1]) if path else {}
        plan = Plan(
            index=index,
            letter=get_column_letter(index),
            title=(codes and re.split(r"[（(：:]", title, maxsplit=1)[0]) or title,
            field=field,
            unit=unit_of(path),
            codes=codes,
            prefix=path[-1] if len(path) > 1 and field and sheet.fields.count(field) > 1 else "",
        )
        ranked.append((meaning.rank if meaning else 0, plan))
    return [plan for _, plan in sorted(ranked, key=lambda pair: (pair[0], pair[1].index))]


def _column(sheet: _Sheet, plan: Plan) -> Column:
    title = title_of_path(sheet.layout.header.path(plan.index))
    return Column(plan.letter, title, plan.field, _samples(sheet, plan.index), plan.unit, plan.codes)


def _samples(sheet: _Sheet, index: int) -> tuple[str, ...]:
    """The first different texts of a column, shortened, for a person to judge its meaning by."""
    found: list[str] = []
    for row in sheet.layout.data_rows:
        text = as_text(sheet.grid.own(row, index))[:60]
        if text and text not in found:
            found.append(text)
            if len(found) == SAMPLES:
                break
    return tuple(found)


def _rows(
    sheet: _Sheet, plans: Sequence[Plan], bounds: Bounds, whole: Whole
) -> tuple[tuple[LedgerRow, ...], tuple[Skipped, ...]]:
    finished = [finish_row(read_cells(sheet.grid, row, plans, bounds), whole) for row in sheet.layout.data_rows]
    rows = _with_repeats_remarked(row for row in finished if isinstance(row, LedgerRow))
    skipped = [row for row in finished if isinstance(row, Skipped)]
    skipped += [Skipped(aside.row, aside.reason) for aside in sheet.layout.asides]
    return rows, tuple(sorted(skipped, key=lambda one: one.row))


def _with_repeats_remarked(rows: Iterable[LedgerRow]) -> tuple[LedgerRow, ...]:
    """Points out a row that the file has twice: both are there, and will become one hazard."""
    first: dict[str, int] = {}
    remarked: list[LedgerRow] = []
    for row in rows:
        before = first.setdefault(merge_key(row), row.row)
        if before != row.row:
            reason = f"与第 {before} 行是同一条隐患（编号或企业、时间、位置、描述相同），将并为一条"
            row = replace(row, remarks=(*row.remarks, Remark(row.row, "隐患描述", row.description[:200], reason)))
        remarked.append(row)
    return tuple(remarked)


def _line(lines: Iterable[HeadLine], labels: frozenset[str]) -> str:
    found = (as_text(line.value) for line in lines if _BRACKETS.sub("", line.label) in labels)
    return next((text for text in found if text), "")


def _filed_on(layout: Layout, today: date) -> tuple[date | None, tuple[Remark, ...]]:
    """The ledger's own date; one that is no date or has not come yet is remarked."""
    for line in layout.head_lines:
        if _BRACKETS.sub("", line.label) not in _FILED_ON or is_blank(line.value):
            continue
        text = as_text(line.value)
        moment = read_date(line.value)
        if moment is None:
            return None, (Remark(line.row, line.label, text, f"“{text[:40]}”不是确切日期：填报日期留空"),)
        if moment.day > today:
            reason = f"填报日期在今天 {today.isoformat()} 之后，请核对：以今天为准判断状态"
            return moment.day, (Remark(line.row, line.label, text, reason),)
        return moment.day, ()
    return None, ()


def _enterprise_of(layout: Layout) -> str:
    """The enterprise that the whole file is about: named at its head, or before 隐患 in its title."""
    named = _line(layout.head_lines, _ENTERPRISE)
    if named:
        return named
    for text in (_TITLE_TAIL.sub("", layout.title).strip(), _line(layout.head_lines, _FILED_BY)):
        if _ENTERPRISE_ENDING.search(text):
            return text
    return ""


def _remarks(sheet: _Sheet, plans: Sequence[Plan], others: tuple[str, ...], whole: Whole) -> list[Remark]:
    """What a person should know about the file as a whole."""
    head = sheet.layout.header.last_row
    remarks = [
        Remark(head, plan.title, "；".join(_samples(sheet, plan.index)), "没有看懂这一列：内容随每行原样保留")
        for plan in plans
        if plan.field is None
    ]
    remarks += [
        Remark(head, plan.title, "", "表头没有写单位：没有单位的数按元读")
        for plan in plans
        if plan.field and RULE_OF[plan.field].kind is Kind.AMOUNT and not plan.unit
    ]
    if Field.ENTERPRISE_NAME not in sheet.fields and whole.enterprise_name:
        reason = f"没有企业名称一列：全部记在“{whole.enterprise_name}”名下"
        remarks.append(Remark(head, "企业名称", whole.enterprise_name, reason))
    if not {Field.STATUS, Field.PROGRESS} & set(sheet.fields):
        reason = "没有整改状态一列：依次看销号时间、复查时间和复查人、整改完成时间，都没有的按「已上报」导入"
        remarks.append(Remark(head, "整改状态", "", reason))
    remarks += [Remark(head, "", name, f"工作表“{name}”也像台账，这次没有读：请单独导入") for name in others]
    if sheet.grid.lost_characters:
        reason = f"有 {sheet.grid.lost_characters} 个字符因编码丢失，请对照原文"
        remarks.append(Remark(head, "", "", reason))
    return remarks
