"""Numbers without gaps or doubles: the counter's row is locked from the taking of a number to the commit."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.db import db, is_sqlite
from core.models import Counter


def next_number(series: str) -> int:
    """The next number of a series, starting with 1; inside a unit of work."""
    return take_numbers(series, 1)


def take_numbers(series: str, count: int, *, after: int = 0) -> int:
    """Take `count` numbers at once and return the first of them; a series nobody took from begins behind `after`."""
    make = sqlite.insert(Counter) if is_sqlite() else postgresql.insert(Counter)
    db.session.execute(make.values(series=series, last=after).on_conflict_do_nothing())
    last = db.session.execute(
        update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    ).scalar_one()
    return last - count + 1


def last_number(series: str) -> int | None:
    """The last number given out in a series; None where nobody has taken one."""
    return last_numbers([series]).get(series)


def last_numbers(series: Collection[str]) -> dict[str, int]:
    """The last numbers given out in these series; without those nobody has taken one of."""
    wanted = select(Counter.series, Counter.last).where(Counter.series.in_(series))
    return {row.series: row.last for row in db.session.execute(wanted)}
