"""A deputy's signature: whose it stands for, within the scope, and that the two are one person for separation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.deputies import add_deputation
from accounts.models import Person
from accounts.rules import DeputyScope
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import NotAllowed
from core.scope import everything
from hazards.models import Signature
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.browsing import browser
from tests.hazards.city import City, reported
from workflows.vocabulary import Action, Grade


def deputise(city: City, person: str, deputy: str, now: datetime, scope: DeputyScope = DeputyScope.ALL) -> None:
    """Let one act for the other for a day."""
    with everything("test city"), unit_of_work() as session:
        pair = [session.get_one(Person, city.people[key]) for key in (person, deputy)]
        add_deputation(*pair, now, now + timedelta(days=1), scope, by=None, now=now)


def verified_by(city: City, now: datetime) -> str:
    """A major hazard whose closing waits for the reviewer."""
    number = reported(city, "leader", now, unit_id=city.units["smelting"], proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=now)
    acts.plan(city, number, now)
    acts.work(city, number, now)
    acts.ask(city, number, Action.VERIFY, "head", now)
    acts.sign(city, number, "principal", now=now)
    return number


def newest_signature() -> Signature:
    with everything("test city"):
        return db.session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()


def test_the_signature_says_for_whom_and_so_does_the_history(city: City, context: Flask, clock: FixedClock) -> None:
    number = verified_by(city, clock())
    deputise(city, "inspector_b", "inspector_a", clock())
    acts.sign(city, number, "inspector_a", now=clock())
    assert newest_signature().deputising_for_id == city.people["inspector_b"]
    entry = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert entry.content["deputising_for"] == city.people["inspector_b"]


@pytest.mark.parametrize(("scope", "acts_for"), [("all", True), ("major", True), ("general", False)])
def test_the_scope_bounds_for_what_one_acts(
    city: City, context: Flask, clock: FixedClock, scope: str, acts_for: bool
) -> None:
    number = verified_by(city, clock())
    deputise(city, "inspector_b", "inspector_a", clock(), DeputyScope(scope))
    acts.sign(city, number, "inspector_a", now=clock())
    assert (newest_signature().deputising_for_id is not None) is acts_for


def test_deputy_and_deputised_are_not_two_inspectors(city: City, context: Flask, clock: FixedClock) -> None:
    number = verified_by(city, clock())
    deputise(city, "inspector_b", "inspector_a", clock())
    acts.sign(city, number, "inspector_a", now=clock())
    with pytest.raises(NotAllowed):
        acts.sign(city, number, "inspector_b", now=clock())


def test_the_page_of_the_hazard_shows_for_whom_it_was_signed(page_city: City, app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        number = verified_by(page_city, clock())
        deputise(page_city, "inspector_b", "inspector_a", clock())
        acts.sign(page_city, number, "inspector_a", now=clock())
        db.session.remove()
    page = browser(app, "reviewer").get(f"/hazards/{number}").get_data(as_text=True)
    assert "代 检查人员·乙 签" in page
