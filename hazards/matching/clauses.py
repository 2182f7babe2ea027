"""Ranks the clauses of the standards by what a description shares with them, and says how close the best ones are.

A clause often names several situations (…，或者…；1.… 2.…): each is compared by itself as well as the whole. Weights
are those of BM25, its idf counted over all clauses. What an industry has to do with a clause multiplies the score.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hazards.matching.words import CONCEPT, Vocabulary, pairs_of, plain, vocabulary

# weights, tried on hazards that state no clause (docs/decisions/0009-matching-clauses.md)
SATURATION: Final = 1.2  # k1 of BM25
LENGTH: Final = 0.5  # b of BM25
CONCEPT_WEIGHT: Final = 3.0  # a shared concept against a shared pair of characters
UNKNOWN_WEIGHT: Final = 1.5  # a sign of the description that no clause holds
RULE_SHARE: Final = 0.9  # what a rule on devices out of order inherits from the clause of the device

# from here on a description graded general is said to be close to a clause: see the decision for both error rates
CLOSE: Final = 0.26

OWN, FOR_ALL, OF_SECTOR, ELSEWHERE = 2.0, 1.4, 1.0, 0.35
# where the standards' own word for a sector differs from the register's
SECTOR_NAMES: Final = {"危险化学品": "化工和危险化学品"}
# parts of a standard that hold for every enterprise of the sector
PARTS_FOR_ALL: Final = ("通则", "管理类", "通用", "粉尘涉爆", "有限空间", "液氨制冷")

_ITEMS = re.compile(r"[；。]?\d+\.")
_ALTERNATIVES = re.compile(r"[，,]?或者|[；。]|，并且")
# 第十四条 of 工贸: devices the other clauses speak of, out of order
_RULE = "本标准所列情形"
_OUT_OF_ORDER = "失效"
LEAST_SCORE: Final = 1.0
LEAST_SHARE: Final = 0.25  # of the best one's score; what is farther behind only lengthens the page
TELLING: Final = 3.0  # weight from which two characters alone are worth marking


@dataclass(frozen=True, slots=True)
class Clause:
    """What is known of a clause; `industry` as the standard divides it (工贸-机械)."""

    id: int
    standard: str
    industry: str
    text: str
    effective_from: date | None = None
    effective_to: date | None = None

    def in_force(self, on: date | None) -> bool:
        """Whether it held on that day; a date nobody knows excludes nothing."""
        if on is None:
            return True
        began = self.effective_from is None or self.effective_from <= on
        return began and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Match:
    """A clause that may fit: its score, how close (0 to 1), and the stretches of its text that matched."""

    clause_id: int
    score: float
    closeness: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    clause: Clause
    whole: frozenset[str]
    situations: tuple[frozenset[str], ...]
    is_rule: bool


class ClauseIndex:
    """All clauses, read once; a few hundred, so that every one is looked at for each description."""

    def __init__(self, clauses: Iterable[Clause], words: Vocabulary | None = None) -> None:
        self._words = words or vocabulary()
        self._read = [self._reading(clause) for clause in clauses]
        count = len(self._read)
        holding = Counter(sign for read in self._read for sign in read.whole)
        self._weight = {
            sign: math.log(1 + (count - n + 0.5) / (n + 0.5)) * (CONCEPT_WEIGHT if sign[0] == CONCEPT else 1)
            for sign, n in holding.items()
        }
        self._whole_length = _mean([len(read.whole) for read in self._read])
        self._part_length = _mean([len(part) for read in self._read for part in read.situations])
        self._broken = self._words.concepts_of(_OUT_OF_ORDER)

    def _reading(self, clause: Clause) -> _Read:
        signs = self._words.signs_of
        parts = tuple(signs(part) for part in situations(clause.text))
        return _Read(clause, signs(clause.text), parts, clause.text.startswith(_RULE))

    def rank(
        self, description: str, *, sector: str = "", industry: str = "", on: date | None = None, limit: int = 5
    ) -> list[Match]:
        """The clauses in force on a day that the description may speak of, the likeliest first."""
        said = self._words.signs_of(description)
        scores = {
            read.clause.id: (self._score(said, read) * nearness(read.clause.industry, sector, industry), read)
            for read in self._read
            if read.clause.in_force(on)
        }
        if said & self._broken:
            self._let_rules_inherit(scores)
        top = max((score for score, _read in scores.values()), default=0.0)
        least = max(LEAST_SCORE, LEAST_SHARE * top)
        best = sorted((-score, place) for place, (score, _read) in scores.items() if score >= least)[:limit]
        return [self._match(description, said, scores[place][1], -score) for score, place in best]

    def _let_rules_inherit(self, scores: dict[int, tuple[float, _Read]]) -> None:
        for place, (score, read) in list(scores.items()):
            if read.is_rule:
                same = [s for s, other in scores.values() if other.clause.standard == read.clause.standard]
                scores[place] = (max(score, max(same) * RULE_SHARE), read)

    def _score(self, said: frozenset[str], read: _Read) -> float:
        whole = self._bm25(said, read.whole, self._whole_length)
        return (whole + max(self._bm25(said, part, self._part_length) for part in read.situations)) / 2

    def _bm25(self, said: frozenset[str], signs: frozenset[str], usual: float) -> float:
        shared = sum(self._weight[sign] for sign in said & signs)
        return shared * (SATURATION + 1) / (1 + SATURATION * (1 + LENGTH * (len(signs) / usual - 1)))

    def _match(self, description: str, said: frozenset[str], read: _Read, score: float) -> Match:
        stretches = marked(read.clause.text, description, self._words)
        telling = tuple(words for words in stretches if len(words) > 2 or self._weight.get(words, 0) >= TELLING)
        return Match(read.clause.id, score, self._closeness(said, read), telling or stretches)

    def _closeness(self, said: frozenset[str], read: _Read) -> float:
        """How much of one situation and of the description is shared: the geometric mean of both parts."""
        all_said = sum(self._weight.get(sign, UNKNOWN_WEIGHT) for sign in said)
        return max(self._mutual(said & part, part, all_said) for part in read.situations)

    def _mutual(self, shared: frozenset[str], part: frozenset[str], all_said: float) -> float:
        both = sum(self._weight[sign] for sign in shared)
        all_named = sum(self._weight[sign] for sign in part)
        return math.sqrt(both / all_named * both / all_said) if all_named and all_said else 0.0

    def closest(
        self, description: str, *, sector: str = "", industry: str = "", on: date | None = None
    ) -> Match | None:
        """The clause of the own industry, or for everybody, that a description comes close to; None where none."""
        said = self._words.signs_of(description)
        near = [
            (self._closeness(said, read), -read.clause.id, read)
            for read in self._read
            if read.clause.in_force(on) and nearness(read.clause.industry, sector, industry) >= FOR_ALL
        ]
        if not near:
            return None
        closeness, _id, read = max(near, key=lambda one: one[:2])
        return self._match(description, said, read, 0.0) if closeness >= CLOSE else None


def situations(text: str) -> list[str]:
    """The situations a clause names, each with the head they share: 有下列情形之一：1.… 2.… or …，或者…."""
    head, colon, items = text.partition("：1.")
    if colon:
        return [f"{head}，{item}" for item in _ITEMS.split(items) if item]
    return [part for part in _ALTERNATIVES.split(text) if part] or [text]


def nearness(of_clause: str, sector: str, industry: str) -> float:
    """What an industry has to do with a clause: its very own, for everybody of the sector, the sector's, another's."""
    if sector and not of_clause.startswith(SECTOR_NAMES.get(sector, sector)):
        return ELSEWHERE
    part = of_clause.partition("-")[2]
    if not part or (industry and part in industry):
        return OWN
    return FOR_ALL if part in PARTS_FOR_ALL else OF_SECTOR


def marked(text: str, description: str, words: Vocabulary | None = None) -> tuple[str, ...]:
    """The stretches of a clause that the description says too, in the same words or in others, longest first."""
    own = (words or vocabulary()).concepts_of(description)
    pairs = set(pairs_of(description))
    hit = [False] * len(text)
    for place in range(len(text) - 1):
        if plain(text[place : place + 2]) in pairs:
            hit[place] = hit[place + 1] = True
    for start, end in (words or vocabulary()).places_of(text, own):
        hit[start:end] = [True] * (end - start)
    runs = [run for run in _runs(text, hit) if len(run) > 1]
    return tuple(sorted(dict.fromkeys(runs), key=len, reverse=True))


def _runs(text: str, hit: Sequence[bool]) -> list[str]:
    runs, run = [], ""
    for character, is_hit in zip([*text, ""], [*hit, False], strict=True):
        if is_hit:
            run += character
        elif run:
            runs.append(run)
            run = ""
    return runs


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 1.0
