"""Checks of interim controls: started with the rectification, recorded, missed, told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from hazards.models import ControlCheck, Evidence
from hazards.operations import controls
from hazards.operations.controls import Check
from hazards.queries import hazard_by_number
from hazards.rules import EvidenceKind
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, photo, reported
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Action, Grade, State


def _major(city: City, clock: FixedClock) -> str:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    return number


def _check(city: City, number: str, by: str, clock: FixedClock, *, holds: bool = True, note: str = "") -> None:
    with city.eyes(by) as actor, unit_of_work():
        controls.check_controls(hazard_by_number(number), Check(holds, note, (photo(),)), by=actor, now=clock())


def _told(city: City, key: str) -> list[str]:
    person = city.people[key]
    wanted = select(OutboxMessage.text).where(OutboxMessage.person_id == person, OutboxMessage.kind == "control")
    return list(db.session.scalars(wanted.order_by(OutboxMessage.id)))


def test_checks_begin_with_the_rectification_and_end_with_verification(
    context: None, city: City, clock: FixedClock
) -> None:
    number = _major(city, clock)
    assert hazard(number).control_next_at == clock() + timedelta(hours=24)
    acts.plan(city, number, clock.advance(hours=1))
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "manager", clock())
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock.advance(minutes=1))
    assert hazard(number).state is State.VERIFIED
    assert hazard(number).control_next_at is None


def test_a_general_one_asks_for_no_checks(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    assert hazard(number).control_next_at is None
    with pytest.raises(Invalid, match="一般隐患不要求"):
        _check(city, number, "leader", clock)


def test_a_check_moves_the_next_and_keeps_its_photo(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    clock.advance(hours=20)
    _check(city, number, "leader", clock)
    assert hazard(number).control_next_at == clock() + timedelta(hours=24)
    with everything("test"):
        assert db.session.scalar(select(Evidence.kind).where(Evidence.kind == EvidenceKind.CHECK)) is not None


def test_controls_that_fail_are_told_at_once(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    with pytest.raises(Invalid, match="请写明哪项管控失效"):
        _check(city, number, "leader", clock, holds=False)
    _check(city, number, "leader", clock, holds=False, note="警戒线被拆")
    for key in ("principal", "manager", "inspector_a"):
        assert _told(city, key) == [f"{number} 的管控措施失效：警戒线被拆"], key


def test_strangers_and_clients_record_no_checks(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    with pytest.raises(NotAllowed), city.eyes("clerk") as actor, unit_of_work():
        controls.check_controls(hazard_by_number(number), Check(True, ""), by=actor, now=clock())


def test_a_missed_check_alarms_once_and_the_office_the_second_time(
    context: None, city: City, clock: FixedClock
) -> None:
    number = _major(city, clock)
    clock.advance(hours=24)
    for _ in range(3):
        controls.watch_controls(clock())
    assert _told(city, "manager") == [f"{number} 到时间检查管控措施了（每 24 小时一次）。"]
    assert hazard(number).control_missed == 0
    clock.advance(hours=7)
    for _ in range(3):
        controls.watch_controls(clock())
    assert hazard(number).control_missed == 1
    assert "已连续漏检 1 次" in _told(city, "manager")[-1]
    assert _told(city, "inspector_a") == []
    clock.advance(hours=24)
    controls.watch_controls(clock())
    assert "已连续漏检 2 次" in _told(city, "inspector_a")[-1]
    with everything("test"):
        assert list(db.session.scalars(select(ControlCheck.missed).order_by(ControlCheck.id))) == [1, 1]
    _check(city, number, "manager", clock)
    assert hazard(number).control_missed == 0


def test_an_outage_is_caught_up_in_one_line(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    clock.advance(days=10)
    controls.watch_controls(clock())
    assert hazard(number).control_missed == 9
    with everything("test"):
        assert list(db.session.scalars(select(ControlCheck.missed))) == [9]


@pytest.mark.parametrize(
    ("by", "may"), [("manager", True), ("principal", True), ("inspector_a", True), ("leader", False)]
)
def test_who_says_how_often(context: None, city: City, clock: FixedClock, by: str, may: bool) -> None:
    number = _major(city, clock)
    with city.eyes(by) as actor, unit_of_work():
        here = hazard_by_number(number)
        if may:
            controls.set_interval(here, 4, by=actor, now=clock())
        else:
            with pytest.raises(NotAllowed):
                controls.set_interval(here, 4, by=actor, now=clock())
    assert hazard(number).control_every_hours == (4 if may else 24)


def test_the_pages(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _major(page_city, clock)
    leader = Visitor(app, "leader")
    page = leader.open(f"/hazards/{number}/controls")
    assert "每 24 小时一次" in page.text
    refused = leader.send(page, verdict="broken")
    assert refused.status == 422
    assert "管控失效的，须写明情况" in refused.text
    done = leader.follow(leader.send(refused, verdict="holds", note="警戒线完好"))
    assert "已记录：管控有效" in done.text
    assert "警戒线完好" in done.text
    manager = Visitor(app, "manager")
    arranged = manager.fill(f"/hazards/{number}/controls/interval", hours="4")
    assert "管控措施每 4 小时检查一次" in arranged.text
    assert "每 4 小时检查一次" in manager.open(f"/hazards/{number}").text
    assert Visitor(app, "far_principal").open(f"/hazards/{number}/controls").status == 404
