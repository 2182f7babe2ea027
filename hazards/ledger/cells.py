"""The cells of one row, read by the kind of their column into a draft of the hazard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date, time
from typing import Final

from core.sheets import (
    Grid,
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
from hazards.ledger.fields import RULE_OF, Field, Kind
from hazards.ledger.record import Kept, Remark
from hazards.ledger.words import read_state_word

_PLACEHOLDER_COUNTS: Final = frozenset({Field.DESCRIPTION, Field.ENTERPRISE_NAME})
"""Fields without which a row is no hazard: what stands there is wanted for the reason."""
_KNOWN_BEFORE_FILING: Final = frozenset({Field.FOUND_ON, Field.REPORTED_ON})
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", re.IGNORECASE)
_LIST_MARKS = (
    re.compile(r"(?:^|[\s；;。，,、])1\s*[.、)）](?!\d).+?[\s；;。，,]\s*2\s*[.、)）](?!\d)", re.DOTALL),
    re.compile(r"(?:^|\s|[；;。，,])[(（]1[)）].+?[(（]2[)）]", re.DOTALL),
    re.compile(r"①.+②|❶.+❷|⑴.+⑵|⒈.+⒉", re.DOTALL),
    re.compile(r"一是.+二是", re.DOTALL),
    re.compile(r"(?:^|[；;。])\s*a[^a-z].+?[；;。]\s*b[^a-z]", re.DOTALL | re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ledger's own date and today: what lies after them has not happened."""

    filed_on: date | None
    today: date

    @property
    def latest(self) -> date:
        """The last day that the ledger can know of."""
        return min(self.filed_on, self.today) if self.filed_on else self.today


@dataclass(frozen=True, slots=True)
class Plan:
    """How one column is read. `prefix` names the column inside a text that several columns fill."""

    index: int
    letter: str
    title: str
    field: Field | None
    unit: str = ""
    codes: Mapping[str, str] = with_default(default_factory=dict)
    prefix: str = ""


@dataclass(slots=True)
class Draft:
    """A row while it is read."""

    row: int
    texts: dict[Field, str] = with_default(default_factory=dict)
    days: dict[Field, date] = with_default(default_factory=dict)
    numbers: dict[Field, int] = with_default(default_factory=dict)
    late: set[Field] = with_default(default_factory=set)
    found_at: time | None = None
    stray_status: str = ""
    kept: list[Kept] = with_default(default_factory=list)
    remarks: list[Remark] = with_default(default_factory=list)
    plans: dict[Field, Plan] = with_default(default_factory=dict)

    def remark(self, at: Plan | Field, text: str, reason: str) -> None:
        """Adds a remark on a column of this row; a field without a column goes by its own name."""
        plan = at if isinstance(at, Plan) else self.plans.get(at)
        if plan is None:
            field = at if isinstance(at, Field) else None
            title = RULE_OF[field].label if field else ""
            self.remarks.append(Remark(self.row, title, text[:200], reason, field=field))
        else:
            cell = f"{plan.letter}{self.row}"
            self.remarks.append(Remark(self.row, plan.title, text[:200], reason, cell, plan.field))

    def keep(self, plan: Plan, text: str) -> None:
        """Keeps a text that has no typed place."""
        self.kept.append(Kept(plan.field, plan.title, text))


def read_cells(grid: Grid, row: int, plans: Sequence[Plan], bounds: Bounds) -> Draft:
    """A draft of the row; `plans` in the order of preference where two columns mean the same."""
    draft = Draft(row)
    for plan in plans:
        value = grid.same_as_above(row, plan.index)
        if plan.field is not None:
            draft.plans.setdefault(plan.field, plan)
        if not is_blank(value):
            _read_cell(draft, plan, value, bounds, grid)
    return draft


def _read_cell(draft: Draft, plan: Plan, value: Value, bounds: Bounds, grid: Grid) -> None:
    text = as_text(value)
    if isinstance(value, str) and (count := invisible_count(value)):
        draft.remark(plan, text, f"去掉了 {count} 个看不见的控制字符")
    if "\ufffd" in text:
        draft.remark(plan, text, "有字符因编码丢失，请对照原文补上")
    if plan.field is None:
        draft.keep(plan, text)
        return
    if _ERROR_VALUE.fullmatch(text):
        draft.remark(plan, text, "公式出错，没有值：原文保留")
        draft.keep(plan, text)
        return
    match RULE_OF[plan.field].kind:
        case Kind.HAPPENED:
            _read_event(draft, plan, plan.field, value, bounds, grid)
        case Kind.TERM:
            _read_term(draft, plan, plan.field, value, grid)
        case Kind.AMOUNT:
            _read_amount(draft, plan, plan.field, value)
        case Kind.COUNT:
            _read_count(draft, plan, plan.field, text)
        case Kind.CHOICE:
            _take_text(draft, plan, plan.field, text)
        case Kind.CODE | Kind.TEXT:
            _read_text(draft, plan, plan.field, text)


