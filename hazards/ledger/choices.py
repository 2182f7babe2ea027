"""The cells that hold one word of a short list, or a code for it, read into the register's own values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import normalize

from core.sheets import is_placeholder, read_date, squeeze
from hazards.ledger.draft import Draft
from hazards.ledger.fields import RULE_OF, Field
from hazards.ledger.words import (
    Listing,
    StateWord,
    read_category,
    read_channel,
    read_grade_word,
    read_level,
    read_listing,
    read_state_word,
    read_stop,
)
from workflows.vocabulary import Category, Channel, Grade, StopScope

_CODE = re.compile(r"(?P<code>\d{1,2}|[A-Za-z])(?:\s?[:：=\-—–.、]\s?(?P<word>[^\d\s].{0,20}))?")
_LEGEND = re.compile(r"(\d)\s*级\s*(?:为|是|:|=|即)\s*([^\d\s,;。、:()]{1,20})")


def legend_in(note: str) -> dict[str, str]:
    """What the instructions under a table say the grades mean: `1级为重大隐患，3级为一般隐患`."""
    return dict(_LEGEND.findall(normalize("NFKC", note)))


def word_of(draft: Draft, field: Field) -> str:
    """The word of a choice; a code is replaced by the word its column's title gives it.

    A code that the title does not list is kept and remarked, and says nothing. Of a code with its word (`2-重大`) the
    word counts.
    """
    text = draft.texts.get(field, "")
    plan = draft.plans.get(field)
    if not text or plan is None or not plan.codes:
        return text
    match = _CODE.fullmatch(normalize("NFKC", text).strip())
    if match is None:
        return text
    if match["word"]:
        return match["word"]
    code = match["code"].upper()
    if code in plan.codes:
        return plan.codes[code]
    if not code.isdecimal():
        return text
    draft.keep(plan, text)
    draft.remark(plan, text, f"代码“{text}”不在表头的代码表里：原文保留，留空")
    return ""


def _unknown(draft: Draft, field: Field, text: str, what: str) -> None:
    """Keeps and remarks a word that the field does not have; one that belongs in another column is told as such."""
    if not text or is_placeholder(text):
        return
    plan, grade = draft.plans[field], read_grade_word(text)
    draft.keep(plan, text)
    if read_state_word(text):
        draft.stray_states.append((plan, text))
        what = f"是整改状态，不是{RULE_OF[field].label}"
    elif grade and grade.is_exact:
        what = f"是隐患等级，不是{RULE_OF[field].label}"
    elif moment := read_date(text):
        what = f"是日期 {moment.day.isoformat()}，不是{RULE_OF[field].label}"
    draft.remark(field, text, f"“{text[:40]}”{what}：原文保留")


class GradeReading(NamedTuple):
    """The grade, and whether the file itself declares it."""

    grade: Grade
    is_declared: bool


def choose_grade(draft: Draft, *, all_major: bool, legend: Mapping[str, str]) -> GradeReading:
    """The grade: major for every row of a ledger of major hazards, else by its column, else general, undeclared."""
    text = word_of(draft, Field.GRADE)
    code = squeeze(text).removesuffix("级")
    text = legend.get(code, text)
    plan = draft.plans.get(Field.GRADE)
    word = read_grade_word(text, question=plan.title if plan else "")
    stray = _stray_grade(draft) if word is None else None
    if word is None and stray is None:
        _unknown(draft, Field.GRADE, text, "不是隐患等级")
    if all_major:
        if word and word.grade is Grade.GENERAL:
            draft.remark(Field.GRADE, text, "台账是重大事故隐患台账，本行写作一般：按重大登记，请核对")
        return GradeReading(Grade.MAJOR, True)
    if word and not word.is_exact:
        draft.keep(draft.plans[Field.GRADE], draft.texts[Field.GRADE])
        draft.remark(Field.GRADE, text, f"等级只分一般和重大，“{text}”按一般登记：原文保留")
    if word:
        return GradeReading(word.grade, True)
    if stray:
        return GradeReading(stray, True)
    draft.remark(Field.GRADE, text, "没有可用的隐患等级：按一般登记，等级待确认")
    return GradeReading(Grade.GENERAL, False)


def _stray_grade(draft: Draft) -> Grade | None:
    """A grade that stands in the column of categories, where the grade's own column has none."""
    word = read_grade_word(draft.texts.get(Field.CATEGORY, ""))
    return word.grade if word else None


def choose_category(draft: Draft) -> Category | None:
    """The category; a grade that stands there by mistake is remarked and not taken for one."""
    text = word_of(draft, Field.CATEGORY)
    category = read_category(text)
    if category is None and read_grade_word(text):
        draft.keep(draft.plans[Field.CATEGORY], text)
        draft.remark(Field.CATEGORY, text, f"“{text}”是隐患等级，不是隐患类别：原文保留，类别留空")
    elif category is None:
        _unknown(draft, Field.CATEGORY, text, "不在隐患类别表里")
    return category


def choose_channel(draft: Draft) -> Channel | None:
    """How it came in, or None."""
    text = word_of(draft, Field.CHANNEL)
    channel = read_channel(text)
    if channel is None:
        _unknown(draft, Field.CHANNEL, text, "看不出隐患来源")
    return channel


def choose_stop(draft: Draft) -> StopScope | None:
    """Whether production was stopped, or None."""
    text = word_of(draft, Field.STOPPED)
    stop = read_stop(text)
    if stop is None:
        _unknown(draft, Field.STOPPED, text, "看不出是否停产")
    return stop


def choose_listing(draft: Draft) -> Listing | None:
    """What the row says about 挂牌督办, from one column or from four."""
    text = word_of(draft, Field.LISTING)
    listing = read_listing(text) if text else None
    if listing is None:
        _unknown(draft, Field.LISTING, text, "看不出是否挂牌督办")
    level = read_level(draft.texts.get(Field.LISTING_LEVEL, ""))
    if level is None:
        _unknown(draft, Field.LISTING_LEVEL, draft.texts.get(Field.LISTING_LEVEL, ""), "不是挂牌级别")
    if listing is None and level is None:
        return None
    known = listing or Listing(True)
    return known._replace(
        level=known.level or level,
        office=draft.texts.get(Field.LISTING_OFFICE, known.office),
        number=draft.texts.get(Field.LISTING_NUMBER, known.number),
    )


class StatusReading(NamedTuple):
    """The word for the state, as understood and as written."""

    word: StateWord | None
    text: str


def choose_status(draft: Draft) -> StatusReading:
    """The state's word: from its own column, else from 整改进展, else one that strayed into another column."""
    status = word_of(draft, Field.STATUS)
    plan = draft.plans.get(Field.STATUS)
    word = read_state_word(status, question=plan.title if plan else "")
    if word:
        return StatusReading(word, status)
    progress = draft.texts.get(Field.PROGRESS, "")
    if word := read_state_word(progress):
        return StatusReading(word, progress)
    for stray, text in draft.stray_states:
        if word := read_state_word(text):
            if not any(remark.cell and remark.field is stray.field for remark in draft.remarks):
                draft.remark(stray, text, f"“{text}”是整改状态：按它判断，原文保留")
            return StatusReading(word, text)
    return StatusReading(None, status or progress)
