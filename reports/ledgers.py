"""The ledgers there are: what each looks like, where its rows come from, what its page says of it (domain.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from core.refusals import NotFound
from reports.enterprise_ledger import ENTERPRISE, enterprise_rows
from reports.ledger_rows import COUNTED, LedgerScope, Reader, count_by_state, regulator_rows
from reports.not_inspected_ledger import NOT_INSPECTED, count_not_inspected, not_inspected_rows
from reports.regulator_columns import REGULATOR
from reports.rules import Month
from reports.sheet import LedgerLayout
from reports.tiers_ledger import TIERS, tier_rows
from workflows.deadlines import RUNNING
from workflows.vocabulary import State

Rows = Callable[[Month, LedgerScope, Reader, int | None], Iterator[object]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger: layout, rows, how many records by word, the columns its page previews, and what it is in a line.

    `of_enterprise`: it is kept by one enterprise, so whoever sees many must name one.
    """

    layout: LedgerLayout
    rows: Rows
    count: Callable[[Month, LedgerScope], dict[str, int]]
    previewed: tuple[str, ...]
    words: str
    of_enterprise: bool = False

    @property
    def code(self) -> str:
        """Its code name."""
        return self.layout.code


def _by_state(month: Month, scope: LedgerScope, *, majors_only: bool) -> dict[str, int]:
    counted = count_by_state(month, scope, majors_only=majors_only)
    return {state.label: counted[state] for state in State if counted.get(state)}


def _running(month: Month, scope: LedgerScope) -> dict[str, int]:
    counted = count_by_state(month, scope, majors_only=False)
    return {state.label: counted[state] for state in State if counted.get(state) and state in RUNNING}


LEDGERS: Final[dict[str, Ledger]] = {
    ledger.code: ledger
    for ledger in (
        Ledger(
            REGULATOR,
            lambda month, scope, reader, limit: regulator_rows(month, scope, reader, limit=limit),
            lambda month, scope: _by_state(month, scope, majors_only=True),
            ("number", "enterprise_name", "description", "state", "deadline_on", "overdue_days"),
            "当月内任何时候没有销号的重大隐患，按月末最后一刻的情况列出",
        ),
        Ledger(
            ENTERPRISE,
            lambda month, scope, reader, limit: enterprise_rows(month, scope, reader, limit=limit),
            lambda month, scope: _by_state(month, scope, majors_only=False),
            ("found_on", "unit", "description", "grade", "deadline_on", "closed_on"),
            "企业当月内任何时候没有销号的全部隐患，按月末最后一刻的情况列出",
            of_enterprise=True,
        ),
        Ledger(
            TIERS,
            lambda month, scope, reader, limit: tier_rows(month, scope, reader, limit=limit),
            _running,
            ("tier", "colour", "number", "description", "timing", "owner"),
            "月末最后一刻日、周、月、季清单上的隐患和它的颜色",
        ),
        Ledger(
            NOT_INSPECTED,
            lambda month, scope, _reader, limit: not_inspected_rows(month, scope, limit=limit),
            lambda month, scope: {"": count_not_inspected(month, scope, COUNTED)},
            ("enterprise_name", "unit", "tier", "due", "missed", "periods"),
            "周期在当月结束、补查期限过后仍没有排查的部门和班组",
        ),
    )
}


def ledger_of(code: str) -> Ledger:
    """The ledger of this code name; `NotFound` names those there are."""
    found = LEDGERS.get(code.strip())
    if found is None:
        named = "、".join(f"{ledger.code}（{ledger.layout.name}）" for ledger in LEDGERS.values())
        raise NotFound(f"没有名为“{code}”的台账。现有：{named}。")
    return found
