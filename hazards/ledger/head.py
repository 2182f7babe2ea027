"""What the head of a ledger says about the file as a whole: who filed it, when, and whose hazards it lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from core.sheets import HeadLine, Layout, as_text, is_blank, read_date, squeeze
from hazards.ledger.personal import mask_personal
from hazards.ledger.record import Remark

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
HEAD_LABELS: Final = _FILED_BY | _FILED_ON | _ENTERPRISE
"""What the head of a ledger is asked for."""
_ENTERPRISE_ENDING = re.compile(
    r"(?:公司|厂|矿|集团|企业|店|商场|市场|酒店|宾馆|医院|学校|幼儿园|合作社|加油站|养殖场)$"
)
_TITLE_TAIL = re.compile(r"(?:\d{4}年.*)?(?:重大|一般|安全生产|生产安全|安全|事故)*隐患.*$")
_BRACKETS = re.compile(r"\([^()]*\)")


def declares_major(title: str) -> bool:
    """Whether a title says that all rows are major: 重大事故隐患…台账, unless it names general ones too."""
    plain = squeeze(title)
    return bool(re.search(r"重大(?:安全)?(?:生产)?(?:事故|火灾)?隐患", plain)) and "一般" not in plain


def filed_by(layout: Layout) -> str:
    """Who filed the ledger, or ""."""
    return _line(layout.head_lines, _FILED_BY)


def filed_on(layout: Layout, today: date) -> tuple[date | None, tuple[Remark, ...]]:
    """The ledger's own date; one that is no date or has not come yet is remarked."""
    for line in layout.head_lines:
        if _BRACKETS.sub("", line.label) not in _FILED_ON or is_blank(line.value):
            continue
        text = mask_personal(as_text(line.value)).text
        moment = read_date(line.value)
        if moment is None:
            return None, (Remark(line.row, line.label, text, f"“{text[:40]}”不是确切日期：填报日期留空"),)
        if moment.day > today:
            reason = f"填报日期在今天 {today.isoformat()} 之后，请核对：以今天为准判断状态"
            return moment.day, (Remark(line.row, line.label, text, reason),)
        return moment.day, ()
    return None, ()


def enterprise_of(layout: Layout) -> str:
    """The enterprise that the whole file is about: named at its head, or before 隐患 in its title."""
    named = _line(layout.head_lines, _ENTERPRISE)
    if named:
        return named
    for text in (_TITLE_TAIL.sub("", layout.title).strip(), filed_by(layout)):
        if _ENTERPRISE_ENDING.search(text):
            return mask_personal(text).text
    return ""


def _line(lines: Iterable[HeadLine], labels: frozenset[str]) -> str:
    found = (mask_personal(as_text(line.value)).text for line in lines if _BRACKETS.sub("", line.label) in labels)
    return next((text for text in found if text), "")
