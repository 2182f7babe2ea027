"""How well clauses are found and repeated reports are told: `python -m benchmarks.matching`, pure and without database.

Texts are those of published hazards (`data/cases.jsonl`; enterprises are not in it). What a publication states is the
truth; `data/read_by_hand.jsonl` names the clauses of others as a reader would, and is what weights were tried on;
`data/pairs.jsonl` are pairs of reports made by hand. docs/decisions/0009-matching-clauses.md explains the figures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from accounts.rules import sector_of
from hazards.criteria import SOURCE
from hazards.likeness import LIKELY, Said, likeness
from hazards.matching.clauses import Clause, ClauseIndex
from hazards.matching.concepts import CONCEPTS
from hazards.matching.words import Vocabulary, plain

DATA: Final = Path(__file__).parent / "data"
FACTORY: Final = "工贸-机械(铸造)"  # where texts of other sectors are put, to see whether hints are over-eager
# neither: whether these are majors is for the standards of their own sectors, or for the catch-all clause
UNDECIDED: Final = frozenset({"C0070", "C0071", "C0119"})

_STATED = re.compile(r"《([^》]+)》.*?(第[一二三四五六七八九十]+条(?:第\([一二三四五六七八九十]+\)项)?)")


@dataclass(frozen=True, slots=True)
class Ranks:
    """At which place the right clause stood, for each case; 0 where it was not among those offered."""

    ranks: tuple[int, ...]

    def within(self, places: int) -> int:
        """In how many cases it was among the first so many."""
        return sum(1 <= rank <= places for rank in self.ranks)

    def words(self) -> str:
        """first 16, first three 18, first five 18 of 18."""
        return f"first {self.within(1)}, first three {self.within(3)}, first five {self.within(5)} of {len(self.ranks)}"


@dataclass(frozen=True, slots=True)
class Rates:
    """How many were missed of those that should be noticed, and noticed of those that should not."""

    missed: int
    right: int
    false: int
    wrong: int

    def words(self) -> str:
        """missed 3 of 30, false 0 of 40."""
        return f"missed {self.missed} of {self.right}, false {self.false} of {self.wrong}"


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@lru_cache(maxsize=1)
def cases() -> dict[str, dict[str, Any]]:
    """The published hazards by id."""
    return {case["id"]: case for case in _lines("cases.jsonl")}


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(SOURCE.read_text("utf-8"))
    return rows


@lru_cache(maxsize=1)
def clauses() -> tuple[Clause, ...]:
    """Every clause of the product, numbered as in its file."""
    return tuple(
        Clause(place, row["standard"], row["industry"], row["text"], _day(row["effective_from"]))
        for place, row in enumerate(_rows())
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# --- clauses ---------------------------------------------------------------------------------------------------


def stated() -> dict[str, frozenset[int]]:
    """Cases whose publication states a clause that the product has: its place."""
    found = {}
    for case in cases().values():
        match = _STATED.search(case["basis"])
        if match is None:
            continue
        clause = match[2].replace("(", "（").replace(")", "）")
        places = [n for n, row in enumerate(_rows()) if (row["standard"], row["clause"]) == (match[1], clause)]
        if places:
            found[case["id"]] = frozenset(places)
    return found


def read_by_hand() -> dict[str, frozenset[int]]:
    """Cases that state none of these clauses and whose text falls under one: as read by hand."""
    names = {f"{row['industry']}|{row['clause']}": n for n, row in enumerate(_rows())}
    return {line["id"]: frozenset(names[name] for name in line["clauses"]) for line in _lines("read_by_hand.jsonl")}


def ranks_of(truth: Mapping[str, frozenset[int]], *, leave_one_out: bool = False, on_its_day: bool = True) -> Ranks:
    """Where the right clause stands. Leaving one out, the words that only the case itself brought are unknown."""
    index = ClauseIndex(clauses())
    ranks = []
    for name, right in truth.items():
        case = cases()[name]
        asked = ClauseIndex(clauses(), _without(case["hazard"])) if leave_one_out else index
        found = asked.rank(
            case["hazard"],
            sector=sector_of(case["industry"]),
            industry=case["industry"],
            on=_day(case["found"]) if on_its_day else None,
        )
        ranks.append(next((n for n, match in enumerate(found, 1) if match.clause_id in right), 0))
    return Ranks(tuple(ranks))


def _without(text: str) -> Vocabulary:
    """The field's concepts without the words that no standard and no other case uses."""
    others = [row["text"] for row in _rows()] + [one["hazard"] for one in cases().values() if one["hazard"] != text]
    read = "|".join(map(plain, others))
    return Vocabulary([[word for word in row if plain(word) in read] for row in CONCEPTS])


