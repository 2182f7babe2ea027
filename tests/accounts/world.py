"""A small world for the tests of accounts: two districts, three offices, two enterprises, one person for each role.

People log in by the name of their role (`inspector`, `worker` …); those of the other district end in `_far`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.access import Actor, actor_of, viewer_of
from accounts.models import Enterprise, Person, Region, Regulator
from accounts.offices import RegulatorDetails, add_regulator
from accounts.organisations import EnterpriseDetails, add_enterprise, add_unit
from accounts.passwords import hash_password
from accounts.people import PersonDetails, add_person
from accounts.regions import listed_regions
from accounts.roles import Role, Side
from accounts.rules import OfficeLevel
from core.db import db, unit_of_work
from core.scope import Viewer, everything

PASSWORD = "Shan-3096-qiao"
QIJIANG, WANZHOU, TOWN = "500110", "500101", "500110003000"


@dataclass
class World:
    """Ids by name."""

    people: dict[str, int] = field(default_factory=dict)
    enterprises: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """The person, whoever is looking."""
        with everything("test world"):
            return db.session.execute(select(Person).where(Person.id == self.people[name])).scalar_one()

    def actor(self, name: str) -> Actor:
        """The person as one who acts."""
        return actor_of(self.person(name))

    def viewer(self, name: str) -> Viewer:
        """The person's eyes."""
        return viewer_of(self.person(name))

    def enterprise(self, name: str) -> Enterprise:
        """The enterprise, whoever is looking."""
        with everything("test world"):
            return db.session.execute(select(Enterprise).where(Enterprise.id == self.enterprises[name])).scalar_one()


def build(now: datetime) -> World:
    """Fill the database, in one unit of work."""
    world = World()
    with everything("test world"), unit_of_work():
        _regions()
        _offices(world, now)
        _enterprises(world, now)
        _people(world, now)
    return world


def _regions() -> None:
    """Only those that somebody stands in: the whole list has its own test."""
    paths: dict[str | None, str] = {None: "/"}
    for row in listed_regions():
        if row.code in ("500000", QIJIANG, WANZHOU, TOWN):
            paths[row.code] = f"{paths[row.parent_code]}{row.code}/"
            db.session.add(Region(**row._asdict(), path=paths[row.code]))
            db.session.flush()


def _offices(world: World, now: datetime) -> None:
    rows = (
        ("city", "CQ-YJ", "重庆市应急管理局", OfficeLevel.CITY, "500000", ()),
        ("district", "QJ-YJ", "綦江区应急管理局", OfficeLevel.DISTRICT, QIJIANG, ()),
        ("mines", "QJ-MK", "綦江区煤矿监管局", OfficeLevel.DISTRICT, QIJIANG, ("煤矿",)),
        ("fire", "QJ-XF", "綦江区消防救援大队", OfficeLevel.DISTRICT, QIJIANG, ("消防",)),
        ("town", "QJ-SJ", "三江街道办事处", OfficeLevel.TOWN, TOWN, ()),
        ("far", "WZ-YJ", "万州区应急管理局", OfficeLevel.DISTRICT, WANZHOU, ()),
    )
    for key, code, name, level, region, sectors in rows:
        details = RegulatorDetails(code, name, level, region, sectors=sectors, is_comprehensive=not sectors)
        world.offices[key] = add_regulator(details, by=None, now=now).id


def _enterprises(world: World, now: datetime) -> None:
    rows = (
        ("plant", "綦江镕堃机械有限公司", "91350100M000100Y43", QIJIANG, TOWN, "工贸-机械"),
        ("mine", "綦江䶮山煤矿", "", QIJIANG, None, "煤矿"),
        ("far_plant", "万州𬭬业有限公司", "", WANZHOU, None, "工贸-冶金"),
    )
    for key, name, uscc, region, town, industry in rows:
        made = add_enterprise(EnterpriseDetails(name, region, uscc, town, industry), by=None, now=now)
        world.enterprises[key] = made.id
        for unit in ("车间", "设备部"):
            world.units[f"{key}-{unit}"] = add_unit(made, unit, by=None, now=now).id
    plant = db.session.get_one(Enterprise, world.enterprises["plant"])
    world.units["plant-一班"] = add_unit(plant, "一班", world.units["plant-车间"], by=None, now=now).id


IN_WORKSHOP = (Role.DEPARTMENT_HEAD, Role.WORKER)


def _people(world: World, now: datetime) -> None:
    for role in Role:
        town = role in (Role.TOWN_OFFICER, Role.TOWN_HEAD)
        unit = "plant-一班" if role is Role.TEAM_LEADER else "plant-车间" if role in IN_WORKSHOP else ""
        where = {Side.ENTERPRISE: "plant", Side.REGULATOR: "town" if town else "district", Side.SYSTEM: ""}[role.side]
        _person(world, role.value, role, where, world.units.get(unit), now)
    for role in (Role.SAFETY_MANAGER, Role.WORKER):
        _person(world, f"{role.value}_far", role, "far_plant", None, now)
    _person(world, "inspector_far", Role.INSPECTOR, "far", None, now)
    _person(world, "inspector_fire", Role.INSPECTOR, "fire", None, now)
    _person(world, "inspector_mines", Role.INSPECTOR, "mines", None, now)
    _person(world, "inspector_city", Role.INSPECTOR, "city", None, now)


def _person(world: World, login: str, role: Role, where: str, unit_id: int | None, now: datetime) -> None:
    made = add_person(
        PersonDetails(name=f"{role.label}·堃", login=login, unit_id=unit_id),
        by=None,
        now=now,
        roles=(role,),
        enterprise=db.session.get(Enterprise, world.enterprises[where]) if where in world.enterprises else None,
        regulator=db.session.get(Regulator, world.offices[where]) if where in world.offices else None,
    ).person
    made.password_hash, made.must_change = hash_password(PASSWORD), False
    world.people[login] = made.id


# --- the browser -----------------------------------------------------------------------------------------------


def token(page: str) -> str:
    """The form's token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, "the page has no form token"
    return unescape(found.group(1))


def post(client: FlaskClient, url: str, data: Mapping[str, object] | None = None, *, at: str = "") -> TestResponse:
    """Send a form with the token of the page it stands on (`at`, else the address itself)."""
    page = client.get(at or url).get_data(as_text=True)
    return client.post(url, data={"csrf_token": token(page), **(data or {})})


def log_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: object) -> TestResponse:
    """Log in through the page."""
    return post(client, "/login", {"login": login, "password": password, **more})


def browser_of(app: Flask, login: str) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = app.test_client()
    answer = log_in(client, login)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def text_of(answer: TestResponse) -> str:
    """The page's text."""
    return answer.get_data(as_text=True)