def _read_text(draft: Draft, plan: Plan, at: Field, text: str) -> None:
    if is_placeholder(text) and at not in _PLACEHOLDER_COUNTS:
        if at is Field.USCC and not is_stroke(text):
            draft.remark(plan, text, f"“{text}”不是统一社会信用代码：留空")
        return
    if at is Field.USCC:
        text = _checked_uscc(draft, plan, text)
    if at is Field.DESCRIPTION and looks_like_several(text):
        draft.remark(plan, text, "像是几条隐患写在一格：按一条登记，原文保留，请核对后拆分")
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


def _checked_uscc(draft: Draft, plan: Plan, text: str) -> str:
    code = normal_uscc(text)
    if not has_uscc_shape(code):
        draft.remark(plan, text, "不是 18 位统一社会信用代码：原文保留，代码留空")
        draft.keep(plan, text)
        return ""
    if not is_valid_uscc(code):
        draft.remark(plan, text, "统一社会信用代码的校验位不符，请核对")
    return code


def _read_event(draft: Draft, plan: Plan, at: Field, value: Value, bounds: Bounds, grid: Grid) -> None:
    """A day on which something was done: one that has not come yet is kept as text and establishes nothing."""
    moment = read_date(value, epoch_1904=grid.epoch_1904)
    if moment is None:
        _not_a_date(draft, plan, as_text(value))
        return
    if at in draft.days:
        if draft.days[at] != moment.day:
            draft.keep(plan, as_text(value))
        return
    limit = bounds.today if at in _KNOWN_BEFORE_FILING else bounds.latest
    if moment.day > limit:
        draft.late.add(at)
        draft.keep(plan, moment.day.isoformat())
        draft.remark(
            plan, moment.day.isoformat(), f"在{_limit_name(bounds, limit)}之后，不据此认定：原文保留，日期留空"
        )
        return
    if moment.day > bounds.latest:
        draft.remark(plan, moment.day.isoformat(), f"在填报日期 {bounds.latest.isoformat()} 之后，请核对")
    draft.days[at] = moment.day
    if at is Field.FOUND_ON:
        draft.found_at = moment.at


def _limit_name(bounds: Bounds, limit: date) -> str:
    name = "填报日期" if limit == bounds.filed_on else "今天"
    return f"{name} {limit.isoformat()} "


def _read_term(draft: Draft, plan: Plan, at: Field, value: Value, grid: Grid) -> None:
    moment = read_deadline(value, epoch_1904=grid.epoch_1904)
    if moment is None:
        _not_a_date(draft, plan, as_text(value))
    elif at not in draft.days:
        draft.days[at] = moment.day
    elif draft.days[at] != moment.day:
        draft.keep(plan, as_text(value))


def _not_a_date(draft: Draft, plan: Plan, text: str) -> None:
    if is_stroke(text):
        return
    draft.keep(plan, text)
    if read_state_word(text):
        draft.stray_status = draft.stray_status or text
        draft.remark(plan, text, f"“{text}”是整改状态，不是日期：原文保留，{plan.title}留空")
        return
    draft.remark(plan, text, f"“{text[:40]}”不是确切日期：原文保留，{plan.title}留空")


def _read_amount(draft: Draft, plan: Plan, at: Field, value: Value) -> None:
    text = as_text(value)
    amount = read_amount(value, unit=plan.unit or "元")
    if amount is None:
        if not is_stroke(text):
            draft.keep(plan, text)
            draft.remark(plan, text, f"“{text[:40]}”不是一个确切金额：原文保留，{plan.title}留空")
        return
    if at in draft.numbers:
        if draft.numbers[at] != amount.fen:
            draft.keep(plan, text)
        return
    draft.numbers[at] = amount.fen
    if amount.is_about:
        draft.keep(plan, text)
        draft.remark(plan, text, "原文是约数：按所写的数登记，原文保留")


def _read_count(draft: Draft, plan: Plan, at: Field, text: str) -> None:
    plain = squeeze(text).removesuffix("天").removesuffix("日").removesuffix("次")
    if re.fullmatch(r"\d{1,5}", plain):
        draft.numbers[at] = int(plain)
    elif not is_placeholder(text):
        draft.keep(plan, text)
        draft.remark(plan, text, "不是整数：原文保留")


def looks_like_several(text: str) -> bool:
    """Whether a description counts several hazards (1… 2…, ①②, 一是 二是, a b)."""
    return any(mark.search(text[:4000]) for mark in _LIST_MARKS)
