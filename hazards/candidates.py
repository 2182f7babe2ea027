"""Clauses offered to whoever describes or judges a hazard: ranked from text and industry, with the words that match.

A match is a candidate until a person confirms it (domain.md §9). The index of `hazards.matching` is kept in memory of
each process; every question asks the table for a few figures and reads it anew only where they differ, so that a
correction is in force at once on every node.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.prepared import Prepared
from hazards.matching.clauses import Clause, ClauseIndex, Match, marked
from hazards.models import Criterion

OFFERED = 5
_Table = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that may fit a description, with the stretches of its text that match."""

    criterion: Criterion
    shared: tuple[str, ...]

    def parts(self) -> list[tuple[str, bool]]:
        """The clause's text in pieces, each with whether it matches."""
        return cut(self.criterion.text, self.shared)


def candidates(
    description: str, *, sector: str = "", industry: str = "", on: date | None = None, limit: int = OFFERED
) -> list[Candidate]:
    """Clauses in force on a day that a description may speak of, the likeliest first."""
    index = _index(_table())
    return _found(index.rank(description, sector=sector, industry=industry, on=on, limit=limit))


def close_clause(description: str, *, sector: str = "", industry: str = "", on: date | None = None) -> Candidate | None:
    """The clause that a description graded general comes close to; None where none is near enough to say so."""
    match = _closest(_table(), description, sector, industry, on)
    return _found([match])[0] if match is not None else None


def close_words(description: str, *, sector: str = "", industry: str = "", on: date | None = None) -> str:
    """The same as a line of a page, 《…》第七条第（七）项：“…”: one query where it was asked before."""
    return _close_words(_table(), description, sector, industry, on)


def candidate_of(criterion_id: int | None, description: str) -> Candidate | None:
    """One clause as a candidate, with what it shares with the description; None where there is none."""
    found = db.session.get(Criterion, criterion_id) if criterion_id is not None else None
    return Candidate(found, marked(found.text, description)) if found is not None else None


def _table() -> _Table:
    """Which table, and figures that no change leaves alike: a correction lengthens a chain, a new edition the table."""
    return str(db.engine.url), *_figures.first()


_figures = Prepared(
    lambda: select(
        func.count(Criterion.id).label("clauses"),
        func.max(Criterion.id).label("newest"),
        func.sum(Criterion.chain_length).label("changes"),
        func.sum(func.length(Criterion.text)).label("length"),
    )
)


@lru_cache(maxsize=2)
def _index(_table: _Table) -> ClauseIndex:
    """All clauses, read and kept until the table is another one."""
    wanted = (
        Criterion.id,
        Criterion.standard,
        Criterion.industry,
        Criterion.text,
        Criterion.effective_from,
        Criterion.effective_to,
    )
    rows = db.session.execute(select(*wanted).order_by(Criterion.id))
    return ClauseIndex(Clause(*row) for row in rows)


@lru_cache(maxsize=1024)
def _closest(table: _Table, description: str, sector: str, industry: str, on: date | None) -> Match | None:
    return _index(table).closest(description, sector=sector, industry=industry, on=on)


@lru_cache(maxsize=1024)
def _close_words(table: _Table, description: str, sector: str, industry: str, on: date | None) -> str:
    match = _closest(table, description, sector, industry, on)
    found = _found([match]) if match is not None else []
    return "".join(f"《{one.criterion.standard}》{one.criterion.clause}：“{one.criterion.text}”" for one in found)


def _found(matches: list[Match]) -> list[Candidate]:
    wanted = select(Criterion).where(Criterion.id.in_([match.clause_id for match in matches]))
    by_id = {found.id: found for found in db.session.scalars(wanted)} if matches else {}
    return [Candidate(by_id[m.clause_id], m.shared) for m in matches if m.clause_id in by_id]


def cut(text: str, shared: tuple[str, ...]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the shared stretches; together they are the text."""
    hit = [False] * len(text)
    for stretch in shared:
        start = text.find(stretch)
        while start >= 0:
            hit[start : start + len(stretch)] = [True] * len(stretch)
            start = text.find(stretch, start + 1)
    pieces: list[tuple[str, bool]] = []
    for character, is_hit in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == is_hit:
            pieces[-1] = (pieces[-1][0] + character, is_hit)
        else:
            pieces.append((character, is_hit))
    return pieces
