"""Why a major hazard is dealt with like an accident (参照事故调查处理): the failures of domain.md §4, and others."""

from __future__ import annotations

from typing import Final

from accounts.roles import Role
from workflows.vocabulary import Grade, Label


class Ground(Label):
    """On which ground a case is opened. Source: domain.md §4, failures that the plan punishes like an accident."""

    NOT_INSPECTED = "not_inspected", "未开展排查"
    NOT_FOUND = "not_found", "查不出"
    NOT_RECTIFIED = "not_rectified", "拒不整改"
    FALSE_CLOSURE = "false_closure", "虚假整改销号"
    OTHER = "other", "其他"


OFFICERS: Final = (Role.REVIEWER, Role.APPROVER, Role.COMMITTEE_CLERK)
"""Who records that a case was opened and how it ended. [design]"""


def may_be_investigated(grade: Grade) -> bool:
    """Only a major hazard is dealt with like an accident."""
    return grade is Grade.MAJOR
