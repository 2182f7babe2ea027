"""The system's three are three persons, each with its own duties and none with a hazard (domain.md §2, 等保三级)."""

from __future__ import annotations

from itertools import permutations

import pytest
from flask import Flask

from accounts.people import PersonDetails, add_person, grant_role
from accounts.roles import SYSTEM_ROLES, Role
from core.db import unit_of_work
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from tests.accounts.factors import set_up
from tests.accounts.world import World, browser_of, post, text_of, token
from tests.clocks import FixedClock

THREE = ("system_admin", "security_admin", "auditor")


@pytest.mark.parametrize(("held", "wanted"), list(permutations(sorted(SYSTEM_ROLES), 2)))
def test_nobody_holds_two_of_them(
    sqlite_world: World, sqlite_context: Flask, clock: FixedClock, held: Role, wanted: Role
) -> None:
    with everything("test world"):
        with pytest.raises(Invalid, match="必须是三个人"), unit_of_work():
            grant_role(sqlite_world.person(held.value), wanted, by=None, now=clock())
        with pytest.raises(Invalid, match="必须是三个人"), unit_of_work():
            add_person(PersonDetails("两职", login="both"), by=None, now=clock(), roles=(held, wanted))


@pytest.mark.parametrize("by", [role.value for role in Role])
@pytest.mark.parametrize("wanted", sorted(SYSTEM_ROLES))
def test_nobody_is_made_one_of_them_on_a_page(
    sqlite_world: World, sqlite_context: Flask, clock: FixedClock, by: str, wanted: Role
) -> None:
    with everything("test world"), pytest.raises((Invalid, NotAllowed)), unit_of_work():
        grant_role(sqlite_world.person("worker"), wanted, by=sqlite_world.actor(by), now=clock())


# door → who of the three may send it; {worker} and {reviewer} are people, {plant} an enterprise
SENDS: dict[str, set[str]] = {
    "/admin/people/{worker}/reset": {"security_admin"},
    "/admin/people/{worker}/unlock": {"security_admin"},
    "/admin/people/{worker}/deactivate": {"system_admin"},
    "/admin/people/{reviewer}/roles/reviewer/end": {"system_admin"},
    "/admin/people/{reviewer}/deactivate": {"system_admin"},
    "/admin/audit/checks": {"auditor"},
    "/admin/audit/entries.csv": {"auditor"},
    "/admin/audit/sign-ins.csv": {"auditor"},
}
# door → who of the three may open it
OPENS: dict[str, set[str]] = {
    "/admin/regulators/new": {"system_admin"},
    "/admin/enterprises/new": {"system_admin"},
    "/admin/enterprises/{plant}/people/new": {"system_admin"},
    "/admin/people/{worker}/edit": {"system_admin"},
    "/admin/people/{principal}/edit": {"system_admin"},
    "/admin/people/{worker}/phone": {"system_admin", "security_admin"},
    "/admin/regions/500000/new": {"system_admin"},
    "/admin/security": {"security_admin", "auditor"},
    "/admin/security/idle": {"security_admin"},
    "/admin/audit/": {"auditor"},
    "/admin/audit/sign-ins": {"auditor"},
    "/admin/audit/checks": {"auditor"},
    "/hazards/nobody": {"system_admin"},
    "/hazards/new": set(),
    "/reports/": set(),
}


def filled(world: World, door: str) -> str:
    """The address with the ids of this world."""
    people = {name: world.people[name] for name in ("worker", "reviewer", "principal")}
    return door.format(**people, plant=world.enterprises["plant"])


@pytest.mark.parametrize("who", THREE)
def test_each_opens_and_sends_what_is_its_own(sqlite_world: World, sqlite_app: Flask, who: str) -> None:
    client, wrong = browser_of(sqlite_app, who), list[str]()
    shown = token(text_of(client.get("/me")))
    for door, whose in OPENS.items():
        status = client.get(filled(sqlite_world, door)).status_code
        if status != (200 if who in whose else 403):
            wrong.append(f"GET {door}: {status}")
    for door, whose in SENDS.items():
        answer = client.post(filled(sqlite_world, door), data={"csrf_token": shown})
        if (answer.status_code < 400) != (who in whose):
            wrong.append(f"POST {door}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("who", THREE)
def test_each_has_a_home_page_with_its_duties_and_no_hazard(sqlite_world: World, sqlite_app: Flask, who: str) -> None:
    client = browser_of(sqlite_app, who)
    home = text_of(client.get("/"))
    own = {
        "system_admin": ("监管单位和人员", "无人可办的环节", "工作日表"),
        "security_admin": ("登录与锁定", "移除动态口令"),
        "auditor": ("谁在何时做了什么", "经过有没有被改"),
    }
    for other, words in own.items():
        for word in words:
            assert (word in home) is (other == who), (who, word)
    assert client.get("/hazards/YH-500110-2026-000001").status_code == 404
    assert "YH-" not in text_of(client.get("/hazards/?view=all"))


def test_what_the_three_are_told_stands_on_their_page(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "security_admin")
    before = text_of(client.get("/"))
    assert before.count("消息") == before.count('href="/me/messages">消息</a>') == 1  # the way to them, at the top
    assert 'name="message"' not in before
    set_up(client, sqlite_app.extensions["clock"])
    page = text_of(client.get("/"))
    assert "您的登录已设动态口令" in page
    number = page.split('name="message" value="')[1].split('"')[0]
    assert post(client, "/messages/read", {"message": number}, at="/").status_code == 302
    assert "您的登录已设动态口令" not in text_of(client.get("/"))
