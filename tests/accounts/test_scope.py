"""Who sees which enterprises, people, units and links: own and foreign, written by hand."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select, update

from accounts.access import viewer_of
from accounts.models import Enterprise, EnterpriseLink, OrgUnit, Person
from accounts.organisations import LinkDetails, add_link
from accounts.people import end_role
from accounts.queries import person_labels
from accounts.roles import Role
from accounts.rules import LinkKind
from core.db import db, unit_of_work
from core.scope import everything, guarded_models, viewing
from tests.accounts.world import World
from tests.clocks import FixedClock

# who → the enterprises seen
SEES: dict[str, set[str]] = {
    "worker": {"plant"},
    "team_leader": {"plant"},
    "principal": {"plant"},
    "safety_manager_far": {"far_plant"},
    "town_officer": {"plant"},
    "inspector": {"plant", "mine"},
    "committee_clerk": {"plant", "mine"},
    "inspector_mines": {"mine"},
    "inspector_fire": {"plant", "mine"},
    "inspector_far": {"far_plant"},
    "inspector_city": {"plant", "mine", "far_plant"},
    "system_admin": {"plant", "mine", "far_plant"},
    "security_admin": {"plant", "mine", "far_plant"},
    "auditor": {"plant", "mine", "far_plant"},
}


def names_seen(world: World, viewer: str, model: Any, kept: dict[str, int]) -> set[str]:
    """The keys of the rows this person finds."""
    eyes = world.viewer(viewer)
    with viewing(eyes):
        found = set(db.session.scalars(select(model.id)))
    return {name for name, number in kept.items() if number in found}


def test_this_rooms_tenant_tables_are_under_guard() -> None:
    assert {Enterprise, Person, OrgUnit, EnterpriseLink} <= guarded_models()


def test_each_sees_the_enterprises_of_their_scope(world: World, context: Flask) -> None:
    for viewer, expected in SEES.items():
        assert names_seen(world, viewer, Enterprise, world.enterprises) == expected, viewer
        units = names_seen(world, viewer, OrgUnit, world.units)
        assert {unit.split("-")[0] for unit in units} == expected, viewer


def test_each_sees_the_people_of_their_scope(world: World, context: Flask) -> None:
    plant = {role.value for role in Role if role.side.value == "enterprise"}
    far = {"worker_far", "safety_manager_far"}
    town = {"town_officer", "town_head"}
    district = {"inspector", "reviewer", "approver", "committee_clerk", "complaint_officer"}
    here = district | town | {"inspector_fire", "inspector_mines"}
    expected = {
        "worker": plant,
        "worker_far": far,
        "town_officer": plant | town,
        "inspector": plant | here,
        "inspector_mines": here,
        "inspector_far": far | {"inspector_far"},
        "inspector_city": plant | far | here | {"inspector_far", "inspector_city"},
        "auditor": set(world.people),
    }
    for viewer, names in expected.items():
        assert names_seen(world, viewer, Person, world.people) == names, viewer


def test_nobody_looking_finds_nothing(world: World, context: Flask) -> None:
    for model in (Enterprise, Person, OrgUnit, EnterpriseLink):
        assert db.session.scalars(select(model)).all() == []


def test_a_linked_enterprise_is_seen_and_its_people_are_not(world: World, context: Flask, clock: FixedClock) -> None:
    with everything("test world"), unit_of_work():
        plant = world.enterprise("plant")
        add_link(plant, world.enterprises["far_plant"], LinkDetails(LinkKind.TENANT), by=None, now=clock())
    assert names_seen(world, "worker", Enterprise, world.enterprises) == {"plant", "far_plant"}
    assert names_seen(world, "worker_far", Enterprise, world.enterprises) == {"plant", "far_plant"}
    assert "worker_far" not in names_seen(world, "safety_manager", Person, world.people)
    for viewer, count in (("worker", 1), ("worker_far", 1), ("inspector", 1), ("inspector_mines", 0)):
        eyes = world.viewer(viewer)
        with viewing(eyes):
            assert len(db.session.scalars(select(EnterpriseLink)).all()) == count, viewer


def test_writing_is_under_the_same_guard_as_reading(world: World, context: Flask) -> None:
    eyes = world.viewer("inspector_far")
    with viewing(eyes), unit_of_work():
        db.session.execute(update(Enterprise).values(address="改过"), execution_options={"synchronize_session": False})
    assert world.enterprise("plant").address == ""
    assert world.enterprise("far_plant").address == "改过"


def test_the_eyes_of_each_role(world: World, context: Flask) -> None:
    leader, worker = world.viewer("team_leader"), world.viewer("worker")
    head, manager = world.viewer("department_head"), world.viewer("safety_manager")
    assert leader.unit_ids == (world.units["plant-一班"],)
    assert head.unit_ids is None, "may close another unit's hazard"
    assert (worker.unit_ids, worker.own_reports_only) == ((), True)
    assert (manager.unit_ids, manager.own_reports_only) == (None, False)
    inspector, mines = world.viewer("inspector"), world.viewer("inspector_mines")
    assert (inspector.region_path, inspector.sectors) == ("/500000/500110/", None)
    assert mines.sectors == frozenset({"煤矿"})
    assert world.viewer("town_officer").region_path == "/500000/500110/500110003000/"
    system = world.viewer("system_admin")
    assert (system.enterprise_id, system.region_path) == (None, None)


def test_who_belongs_nowhere_and_holds_nothing_sees_nothing(world: World, context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        end_role(world.person("auditor"), Role.AUDITOR, by=None, now=clock())
    eyes = viewer_of(world.person("auditor"))
    with viewing(eyes):
        assert db.session.scalars(select(Enterprise)).all() == []
        assert [person.id for person in db.session.scalars(select(Person))] == [world.people["auditor"]]


def test_signers_have_names_for_everybody_and_nothing_else(world: World, context: Flask) -> None:
    eyes = world.viewer("worker_far")
    with viewing(eyes):
        labels = person_labels([world.people["inspector"], world.people["principal"]])
    inspector, principal = labels[world.people["inspector"]], labels[world.people["principal"]]
    assert (inspector.name, inspector.organisation) == ("检查人员·堃", "綦江区应急管理局")
    assert (principal.name, principal.organisation) == ("主要负责人·堃", "綦江镕堃机械有限公司")
    assert person_labels([]) == {}
