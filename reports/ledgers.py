"""The ledgers there are: what each looks like, where its rows come from, what its page says of it (domain.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from core.refusals import NotFound
from reports.enterprise_ledger import ENTERPRISE, enterprise_rows
from reports.ledger_rows import count_by_state, regulator_rows
from reports.listed_ledger import LISTED, count_listed, listed_rows
from reports.not_inspected_ledger import NOT_INSPECTED, count_not_inspected, not_inspected_rows
from reports.problems_ledger import PROBLEMS, problem_rows
from reports.regulator_columns import REGULATOR
from reports.rules import Period
from reports.sheet import LedgerLayout
from reports.standing import COUNTED, LedgerScope, Reader
from reports.statistics_ledger import STATISTICS, statistics_rows
from reports.tiers_ledger import TIERS, tier_rows
from workflows.deadlines import RUNNING
from workflows.vocabulary import State

Rows = Callable[[Period, LedgerScope, Reader, int | None], Iterator[object]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger: layout, rows, how many records by word, the columns its page previews, and what it is in a line.

    `of_enterprise`: it is kept by one enterprise, so whoever sees many must name one. `count(period, scope, most)`
    stops one beyond `most`, which may be left out; without it the lines are sums, few enough to be shown whole.
    """

    layout: LedgerLayout
    rows: Rows
    count: Callable[..., dict[str, int]] | None
    previewed: tuple[str, ...]
    words: str
    of_enterprise: bool = False

    @property
    def of_figures(self) -> bool:
        """Whether its lines are sums."""
        return self.count is None

    @property
    def code(self) -> str:
        """Its code name."""
        return self.layout.code


def _by_state(period: Period, scope: LedgerScope, most: int, *, majors_only: bool) -> dict[str, int]:
    counted = count_by_state(period, scope, most=most, majors_only=majors_only)
    return {state.label: counted[state] for state in State if counted.get(state)}


def _running(period: Period, scope: LedgerScope, most: int = COUNTED) -> dict[str, int]:
    counted = count_by_state(period, scope, most=most, majors_only=False)
    return {state.label: counted[state] for state in State if counted.get(state) and state in RUNNING}


LEDGERS: Final[dict[str, Ledger]] = {
    ledger.code: ledger
    for ledger in (
        Ledger(
            REGULATOR,
            lambda period, scope, reader, limit: regulator_rows(period, scope, reader, limit=limit),
            lambda period, scope, most=COUNTED: _by_state(period, scope, most, majors_only=True),
            ("number", "enterprise_name", "description", "state", "deadline_on", "overdue_days"),
            "期内任何时候没有销号的重大隐患，按期末最后一刻的情况列出",
        ),
        Ledger(
            ENTERPRISE,
            lambda period, scope, reader, limit: enterprise_rows(period, scope, reader, limit=limit),
            lambda period, scope, most=COUNTED: _by_state(period, scope, most, majors_only=False),
            ("found_on", "unit", "description", "grade", "deadline_on", "closed_on"),
            "企业期内任何时候没有销号的全部隐患，按期末最后一刻的情况列出",
            of_enterprise=True,
        ),
        Ledger(
            STATISTICS,
            lambda period, scope, _reader, limit: statistics_rows(period, scope, limit=limit),
            None,
            STATISTICS.keys,
            "各行业领域期内查出的隐患和它们期末的整改情况，本期和当年累计",
        ),
        Ledger(
            LISTED,
            lambda period, scope, _reader, limit: listed_rows(period, scope, limit=limit),
            lambda period, scope, most=COUNTED: count_listed(period, scope, most),
            ("number", "enterprise_name", "place", "rectified", "level", "office", "due_on"),
            "期内任何时候挂牌督办的重大隐患，按期末最后一刻的情况列出",
        ),
        Ledger(
            PROBLEMS,
            lambda period, scope, reader, limit: problem_rows(period, scope, reader, limit=limit),
            None,
            PROBLEMS.keys,
            "各区域、行业领域重大隐患的期初存量、期内变动和期末存量",
        ),
        Ledger(
            TIERS,
            lambda period, scope, reader, limit: tier_rows(period, scope, reader, limit=limit),
            _running,
            ("tier", "colour", "number", "description", "timing", "owner"),
            "期末最后一刻日、周、月、季清单上的隐患和它的颜色",
        ),
        Ledger(
            NOT_INSPECTED,
            lambda period, scope, _reader, limit: not_inspected_rows(period, scope, limit=limit),
            lambda period, scope, most=COUNTED: {"": count_not_inspected(period, scope, most)},
            ("enterprise_name", "unit", "tier", "due", "missed", "periods"),
            "周期在期内结束、补查期限过后仍没有排查的部门和班组",
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
