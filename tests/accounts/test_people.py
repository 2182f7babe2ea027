"""Coming, going, deputies, the password asked again, and the history each of them leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.deputies import add_deputation, end_deputation
from accounts.models import Person
from accounts.news import PersonLeft
from accounts.passwords import one_time_password, weakness
from accounts.people import PersonDetails, add_person, deactivate, give_login, reactivate, reset_password, unlock
from accounts.queries import deputations_between, deputations_of, people_of, seat_rows
from accounts.roles import Role
from accounts.signing_in import WrongPassword, check_password
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from core.web import announcements
from tests.accounts.world import PASSWORD, World
from tests.clocks import FixedClock


def kinds(person: Person) -> list[str]:
    """What the person's history tells."""
    wanted = select(Event.kind).where(Event.subject_kind == "person", Event.subject_id == person.id)
    return list(db.session.scalars(wanted.order_by(Event.seq)))


def test_a_person_known_from_paper_gets_a_login_later(world: World, context: Flask, clock: FixedClock) -> None:
    inspector, manager = world.actor("inspector"), world.actor("safety_manager")
    with unit_of_work():
        details = PersonDetails(name="负责人·䶮")
        made, password = add_person(
            details, by=inspector, now=clock(), enterprise=world.enterprise("plant"), roles=(Role.PRINCIPAL,)
        )
        assert password is None
        world.people["paper"] = made.id
    with unit_of_work(), pytest.raises(NotAllowed):
        give_login(world.person("paper"), "paper-01", by=manager, now=clock())
    with unit_of_work():
        assert len(give_login(world.person("paper"), "Paper-01", by=inspector, now=clock())) == 14
    person = world.person("paper")
    assert (person.login, person.must_change) == ("paper-01", True)
    assert kinds(person) == ["created", "role_granted", "login_given"]


@pytest.mark.parametrize("login", ["a", "mit leer", "x" * 41, "wor/ker", "甲·乙"])
def test_a_login_has_a_plain_form(sqlite_world: World, sqlite_context: Flask, clock: FixedClock, login: str) -> None:
    with unit_of_work(), pytest.raises(Invalid):
        add_person(PersonDetails("甲", login), by=None, now=clock(), enterprise=sqlite_world.enterprise("plant"))


