"""Cases of 参照事故调查: who opens them, what they need, how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core.db import unit_of_work
from core.refusals import Invalid, NotAllowed, NotFound
from hazards.operations import investigations
from hazards.operations.investigations import Opened, Outcome, investigations_of
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.visiting import Visitor
from workflows.investigations import Ground
from workflows.vocabulary import Grade, State


def _major(city: City, clock: FixedClock) -> str:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    return number


def _open(city: City, number: str, by: str, clock: FixedClock, **more: object) -> int:
    values = {"ground": Ground.NOT_RECTIFIED, "office": "江津区应急局", "number": "", "on": clock().date(), "facts": ""}
    opened = Opened(**(values | more))  # type: ignore[arg-type]
    with city.eyes(by) as actor, unit_of_work():
        return investigations.open_case(hazard_by_number(number), opened, by=actor, now=clock.advance(minutes=1)).id


def _conclude(city: City, number: str, case: int, by: str, clock: FixedClock, **more: object) -> None:
    values = {"on": clock().date(), "text": "罚款 5 万元，责令停产整顿", "people_held": 2}
    with city.eyes(by) as actor, unit_of_work():
        outcome = Outcome(**(values | more))  # type: ignore[arg-type]
        investigations.conclude(hazard_by_number(number), case, outcome, by=actor, now=clock.advance(minutes=1))


@pytest.mark.parametrize(
    ("by", "may"),
    [("reviewer", True), ("approver", True), ("clerk", True), ("inspector_a", False), ("principal", False)],
)
def test_who_opens_a_case(context: None, city: City, clock: FixedClock, by: str, may: bool) -> None:
    number = _major(city, clock)
    if may:
        _open(city, number, by, clock)
    else:
        with pytest.raises(NotAllowed):
            _open(city, number, by, clock)
    with city.eyes("reviewer"):
        assert len(investigations_of(hazard_by_number(number))) == may


def test_a_case_changes_nothing_of_the_closure(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    case = _open(city, number, "clerk", clock)
    _conclude(city, number, case, "reviewer", clock)
    assert hazard(number).state is State.RECTIFYING
    with city.eyes("manager"):
        (kept,) = investigations_of(hazard_by_number(number))
        assert (kept.outcome, kept.people_held) == ("罚款 5 万元，责令停产整顿", 2)


def test_one_case_at_a_time_and_an_outcome_once(context: None, city: City, clock: FixedClock) -> None:
    number = _major(city, clock)
    case = _open(city, number, "clerk", clock)
    with pytest.raises(Invalid, match="没有结案的调查"):
        _open(city, number, "reviewer", clock)
    _conclude(city, number, case, "clerk", clock)
    with pytest.raises(Invalid, match="结案。"):
        _conclude(city, number, case, "clerk", clock)
    _open(city, number, "reviewer", clock)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"office": " "}, "请填写立案单位"), ({"facts": "长" * 2001}, "最多 2,000 个字")],
)
def test_what_is_missing_is_said(
    context: None, city: City, clock: FixedClock, more: dict[str, object], sentence: str
) -> None:
    number = _major(city, clock)
    with pytest.raises(Invalid, match=sentence):
        _open(city, number, "clerk", clock, **more)
    with pytest.raises(Invalid, match="不能晚于今天"):
        _open(city, number, "clerk", clock, on=clock().date() + timedelta(days=3))
    case = _open(city, number, "clerk", clock)
    with pytest.raises(Invalid, match="结案日期"):
        _conclude(city, number, case, "clerk", clock, on=clock().date() - timedelta(days=9))
    with pytest.raises(Invalid, match="请写明处理结果"):
        _conclude(city, number, case, "clerk", clock, text=" ")
    with pytest.raises(NotFound):
        _conclude(city, number, case + 100, "clerk", clock)


def test_a_general_one_is_not_investigated(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    with pytest.raises(Invalid, match="只适用于重大"):
        _open(city, number, "clerk", clock)


def test_the_pages(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _major(page_city, clock)
    clerk = Visitor(app, "clerk")
    page = clerk.open(f"/hazards/{number}/investigations")
    refused = clerk.send(page, facts="三次催办未整改")
    assert refused.status == 422
    assert refused.form.values["facts"] == ["三次催办未整改"]
    done = clerk.follow(clerk.send(refused, ground="not_rectified", number="渝安办〔2026〕12号"))
    assert "已登记立案" in done.text
    assert "调查中" in done.text
    with app.app_context(), page_city.eyes("clerk"):
        (case,) = [one.id for one in investigations_of(hazard_by_number(number))]
    ended = clerk.fill(f"/hazards/{number}/investigations/{case}", text="罚款", people_held="1")
    assert "已结案" in ended.text
    seen = Visitor(app, "manager").open(f"/hazards/{number}/investigations")
    assert "拒不整改" in seen.text
    assert "登记立案" not in seen.text
    assert "登记参照事故调查结果" in clerk.open(f"/hazards/{number}").text
