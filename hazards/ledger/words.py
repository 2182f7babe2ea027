"""The words of ledgers for state, grade, channel, stop and listing, read into the register's own values.

Source: the state words of real ledgers and what each becomes on import (the table in docs of the register):
待整改 is reported; 整改中 and 已整改 are rectifying; the rest depends on dates and persons (`states.py`).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

from core.sheets import is_placeholder, read_flag, squeeze
from workflows.vocabulary import Category, Channel, Grade, ListingLevel, StopScope

_BRACKETS = re.compile(r"\([^()]*\)")


class StateWord(Enum):
    """What a ledger's word says has happened."""

    NOT_BEGUN = "待整改"
    UNDER_WAY = "整改中"
    DONE = "已整改"
    VERIFIED = "已验收"
    CLOSED = "已销号"


_STATE_WORDS: Final = {
    StateWord.NOT_BEGUN: "待整改 未整改 尚未整改 未完成 未完成整改 未整改完成 整改未完成 未开始 未开始整改 已上报 "
    "待受理",
    StateWord.UNDER_WAY: "整改中 正在整改 正在整改中 限期整改 限期整改中 持续整改 持续整改中 "
    "整改推进中 进行中 治理中 部分整改",
    StateWord.DONE: "已整改 整改完成 已完成 已完成整改 完成整改 已整改完成 整改已完成 整改完毕 已整改完毕 已整改到位 "
    "整改到位 现场处置 现场整改 现场已整改 当场整改 当场已整改 即查即改 立查立改 立行立改 已立即整改 已改 完成 已治理",
    StateWord.VERIFIED: "已验收 验收合格 验收通过 已验收合格 已复查 复查合格 复查通过 已复查合格",
    StateWord.CLOSED: "已销号 已整改销号 整改销号 销号 已完成销号 已核销 核销 已闭环 已闭环销号 闭环 已办结 办结",
}
_STATE_OF: Final = {word: state for state, words in _STATE_WORDS.items() for word in words.split()}


def plain_word(text: str) -> str:
    """A word for comparing: without blanks, brackets and the full stop a clerk puts behind it."""
    return _BRACKETS.sub("", squeeze(text)).strip("。.;；,，、!")


def read_state_word(text: str, *, question: str = "") -> StateWord | None:
    """What the word says; `question` is a title such as 是否整改, which 是 and 否 answer. 否 to 是否销号 says nothing
    of how far the work is."""
    found = _STATE_OF.get(plain_word(text))
    if found is None and "是否" in question and text and not is_placeholder(text):
        flag = read_flag(text)
        if "销号" in question or "闭环" in question:
            return StateWord.CLOSED if flag else None
        found = None if flag is None else (StateWord.DONE if flag else StateWord.NOT_BEGUN)
    return found


_GRADES: Final = {
    **dict.fromkeys(
        ["一般", "一般隐患", "一般事故隐患", "一般安全隐患", "一般安全事故隐患", "一般问题"], Grade.GENERAL
    ),
    **dict.fromkeys(
        ["重大", "重大隐患", "重大事故隐患", "重大安全隐患", "重大火灾隐患", "重大安全事故隐患"], Grade.MAJOR
    ),
}
_BETWEEN: Final = frozenset(
    ["较大", "较大隐患", "较大事故隐患", "突出", "突出隐患", "较重", "较重隐患", "低", "低风险", "轻微"]
)


class GradeWord(NamedTuple):
    """A grade, and whether the word is a grade the register has (较大 and 突出 are read as general)."""

    grade: Grade
    is_exact: bool


def read_grade_word(text: str, *, question: str = "") -> GradeWord | None:
    """The grade a word means; None for a text that is no grade. `question` is a title such as 是否重大隐患."""
    word = plain_word(text)
    if "是否" in question and (is_major := read_flag(word)) is not None:
        return GradeWord(Grade.MAJOR if is_major else Grade.GENERAL, True)
    if word in _GRADES:
        return GradeWord(_GRADES[word], True)
    return GradeWord(Grade.GENERAL, False) if word in _BETWEEN else None


