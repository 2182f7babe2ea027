"""A ledger file read from its bytes: the sheet chosen, its columns understood, every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from core.sheets import Grid, Value, as_text, open_sheets, refuse_uncomputed
from hazards.ledger.cells import add_cells, first_plans, read_cells
from hazards.ledger.choices import legend_in
from hazards.ledger.corrections import Corrections
from hazards.ledger.draft import Bounds, Plan
from hazards.ledger.fields import RULE_OF, Field, Kind
from hazards.ledger.form_reading import FormContext, read_forms
from hazards.ledger.forms import find_forms
from hazards.ledger.head import declares_major, enterprise_of, filed_by, filed_on
from hazards.ledger.personal import mask_personal
from hazards.ledger.plans import column_of, in_order, plans_of, samples, told_above
from hazards.ledger.record import LedgerReading, LedgerRow, Remark, Skipped
from hazards.ledger.repeats import with_repeats_remarked
from hazards.ledger.rows import Whole, finish_row
from hazards.ledger.sheets import Choice, choose
from hazards.ledger.understanding import Sheet, Understanding

ROWS_AROUND: Final = 60
"""Rows that a preview reads beside the data rows asked for: title, head, header, rows set aside."""
_NOTHING = Corrections()


def read_ledger(
    data: bytes,
    filename: str,
    *,
    today: date,
    enterprise_name: str = "",
    corrections: Corrections = _NOTHING,
    titles: Mapping[str, Field] | None = None,
    first_rows: int | None = None,
) -> LedgerReading:
    """Reads one ledger; writes nothing.

    `today` is the Shanghai day. `enterprise_name` is the enterprise of all rows that name none; without it the
    file's own head (单位名称：…, or the title) is asked. `corrections` is how a person says the file is to be
    understood, `titles` are an office's own synonyms, `first_rows` bounds the data rows of a preview. Raises
    BadFile for what is no table and NotALedger for a table that lists no hazards, each with one sentence.
    """
    return read_grids(
        open_sheets(data, filename, first_rows=None if first_rows is None else first_rows + ROWS_AROUND),
        today=today,
        enterprise_name=enterprise_name,
        corrections=corrections,
        titles=titles,
        first_rows=first_rows,
    )


def read_grids(
    grids: Sequence[Grid],
    *,
    today: date,
    enterprise_name: str = "",
    corrections: Corrections = _NOTHING,
    titles: Mapping[str, Field] | None = None,
    first_rows: int | None = None,
) -> LedgerReading:
    """As `read_ledger`, from sheets that are open already."""
    understanding = Understanding(titles or {}, corrections)
    names = tuple(grid.name for grid in grids)
    if forms := find_forms(grids, understanding):
        return read_forms(forms, names, FormContext(today, enterprise_name, corrections, first_rows))
    choice = choose(grids, understanding)
    sheet = choice.sheet
    refuse_uncomputed(sheet.grid)
    layout = sheet.layout
    day, remarks = filed_on(layout, today)
    plans = plans_of(sheet)
    whole = Whole(
        all_major=declares_major(layout.title or sheet.grid.name),
        legend=legend_in(layout.footer + "\n" + layout.title),
        enterprise_name=enterprise_name or enterprise_of(layout),
    )
    data_rows = layout.data_rows if first_rows is None else layout.data_rows[:first_rows]
    above = told_above(sheet, understanding)
    rows, skipped = _rows(sheet, data_rows, _How(plans, above, Bounds(day, today), whole, corrections))
    return LedgerReading(
        title=mask_personal(layout.title).text,
        sheet=sheet.grid.name,
        filed_by=filed_by(layout),
        filed_on=day,
        header_rows=(layout.header.first_row, layout.header.last_row),
        columns=tuple(column_of(sheet, plan) for plan in in_order(plans)),
        rows=rows,
        skipped=skipped,
        remarks=(*remarks, *_above_remarks(above), *_remarks(choice, plans, whole, corrections)),
        footer=mask_personal(layout.footer).text,
        shape=choice.shape,
        sheets=names,
        is_partial=len(data_rows) < len(layout.data_rows) or sheet.grid.is_partial,
    )


class _How(NamedTuple):
    """How the rows of a sheet are read."""

    plans: Sequence[Plan]
    above: Sequence[tuple[Plan, Value]]
    bounds: Bounds
    whole: Whole
    corrections: Corrections


def _rows(sheet: Sheet, numbers: Sequence[int], how: _How) -> tuple[tuple[LedgerRow, ...], tuple[Skipped, ...]]:
    plans, above, bounds, whole, corrections = how
    grid = sheet.grid
    rows: list[LedgerRow] = []
    skipped: list[Skipped] = []
    first = first_plans([*plans, *(plan for plan, _ in above)])
    merged = {row for row, _ in grid.merges}
    for number in numbers:
        cells = _merged_cells(grid, number, plans) if number in merged else _plain_cells(grid, number, plans)
        draft = read_cells(number, cells, first, bounds, epoch_1904=grid.epoch_1904)
        if above and not draft.is_empty:
            add_cells(draft, above, bounds, epoch_1904=grid.epoch_1904)
        finished = finish_row(draft, whole, splits=corrections.splits(number))
        if isinstance(finished, Skipped):
            skipped.append(finished)
        else:
            rows += finished
    last = numbers[-1] if len(numbers) < len(sheet.layout.data_rows) else sheet.grid.height
    skipped += [Skipped(aside.row, aside.reason) for aside in sheet.layout.asides if aside.row <= last]
    return with_repeats_remarked(rows), tuple(sorted(skipped, key=lambda one: one.row))


def _plain_cells(grid: Grid, row: int, plans: Sequence[Plan]) -> Iterator[tuple[Plan, Value]]:
    values = grid.rows[row - 1]
    return ((plan, values[plan.index - 1]) for plan in plans if plan.index <= len(values))


def _merged_cells(grid: Grid, row: int, plans: Sequence[Plan]) -> Iterator[tuple[Plan, Value]]:
    return ((plan, grid.same_as_above(row, plan.index)) for plan in plans)


def _above_remarks(above: Sequence[tuple[Plan, Value]]) -> list[Remark]:
    """What is taken for all rows from above the table."""
    return [
        Remark(
            int(plan.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            plan.title,
            mask_personal(as_text(value)).text[:200],
            f"表头上方写着{plan.title}：每一行都按它登记",
            plan.cell,
            plan.field,
        )
        for plan, value in above
    ]


def _remarks(choice: Choice, plans: Sequence[Plan], whole: Whole, corrections: Corrections) -> list[Remark]:
    """What a person should know about the file as a whole."""
    sheet = choice.sheet
    head = sheet.layout.header.last_row
    remarks = [
        Remark(head, plan.title, "；".join(samples(sheet, plan.index)), "没有看懂这一列：内容随每行原样保留")
        for plan in plans
        if plan.field is None and plan.letter not in corrections.fields
    ]
    remarks += [
        Remark(head, plan.title, "", "表头没有写单位：没有单位的数按元读", field=plan.field)
        for plan in plans
        if plan.field and RULE_OF[plan.field].kind is Kind.AMOUNT and not plan.unit
    ]
    if Field.ENTERPRISE_NAME not in sheet.fields and whole.enterprise_name:
        reason = f"没有企业名称一列：全部记在“{whole.enterprise_name}”名下"
        remarks.append(Remark(head, "企业名称", whole.enterprise_name, reason, field=Field.ENTERPRISE_NAME))
    if not {Field.STATUS, Field.PROGRESS} & set(sheet.fields):
        reason = "没有整改状态一列：依次看销号时间、复查时间和复查人、整改完成时间，都没有的按「已上报」导入"
        remarks.append(Remark(head, "整改状态", "", reason, field=Field.STATUS))
    remarks += [Remark(head, "", name, f"工作表“{name}”也像台账，这次没有读：请单独导入") for name in choice.others]
    if sheet.grid.lost_characters:
        reason = f"有 {sheet.grid.lost_characters} 个字符因编码丢失，请对照原文"
        remarks.append(Remark(head, "", "", reason))
    return remarks
