"""Closing the month of an office (月结) and opening it again: who may. Pure."""

from __future__ import annotations

from typing import Final

from accounts.roles import Role

CLOSERS: Final = frozenset({Role.COMMITTEE_CLERK, Role.REVIEWER})
"""Of the office whose month it is (domain.md §8: the ledgers of a month are frozen by role, once)."""
REOPENERS: Final = frozenset({Role.REVIEWER})
"""Of the office or of the next higher one, and never who closed (domain.md §2: separation, deputies included)."""
