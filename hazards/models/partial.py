"""Indexes over part of a table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text


def where(condition: str) -> dict[str, Any]:
    """A partial index, the same on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
