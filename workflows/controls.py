"""Checking interim controls (管控措施) while a major hazard is being put right: how often, when due, when missed.

Source: domain.md §4, "interim controls of a major hazard are checked at set intervals until verified; a missed check
alarms"; 16号令 15 (监控) names no interval, so the numbers here are [design] and an enterprise sets its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from accounts.roles import Role
from workflows.vocabulary import Grade, State

INTERVALS: Final[tuple[int, ...]] = (1, 2, 4, 8, 12, 24, 48, 168)
"""Hours between checks that may be chosen."""
USUAL: Final = 24
"""Hours, where nobody chose."""
CHECKERS_ABOVE: Final = (Role.INSPECTOR, Role.TOWN_OFFICER)
"""Who may record a check beside the enterprise's own people. [design]"""
ARRANGERS: Final = (Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.INSPECTOR)
"""Who says how often. [design]"""
TOLD_INSIDE: Final = (Role.SAFETY_MANAGER, Role.PRINCIPAL)
"""Who is told of a check that is due, missed, or found the controls broken, beside the responsible person. [design]"""
TOLD_ABOVE: Final = Role.INSPECTOR
"""Of the responsible office: at once where the controls fail, else after so many missed checks. [design]"""
ALARM_OFFICE_AFTER: Final = 2
"""Checks missed one after the other until the responsible office is told too."""


def are_checked(grade: Grade, state: State) -> bool:
    """Whether the controls of such a hazard are checked at intervals: a major one, until it is verified."""
    return grade is Grade.MAJOR and state is State.RECTIFYING


def grace(hours: int) -> timedelta:
    """How long after its time a check still counts as made: a quarter of the interval, at most six hours."""
    return min(timedelta(hours=hours) / 4, timedelta(hours=6))


def is_missed(due_at: datetime, hours: int, now: datetime) -> bool:
    """Whether a check that was due at that moment has been missed."""
    return now > due_at + grace(hours)


def missed_until(due_at: datetime, hours: int, now: datetime) -> tuple[int, datetime]:
    """How many checks have been missed by now, and when the next one is due; after an outage all are counted."""
    every, missed = timedelta(hours=hours), 0
    if is_missed(due_at, hours, now):
        missed = -(-(now - grace(hours) - due_at) // every)  # rounded up: one exactly at its last moment is not missed
        due_at += missed * every
    return missed, due_at
