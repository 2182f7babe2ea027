"""Queries of the list of tries to log in, for whoever reads it as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_

from accounts.models import SignIn
from accounts.queries.people import normal_login
from core.db import db

PAGE = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class TriesAsked:
    """Which tries are asked for."""

    since: datetime
    before: datetime
    login: str = ""
    address: str = ""
    outcome: str = ""


def tries(asked: TriesAsked, after: tuple[datetime, int] | None = None) -> list[Row[Any]]:
    """The newest tries asked for, older than the key; one more than a page tells that there are more."""
    wanted = _wanted(asked).order_by(SignIn.at.desc(), SignIn.id.desc()).limit(PAGE + 1)
    if after is not None:
        wanted = wanted.where(tuple_(SignIn.at, SignIn.id) < after)
    return list(db.session.execute(wanted))


def all_tries(asked: TriesAsked) -> Iterator[Row[Any]]:
    """Every try asked for, oldest first, a batch at a time."""
    key: tuple[datetime, int] | None = None
    while True:
        wanted = _wanted(asked).order_by(SignIn.at, SignIn.id).limit(BATCH)
        if key is not None:
            wanted = wanted.where(tuple_(SignIn.at, SignIn.id) > key)
        found = db.session.execute(wanted).all()
        yield from found
        if len(found) < BATCH:
            return
        key = (found[-1].at, found[-1].id)


def _wanted(asked: TriesAsked) -> Any:
    columns = (SignIn.id, SignIn.at, SignIn.person_id, SignIn.login, SignIn.outcome, SignIn.address)
    wanted = select(*columns).where(SignIn.at >= asked.since, SignIn.at < asked.before)
    if asked.login:
        wanted = wanted.where(SignIn.login == normal_login(asked.login))
    if asked.address:
        wanted = wanted.where(SignIn.address == asked.address)
    if asked.outcome:
        wanted = wanted.where(SignIn.outcome == asked.outcome)
    return wanted
