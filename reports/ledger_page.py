"""What the page of a ledger shows before it is taken out: how many records, in which states, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass

from core.days import shanghai_day
from hazards.presenting.words import headline
from reports.ledger_rows import count_by_state, regulator_rows
from reports.operations import LedgerOrder
from reports.presenting import hazard_url
from reports.regulator_columns import REGULATOR, RegulatorRow
from reports.rules import month_of
from workflows.vocabulary import State

PREVIEWED = 10


@dataclass(frozen=True, slots=True)
class RowShown:
    """One record of the preview."""

    number: str
    url: str
    enterprise: str
    what: str
    state: str
    state_label: str
    deadline: str
    overdue: str


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """The ledger in a few lines; `running` where its month is not over and the figures still move."""

    title: str
    coverage: str
    office: str
    month: str
    region: str
    total: int
    by_state: tuple[tuple[str, int], ...]
    running: bool
    rows: tuple[RowShown, ...]


def ledger_shown(order: LedgerOrder) -> LedgerShown:
    """Count the ledger's records and read the first ones."""
    scope = order.coverage.scope
    states = count_by_state(order.month, scope)
    rows = regulator_rows(order.month, scope, order.reader, limit=PREVIEWED)
    return LedgerShown(
        title=f"{order.month.label}{REGULATOR.name}",
        coverage=order.coverage.words,
        office=order.coverage.office,
        month=order.month.code,
        region=scope.region_path or "",
        total=sum(states.values()),
        by_state=tuple((state.label, states[state]) for state in State if states.get(state)),
        running=order.month == month_of(shanghai_day(order.now)),
        rows=tuple(_row(row) for row in rows),
    )


def _row(row: RegulatorRow) -> RowShown:
    return RowShown(
        number=row.number,
        url=hazard_url(row.number),
        enterprise=row.enterprise_name,
        what=headline(row.description),
        state=row.state,
        state_label=REGULATOR.states[row.state].word,
        deadline=str(row.deadline_on or "—"),
        overdue=f"{row.overdue_days} 天" if row.overdue_days else "—",
    )