def test_a_login_has_no_invisible_characters(sqlite_world: World, sqlite_context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        made = add_person(
            PersonDetails("甲", "行\u200b为-01"), by=None, now=clock(), enterprise=sqlite_world.enterprise("plant")
        )
        assert made.person.login == "行为-01"


def test_a_login_is_given_once_even_after_its_owner_left(world: World, context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        deactivate(world.person("worker"), by=world.actor("safety_manager"), now=clock())
    with unit_of_work(), pytest.raises(Invalid) as refused:
        add_person(PersonDetails("乙", "WORKER"), by=None, now=clock(), enterprise=world.enterprise("plant"))
    assert "已经有人用过" in refused.value.fields["login"]


def test_a_leaver_holds_nothing_and_the_rooms_above_are_told(world: World, context: Flask, clock: FixedClock) -> None:
    heard: list[PersonLeft] = []
    announcements().subscribe(PersonLeft, heard.append)
    manager = world.actor("safety_manager")
    with unit_of_work():
        deactivate(world.person("worker"), by=manager, now=clock())
    left = world.person("worker")
    assert (left.active, left.roles) == (False, frozenset())
    assert heard == [PersonLeft(left.id, manager.person_id, clock())]
    assert left.id not in {row.person_id for row in seat_rows(world.enterprises["plant"], [])}
    with unit_of_work(), pytest.raises(Conflict):
        deactivate(world.person("worker"), by=manager, now=clock())
    with unit_of_work():
        reactivate(world.person("worker"), by=manager, now=clock())
    assert kinds(world.person("worker"))[-2:] == ["deactivated", "reactivated"]


def test_a_reset_ends_sessions_lifts_the_lock_and_must_be_changed(
    world: World, context: Flask, clock: FixedClock
) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            check_password(world.person("worker"), "wrong", clock())
    epoch = world.person("worker").session_epoch
    with unit_of_work():
        password = reset_password(world.person("worker"), by=world.actor("safety_manager"), now=clock())
    person = world.person("worker")
    assert (person.must_change, person.locked_until, person.session_epoch) == (True, None, epoch + 1)
    check_password(person, password, clock())
    with pytest.raises(WrongPassword):
        check_password(world.person("worker"), PASSWORD, clock())


def test_the_password_asked_again_when_signing_counts_toward_the_lock(
    world: World, context: Flask, clock: FixedClock
) -> None:
    check_password(world.person("principal"), PASSWORD, clock())
    for left in (4, 3):
        with pytest.raises(WrongPassword) as refused:
            check_password(world.person("principal"), "wrong", clock())
        assert refused.value.fields["password"] == f"密码不对，签批没有提交。还可再试 {left} 次，之后锁定 20 分钟。"
    check_password(world.person("principal"), PASSWORD, clock())
    for _ in range(5):
        with pytest.raises(WrongPassword):
            check_password(world.person("principal"), "wrong", clock())
    with pytest.raises(WrongPassword) as refused:
        check_password(world.person("principal"), PASSWORD, clock())
    assert refused.value.sentence.startswith("签批没有提交。输错次数太多，已锁定 20 分钟。请在 10:20 后再试")
    with unit_of_work():
        unlock(world.person("principal"), by=world.actor("inspector"), now=clock())
    check_password(world.person("principal"), PASSWORD, clock())


def test_a_deputy_is_a_colleague_who_may_sign(world: World, context: Flask, clock: FixedClock) -> None:
    now = clock()
    principal = world.actor("principal")
    later = now + timedelta(days=3)
    for wrong in ("worker", "principal", "safety_manager_far"):
        with unit_of_work(), pytest.raises(Invalid):
            add_deputation(world.person("principal"), world.person(wrong), now, later, by=principal, now=now)
    with unit_of_work(), pytest.raises(NotAllowed):
        add_deputation(
            world.person("principal"), world.person("plant_manager"), now, later, by=world.actor("worker"), now=now
        )
    with unit_of_work():
        made = add_deputation(
            world.person("principal"), world.person("plant_manager"), now, later, by=principal, now=now
        )
        assert (made.person_id, made.deputy_id) == (world.people["principal"], world.people["plant_manager"])
    with unit_of_work(), pytest.raises(Invalid):
        add_deputation(world.person("principal"), world.person("plant_manager"), now, later, by=principal, now=now)


def test_a_deputation_has_a_bounded_period_and_ends_when_told(world: World, context: Flask, clock: FixedClock) -> None:
    now = clock()
    principal, day = world.actor("principal"), timedelta(days=1)
    pair = ("principal", "plant_manager")
    for since, until in ((now, now), (now - 2 * day, now - day), (now, now + 400 * day)):
        with unit_of_work(), pytest.raises(Invalid):
            add_deputation(world.person(pair[0]), world.person(pair[1]), since, until, by=principal, now=now)
    with unit_of_work():
        add_deputation(world.person(pair[0]), world.person(pair[1]), now, now + 3 * day, by=principal, now=now)
        add_deputation(
            world.person(pair[0]), world.person(pair[1]), now + 9 * day, now + 10 * day, by=principal, now=now
        )
    ids = [world.people["principal"]]
    assert len(deputations_between(ids, now + day, now + day)) == 1
    assert len(deputations_between(ids, now + 4 * day, now + 8 * day)) == 0
    clock.advance(days=1)
    with unit_of_work():
        for one in deputations_of(ids[0], now=clock()):
            end_deputation(one, world.person("principal"), by=principal, now=clock())
    assert deputations_between(ids, clock(), clock() + 8 * day) == []
    assert len(deputations_between(ids, now, now)) == 1


def test_seats_are_read_in_one_query_for_organisations_of_both_sides(world: World, context: Flask) -> None:
    rows = seat_rows(world.enterprises["far_plant"], [world.offices["far"], world.offices["town"]])
    found = {(row.person_id, row.role.value, row.enterprise_id, row.regulator_id) for row in rows}
    people, far, town = world.people, world.offices["far"], world.offices["town"]
    assert found == {
        (people["safety_manager_far"], "safety_manager", world.enterprises["far_plant"], None),
        (people["worker_far"], "worker", world.enterprises["far_plant"], None),
        (people["inspector_far"], "inspector", None, far),
        (people["town_officer"], "town_officer", None, town),
        (people["town_head"], "town_head", None, town),
    }
    only = seat_rows(world.enterprises["far_plant"], [far], roles=(Role.INSPECTOR,))
    assert [row.person_id for row in only] == [people["inspector_far"]]


def test_people_of_an_organisation_by_role(world: World, context: Flask) -> None:
    with everything("test world"):
        found = people_of(enterprise_id=world.enterprises["plant"], roles=(Role.PRINCIPAL, Role.WORKER))
        assert {person.id for person in found} == {world.people["principal"], world.people["worker"]}
        assert len(people_of(regulator_id=world.offices["town"])) == 2


def test_one_time_passwords_differ_and_can_be_read_aloud() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(not set(password) & set("0O1lIio") for password in made)


def test_a_good_password_has_no_weakness() -> None:
    assert weakness("Shan-3096-qiao", login="worker", name="甲乙") == ""
    assert weakness("三峡大坝Gao-12", login="worker", name="甲乙") == ""
