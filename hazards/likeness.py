"""How alike two reports of one enterprise are: the same hazard in other words, or only the same kind elsewhere. Pure.

Texts are compared by their signs (pairs of characters, the field's concepts), places by theirs, and numbers of
machines, floors and rooms (1 号, 三层) must not contradict each other. docs/decisions/0009-matching-clauses.md says how
well this tells pairs apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from hazards.matching.words import CONCEPT, pairs_of, plain, vocabulary

LIKELY: Final = 0.4  # from here on two reports are shown as possibly the same
LEAST_WORDS: Final = 0.05  # less in common is nothing
WORDS_SHARE: Final = 0.75  # of the score; the place has the rest
UNNAMED: Final = 0.5  # what a place counts that one of them does not name
SAME_PLACE: Final = 0.2  # places less alike are two places
ELSEWHERE: Final = 0.4  # what is left of the score where the places, or their numbers, are different ones
OTHER_CATEGORY: Final = 0.92

CONCEPT_WEIGHT: Final = 1.5
COMMON_WEIGHT: Final = 0.3
# what every other report says: it tells nothing apart
_SAID_EVERYWHERE: Final = (
    "未设置 未按规定设置 未安装 未配备 存在 现场 进行 未落实 未建立 不符合要求 没有 部分 作业 设备 车间 区域 系统 "
    "失效 损坏 故障 堵塞 监测报警装置 报警器 定期 人员 安全 消防"
)
_NUMBERED: Final = re.compile(r"(\d+|[一二三四五六七八九十]+)\s*[#号层楼栋台区线跨座炉库罐吨]")
_CHINESE: Final = {character: str(n) for n, character in enumerate("零一二三四五六七八九")}
_HORIZON_DAYS: Final = 540  # a likeness fades with the time between the two


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared of a report."""

    description: str
    place: str = ""
    category: str = ""
    found_on: date | None = None


def likeness(one: Said, other: Said) -> float:
    """From 0 (nothing in common) to 1 (the same): above `LIKELY` the two may be one hazard."""
    mine, theirs = _signs(one.description), _signs(other.description)
    if mine.isdisjoint(theirs):
        return 0.0
    where = frozenset(pairs_of(one.place)) | frozenset(pairs_of(other.place))
    words = _alike(mine - where, theirs - where)
    if words < LEAST_WORDS:
        return 0.0
    place = _places(one, other)
    score = WORDS_SHARE * words + (1 - WORDS_SHARE) * (UNNAMED if place is None else place)
    if place is not None and place < SAME_PLACE:
        score *= ELSEWHERE
    if _numbers_differ(one, other):
        score *= ELSEWHERE
    if one.category and other.category and one.category != other.category:
        score *= OTHER_CATEGORY
    return score * _fresh(one.found_on, other.found_on)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared weight against the shorter and against both: a short report may say part of a long one."""
    shared = _weight(one & other)
    mine, theirs = _weight(one), _weight(other)
    if not shared or not mine or not theirs:
        return 0.0
    return 0.6 * (2 * shared / (mine + theirs)) + 0.4 * shared / min(mine, theirs)


def _weight(signs: frozenset[str]) -> float:
    common = _common()
    return sum(COMMON_WEIGHT if sign in common else CONCEPT_WEIGHT if sign[0] == CONCEPT else 1.0 for sign in signs)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return vocabulary().signs_of(_SAID_EVERYWHERE)


@lru_cache(maxsize=4096)
def _signs(text: str) -> frozenset[str]:
    return vocabulary().signs_of(text)


def _places(one: Said, other: Said) -> float | None:
    """How alike the places are; None where one of them is not named."""
    if not one.place or not other.place:
        return None
    mine, theirs = plain(one.place), plain(other.place)
    if mine == theirs or mine in theirs or theirs in mine:
        return 1.0
    return _alike(frozenset(pairs_of(mine)), frozenset(pairs_of(theirs)))


def _numbers_differ(one: Said, other: Said) -> bool:
    """Whether both name numbered things and none of them is the same: another machine, floor or room."""
    mine, theirs = (_numbers(said.place + "，" + said.description) for said in (one, other))
    return bool(mine) and bool(theirs) and not mine & theirs


def _numbers(text: str) -> frozenset[str]:
    found = _NUMBERED.findall(plain(text))
    return frozenset(number if number.isdigit() else _CHINESE.get(number, number) for number in found)


def _fresh(one: date | None, other: date | None) -> float:
    if one is None or other is None:
        return 1.0
    return 1.0 - 0.1 * min(1.0, abs((one - other).days) / _HORIZON_DAYS)
