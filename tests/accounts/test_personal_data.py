"""Telephone numbers: masked on pages, whole with a reason that the person and the auditor can read."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Person
from accounts.people import PersonDetails, change_person
from accounts.personal import masked
from core.db import db, unit_of_work
from core.models import Event
from core.scope import everything
from tests.accounts.world import World, browser_of, post, text_of
from tests.clocks import FixedClock

NUMBER = "13812345678"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [(NUMBER, "138****5678"), ("023-48661234", "023****1234"), ("48661234", "****34"), ("110", "****"), ("", "")],
)
def test_a_number_is_masked(phone: str, shown: str) -> None:
    assert masked(phone) == shown


@pytest.fixture
def telephone(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> World:
    """The worker has a telephone."""
    with sqlite_app.app_context(), everything("test world"), unit_of_work():
        details = PersonDetails("从业人员·堃", phone=NUMBER)
        change_person(sqlite_world.person("worker"), details, by=None, now=clock())
    return sqlite_world


def test_pages_show_a_part_of_it_to_everybody_but_the_owner(telephone: World, sqlite_app: Flask) -> None:
    url = f"/admin/people/{telephone.people['worker']}"
    for login in ("safety_manager", "inspector", "system_admin", "security_admin", "auditor"):
        client = browser_of(sqlite_app, login)
        for page in (url, f"/admin/enterprises/{telephone.enterprises['plant']}"):
            assert NUMBER not in text_of(client.get(page)), (login, page)
        assert "138****5678" in text_of(client.get(url)), login
    keeper = browser_of(sqlite_app, "safety_manager")
    assert NUMBER not in text_of(keeper.get(f"{url}/edit"))
    assert NUMBER in text_of(browser_of(sqlite_app, "worker").get("/me"))


def test_a_look_needs_a_reason_and_is_written_down(telephone: World, sqlite_app: Flask) -> None:
    url = f"/admin/people/{telephone.people['worker']}/phone"
    client = browser_of(sqlite_app, "inspector")
    assert NUMBER not in text_of(client.get(url))
    refused = post(client, url, {"reason": ""})
    assert refused.status_code == 422
    assert NUMBER not in text_of(refused)
    answer = post(client, url, {"reason": "通知明天复查"})
    assert NUMBER in text_of(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    with sqlite_app.app_context():
        look = db.session.scalars(select(Event).where(Event.kind == "looked")).one()
    assert (look.subject_kind, look.subject_id) == ("person", telephone.people["worker"])
    assert look.actor_id == telephone.people["inspector"]
    assert NUMBER not in str(look.content)
    own = text_of(browser_of(sqlite_app, "worker").get("/me"))
    assert "检查人员·堃（綦江区应急管理局）" in own
    assert "通知明天复查" in own


def test_who_needs_no_number_gets_none(telephone: World, sqlite_app: Flask) -> None:
    url = f"/admin/people/{telephone.people['worker']}/phone"
    assert browser_of(sqlite_app, "auditor").get(url).status_code == 403
    assert browser_of(sqlite_app, "worker").get(url).status_code == 403
    for login in ("inspector_far", "safety_manager_far"):
        assert browser_of(sqlite_app, login).get(url).status_code == 404


def test_the_number_stays_unless_another_is_typed_or_it_is_dropped(telephone: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    url = f"/admin/people/{telephone.people['worker']}/edit"
    kept = {"name": "从业人员·堃", "unit_id": "0", "title": "炉前工"}

    def number() -> str:
        with sqlite_app.app_context(), everything("test world"):
            return db.session.get_one(Person, telephone.people["worker"]).phone

    assert post(client, url, kept | {"phone": ""}).status_code == 302
    assert number() == NUMBER
    assert post(client, url, kept | {"phone": "13900001111"}).status_code == 302
    assert number() == "13900001111"
    assert post(client, url, kept | {"phone": "", "drop_phone": "y"}).status_code == 302
    assert number() == ""
