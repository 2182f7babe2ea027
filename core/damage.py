"""What the verification of the history finds: damages, each with its place and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

MAX_BREAKS = 20


class Damage(StrEnum):
    """What happened to a link."""

    CHANGED = "changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT = "cut"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Break:
    """One broken link: of which subject (kind and id; `anchor` and `witness` for those), at which place."""

    damage: Damage
    subject_kind: str
    subject_id: int
    seq: int
    sentence: str


Watch = Callable[["Report"], None]
"""Told after each subject how far the walk has come."""


@dataclass(slots=True)
class Report:
    """What was walked and what was found broken, the first first."""

    subjects: int = 0
    events: int = 0
    anchors: int = 0
    witnessed: int = 0
    files: int = 0  # of papers that rooms have checked beside the histories
    breaks: list[Break] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    watch: Watch | None = field(default=None, repr=False, compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks

    def walked(self) -> None:
        """One more subject is done."""
        if self.watch is not None:
            self.watch(self)

    def add(self, found: Break) -> None:
        """Keep a break; beyond a bound they say nothing new."""
        if len(self.breaks) < MAX_BREAKS:
            self.breaks.append(found)
