"""How each kind of an office's notices is numbered, what number comes next, and the numbers of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select

from accounts.models import Regulator
from core.days import shanghai_day
from core.db import db
from core.numbering import last_number, last_numbers
from notices.models import Notice, NumberPattern
from notices.numbers import number_text
from notices.queries import IN_LISTS
from workflows.notices import DEFAULT_PATTERNS, NOTICES, NoticeKind, NoticeStatus

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Numbering:
    """One kind: its pattern and the series it takes part in; `first` is the first number of `first_year`."""

    kind: NoticeKind
    pattern: str
    series: str
    first: int = 1
    first_year: int | None = None

    @property
    def word(self) -> str:
        """The 文种 of its numbers."""
        return NOTICES[self.kind].word


NUMBERED: Final = tuple(row.kind for row in NOTICES.values() if row.numbered)


def year_of(now: datetime) -> int:
    """The year of a number: Shanghai's."""
    return shanghai_day(now).year


def series_key(office_id: int, series: str, year: int) -> str:
    """The counter of a series in a year."""
    return f"notice:{office_id}:{series}:{year}"


def prefix_of(office: Regulator) -> str:
    """The 字头 of an office: its short name where none was set, so that no number stands without an office."""
    return office.number_prefix or office.short_name


def numbering_of(office: Regulator, *, lock: bool = False) -> dict[NoticeKind, Numbering]:
    """How every numbered kind of an office is numbered, where it said nothing by the product's patterns.

    `lock`: waits for whoever is changing the office's numbering, until the unit of work has ended.
    """
    if lock:
        db.session.execute(select(Regulator.id).where(Regulator.id == office.id).with_for_update())
    rows = db.session.scalars(select(NumberPattern).where(NumberPattern.regulator_id == office.id))
    said = {row.kind: Numbering(row.kind, row.pattern, row.series, row.first, row.first_year) for row in rows}
    return {kind: said.get(kind) or _usual(kind) for kind in NUMBERED}


def _usual(kind: NoticeKind) -> Numbering:
    return Numbering(kind, DEFAULT_PATTERNS[NOTICES[kind].family], kind.value)


# --- what comes next -------------------------------------------------------------------------------------------


def first_of(all_kinds: dict[NoticeKind, Numbering], series: str, year: int) -> int:
    """Where a series begins in a year: behind what was given out on paper, by whichever of its kinds says most."""
    said = (row.first for row in all_kinds.values() if row.series == series and row.first_year == year)
    return max(said, default=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """What a kind's next number would be, whether its year has begun, and the other kinds that count with it."""

    row: Numbering
    sequence: int
    number: str
    begun: bool
    shared: tuple[NoticeKind, ...]


def coming(office: Regulator, all_kinds: dict[NoticeKind, Numbering], year: int) -> dict[NoticeKind, Coming]:
    """The next number of every kind, as it stands now; whoever takes one first has it."""
    keys = {row.series: series_key(office.id, row.series, year) for row in all_kinds.values()}
    begun = last_numbers(keys.values())
    return {kind: _coming(office, row, all_kinds, begun.get(keys[row.series]), year) for kind, row in all_kinds.items()}


def _coming(
    office: Regulator, row: Numbering, all_kinds: dict[NoticeKind, Numbering], last: int | None, year: int
) -> Coming:
    sequence = first_of(all_kinds, row.series, year) if last is None else last + 1
    shared = tuple(other.kind for other in all_kinds.values() if other.series == row.series and other != row)
    text = number_text(row.pattern, prefix_of(office), row.word, year, sequence)
    return Coming(row, sequence, text, last is not None, shared)


# --- the numbers of a year -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenOut:
    """The numbers of a series in a year: from which to which, how many stand on papers, and which stand on none."""

    first: int
    last: int
    papers: int
    voided: int

    @property
    def missing(self) -> int:
        """How many numbers between the first and the last stand on no paper; there must be none."""
        return self.last - self.first + 1 - self.papers


def series_given(office: Regulator) -> list[tuple[int, str]]:
    """The years in which the office numbered anything, the newest first, each with a series; some are no kind's now."""
    wanted = select(Notice.year, Notice.series).where(Notice.office_id == office.id, Notice.year.is_not(None))
    rows = db.session.execute(wanted.distinct().order_by(Notice.year.desc(), Notice.series))
    return [(row.year, row.series) for row in rows]


def given_out(office: Regulator, series: str, year: int) -> GivenOut | None:
    """What of a series was given out in a year, held against its counter; None where nothing was."""
    last = last_number(series_key(office.id, series, year))
    papers = func.count(Notice.id)
    voided = func.count(Notice.id).filter(Notice.status == NoticeStatus.VOIDED)
    asked = select(papers, voided, func.min(Notice.sequence)).where(*_in_series(office, series, year))
    count, void, first = db.session.execute(asked).one()
    if last is None or first is None:
        return None
    return GivenOut(first, last, count, void)


def page_of(office: Regulator, series: str, year: int, before: int | None = None) -> tuple[list[Notice], bool]:
    """One page of the numbers of a series, the largest first, and whether smaller ones follow."""
    wanted = select(Notice).where(*_in_series(office, series, year)).options(*IN_LISTS)
    if before is not None:
        wanted = wanted.where(Notice.sequence < before)
    found = list(db.session.scalars(wanted.order_by(Notice.sequence.desc()).limit(PAGE + 1)))
    return found[:PAGE], len(found) > PAGE


def _in_series(office: Regulator, series: str, year: int) -> tuple[ColumnElement[bool], ...]:
    return Notice.office_id == office.id, Notice.series == series, Notice.year == year
