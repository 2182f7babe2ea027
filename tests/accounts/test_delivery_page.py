"""What the system administrator sees of sending: figures and reasons, no words and no address; and trying again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core.db import db, unit_of_work
from core.delivery_models import Channel, Delivery, DeliveryState
from tests.accounts.telling import deliveries
from tests.accounts.world import World, browser_of, post, text_of
from tests.clocks import FixedClock


def put(world: World, clock: FixedClock, number: int, state: DeliveryState, tries: int = 0) -> None:
    with unit_of_work() as session:
        for index in range(number):
            session.add(
                Delivery(
                    key=f"{state.value}{index}",
                    channel=Channel.MAIL,
                    person_id=world.people["worker"],
                    made_at=clock(),
                    next_try_at=clock() + timedelta(days=1),
                    state=state,
                    sent_at=clock() if state is DeliveryState.SENT else None,
                    tries=tries,
                    error="收件地址被拒（550）" if state is DeliveryState.GIVEN_UP else "",
                )
            )


def test_figures_and_reasons_by_key(app: Flask, world: World, clock: FixedClock) -> None:
    with app.app_context():
        put(world, clock, 3, DeliveryState.WAITING)
        put(world, clock, 2, DeliveryState.SENT)
        put(world, clock, 60, DeliveryState.GIVEN_UP, tries=8)
        db.session.remove()
    client = browser_of(app, "system_admin")
    first = text_of(client.get("/admin/deliveries"))
    assert first.count("收件地址被拒（550）") == 50
    assert "2026-11-16 10:00" in first
    assert "worker" not in first
    assert text_of(client.get("/admin/deliveries?before=16")).count("收件地址被拒") == 10


@pytest.mark.parametrize("who", ["auditor", "security_admin", "reviewer", "safety_manager"])
def test_it_is_the_system_administrators(sqlite_app: Flask, sqlite_world: World, who: str) -> None:
    assert browser_of(sqlite_app, who).get("/admin/deliveries").status_code == 403


def test_one_that_was_given_up_is_tried_again(app: Flask, world: World, clock: FixedClock) -> None:
    with app.app_context():
        put(world, clock, 1, DeliveryState.GIVEN_UP, tries=8)
        number = deliveries()[0].id
        db.session.remove()
    client = browser_of(app, "system_admin")
    post(client, f"/admin/deliveries/{number}/again", at="/admin/deliveries")
    with app.app_context():
        found = deliveries()[0]
        assert (found.state, found.tries, found.next_try_at) == (DeliveryState.WAITING, 0, clock())
    again = post(client, f"/admin/deliveries/{number}/again", at="/me")
    assert again.status_code == 409
    assert post(client, "/admin/deliveries/999/again", at="/me").status_code == 404
