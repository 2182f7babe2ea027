"""Clauses that a basis names, found among the criteria: candidates until a person confirms one (domain.md §9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from core.db import db
from hazards.ledger import NamedClause, names_clause
from hazards.models import Criterion


@dataclass(frozen=True, slots=True)
class Candidate:
    """The clause to offer first, what to remark, and what to say beside the row; each empty where there is nothing."""

    criterion_id: int | None = None
    remark: str = ""
    note: str = ""


@dataclass(slots=True)
class Criteria:
    """All clauses, read once when the first row names one; each way of naming one is looked up once."""

    _all: list[Criterion] | None = None
    _meant: dict[tuple[object, ...], list[Criterion]] = field(default_factory=dict)

    def candidate(self, named: Iterable[NamedClause], industry: str, day: date) -> Candidate:
        """The clause that a basis means on this day, for this industry where a standard has parts for several."""
        places = [one for one in named if one.key != (None, None)]
        if not places:
            return Candidate()
        met = [found for one in places if (found := self._of(one, industry, day))]
        if not met:
            said = "、".join(dict.fromkeys(one.text for one in places))[:80]
            return Candidate(remark=f"判定标准里没有找到“{said}”：原文保留，判定时请选条款")
        first = met[0][0]
        others = {found.id for page in met for found in page} - {first.id}
        if others:
            reason = f"可对应 {len(others) + 1} 条判定条款：先列“{_title(first)}”，判定时请核对"
            return Candidate(first.id, remark=reason)
        missed = len(places) - len(met)
        if missed:
            return Candidate(first.id, remark=f"对应“{_title(first)}”，另有 {missed} 处没有找到，判定时请核对")
        return Candidate(first.id, note=f"判定依据对应“{_title(first)}”，待确认")

    def _of(self, named: NamedClause, industry: str, day: date) -> list[Criterion]:
        key = (named.standard, named.document_no, *named.key, industry, day)
        if key not in self._meant:
            self._meant[key] = _nearest(_in_force(self._named(named), day), industry)
        return self._meant[key]

    def _named(self, named: NamedClause) -> list[Criterion]:
        key = (named.standard, named.document_no, *named.key)
        if key not in self._meant:
            if self._all is None:
                self._all = list(db.session.scalars(select(Criterion).order_by(Criterion.id)))
            self._meant[key] = [
                one
                for one in self._all
                if names_clause(named, standard=one.standard, document_no=one.document_no, clause=one.clause)
            ]
        return self._meant[key]


def _title(one: Criterion) -> str:
    return f"《{one.standard.strip('《》')}》{one.clause}"


def _in_force(found: list[Criterion], day: date) -> list[Criterion]:
    """Those in force on the day; all where none is known to be."""
    now = [
        one
        for one in found
        if (one.effective_from is None or one.effective_from <= day)
        and (one.effective_to is None or one.effective_to >= day)
    ]
    return now or found


def _nearest(found: list[Criterion], industry: str) -> list[Criterion]:
    """Those of the very industry, else of its sector, else all."""
    part = industry.rpartition("-")[2]
    sector = industry.partition("-")[0]
    for wanted in (
        [one for one in found if industry and one.industry == industry],
        [one for one in found if part and one.industry.rpartition("-")[2] == part],
        [one for one in found if sector and one.industry.partition("-")[0] == sector],
    ):
        if wanted:
            return wanted
    return found
