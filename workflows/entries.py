"""What is put down on a hazard beside its routes: by whom, of which grade, in which state, on what source. Pure.

Read as a table, one row an entry; where a row names no role, state or grade it does not ask for one. The operations of
`hazards` and the notices that cause an entry both ask these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.roles import Role
from workflows.closure import PAPER_RECORDERS
from workflows.vocabulary import Grade, State


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry: whose roles put it down, and what the hazard must be."""

    label: str
    source: str
    roles: frozenset[Role] = frozenset()
    states: frozenset[State] = frozenset()
    grades: frozenset[Grade] = frozenset()

    def fits(self, state: State, grade: Grade) -> bool:
        """Whether a hazard of this state and grade takes the entry."""
        return (not self.states or state in self.states) and (not self.grades or grade in self.grades)


_OPEN: Final = frozenset({State.REPORTED, State.RECTIFYING, State.VERIFIED})
_CLOSED: Final = frozenset({State.CLOSED})
_MAJOR: Final = frozenset({Grade.MAJOR})

LISTED: Final = EntryRow("挂牌督办", "domain.md §5；青岛、宁波挂牌督办办法", states=_OPEN, grades=_MAJOR)
DELISTED: Final = EntryRow("摘牌", "domain.md §3 摘牌在销号之后；青岛", states=_CLOSED)
STRUCK_OFF: Final = EntryRow(
    "清单销号", "domain.md §3 安委办从问题清单销去", roles=frozenset({Role.COMMITTEE_CLERK}), states=_CLOSED
)
PLAN_FILED: Final = EntryRow("整改方案备案", "domain.md §3 plan", roles=frozenset({Role.INSPECTOR}))
TOLD: Final = EntryRow("签收告知", "domain.md §3；安全生产法 41", roles=frozenset({Role.PRINCIPAL}), grades=_MAJOR)
TOLD_ON_PAPER: Final = EntryRow(
    "登记纸质告知的签收", "domain.md §2 纸质签署·代录、§7 告知书", roles=PAPER_RECORDERS, grades=_MAJOR
)
