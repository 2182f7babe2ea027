"""A leaver's open work: seen on the person's page, handed over one by one or all at once; steps nobody can sign."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import Person
from accounts.people import deactivate
from core.db import db, unit_of_work
from core.models import Event, OutboxMessage
from core.refusals import Conflict, NotAllowed
from core.scope import everything
from hazards.models import Hazard, SignOffRequest, Waiting
from hazards.operations.handing_over import hand_over
from hazards.queries import hazard_by_number
from hazards.recording import NOBODY
from tests.accounts.world import post, token
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.browsing import browser
from tests.hazards.city import City, reported
from tests.pages.house import further_people
from workflows.vocabulary import Action, Grade, RequestStatus


def rectifying(city: City, clock: FixedClock, responsible: str = "head") -> str:
    """A general hazard that is being put right by somebody."""
    number = reported(city, "leader", clock(), unit_id=city.units["smelting"])
    acts.accept(city, number, "manager", now=clock())
    with everything("test city"), unit_of_work():
        hazard = hazard_by_number(number)
        hazard.responsible_person_id = city.people[responsible]
        hazard.responsible_person = "部门负责人·喆"
    return number


def leave(city: City, key: str, clock: FixedClock) -> None:
    """Somebody is deactivated."""
    with everything("test city"), unit_of_work() as session:
        deactivate(session.get_one(Person, city.people[key]), by=None, now=clock())


def give(city: City, number: str, leaver: str, receiver: str, by: str, clock: FixedClock) -> tuple[str, ...]:
    """Hand one over."""
    with city.eyes(by) as actor, unit_of_work() as session:
        pair = [session.get_one(Person, city.people[key]) for key in (leaver, receiver)]
        return hand_over(hazard_by_number(number), *pair, by=actor, reason="调离", now=clock())


def hazard(number: str) -> Hazard:
    with everything("test city"):
        return db.session.scalars(select(Hazard).where(Hazard.number == number)).one()


# --- the operation ---------------------------------------------------------------------------------------------


def test_the_responsible_person_changes_and_the_former_one_still_counts(
    city: City, context: Flask, clock: FixedClock
) -> None:
    number = rectifying(city, clock, "manager")
    assert give(city, number, "manager", "head", "principal", clock) == ("responsible",)
    assert hazard(number).responsible_person_id == city.people["head"]
    entry = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (entry.kind, entry.content["leaver"], entry.content["receiver"]) == (
        "hand_over",
        city.people["manager"],
        city.people["head"],
    )
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "head", clock())
    with pytest.raises(NotAllowed):  # he answered for it: he does not judge it
        acts.sign(city, number, "manager", now=clock())
    acts.sign(city, number, "manager_b", now=clock())


def test_an_open_request_goes_to_the_receiver_who_may_take_it_back(
    city: City, context: Flask, clock: FixedClock
) -> None:
    number = rectifying(city, clock)
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "head", clock())
    leave(city, "head", clock)
    assert "request" in give(city, number, "head", "manager", "principal", clock)
    with everything("test city"):
        request = db.session.scalars(select(SignOffRequest).where(SignOffRequest.status == RequestStatus.OPEN)).one()
    assert request.opened_by_id == city.people["manager"]


def test_what_a_request_would_set_is_not_handed_over_under_it(city: City, context: Flask, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), unit_id=city.units["smelting"], proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", now=clock())
    with everything("test city"), unit_of_work():
        request = db.session.scalars(select(SignOffRequest).where(SignOffRequest.status == RequestStatus.OPEN)).one()
        hazard_by_number(number).responsible_person_id = city.people["head"]
        request.offered = request.offered | {"responsible_person_id": city.people["head"]}
    with pytest.raises(Conflict, match="正在签批「受理」"):
        give(city, number, "head", "leader", "manager", clock)


def test_who_may_hand_over(city: City, context: Flask, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    for by in ("leader", "head", "plant_manager", "town_officer", "clerk"):
        with pytest.raises(NotAllowed):
            give(city, number, "head", "leader", by, clock)
    assert give(city, number, "head", "leader", "inspector_a", clock) == ("responsible",)
    with pytest.raises(Conflict, match="已没有"):
        give(city, number, "head", "leader", "manager", clock)


# --- what happens when somebody leaves -------------------------------------------------------------------------


def test_a_leavers_work_waits_for_another_and_the_safety_managers_are_told(
    city: City, context: Flask, clock: FixedClock
) -> None:
    rectifying(city, clock)
    number = rectifying(city, clock)
    leave(city, "head", clock)
    with everything("test city"):
        rows = db.session.scalars(select(Waiting).where(Waiting.hazard_id == hazard(number).id)).all()
        assert rows
        assert all(row.person_id != city.people["head"] for row in rows)
        told = db.session.execute(
            select(OutboxMessage.person_id, OutboxMessage.text, OutboxMessage.url).where(OutboxMessage.kind == "left")
        ).all()
    page = f"/hazards/hand-over/{city.people['head']}"
    text = "部门负责人·喆已离岗，还有 2 条隐患上的工作没有移交。"
    assert sorted(told) == sorted((city.people[key], text, page) for key in ("manager", "manager_b"))


# --- the pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def left(page_city: City, app: Flask, clock: FixedClock) -> tuple[City, list[str]]:
    """Three hazards of somebody who has left."""
    with app.app_context():
        numbers = [rectifying(page_city, clock) for _ in range(3)]
        leave(page_city, "head", clock)
        further_people(page_city, clock())
        db.session.remove()
    return page_city, numbers


def page_of(client: FlaskClient, url: str) -> str:
    return client.get(url).get_data(as_text=True)


def test_one_by_one_then_all_at_once(left: tuple[City, list[str]], app: Flask) -> None:
    city, numbers = left
    client, url = browser(app, "manager"), f"/hazards/hand-over/{left[0].people['head']}"
    page = page_of(client, url)
    assert all(number in page for number in numbers)
    typed = {"receiver_id": str(city.people["leader"]), "reason": "调离"}
    assert post(client, url, typed | {"do": "picked"}).status_code == 422  # nothing picked
    assert post(client, url, {"receiver_id": "0", "reason": "调离", "do": "all"}).status_code == 422
    assert post(client, url, typed | {"do": "picked", "pick": numbers[1]}).status_code == 302
    page = page_of(client, url)
    assert "已把 1 条移交给班组长·堃" in page
    assert "还有 2 条没有移交" in page
    assert f'value="{numbers[1]}"' not in page
    assert post(client, url, typed | {"do": "all"}).status_code == 302
    assert "没有未了事项" in page_of(client, url)
    with app.app_context(), everything("test city"):
        owners = db.session.scalars(select(Hazard.responsible_person_id)).all()
        told = db.session.scalars(select(OutboxMessage.text).where(OutboxMessage.kind == "hand_over")).all()
    assert set(owners) == {city.people["leader"]}
    assert len(told) == 2  # one message for each press


def test_one_that_cannot_be_stops_no_other(left: tuple[City, list[str]], app: Flask) -> None:
    city, numbers = left
    client, url = browser(app, "manager"), f"/hazards/hand-over/{left[0].people['head']}"
    shown = token(page_of(client, url))
    typed = {"csrf_token": shown, "receiver_id": str(city.people["leader"]), "reason": "调离", "do": "picked"}
    client.post(url, data=typed | {"pick": numbers[0]})
    client.post(url, data=typed | {"pick": [numbers[0], numbers[1]]})
    page = page_of(client, url)
    assert f"{numbers[0]} 上已没有部门负责人·喆的未了事项" in page
    assert "已把 1 条移交给" in page


def test_the_persons_page_says_what_is_open_and_who_hands_it_over(left: tuple[City, list[str]], app: Flask) -> None:
    city, numbers = left
    url = f"/admin/people/{city.people['head']}"
    keeper = page_of(browser(app, "manager"), url)
    assert "3 条未销号隐患上有这个人的工作" in keeper
    assert f"/hazards/hand-over/{city.people['head']}" in keeper
    admin = page_of(browser(app, "system_admin"), url)
    assert "3 条未销号隐患上有这个人的工作" in admin
    assert "由本企业安全管理人员移交" in admin
    assert not any(number in admin for number in numbers)
    assert browser(app, "system_admin").get(f"/hazards/hand-over/{city.people['head']}").status_code == 403
    assert browser(app, "far_inspector").get(f"/hazards/hand-over/{city.people['head']}").status_code == 404


def test_a_step_nobody_can_sign_is_listed_with_links_or_numbers_only(
    page_city: City, app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        further_people(page_city, clock())
        number = reported(page_city, "leader", clock(), unit_id=page_city.units["smelting"])
        for key in page_city.people:
            if (
                re.match("manager|principal|inspector|reviewer|approver|town|city|clerk|fire", key)
                and key != "reviewer"
            ):
                leave(page_city, key, clock)
        with everything("test city"):
            assert hazard(number).holder == NOBODY
            told = {
                row.person_id: row.url
                for row in db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "nobody"))
            }
        db.session.remove()
    assert told[page_city.people["system_admin"]] == "/hazards/nobody"
    assert told[page_city.people["reviewer"]] == f"/hazards/{number}"
    admin = page_of(browser(app, "system_admin"), "/hazards/nobody")
    assert number in admin
    assert f'href="/hazards/{number}"' not in admin
    assert "电炉" not in admin
    regulator = page_of(browser(app, "reviewer"), "/hazards/nobody")
    assert f'href="/hazards/{number}"' in regulator
    assert number not in page_of(browser(app, "far_inspector"), "/hazards/nobody")
    for key in ("worker", "auditor", "security_admin"):
        assert browser(app, key).get("/hazards/nobody").status_code == 403
