"""The landlord's or client's co-signature on what concerns the structure."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.refusals import Invalid, NotAllowed, Refusal
from hazards.deed import deed_digest
from hazards.operations import co_signing, points, working
from hazards.operations.co_signing import OnPaper, lines_of
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, photo, reported
from tests.hazards.visiting import Visitor, jpeg
from workflows.vocabulary import Action, State


def _let(city: City, clock: FixedClock) -> str:
    """A general hazard at the plant, in a hall it rents of the shop, being put right."""
    number = reported(city, "leader", clock(), concerned_id=city.enterprises["shop"])
    acts.accept(city, number, "manager", now=clock())
    return number


def _structural(city: City, number: str, clock: FixedClock, value: bool = True, by: str = "manager") -> None:
    with city.eyes(by) as actor, unit_of_work():
        co_signing.set_structural(hazard_by_number(number), value, by=actor, now=clock.advance(minutes=1))


def _co_sign(city: City, number: str, by: str, clock: FixedClock, paper: OnPaper | None = None, seen: str = "") -> None:
    with city.eyes(by) as actor, unit_of_work():
        here = hazard_by_number(number)
        deed = seen or deed_digest(lines_of(here))
        co_signing.co_sign(here, opinion="同意加固", seen=deed, by=actor, now=clock.advance(minutes=1), paper=paper)


def test_verification_waits_for_the_co_signature(context: None, city: City, clock: FixedClock) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    acts.work(city, number, clock.advance(minutes=1))
    with pytest.raises(Refusal, match="会签"):
        acts.ask(city, number, Action.VERIFY, "head", clock())
    _co_sign(city, number, "shop_principal", clock)
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "manager", now=clock.advance(minutes=1))
    assert hazard(number).state is State.VERIFIED
    assert (hazard(number).co_signer, hazard(number).co_sign_opinion) == ("店主·丁", "同意加固")


def test_the_landlord_is_told(context: None, city: City, clock: FixedClock) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    told = db.session.scalars(
        select(OutboxMessage.text).where(OutboxMessage.person_id == city.people["shop_principal"])
    ).all()
    assert f"{number} 的整改涉及贵单位的主体结构或公用设施，请会签。" in told


@pytest.mark.parametrize("by", ["manager", "principal", "reviewer", "clerk"])
def test_nobody_else_co_signs(context: None, city: City, clock: FixedClock, by: str) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    with pytest.raises(NotAllowed, match="会签由产权"):
        _co_sign(city, number, by, clock)


def test_paper_comes_with_a_name_and_a_scan(context: None, city: City, clock: FixedClock) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    with pytest.raises(Invalid, match="扫描件"):
        _co_sign(city, number, "inspector_a", clock)
    with pytest.raises(Invalid, match="请填写纸质会签的签署人"):
        _co_sign(city, number, "inspector_a", clock, OnPaper(" ", photo()))
    _co_sign(city, number, "inspector_a", clock, OnPaper("某物业 张工", photo()))
    assert hazard(number).co_signer == "某物业 张工（纸质签署·代录）"
    assert hazard(number).co_sign_scan_id is not None


def test_what_was_seen_is_what_is_signed(context: None, city: City, clock: FixedClock) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    with pytest.raises(Invalid, match="内容刚刚有变动"):
        _co_sign(city, number, "shop_principal", clock, seen="0" * 64)


def test_a_change_of_what_was_co_signed_voids_it(context: None, city: City, clock: FixedClock) -> None:
    number = _let(city, clock)
    _structural(city, number, clock)
    _co_sign(city, number, "shop_principal", clock)
    with city.eyes("manager") as actor, unit_of_work():
        working.correct(hazard_by_number(number), {"stop_note": "停用天车"}, by=actor, now=clock.advance(minutes=1))
    assert hazard(number).co_signed_at is not None
    with city.eyes("manager") as actor, unit_of_work():
        working.correct(
            hazard_by_number(number), {"interim_controls": "改为值守"}, by=actor, now=clock.advance(minutes=1)
        )
    assert hazard(number).co_signed_at is None
    _co_sign(city, number, "shop_principal", clock)
    with city.eyes("head") as actor, unit_of_work():
        points.set_points(hazard_by_number(number), ["加固立柱", "换梁"], by=actor, now=clock.advance(minutes=1))
    assert hazard(number).co_signed_at is None
    with pytest.raises(Refusal, match="会签"):
        acts.ask(city, number, Action.VERIFY, "head", clock())


def test_without_a_landlord_there_is_nothing_to_co_sign(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    with pytest.raises(Invalid, match="没有登记产权"):
        _structural(city, number, clock)


def test_the_pages(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _let(page_city, clock)
    manager = Visitor(app, "manager")
    saved = manager.fill(f"/hazards/{number}/structural", structural="yes")
    assert "还没有会签" in saved.text or "收到会签的告知" in saved.text
    clock.advance(minutes=1)
    landlord = Visitor(app, "shop_principal")
    assert "会签" in landlord.open(f"/hazards/{number}").text
    page = landlord.open(f"/hazards/{number}/co-sign")
    assert "以 店主·丁 会签" in page.text
    done = landlord.follow(landlord.send(page, opinion="同意<加固>"))
    assert "已会签。" in done.text
    assert manager.open(f"/hazards/{number}/co-sign").status == 403
    assert Visitor(app, "far_principal").open(f"/hazards/{number}/co-sign").status == 404


def test_paper_on_the_page(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _let(page_city, clock)
        _structural(page_city, number, clock)
    inspector = Visitor(app, "inspector_a")
    page = inspector.open(f"/hazards/{number}/co-sign")
    assert "代录纸质会签" in page.text
    refused = inspector.send(page, name="某物业", scan=(io.BytesIO(b"x"), "x.txt"), opinion="同意")
    assert refused.status == 422
    assert refused.form.values["opinion"] == ["同意"]
    done = inspector.follow(inspector.send(refused, name="某物业 张工", scan=jpeg()))
    assert "已会签。" in done.text
