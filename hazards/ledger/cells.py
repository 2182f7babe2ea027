"""The cells of one row, read by the kind of their column into a draft of the hazard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from core.sheets import (
    Value,
    as_text,
    is_blank,
    is_placeholder,
    is_stroke,
    read_amount,
    read_date,
    read_deadline,
    squeeze,
)
from core.sheets.text import invisible_count
from core.uscc import has_uscc_shape, is_valid_uscc, normal_uscc
from hazards.ledger.draft import Bounds, Draft, Plan
from hazards.ledger.fields import RULE_OF, Field, Kind
from hazards.ledger.personal import PHONE, mask_personal
from hazards.ledger.words import read_state_word

_PLACEHOLDER_COUNTS: Final = frozenset({Field.DESCRIPTION, Field.ENTERPRISE_NAME})
"""Fields without which a row is no hazard: what stands there is wanted for the reason."""
_KNOWN_BEFORE_FILING: Final = frozenset({Field.FOUND_ON, Field.REPORTED_ON})
_NUMBERS_OF_THINGS: Final = frozenset(
    {
        Field.SERIAL,
        Field.NUMBER,
        Field.REGION_CODE,
        Field.USCC,
        Field.DOCUMENT_NUMBER,
        Field.LISTING_NUMBER,
    }
)
_PERSONS: Final = frozenset(
    {
        Field.PRINCIPAL_NAME,
        Field.FOUND_BY,
        Field.RESPONSIBLE_PERSON,
        Field.REGULATOR_PERSON,
        Field.REINSPECTED_BY,
    }
)
_MAY_STRAY_INTO: Final = _PERSONS | {Field.MEASURES, Field.NOTE, Field.PLACE, Field.CONTROLS}
LONGEST_WORD: Final = 20
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", re.IGNORECASE)
_UNIT_AND_PERSON = re.compile(r"(?:部门|单位)/(?:责任)?人")


class Cell(NamedTuple):
    """A value with the plan of its column; `text` may go on, with the kinds of personal data hidden in it."""

    plan: Plan
    value: Value
    text: str
    hidden: tuple[str, ...]
    epoch_1904: bool


def first_plans(plans: Iterable[Plan]) -> dict[Field, Plan]:
    """The plan of each field, of several the first."""
    found: dict[Field, Plan] = {}
    for plan in plans:
        if plan.field is not None:
            found.setdefault(plan.field, plan)
    return found


def read_cells(
    row: int,
    cells: Iterable[tuple[Plan, Value]],
    plans: Mapping[Field, Plan],
    bounds: Bounds,
    *,
    epoch_1904: bool = False,
) -> Draft:
    """A draft of the row; `cells` in the order of preference where two columns mean the same."""
    draft = Draft(row, plans)
    add_cells(draft, cells, bounds, epoch_1904=epoch_1904)
    return draft


def add_cells(draft: Draft, cells: Iterable[tuple[Plan, Value]], bounds: Bounds, *, epoch_1904: bool = False) -> None:
    """Reads more cells into a draft."""
    for plan, value in cells:
        if not is_blank(value):
            _read_cell(draft, _cell(plan, value, epoch_1904), bounds)


def _cell(plan: Plan, value: Value, epoch_1904: bool) -> Cell:
    text = as_text(value)
    masked = mask_personal(text, is_number=plan.field in _NUMBERS_OF_THINGS, may_phone=plan.field is Field.PHONE)
    return Cell(plan, masked.text if masked.hidden else value, masked.text, masked.hidden, epoch_1904)


def _read_cell(draft: Draft, cell: Cell, bounds: Bounds) -> None:
    plan, text = cell.plan, cell.text
    if isinstance(cell.value, str) and (count := invisible_count(cell.value)):
        draft.remark(plan, text, f"去掉了 {count} 个看不见的控制字符")
    if "\ufffd" in text:
        draft.remark(plan, text, "有字符因编码丢失，请对照原文补上")
    if cell.hidden:
        draft.remark(plan, text, f"里面有{'和'.join(cell.hidden)}：已遮盖，原文只留在原件里")
    if plan.field is None:
        draft.keep(plan, text)
        return
    if text[0] == "#" and _ERROR_VALUE.fullmatch(text):
        draft.remark(plan, text, "公式出错，没有值：原文保留")
        draft.keep(plan, text)
        return
    kind = RULE_OF[plan.field].kind
    if kind is Kind.TEXT or kind is Kind.CODE:
        _read_text(draft, cell, plan.field)
    elif kind is Kind.HAPPENED:
        _read_event(draft, cell, plan.field, bounds)
    elif kind is Kind.CHOICE:
        _take_text(draft, plan, plan.field, text)
    elif kind is Kind.TERM:
        _read_term(draft, cell, plan.field)
    elif kind is Kind.AMOUNT:
        _read_amount(draft, cell, plan.field)
    else:
        _read_count(draft, cell, plan.field)


def _read_text(draft: Draft, cell: Cell, at: Field) -> None:
    plan, text = cell.plan, cell.text
    if is_placeholder(text) and at not in _PLACEHOLDER_COUNTS:
        if at is Field.USCC and not is_stroke(text):
            draft.remark(plan, text, f"“{text}”不是统一社会信用代码：留空")
        return
    if at is Field.USCC:
        text = _checked_uscc(draft, plan, text)
    if at in _PERSONS and _is_no_person(draft, cell):
        return
    if at in _MAY_STRAY_INTO and len(text) <= LONGEST_WORD and read_state_word(text):
        draft.stray_states.append((plan, text))
    if at is Field.RESPONSIBLE_PERSON:
        text = _without_unit(draft, plan, text)
    if text:
        _take_text(draft, plan, at, text)


def _take_text(draft: Draft, plan: Plan, at: Field, text: str) -> None:
    """Puts a text in its field; a second column of the field joins, or is kept where it differs."""
    before = draft.texts.get(at)
    said = f"{plan.prefix}：{text}" if plan.prefix else text
    if before is None:
        draft.texts[at] = said
    elif RULE_OF[at].joins:
        draft.texts[at] = f"{before}；{said}"
    elif squeeze(before) != squeeze(text):
        draft.keep(plan, text)


def _is_no_person(draft: Draft, cell: Cell) -> bool:
    """Whether a day, a telephone number or a state stands where a person should: kept, remarked, not taken."""
    plan, text = cell.plan, cell.text
    if isinstance(cell.value, date) or (len(text) >= 8 and text[:4].isdecimal() and read_date(cell.value)):
        what = "是日期"
    elif PHONE in cell.hidden and not re.search(r"[^\W\d_]", text):
        what = "是电话号码"
    elif read_state_word(text):
        what = "是整改状态"
        draft.stray_states.append((plan, text))
    else:
        return False
    draft.keep(plan, text)
    draft.remark(plan, text, f"“{text[:40]}”{what}，不是姓名：原文保留，{plan.title}留空")
    return True


def _without_unit(draft: Draft, plan: Plan, text: str) -> str:
    """The person of 设备部/张三 under a title that asks for both; the department goes to its own field."""
    unit, stroke, person = (part.strip() for part in squeeze_strokes(text).partition("/"))
    if not (stroke and unit and person) or "/" in person or not _UNIT_AND_PERSON.search(plan.title):
        return text
    if is_placeholder(unit) or is_placeholder(person) or Field.RESPONSIBLE_UNIT in draft.plans:
        return text
    draft.texts.setdefault(Field.RESPONSIBLE_UNIT, unit)
    return person


def squeeze_strokes(text: str) -> str:
    """A text with its full-width strokes as plain ones."""
    return text.replace("／", "/")


def _checked_uscc(draft: Draft, plan: Plan, text: str) -> str:
    code = normal_uscc(text)
    if not has_uscc_shape(code):
        draft.remark(plan, text, "不是 18 位统一社会信用代码：原文保留，代码留空")
        draft.keep(plan, text)
        draft.raw.setdefault(Field.USCC, text)
        return ""
    if not is_valid_uscc(code):
        draft.remark(plan, text, "统一社会信用代码的校验位不符，请核对")
    return code


def _read_event(draft: Draft, cell: Cell, at: Field, bounds: Bounds) -> None:
    """A day on which something was done: one that has not come yet is kept as text and establishes nothing."""
    plan = cell.plan
    moment = read_date(cell.value, epoch_1904=cell.epoch_1904)
    if moment is None:
        if not is_placeholder(cell.text):
            _not_a_date(draft, cell)
        return
    if at in draft.days:
        if draft.days[at] != moment.day:
            draft.keep(plan, cell.text)
        return
    limit = bounds.today if at in _KNOWN_BEFORE_FILING else bounds.latest
    written = moment.day.isoformat()
    if moment.day > limit:
        draft.late.add(at)
        draft.keep(plan, written)
        draft.remark(plan, written, f"在{_limit_name(bounds, limit)}之后，不据此认定：原文保留，日期留空")
        return
    if moment.day > bounds.latest:
        draft.remark(plan, written, f"在填报日期 {bounds.latest.isoformat()} 之后，请核对")
    draft.days[at] = moment.day
    if at is Field.FOUND_ON:
        draft.found_at = moment.at


def _limit_name(bounds: Bounds, limit: date) -> str:
    name = "填报日期" if limit == bounds.filed_on else "今天"
    return f"{name} {limit.isoformat()} "


def _read_term(draft: Draft, cell: Cell, at: Field) -> None:
    moment = read_deadline(cell.value, epoch_1904=cell.epoch_1904)
    if moment is None:
        if not is_stroke(cell.text):
            _not_a_date(draft, cell)
    elif at not in draft.days:
        draft.days[at] = moment.day
    elif draft.days[at] != moment.day:
        draft.keep(cell.plan, cell.text)


def _not_a_date(draft: Draft, cell: Cell) -> None:
    plan, text = cell.plan, cell.text
    draft.keep(plan, text)
    what = "不是确切日期"
    if read_state_word(text):
        draft.stray_states.append((plan, text))
        what = "是整改状态，不是日期"
    elif PHONE in cell.hidden and not re.search(r"[^\W\d_]", text):
        what = "是电话号码，不是日期"
    draft.remark(plan, text, f"“{text[:40]}”{what}：原文保留，{plan.title}留空")


def _read_amount(draft: Draft, cell: Cell, at: Field) -> None:
    plan, text = cell.plan, cell.text
    amount = read_amount(cell.value, unit=plan.unit or "元")
    if amount is None:
        if not is_placeholder(text):
            draft.keep(plan, text)
            what = "是日期，不是金额" if isinstance(cell.value, date) else "不是一个确切金额"
            draft.remark(plan, text, f"“{text[:40]}”{what}：原文保留，{plan.title}留空")
        return
    if at in draft.numbers:
        if draft.numbers[at] != amount.fen:
            draft.keep(plan, text)
        return
    draft.numbers[at] = amount.fen
    draft.raw[at] = text
    if amount.is_about:
        draft.keep(plan, text)
        draft.remark(plan, text, "原文是约数：按所写的数登记，原文保留")


def _read_count(draft: Draft, cell: Cell, at: Field) -> None:
    plain = squeeze(cell.text).removesuffix("天").removesuffix("日").removesuffix("次")
    if re.fullmatch(r"[0-9]{1,5}", plain):
        draft.numbers[at] = int(plain)
    elif not is_placeholder(cell.text):
        draft.keep(cell.plan, cell.text)
        draft.remark(cell.plan, cell.text, "不是整数：原文保留")