def plain_ranks(truth: Mapping[str, frozenset[int]]) -> Ranks:
    """The same without any concept: what pairs of characters alone find."""
    index = ClauseIndex(clauses(), Vocabulary([["§"]]))
    ranks = []
    for name, right in truth.items():
        case = cases()[name]
        found = index.rank(case["hazard"], sector=sector_of(case["industry"]), industry=case["industry"])
        ranks.append(next((n for n, match in enumerate(found, 1) if match.clause_id in right), 0))
    return Ranks(tuple(ranks))


# --- hints -----------------------------------------------------------------------------------------------------


def hint_rates(*, industry: str = "") -> Rates:
    """Hints on texts that fall under a clause, and on texts that fall under none (put into another industry)."""
    index = ClauseIndex(clauses())
    right = [*stated(), *read_by_hand()]
    general = [name for name in cases() if name not in right and name not in UNDECIDED]
    missed = sum(not _hints(index, cases()[name]) for name in right)
    false = sum(_hints(index, cases()[name], industry) for name in general)
    return Rates(missed, len(right), false, len(general))


def _hints(index: ClauseIndex, case: dict[str, Any], industry: str = "") -> bool:
    where = industry or case["industry"]
    return index.closest(case["hazard"], sector=sector_of(where), industry=where) is not None


# --- repeated reports ------------------------------------------------------------------------------------------


def pair_rates() -> dict[str, Rates]:
    """Pairs made by hand: the same in other words, against the same kind elsewhere and others at one place."""
    found: dict[str, list[bool]] = {"same": [], "elsewhere": [], "other": []}
    for pair in _lines("pairs.jsonl"):
        found[pair["kind"]].append(likeness(Said(**pair["one"]), Said(**pair["other"])) >= LIKELY)
    missed = found["same"].count(False)
    return {
        kind: Rates(missed, len(found["same"]), sum(found[kind]), len(found[kind])) for kind in ("elsewhere", "other")
    }


def chance_rate() -> Rates:
    """Every two different published texts put at one place: how often they are taken for one hazard."""
    texts = list(dict.fromkeys(case["hazard"] for case in cases().values()))
    pairs = list(combinations(texts, 2))
    false = sum(likeness(Said(one, "一车间"), Said(other, "一车间")) >= LIKELY for one, other in pairs)
    return Rates(0, 0, false, len(pairs))


def shortened_rate() -> Rates:
    """Each published text against itself with its parts in another order and one left out, at the same place."""
    texts = [text for text in dict.fromkeys(case["hazard"] for case in cases().values()) if len(_parts(text)) > 1]
    missed = sum(likeness(Said(text, "一车间"), Said(_shortened(text), "一车间")) < LIKELY for text in texts)
    return Rates(missed, len(texts), 0, 0)


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[；，、]", text) if part]


def _shortened(text: str) -> str:
    parts = _parts(text)
    return "，".join([*parts[len(parts) // 2 :], *parts[: len(parts) // 2 - 1]] or parts)


def lines() -> Iterable[str]:
    """The whole report."""
    own, hand = stated(), read_by_hand()
    yield f"clauses, {len(own)} of {len(cases())} cases state one of the {len(clauses())}:"
    yield f"  as offered                 {ranks_of(own).words()}"
    yield f"  leaving one out            {ranks_of(own, leave_one_out=True).words()}"
    yield f"  pairs of characters only   {plain_ranks(own).words()}"
    yield f"clauses, {len(hand)} cases read by hand (weights were tried on these):"
    yield f"  as offered                 {ranks_of(hand, on_its_day=False).words()}"
    yield f"  leaving one out            {ranks_of(hand, leave_one_out=True, on_its_day=False).words()}"
    yield "hints that a general hazard is close to a clause:"
    yield f"  in their own industries    {hint_rates().words()}"
    yield f"  general ones in a foundry  {hint_rates(industry=FACTORY).words()}"
    yield "repeated reports:"
    for kind, rates in pair_rates().items():
        yield f"  same against {kind:<14}{rates.words()}"
    yield f"  reordered and shortened    {shortened_rate().words()}"
    yield f"  any two texts, one place   {chance_rate().words()}"


def main() -> None:
    """Print the report."""
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
