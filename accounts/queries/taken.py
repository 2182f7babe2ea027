"""Codes and logins that somebody has already, seen or not: said of many at once, before a file is imported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from accounts.models import Enterprise, Person
from core.db import db
from core.scope import everything

AT_ONCE = 500


def taken_usccs(codes: Collection[str]) -> set[str]:
    """Those of these codes (normal ones, see `normal_uscc`) that any enterprise has."""
    return _taken(Enterprise.uscc, codes)


def taken_logins(logins: Collection[str]) -> set[str]:
    """Those of these logins (normal ones, see `normal_login`) that any person has or had."""
    return _taken(Person.login, logins)


def _taken(column: Any, values: Collection[str]) -> set[str]:
    taken: set[str] = set()
    for some in pages(sorted(values)):
        with everything("uniqueness"):
            taken.update(db.session.scalars(select(column).where(column.in_(some))))
    return taken


def pages(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values in lots that one query takes."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
