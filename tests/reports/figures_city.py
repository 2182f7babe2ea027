"""Short verbs for tests of ledgers of figures: hazards as they come, are put right, closed and dismissed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.days import shanghai_day
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.vocabulary import Action, Grade


def at(day: date, hour: int = 10) -> datetime:
    """That hour of the day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def major(city: City, day: date, by: str = "leader", **more: Any) -> str:
    """Reported as major."""
    return reported(city, by, at(day), **({"proposed_grade": Grade.MAJOR, "found_at": at(day)} | more))


def general(city: City, day: date, by: str = "leader", **more: Any) -> str:
    """Reported as general."""
    return reported(city, by, at(day), **({"found_at": at(day)} | more))


def accepted(city: City, number: str, day: date, *signers: str, **more: Any) -> str:
    """Accepted, by the principal too where two must sign."""
    acts.accept(city, number, *(signers or ("manager", "principal")), now=at(day, 11), **more)
    return number


def verified(city: City, number: str, day: date, *signers: str) -> str:
    """Put right and verified; a major one with its plan."""
    acts.work(city, number, at(day, 14), completed_on=day)
    is_major = not signers
    acts.ask(city, number, Action.VERIFY, "head" if is_major else "manager", at(day, 15))
    acts.sign(city, number, *(signers or ("principal", "inspector_a", "inspector_b")), now=at(day, 15))
    return number


def closed(city: City, number: str, day: date) -> str:
    """A major one from its plan to its closure, on one day."""
    acts.plan(city, number, at(day, 12))
    verified(city, number, day)
    acts.ask(city, number, Action.CLOSE, "reviewer", at(day, 16))
    acts.sign(city, number, "reviewer", "approver", now=at(day, 16))
    assert shanghai_day(at(day, 16)) == day
    return number


def dismissed(city: City, number: str, day: date) -> str:
    """A major one that proved to be none."""
    acts.ask(city, number, Action.DISMISS, "inspector_a", at(day, 17), reason="不是隐患")
    acts.sign(city, number, "inspector_a", "reviewer", "approver", now=at(day, 17))
    return number
