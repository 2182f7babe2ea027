"""What the page of an exchange shows before a file is taken out: how many records, and what is to be said of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from reports.exchange.files import remarks_of
from reports.exchange.formats import Remark
from reports.exchange.formats.fitting import left_out
from reports.exchange.orders import FILE_FORMS, ExchangeOrder, FileForm
from reports.ledger_rows import COUNTED, count_by_state
from reports.presenting import hazard_url
from workflows.vocabulary import State

LOOKED_AT: Final = 1_000
"""Records looked through for the page; the file of remarks looks through all."""
NAMED: Final = 5


@dataclass(slots=True)
class RemarkShown:
    """One kind of remark: which field, why, how many records, the first of them with their addresses."""

    name: str
    title: str
    reason: str
    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    def add(self, number: str) -> None:
        """One more record."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append((number, hazard_url(number) if number else ""))


@dataclass(frozen=True, slots=True)
class ExchangeShown:
    """The page's facts: `total` hazards (`more`: at least), of which `left_out` are no records of this format.

    `looked_at` says how many were looked through for the remarks; `whole`: all of them.
    """

    title: str
    coverage: str
    total: int
    more: bool
    left_out: int
    by_word: tuple[tuple[str, int], ...]
    running: bool
    looked_at: int
    remarks: tuple[RemarkShown, ...]
    files: tuple[FileForm, ...]

    @property
    def whole(self) -> bool:
        """Whether every record was looked through."""
        return self.looked_at == self.total and not self.more

    @property
    def records(self) -> int:
        """How many records a file holds."""
        return self.total - self.left_out


def exchange_shown(order: ExchangeOrder) -> ExchangeShown:
    """Count the records and look through the first ones for remarks."""
    form = order.form
    counted = count_by_state(order.period, order.coverage.scope, majors_only=form.majors_only)
    total = sum(counted.values())
    looked_at, remarks = _remarks(order)
    return ExchangeShown(
        title=f"{order.period.label}{form.name}",
        coverage=order.coverage.words,
        total=min(total, COUNTED),
        more=total > COUNTED,
        left_out=sum(counted.get(state, 0) for state in form.left_out),
        by_word=tuple((state.label, counted[state]) for state in State if counted.get(state)),
        running=not order.period.is_over(order.now),
        looked_at=looked_at,
        remarks=remarks,
        files=tuple(one for one in FILE_FORMS.values() if form.pictures or not one.with_pictures),
    )


def _remarks(order: ExchangeOrder) -> tuple[int, tuple[RemarkShown, ...]]:
    fitter, looked_at = order.fitter, 0
    kinds: dict[tuple[str, str], RemarkShown] = {}
    for facts in order.facts(LOOKED_AT):
        looked_at += 1
        remark = left_out(order.form, facts)
        values, remarks = ({}, [remark]) if remark is not None else fitter.record(facts)
        for one in remarks_of(fitter, values, remarks, facts):
            _kind(kinds, one).add(one.number)
    return looked_at, tuple(sorted(kinds.values(), key=lambda kind: -kind.count))


def _kind(kinds: dict[tuple[str, str], RemarkShown], remark: Remark) -> RemarkShown:
    key = (remark.field, remark.reason)
    return kinds.setdefault(key, RemarkShown(remark.field, remark.title, remark.reason))
