"""The small city with one hazard in each stage, and a browser for each kind of person in it; built once a module."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import Grant, Person
from accounts.passwords import hash_password
from accounts.roles import Role
from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Evidence, Hazard
from tests.hazards import acts
from tests.hazards.browsing import browser
from tests.hazards.city import PASSWORD, City, build_city, reported
from workflows.vocabulary import Action, Channel, Grade

# who the small city has not: a complaint officer of the district, and the system's three
FURTHER: tuple[tuple[str, Role, str], ...] = (
    ("complaints", Role.COMPLAINT_OFFICER, "district"),
    ("system_admin", Role.SYSTEM_ADMIN, ""),
    ("security_admin", Role.SECURITY_ADMIN, ""),
    ("auditor", Role.AUDITOR, ""),
)

# One of each kind. At home: the plant with its offices; elsewhere: those whom its hazards do not concern.
PLANT = ("worker", "leader", "head", "manager", "plant_manager", "principal")
OFFICES = ("town_officer", "town_head", "inspector_a", "reviewer", "approver", "clerk", "complaints")
CITY = ("city_inspector_a", "city_reviewer", "city_approver")
ELSEWHERE = ("shop_principal", "far_principal", "fire_inspector", "fire_reviewer", "far_inspector")
SYSTEM = ("system_admin", "security_admin", "auditor")
EVERYBODY = (*PLANT, *OFFICES, *CITY, *ELSEWHERE, *SYSTEM)


@dataclass
class House:
    """The application, its city, the numbers of its hazards by stage, and who is signed in."""

    app: Flask
    city: City
    numbers: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, int] = field(default_factory=dict)
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self, key: str) -> FlaskClient:
        """A browser in which this person is signed in; the same one each time."""
        if key not in self._browsers:
            self._browsers[key] = browser(self.app, key)
        return self._browsers[key]


def build_house(app: Flask, now: datetime) -> House:
    """Put city, people and hazards into the database."""
    with app.app_context():
        city = build_city(now)
        further_people(city, now)
        house = House(app, city, _hazards(city, now))
        with everything("test house"):
            for stage, number in house.numbers.items():
                house.evidence[stage] = _first_evidence(number)
        db.session.remove()
    return house


def further_people(city: City, now: datetime) -> None:
    kept = hash_password(PASSWORD)
    with everything("test house"), unit_of_work() as session:
        for key, role, office in FURTHER:
            person = Person(
                name=role.label,
                login=key,
                password_hash=kept,
                must_change=False,
                regulator_id=city.offices.get(office),
                created_at=now,
                grants=[Grant(role=role, granted_at=now)],
            )
            session.add(person)
            session.flush()
            city.people[key] = person.id


def _hazards(city: City, now: datetime) -> dict[str, str]:
    unit = city.units["smelting"]
    found = {
        stage: reported(city, "leader", now, unit_id=unit, proposed_grade=Grade.MAJOR)
        for stage in ("reported", "rectifying", "verifying", "closed")
    }
    for stage in ("rectifying", "verifying", "closed"):
        acts.accept(city, found[stage], "manager", "principal", now=now)
    for stage in ("verifying", "closed"):
        acts.plan(city, found[stage], now)
        acts.work(city, found[stage], now)
        acts.ask(city, found[stage], Action.VERIFY, "head", now)
        acts.sign(city, found[stage], "principal", now=now)
    acts.sign(city, found["closed"], "inspector_a", "inspector_b", now=now)
    acts.ask(city, found["closed"], Action.CLOSE, "reviewer", now)
    acts.sign(city, found["closed"], "reviewer", "approver", now=now)
    found["ordered"] = reported(city, "inspector_a", now, channel=Channel.SUPERVISION)
    far = city.enterprises["far"]
    found["far"] = reported(city, "far_principal", now, enterprise_id=far, proposed_grade=Grade.MAJOR)
    return found


def _first_evidence(number: str) -> int:
    wanted = select(Evidence.id).join(Hazard, Hazard.id == Evidence.hazard_id).where(Hazard.number == number)
    return db.session.scalars(wanted.order_by(Evidence.id)).first() or 0
