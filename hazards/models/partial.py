"""Indexes over part of a table."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text

from workflows.vocabulary import OPEN_STATES, State

# in this order wherever open hazards are looked for: SQLite knows an index's condition again by its text
OPEN: Final = tuple(state for state in State if state in OPEN_STATES)
IS_OPEN: Final = f"state IN ({', '.join(repr(state.value) for state in OPEN)})"


def where(condition: str) -> dict[str, Any]:
    """A partial index, the same on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
