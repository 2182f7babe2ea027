"""Forms read into the same rows as a table: each form is one row, numbered through the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from core.sheets import HeadLine, Layout, Value, as_text, codes_in, is_blank, refuse_uncomputed, unit_of
from core.sheets.header import Header
from hazards.ledger.cells import first_plans, read_cells
from hazards.ledger.corrections import Corrections
from hazards.ledger.draft import Bounds, Plan
from hazards.ledger.fields import Field
from hazards.ledger.forms import Answer, Form, cell_name, is_filled, label_key
from hazards.ledger.head import declares_major, enterprise_of, filed_by, filed_on
from hazards.ledger.personal import mask_personal
from hazards.ledger.plans import SAMPLES
from hazards.ledger.record import Column, LedgerReading, LedgerRow, NotALedger, Outline, Remark, Skipped
from hazards.ledger.repeats import with_repeats_remarked
from hazards.ledger.rows import Whole, finish_row
from hazards.ledger.sheets import NO_DESCRIPTION, STATISTICS

NO_HEADER = (0, 0)
_HEAD = Header(0, 0, ())


@dataclass(frozen=True, slots=True)
class FormContext:
    """What is the same for all forms of a file."""

    today: date
    enterprise_name: str
    corrections: Corrections
    first_rows: int | None = None


def read_forms(forms: Sequence[Form], sheets: tuple[str, ...], context: FormContext) -> LedgerReading:
    """The forms as a ledger; raises NotALedger where none of them describes a hazard by its labels."""
    for grid in {id(form.grid): form.grid for form in forms}.values():
        refuse_uncomputed(grid)
    columns = _columns(forms, context.corrections)
    meanings = {label_key(column.title): column.field for column in columns}
    outline = Outline(sheets, forms[0].grid.name, NO_HEADER, columns, _shape(forms[0]))
    if Field.DESCRIPTION not in meanings.values():
        raise NotALedger(NO_DESCRIPTION, outline)
    if _counts_only(forms, meanings):
        raise NotALedger(STATISTICS, outline)
    rows, skipped, remarks = _rows(forms[: context.first_rows], meanings, context)
    head = _layout(forms[0])
    return LedgerReading(
        title=mask_personal(forms[0].title).text,
        sheet=forms[0].grid.name,
        filed_by=filed_by(head),
        filed_on=filed_on(head, context.today)[0],
        header_rows=NO_HEADER,
        columns=columns,
        rows=rows,
        skipped=skipped,
        remarks=remarks,
        footer="",
        shape=outline.shape,
        sheets=sheets,
        is_partial=context.first_rows is not None and len(forms) > context.first_rows,
        is_form=True,
    )


def _rows(
    forms: Sequence[Form], meanings: Mapping[str, Field | None], context: FormContext
) -> tuple[tuple[LedgerRow, ...], tuple[Skipped, ...], tuple[Remark, ...]]:
    rows: list[LedgerRow] = []
    skipped: list[Skipped] = []
    remarks: list[Remark] = []
    has_sheets = len({id(form.grid) for form in forms}) > 1
    for number, form in enumerate(forms, start=1):
        where = f"（工作表“{form.grid.name}”）" if has_sheets else ""
        if not is_filled(form):
            skipped.append(Skipped(number, f"表里什么都没有填{where}"))
            continue
        layout = _layout(form)
        day, about = filed_on(layout, context.today)
        remarks += [replace(remark, row=number) for remark in about]
        whole = Whole(
            all_major=declares_major(form.title or form.grid.name),
            enterprise_name=context.enterprise_name or enterprise_of(layout),
        )
        cells = _cells(form, meanings, sheet=form.grid.name if has_sheets else "")
        plans, bounds = first_plans(plan for plan, _ in cells), Bounds(day, context.today)
        draft = read_cells(number, cells, plans, bounds, epoch_1904=form.grid.epoch_1904)
        finished = finish_row(draft, whole, splits=context.corrections.splits(number))
        if isinstance(finished, Skipped):
            skipped.append(Skipped(number, finished.reason + where))
        else:
            rows += finished
    return with_repeats_remarked(rows, measure="张表"), tuple(skipped), tuple(remarks)


def _cells(form: Form, meanings: Mapping[str, Field | None], *, sheet: str) -> list[tuple[Plan, Value]]:
    cells: list[tuple[Plan, Value]] = []
    for answer in form.answers:
        path = (answer.title,)
        cell = cell_name(answer.value_at)
        plan = Plan(
            index=answer.value_at[1],
            letter=cell,
            title=answer.title or "（表中文字）",
            field=meanings.get(label_key(answer.title), answer.field),
            unit=unit_of(path),
            codes=codes_in(answer.title),
            cell=f"{sheet}!{cell}" if sheet else cell,
        )
        cells.append((plan, answer.value))
    return cells


def _columns(forms: Sequence[Form], corrections: Corrections) -> tuple[Column, ...]:
    """The labels of all forms, each once, by the cell where it first stands, with the first answers to it."""
    first: dict[str, Answer] = {}
    samples: dict[str, list[str]] = {}
    for form in forms:
        for answer in form.answers:
            if not answer.title:
                continue
            key = label_key(answer.title)
            first.setdefault(key, answer)
            known = samples.setdefault(key, [])
            text = mask_personal(as_text(answer.value)[:80], may_phone=answer.field is Field.PHONE).text[:60]
            if text and text not in known and len(known) < SAMPLES:
                known.append(text)
    columns = []
    for key, answer in first.items():
        letter = cell_name(answer.at)
        field = corrections.fields.get(letter, answer.field)
        codes, unit = codes_in(answer.title), unit_of((answer.title,))
        columns.append(Column(letter, answer.title, field, tuple(samples[key]), unit, codes))
    return tuple(columns)


def _counts_only(forms: Sequence[Form], meanings: Mapping[str, Field | None]) -> bool:
    """Whether what is taken for descriptions holds numbers only: then the form counts hazards."""
    said = [
        answer.value
        for form in forms
        for answer in form.answers
        if meanings.get(label_key(answer.title)) is Field.DESCRIPTION and not is_blank(answer.value)
    ]
    return bool(said) and all(isinstance(value, int | float) or as_text(value).isdecimal() for value in said)


def _layout(form: Form) -> Layout:
    """A form as a table without rows: its labels are lines of the head."""
    lines: tuple[HeadLine, ...] = form.head_lines
    return Layout(form.title, lines, _HEAD, (), (), (), "")


def _shape(form: Form) -> str:
    titles = "\x1e".join(label_key(answer.title) for answer in form.answers if answer.title)
    return sha256(f"form\x1e{titles}".encode("utf-8", "replace")).hexdigest()
