"""Standards as editions: the clauses of one document, when it holds, and what stood in it before corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.db import db
from core.refusals import NotFound
from hazards.models import Criterion, CriterionVersion

BATCH: Final = 500
PAGE: Final = 100


class Edition(NamedTuple):
    """One document: its name and number, its days, how many clauses; `first_id` is its address."""

    first_id: int
    standard: str
    document_no: str
    effective_from: date | None
    effective_to: date | None
    clauses: int

    def status(self, today: date) -> str:
        """Whether it holds on that day, in words."""
        if self.effective_from is not None and self.effective_from > today:
            return "尚未施行"
        if self.effective_to is not None and self.effective_to < today:
            return "已不适用"
        return "现行" if self.effective_from is not None else "施行日期未填"


def in_force(on: date) -> ColumnElement[bool]:
    """Clauses that hold on that day; a date nobody knows excludes nothing."""
    return and_(
        or_(Criterion.effective_from.is_(None), Criterion.effective_from <= on),
        or_(Criterion.effective_to.is_(None), Criterion.effective_to >= on),
    )


def _grouped() -> Select[int, str, str, date | None, date | None, int]:
    first = func.min(Criterion.id)
    return (
        select(
            first,
            Criterion.standard,
            Criterion.document_no,
            func.min(Criterion.effective_from),
            func.max(Criterion.effective_to),
            func.count(),
        )
        .group_by(Criterion.standard, Criterion.document_no)
        .order_by(Criterion.standard, first)
    )


def editions(standard: str | None = None) -> list[Edition]:
    """Every edition, those of one standard together; or those of one standard only."""
    wanted = _grouped() if standard is None else _grouped().where(Criterion.standard == standard)
    return [Edition(*row) for row in db.session.execute(wanted)]


def edition_of(criterion: Criterion) -> Edition:
    """The edition a clause belongs to."""
    wanted = _grouped().where(_same_document(criterion.standard, criterion.document_no))
    return Edition(*db.session.execute(wanted).one())


def _same_document(standard: str, document_no: str) -> ColumnElement[bool]:
    return and_(Criterion.standard == standard, Criterion.document_no == document_no)


def clauses_of(edition: Edition, after: int = 0, limit: int = PAGE) -> list[Criterion]:
    """The clauses of an edition by id; one more than asked for tells that there are more."""
    wanted = select(Criterion).where(_same_document(edition.standard, edition.document_no), Criterion.id > after)
    return list(db.session.scalars(wanted.order_by(Criterion.id).limit(limit + 1)))


def stream_clauses(edition: Edition | None) -> Iterator[Criterion]:
    """All clauses, or those of one edition, a batch at a time."""
    wanted = select(Criterion).order_by(Criterion.id).execution_options(yield_per=BATCH)
    if edition is not None:
        wanted = wanted.where(_same_document(edition.standard, edition.document_no))
    yield from db.session.scalars(wanted)


def known_criterion(criterion_id: int) -> Criterion:
    """A clause by its id, else `NotFound`."""
    found = db.session.get(Criterion, criterion_id)
    if found is None:
        raise NotFound("没有这一条款。请回到判定标准核对。")
    return found


def versions_of(criterion: Criterion) -> list[CriterionVersion]:
    """How a clause read before, newest first."""
    wanted = select(CriterionVersion).where(CriterionVersion.criterion_id == criterion.id)
    return list(db.session.scalars(wanted.order_by(CriterionVersion.number.desc())))


def in_other_editions(criterion: Criterion) -> list[Criterion]:
    """The clause of the same number and industry in the other editions of the standard."""
    same = and_(
        Criterion.standard == criterion.standard,
        Criterion.document_no != criterion.document_no,
        Criterion.industry == criterion.industry,
        Criterion.clause == criterion.clause,
    )
    return list(db.session.scalars(select(Criterion).where(same).order_by(Criterion.id)))


def search_clauses(text: str, limit: int = PAGE) -> list[Criterion]:
    """Clauses that hold every word in their text, number, industry or standard; one more than asked for tells more."""
    wanted = select(Criterion)
    columns = (Criterion.text, Criterion.clause, Criterion.industry, Criterion.standard, Criterion.document_no)
    for word in text.split()[:5]:
        wanted = wanted.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return list(db.session.scalars(wanted.order_by(Criterion.id).limit(limit + 1)))
