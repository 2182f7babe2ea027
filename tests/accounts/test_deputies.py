"""Deputies on pages: for a period and a scope, by oneself or by whoever keeps one; told to both, listed, ended."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from accounts.models import Deputation
from accounts.rules import DeputyScope
from core.db import db, unit_of_work
from core.models import OutboxMessage
from tests.accounts.world import World, browser_of, post, text_of
from tests.clocks import FixedClock


def arranged(world: World, deputy: str = "plant_manager", **more: str) -> dict[str, object]:
    """The form as typed."""
    typed = {"since": "2026-11-17", "until": "2026-11-20", "scope": "all"}
    return {"deputy_id": str(world.people[deputy]), **typed, **more}


def told(app: Flask, person_id: int) -> list[str]:
    """What a person was told, oldest first."""
    with app.app_context():
        mine = select(OutboxMessage.text).where(OutboxMessage.person_id == person_id).order_by(OutboxMessage.id)
        return list(db.session.scalars(mine))


def test_one_arranges_a_deputy_with_period_and_scope(world: World, app: Flask) -> None:
    client = browser_of(app, "principal")
    answer = post(client, "/me/deputies/new", arranged(world, scope="general"))
    assert answer.location == "/me"
    with app.app_context():
        made = db.session.scalars(select(Deputation)).one()
    assert (made.scope, made.granted_by_id) == (DeputyScope.GENERAL, world.people["principal"])
    assert "只限一般隐患" in text_of(client.get("/me"))
    mine = text_of(browser_of(app, "plant_manager").get("/me"))
    assert "我代理谁" in mine
    sentence = "请厂长/经理·堃代理主要负责人·堃：2026-11-17 至 2026-11-20，只限一般隐患。"
    assert told(app, world.people["plant_manager"]) == [sentence]
    assert told(app, world.people["principal"]) == []


def test_an_unknown_scope_is_refused(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "principal")
    assert post(client, "/me/deputies/new", arranged(sqlite_world, scope="everything")).status_code == 422


def test_who_keeps_a_person_arranges_and_ends_it(world: World, app: Flask) -> None:
    client = browser_of(app, "reviewer")
    home = f"/admin/people/{world.people['principal']}"
    assert post(client, f"{home}/deputies/new", arranged(world)).location == home
    assert "厂长/经理·堃" in text_of(client.get(home))
    with app.app_context():
        number = db.session.scalars(select(Deputation.id)).one()
    assert post(client, f"{home}/deputies/{number}/end", at=home).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(Deputation)).all() == []  # it had not begun
    assert "对主要负责人·堃的代理已结束" in told(app, world.people["principal"])[-1]
    assert post(client, f"{home}/deputies/{number}/end", at=home).status_code == 404


def test_others_arrange_nothing(sqlite_world: World, sqlite_app: Flask) -> None:
    url = f"/admin/people/{sqlite_world.people['principal']}/deputies/new"
    for login, status in (("safety_manager", 403), ("auditor", 403), ("security_admin", 403), ("inspector_far", 404)):
        assert browser_of(sqlite_app, login).get(url).status_code == status, login


def test_a_deputy_must_hold_a_role_that_signs(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "principal")
    page = text_of(client.get("/me/deputies/new"))
    assert f'value="{sqlite_world.people["plant_manager"]}"' in page
    assert f'value="{sqlite_world.people["worker"]}"' not in page
    assert post(client, "/me/deputies/new", arranged(sqlite_world, "worker")).status_code == 422


def test_running_ones_are_listed_to_those_who_see_the_people(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    post(browser_of(sqlite_app, "principal"), "/me/deputies/new", arranged(sqlite_world))
    assert "还没有开始" in text_of(browser_of(sqlite_app, "reviewer").get("/admin/deputies"))
    clock.advance(days=1)
    for login in ("reviewer", "auditor", "system_admin", "safety_manager"):
        page = text_of(browser_of(sqlite_app, login).get("/admin/deputies"))
        assert "主要负责人·堃" in page, login
        assert "代理中" in page
    assert "现在没有代理" in text_of(browser_of(sqlite_app, "inspector_far").get("/admin/deputies"))
    clock.advance(days=5)
    assert "现在没有代理" in text_of(browser_of(sqlite_app, "reviewer").get("/admin/deputies"))


def test_a_long_list_goes_on(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    pair = (sqlite_world.people["principal"], sqlite_world.people["plant_manager"])
    later = clock.now.replace(year=2027)
    with sqlite_app.app_context(), unit_of_work() as session:
        for _ in range(51):
            session.add(Deputation(person_id=pair[0], deputy_id=pair[1], starts_at=clock(), ends_at=later))
    client = browser_of(sqlite_app, "reviewer")
    assert "/admin/deputies?after=50" in text_of(client.get("/admin/deputies"))
    assert "本页 1 项" in text_of(client.get("/admin/deputies?after=50"))
    assert client.get("/admin/deputies?after=-1").status_code == 200
