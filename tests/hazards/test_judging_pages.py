"""Who judges is helped: hints near a clause, what a clause presupposes, earlier hazards it may repeat."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.db import unit_of_work
from core.scope import everything
from hazards import criteria
from hazards.criteria import find_criteria
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Grade, State

WELDING = "电焊工未取得特种作业操作资格证上岗作业"
BOILER = "蒸汽锅炉安全阀失效仍在使用"
SPRAY = "2号喷漆室通风不足，漆雾外溢"
USUAL = {"responsible_person": "部门负责人·喆", "deadline": "2026-12-15", "interim_controls": "停用"}
STILL_USED, BROKEN = "有该情形仍继续使用", "缺失或失效"


@pytest.fixture
def clauses(app: Flask, page_city: City, clock: FixedClock) -> City:
    """The city with all clauses."""
    with app.app_context():
        criteria.seed(clock())
    return page_city


def found(app: Flask, city: City, clock: FixedClock, **what: object) -> str:
    with app.app_context():
        return reported(city, "manager", clock.advance(minutes=1), **what)


def put(app: Flask, number: str, **values: object) -> None:
    """Set columns of the record directly: how it came to be so is tested elsewhere."""
    with app.app_context(), everything("test"), unit_of_work():
        record = hazard(number)
        for name, value in values.items():
            setattr(record, name, value)


def boiler(app: Flask, city: City, clock: FixedClock) -> str:
    number = found(app, city, clock, description=BOILER, place="锅炉房", proposed_grade=Grade.MAJOR)
    put(app, number, sector="特种设备", industry="特种设备-锅炉")
    return number


# --- hints --------------------------------------------------------------------------------------------------------


def test_a_general_one_close_to_a_clause_is_pointed_out_to_whoever_judges(
    app: Flask, clauses: City, clock: FixedClock
) -> None:
    number = found(app, clauses, clock, description=WELDING, place="机修车间")
    for key, sees in (("manager", True), ("inspector_a", True), ("head", False), ("reviewer", False)):
        page = Visitor(app, key).open(f"/hazards/{number}").text
        assert ("接近判定条款。" in page) is sees, key
    page = Visitor(app, "manager").open(f"/hazards/{number}/accept").text
    assert "接近判定条款。" in page
    assert "第三条第（二）项" in page
    with app.app_context():
        assert hazard(number).grade is Grade.GENERAL


@pytest.mark.parametrize("text", ["消防通道停放电动自行车", "灭火器压力不足", "楼道堆放纸箱"])
def test_an_ordinary_one_gets_no_hint(app: Flask, clauses: City, clock: FixedClock, text: str) -> None:
    number = found(app, clauses, clock, description=text, place="办公楼")
    manager = Visitor(app, "manager")
    assert "接近判定条款" not in manager.open(f"/hazards/{number}").text
    assert "接近判定条款" not in manager.open(f"/hazards/{number}/accept").text


def test_a_major_one_gets_no_hint(app: Flask, clauses: City, clock: FixedClock) -> None:
    number = found(app, clauses, clock, description=WELDING, place="机修车间", proposed_grade=Grade.MAJOR)
    assert "接近判定条款" not in Visitor(app, "manager").open(f"/hazards/{number}").text


# --- what a clause presupposes --------------------------------------------------------------------------------------


def test_a_clause_is_confirmed_with_everything_it_presupposes(app: Flask, clauses: City, clock: FixedClock) -> None:
    number = boiler(app, clauses, clock)
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{number}/accept")
    first = re.findall(r'name="criterion" value="(\d+)"', page.html)[0]
    assert STILL_USED in page.text
    refused = manager.send(page, criterion=first, **USUAL)
    assert refused.status == 422
    assert f"这一条以「{STILL_USED}」、「{BROKEN}」为前提。请核实后勾选" in refused.text
    half = manager.send(page, criterion=first, criterion_conditions=[STILL_USED], **USUAL)
    assert f"这一条以「{BROKEN}」为前提" in half.text
    sent = manager.send(page, criterion=first, criterion_conditions=[STILL_USED, BROKEN], **USUAL)
    signing = manager.follow(sent)
    assert f"已核实的前提 {STILL_USED}；{BROKEN}" in signing.text
    with app.app_context():
        acts.sign(clauses, number, "manager", "principal", now=clock.advance(minutes=1))
        judged = hazard(number)
        assert judged.criterion_clause == "4.2 c)"
        assert judged.criterion_condition == f"{STILL_USED}；{BROKEN}"
        assert judged.criterion_candidate_id is None
    assert f"已核实前提：{STILL_USED}；{BROKEN}" in manager.open(f"/hazards/{number}").text


def test_a_clause_of_the_long_list_is_asked_the_same_after_it_is_picked(
    app: Flask, clauses: City, clock: FixedClock
) -> None:
    number = found(app, clauses, clock, description="冷却水报警失灵", place="电炉", proposed_grade=Grade.MAJOR)
    with app.app_context():
        furnace = next(one for one in find_criteria("水冷设备失效") if "电熔制品" in one.text)
        condition, chosen = "电熔制品电炉的水冷设备失效", str(furnace.id)
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{number}/accept?clauses=all")
    refused = manager.send(page, criterion="other", criterion_other=chosen, **USUAL)
    assert f"这一条以「{condition}」为前提" in refused.text
    assert f'value="{condition}"' in refused.html
    sent = manager.send(refused, criterion="other", criterion_other=chosen, criterion_conditions=[condition], **USUAL)
    assert sent.status == 302


def test_a_reason_for_none_presupposes_nothing(app: Flask, clauses: City, clock: FixedClock) -> None:
    number = boiler(app, clauses, clock)
    page = Visitor(app, "manager")
    sent = page.send(page.open(f"/hazards/{number}/accept"), criterion="none", criterion_reason="可致群死群伤", **USUAL)
    assert sent.status == 302


# --- earlier hazards ------------------------------------------------------------------------------------------------


def test_a_duplicate_is_picked_from_those_alike(app: Flask, clauses: City, clock: FixedClock) -> None:
    first = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    again = found(app, clauses, clock, description="喷漆房排风量不够，漆雾往外跑", place="2号喷漆室")
    manager = Visitor(app, "manager")
    accepting = manager.open(f"/hazards/{again}/accept")
    assert "可能重复：" in accepting.text
    assert f"/hazards/{again}/dismiss?duplicate_of={first}" in accepting.html.replace("&amp;", "&")
    page = manager.open(f"/hazards/{again}/dismiss?duplicate_of={first}")
    assert page.form.values["original"] == [first]
    signing = manager.follow(manager.send(page, reason="重复上报"))
    assert f"原隐患编号 {first}" in signing.text
    unlike = manager.open(f"/hazards/{first}/accept")
    assert "可能重复：" not in unlike.text


def test_a_number_typed_counts_before_the_one_picked(app: Flask, clauses: City, clock: FixedClock) -> None:
    first = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    other = found(app, clauses, clock, description="化学品仓库酸碱混存", place="危化品库")
    again = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{again}/dismiss")
    assert page.form.values["original"] == ["no"]
    signing = manager.follow(manager.send(page, reason="重复上报", original=first, duplicate_of=other))
    assert f"原隐患编号 {other}" in signing.text


def test_a_closed_one_alike_may_be_said_to_have_come_back(app: Flask, clauses: City, clock: FixedClock) -> None:
    before = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    put(app, before, state=State.CLOSED, closed_at=clock(), imported=True)
    again = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{again}/accept")
    assert page.form.values["recurrence_of"] == ["no"]
    signing = manager.follow(manager.send(page, recurrence_of=before, **USUAL))
    assert f"再次出现的隐患 {before}" in signing.text
    manager.follow(manager.send(signing))
    shown = manager.open(f"/hazards/{again}").text
    assert f"再次出现 {before}" in shown
    assert "销号后再次出现 1 次" in manager.open(f"/hazards/{before}").text


def test_what_the_report_said_may_be_taken_back_at_the_acceptance(app: Flask, clauses: City, clock: FixedClock) -> None:
    before = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    put(app, before, state=State.CLOSED, closed_at=clock(), imported=True)
    again = found(app, clauses, clock, description="喷枪静电接地断开", place="3号线", recurrence_of=before)
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{again}/accept")
    assert page.form.values["recurrence_of"] == [before]
    signing = manager.follow(manager.send(page, recurrence_of="no", **USUAL))
    assert f"不是再次出现 上报时所选 {before} 不是同一隐患" in signing.text
    manager.follow(manager.send(signing))
    with app.app_context():
        assert hazard(again).recurrence_of_id is None
        assert hazard(before).recurred == 0


def test_one_that_is_open_again_is_refused_as_come_back(app: Flask, clauses: City, clock: FixedClock) -> None:
    before = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    put(app, before, state=State.CLOSED, closed_at=clock(), imported=True)
    again = found(app, clauses, clock, description=SPRAY, place="2号喷漆室")
    manager = Visitor(app, "manager")
    page = manager.open(f"/hazards/{again}/accept")
    put(app, before, state=State.RECTIFYING, closed_at=None)
    refused = manager.send(page, recurrence_of=before, **USUAL)
    assert refused.status == 422
    assert "再次出现的须是同一企业已销号的隐患。" in refused.text