_CHANNELS: Final = (
    (Channel.COMPLAINT, ("举报", "投诉", "信访", "12350", "12345", "96119", "来信", "来访")),
    (Channel.SELF_INSPECTION, ("自查", "自检", "企业上报", "企业排查", "内部", "员工", "self_inspection")),
    (
        Channel.SUPERVISION,
        ("督导", "督查", "检查", "执法", "监管", "巡查", "暗访", "抽查", "交办", "移送", "supervision"),
    ),
)


def read_channel(text: str) -> Channel | None:
    """How the hazard came in, told by the telling part of the word (群众举报核查, 企业自查上报, 行政执法检查)."""
    word = squeeze(text)
    return next((channel for channel, parts in _CHANNELS if any(part in word for part in parts)), None)


_STOPS: Final = {
    **dict.fromkeys(["否", "无", "不停产", "未停产", "没有停产", "正常生产", "n", "no", "0"], StopScope.NONE),
    **dict.fromkeys(
        ["局部停产", "部分停产", "局部", "部分", "局部停产停业", "部分停产停业", "局部停工", "局部停用"],
        StopScope.PARTIAL,
    ),
    **dict.fromkeys(
        [
            "是",
            "停产",
            "全部停产",
            "已停产",
            "全厂停产",
            "停产停业",
            "已停产停业",
            "全面停产",
            "停工",
            "停产整改",
            "停产整顿",
            "y",
            "yes",
        ],
        StopScope.FULL,
    ),
}


def read_stop(text: str) -> StopScope | None:
    """Whether production was stopped; None for a text that says neither."""
    return _STOPS.get(plain_word(text)) or _STOPS.get(squeeze(text))


_CATEGORIES: Final = {category.label: category for category in Category} | {
    "工艺隐患": Category.PROCESS,
    "电气隐患": Category.ELECTRICAL,
    "仪表隐患": Category.INSTRUMENT,
    "消防隐患": Category.FIRE,
    "设备隐患": Category.EQUIPMENT,
    "设备设施": Category.EQUIPMENT,
    "人的不安全行为": Category.BEHAVIOUR,
    "物的不安全状态": Category.CONDITION,
    "管理上的缺陷": Category.MANAGEMENT,
    "环境的不安全因素": Category.ENVIRONMENT,
}


def read_category(text: str) -> Category | None:
    """The category of the register with this name; None for any other word."""
    return _CATEGORIES.get(plain_word(text))


class Listing(NamedTuple):
    """What a cell says about 挂牌督办."""

    listed: bool
    level: ListingLevel | None = None
    office: str = ""
    number: str = ""


def read_level(text: str) -> ListingLevel | None:
    """Which government listed it: 区级 or 县级 is the district's, 市级 the city's."""
    word = squeeze(text)
    if "市级" in word or word == "市":
        return ListingLevel.CITY
    return (
        ListingLevel.DISTRICT
        if any(part in word for part in ("区级", "县级", "区县")) or word in {"区", "县"}
        else None
    )


def read_listing(text: str) -> Listing | None:
    """否, 是（区级）, or level, office and number with strokes between them; None for what says neither."""
    word = squeeze(text)
    if read_flag(word) is False or word in {"未挂牌", "未挂牌督办", "否/-/-"}:
        return Listing(False)
    parts = [part for part in re.split(r"[/;；,，、()]", squeeze(text)) if part]
    level = next((found for part in parts if (found := read_level(part))), None)
    if not (level or word.startswith(("是", "已挂牌", "√"))):
        return None
    number = next((part for part in parts if re.search(r"[〔\[]\d{4}[〕\]]", part)), "")
    offices = (part for part in parts if re.search(r"(?:政府|安委[会办]|委员会|局|办公室)$", part))
    return Listing(True, level, next(offices, ""), number)
