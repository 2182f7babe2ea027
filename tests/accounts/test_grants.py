"""Who may give which role, reset whom, and keep whom: expectations written by hand, walked over everybody."""

from __future__ import annotations

import pytest
from flask import Flask

from accounts.authority import grantable, may_keep_person, may_reset
from accounts.people import end_role, grant_role
from accounts.queries import get_regulator
from accounts.roles import Role
from core.db import unit_of_work
from core.refusals import Conflict, Invalid, NotAllowed
from tests.accounts.world import World
from tests.clocks import FixedClock

CLOSERS = {"principal", "plant_manager", "safety_manager", "department_head"}
OTHERS = {"worker", "team_leader"}
OFFICIALS = {
    "town_officer",
    "town_head",
    "inspector",
    "reviewer",
    "approver",
    "committee_clerk",
    "complaint_officer",
}

# who → (roles at the plant of the own district, at the far plant, at the district's office)
MAY_GIVE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "worker": (set(), set(), set()),
    "team_leader": (set(), set(), set()),
    "department_head": (set(), set(), set()),
    "plant_manager": (set(), set(), set()),
    "principal": (set(), set(), set()),
    "safety_manager": (OTHERS, set(), set()),
    "safety_manager_far": (set(), OTHERS, set()),
    "town_officer": (set(), set(), set()),
    "town_head": (set(), set(), set()),
    "inspector": (CLOSERS, set(), set()),
    "inspector_far": (set(), CLOSERS, set()),
    "inspector_mines": (set(), set(), set()),
    "inspector_fire": (CLOSERS, set(), set()),
    "inspector_city": (CLOSERS, CLOSERS, set()),
    "reviewer": (CLOSERS, set(), set()),
    "approver": (set(), set(), set()),
    "committee_clerk": (set(), set(), set()),
    "complaint_officer": (set(), set(), set()),
    "system_admin": (OTHERS, OTHERS, OFFICIALS),
    "security_admin": (set(), set(), set()),
    "auditor": (set(), set(), set()),
}

ENTERPRISE_PEOPLE = CLOSERS | OTHERS
FAR_PEOPLE = {"worker_far", "safety_manager_far"}
OFFICE_PEOPLE = OFFICIALS | {"inspector_far", "inspector_fire", "inspector_mines", "inspector_city"}
EVERYBODY = ENTERPRISE_PEOPLE | FAR_PEOPLE | OFFICE_PEOPLE

MAY_RESET: dict[str, set[str]] = {
    "safety_manager": OTHERS,
    "safety_manager_far": {"worker_far"},
    "inspector": CLOSERS,
    "inspector_fire": CLOSERS,
    "inspector_city": CLOSERS | {"safety_manager_far"},
    "inspector_far": {"safety_manager_far"},
    "reviewer": CLOSERS,
    "security_admin": EVERYBODY,
}
MAY_KEEP: dict[str, set[str]] = {
    "safety_manager": OTHERS,
    "safety_manager_far": {"worker_far"},
    "inspector": ENTERPRISE_PEOPLE,
    "inspector_fire": ENTERPRISE_PEOPLE,
    "inspector_city": ENTERPRISE_PEOPLE | FAR_PEOPLE,
    "inspector_far": FAR_PEOPLE,
    "reviewer": ENTERPRISE_PEOPLE,
    "system_admin": EVERYBODY,
}


def test_everybody_stands_in_the_table(sqlite_world: World) -> None:
    assert set(MAY_GIVE) == set(sqlite_world.people) - {"worker_far"}


def test_roles_are_given_as_the_table_says(sqlite_world: World, sqlite_context: Flask) -> None:
    plant, far = sqlite_world.enterprise("plant"), sqlite_world.enterprise("far_plant")
    office = get_regulator(sqlite_world.offices["district"])
    for name, expected in MAY_GIVE.items():
        actor = sqlite_world.actor(name)
        found = (
            grantable(actor, enterprise=plant, regulator=None),
            grantable(actor, enterprise=far, regulator=None),
            grantable(actor, enterprise=None, regulator=office),
        )
        assert tuple({role.value for role in roles} for roles in found) == expected, name
        assert not grantable(actor, enterprise=None, regulator=None), "system roles are given at the command line only"


@pytest.mark.parametrize(("table", "ask"), [(MAY_RESET, may_reset), (MAY_KEEP, may_keep_person)])
def test_people_are_reset_and_kept_as_the_tables_say(
    sqlite_world: World, sqlite_context: Flask, table: dict[str, set[str]], ask: object
) -> None:
    assert callable(ask)
    people = {name: sqlite_world.person(name) for name in sqlite_world.people}
    for name in people:
        actor = sqlite_world.actor(name)
        allowed = {other for other, person in people.items() if ask(actor, person)}
        assert allowed == table.get(name, set()) - {name}, name


def test_granting_is_refused_with_who_does_it_instead(world: World, context: Flask, clock: FixedClock) -> None:
    with unit_of_work(), pytest.raises(NotAllowed) as refused:
        grant_role(world.person("worker"), Role.PRINCIPAL, by=world.actor("safety_manager"), now=clock())
    assert refused.value.sentence == "您不能授予“主要负责人”。这个角色由监管部门的检查人员或审核人授予和收回。"
    with unit_of_work(), pytest.raises(NotAllowed):
        grant_role(world.person("worker"), Role.PRINCIPAL, by=world.actor("inspector_far"), now=clock())
    with unit_of_work(), pytest.raises(NotAllowed) as refused:
        grant_role(world.person("inspector"), Role.REVIEWER, by=world.actor("inspector"), now=clock())
    assert refused.value.rule == "own_role"
    with unit_of_work(), pytest.raises(Invalid):
        grant_role(world.person("worker"), Role.INSPECTOR, by=world.actor("system_admin"), now=clock())


def test_a_role_is_held_once_and_ended_not_deleted(world: World, context: Flask, clock: FixedClock) -> None:
    inspector = world.actor("inspector")
    with unit_of_work():
        grant_role(world.person("worker"), Role.PRINCIPAL, by=inspector, now=clock())
    with unit_of_work(), pytest.raises(Conflict):
        grant_role(world.person("worker"), Role.PRINCIPAL, by=inspector, now=clock())
    with unit_of_work():
        end_role(world.person("worker"), Role.PRINCIPAL, by=inspector, now=clock())
    with unit_of_work(), pytest.raises(Conflict):
        end_role(world.person("worker"), Role.PRINCIPAL, by=inspector, now=clock())
    kept = [(grant.role, grant.ended_at, grant.granted_by_id) for grant in world.person("worker").grants]
    assert kept == [(Role.WORKER, None, None), (Role.PRINCIPAL, clock(), inspector.person_id)]


def test_the_systems_three_are_three_persons(world: World, context: Flask, clock: FixedClock) -> None:
    with unit_of_work(), pytest.raises(Invalid) as refused:
        grant_role(world.person("system_admin"), Role.AUDITOR, by=None, now=clock())
    assert "必须是三个人" in refused.value.sentence
