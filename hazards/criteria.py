"""The clauses that make a hazard major: loaded by `flask init`, and found again for whoever judges.

A match is a candidate until a person confirms it (domain.md §9); old hazards keep the text they were judged by, since
it is copied. Source of the texts: data/criteria.json, with document numbers and effective dates as published.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from core.db import db, unit_of_work
from hazards.models import Criterion

SOURCE: Final = Path(__file__).parent / "data" / "criteria.json"
MOST_WORDS = 5

# where the standards' own word for a sector differs from the register's
_INDUSTRY_OF: dict[str, str] = {"危险化学品": "化工和危险化学品"}
# parts of a standard that hold for every enterprise of the sector
_FOR_ALL = ("通则", "管理类", "通用", "粉尘涉爆", "有限空间", "液氨制冷")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that may fit a description, with the words they share."""

    criterion: Criterion
    shared: tuple[str, ...]


# --- loading ---------------------------------------------------------------------------------------------------


def seed(_now: datetime) -> str:
    """The step of `flask init`; safe to repeat, and says how many clauses were added or corrected."""
    with unit_of_work():
        changed = load(json.loads(SOURCE.read_text("utf-8")))
    return f"判定标准：装入 {changed} 条。" if changed else ""


def load(rows: Iterable[dict[str, Any]]) -> int:
    """Add clauses that are new and correct those that read differently; inside a unit of work. Never removes one."""
    known = {_key(found): found for found in db.session.scalars(select(Criterion))}
    changed = 0
    for row in rows:
        values = _values(row)
        key = (values["standard"], values["document_no"], values["industry"], values["clause"])
        found = known.get(key)
        if found is None:
            db.session.add(Criterion(**values))
        elif (found.text, found.effective_from) == (values["text"], values["effective_from"]):
            continue
        else:
            found.text, found.effective_from = values["text"], values["effective_from"]
        changed += 1
    return changed


def _key(found: Criterion) -> tuple[str, str, str, str]:
    return found.standard, found.document_no, found.industry, found.clause


def _values(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file as columns; a condition set before the clause is put after its text, lest it get lost."""
    since = row["effective_from"]
    condition = row.get("precondition")
    return {
        "standard": row["standard"],
        "document_no": row["document_no"] or "",
        "effective_from": date.fromisoformat(since) if since else None,
        "industry": row["industry"],
        "clause": row["clause"],
        "text": f"{row['text'].rstrip('。')}，{condition}" if condition else row["text"],
    }


# --- finding ---------------------------------------------------------------------------------------------------


def get_criterion(criterion_id: int) -> Criterion | None:
    """A clause by its id."""
    return db.session.get(Criterion, criterion_id)


def find_criteria(words: str = "", *, sector: str = "", limit: int = 50) -> list[Criterion]:
    """Clauses of a sector that hold every one of the words (at most five), in the order of the standards."""
    wanted = select(Criterion).where(*_in_sector(sector))
    for word in words.split()[:MOST_WORDS]:
        wanted = wanted.where(
            or_(Criterion.text.icontains(word, autoescape=True), Criterion.clause.icontains(word, autoescape=True))
        )
    return list(db.session.scalars(wanted.order_by(Criterion.id).limit(limit)))


def candidates(description: str, *, sector: str = "", industry: str = "", limit: int = 5) -> list[Candidate]:
    """Clauses that share words with a description, the likeliest first; a word few clauses hold weighs more."""
    clauses = find_criteria(sector=sector, limit=1000)
    holding = Counter(pair for clause in clauses for pair in _pairs(clause.text))
    said = _pairs(description)
    scored = []
    for clause in clauses:
        shared = said & _pairs(clause.text)
        score = sum(1 / holding[pair] for pair in shared) * _nearness(clause.industry, industry)
        if len(shared) > 1:
            scored.append((-score, clause.id, Candidate(clause, _joined(shared, description))))
    return [candidate for _score, _id, candidate in sorted(scored)[:limit]]


def _in_sector(sector: str) -> list[ColumnElement[bool]]:
    name = _INDUSTRY_OF.get(sector, sector)
    return [Criterion.industry.startswith(name, autoescape=True)] if name else []


def _nearness(of_clause: str, industry: str) -> float:
    """Clauses of the very industry first, then those for everybody, then the sector's others."""
    part = of_clause.rpartition("-")[2]
    if industry and part and part in industry:
        return 2.0
    return 1.5 if part in _FOR_ALL else 1.0


@lru_cache(maxsize=2048)
def _pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring Chinese characters of a text."""
    return frozenset(a + b for a, b in pairwise(text) if "一" <= a <= "鿿" and "一" <= b <= "鿿")


def _joined(pairs: frozenset[str], text: str) -> tuple[str, ...]:
    """The shared stretches as they stand in the text, neighbouring pairs run together."""
    found: list[str] = []
    run = ""
    for place in range(len(text)):
        if text[place : place + 2] in pairs:
            run = run + text[place + 1] if run else text[place : place + 2]
        elif run:
            found.append(run)
            run = ""
    return tuple(dict.fromkeys([*found, *([run] if run else [])]))
