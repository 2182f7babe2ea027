"""Numbers without gaps or doubles: the counter's row is locked from the taking of a number to the commit."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from core.db import db, is_sqlite
from core.models import Counter


def next_number(series: str) -> int:
    """The next number of a series, starting with 1; inside a unit of work."""
    return take_numbers(series, 1)


def take_numbers(series: str, count: int) -> int:
    """Take `count` numbers at once and return the first of them."""
    make = sqlite.insert(Counter) if is_sqlite() else postgresql.insert(Counter)
    db.session.execute(make.values(series=series, last=0).on_conflict_do_nothing())
    last = db.session.execute(
        update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    ).scalar_one()
    return last - count + 1
