"""签后有变更: what reads otherwise than it was signed is counted until the next signature shows it."""

from __future__ import annotations

from datetime import date

from flask import Flask

from core.calendar import load_calendar
from core.db import unit_of_work
from hazards import case as cases
from hazards.operations import assigning, requests, working
from hazards.presenting.changes import signed_rows
from hazards.queries import hazard_by_number
from hazards.since_signed import changes_since_signed
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Action, Grade, State, Verdict

LATER = date(2026, 12, 31)


def change(city: City, number: str, now: FixedClock, by: str = "manager", **facts: object) -> None:
    """Correct facts a minute later."""
    with city.eyes(by) as actor, unit_of_work():
        working.correct(hazard_by_number(number), facts, by=actor, now=now.advance(minutes=1))


def changed(city: City, number: str, clock: FixedClock) -> list[str]:
    """The labels of what has changed; the kept figure is as many."""
    with city.eyes("inspector_a"):
        found = hazard_by_number(number)
        labels = [one.label for one in changes_since_signed(cases.load(found, now=clock(), days=load_calendar()))]
        assert found.changed_since_signed == len(labels)
    return labels


def accepted(city: City, clock: FixedClock, grade: Grade = Grade.MAJOR) -> str:
    """A hazard that is being put right."""
    number = reported(city, "leader", clock(), proposed_grade=grade)
    signers = ("manager", "principal") if grade is Grade.MAJOR else ("manager",)
    acts.accept(city, number, *signers, now=clock.advance(minutes=1))
    return number


def test_what_nobody_has_signed_may_change_without_a_word(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    change(city, number, clock, place="南区熔炼车间")
    acts.ask(city, number, Action.DISMISS, "manager", clock(), reason="重复上报")
    change(city, number, clock, description="别的描述")
    assert changed(city, number, clock) == []


def test_a_place_changed_after_its_acceptance_is_counted_until_the_next_signature(
    city: City, clock: FixedClock
) -> None:
    number = accepted(city, clock)
    assert changed(city, number, clock) == []
    change(city, number, clock, place="南区熔炼车间")
    assert changed(city, number, clock) == ["隐患位置"]
    change(city, number, clock, place="北区熔炼车间")
    assert changed(city, number, clock) == [], "changed back, it reads as it was signed"
    change(city, number, clock, place="南区熔炼车间")
    acts.plan(city, number, clock.advance(minutes=1))
    assert changed(city, number, clock) == []


def test_a_signed_plan_that_is_changed_says_so_until_it_is_signed_again(city: City, clock: FixedClock) -> None:
    number = accepted(city, clock)
    acts.plan(city, number, clock())
    change(city, number, clock, plan_measures="只加装声光报警", plan_money_fen=1_000_000)
    assert changed(city, number, clock) == ["措施", "资金"]
    with city.eyes("inspector_a"):
        loaded = cases.load(hazard_by_number(number), now=clock(), days=load_calendar())
        money = signed_rows(loaded)[1]
    assert money[1:3] == ("42.00 万元", "1.00 万元")
    assert money[3:] == ("整改方案：主要负责人·𬭬", "2026-11-16 10:01")
    acts.ask(city, number, Action.PLAN, "manager", clock())
    assert changed(city, number, clock) == ["措施", "资金"], "asking for a signature is none"
    acts.sign(city, number, "principal", now=clock.advance(minutes=1))
    assert changed(city, number, clock) == []


def test_a_correction_that_voids_signatures_leaves_the_difference_behind(city: City, clock: FixedClock) -> None:
    number = _applied(city, clock)
    acts.sign(city, number, "principal", now=clock())
    change(city, number, clock, lasting_measure="每季检查一次", result="未改，只挂牌")
    assert changed(city, number, clock) == ["整改结果", "长效措施"]
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "principal", now=clock.advance(minutes=1))
    assert changed(city, number, clock) == []


def test_what_was_refused_or_returned_binds_nobody(city: City, clock: FixedClock) -> None:
    number = _applied(city, clock)
    acts.sign(city, number, "principal", now=clock())
    acts.sign(
        city, number, "inspector_a", now=clock.advance(minutes=1), verdict=Verdict.REFUSED, opinion="3 号炉未联锁"
    )
    clock.advance(minutes=1)
    acts.work(city, number, clock(), result="3 号炉已联锁")
    assert changed(city, number, clock) == []
    change(city, number, clock, place="南区熔炼车间")
    assert changed(city, number, clock) == ["隐患位置"], "the acceptance showed the place, and was not refused"


def test_what_an_acceptance_brought_is_compared_once_it_is_in_force(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    offered = {"interim_controls": acts.CONTROLS, "deadline": "2026-12-15", "criterion_reason": "可致炉内爆炸"}
    offered |= {"plan_due": "2026-11-26", "responsible_person": "部门负责人·喆"}
    acts.ask(city, number, Action.ACCEPT, "manager", clock(), **offered)
    acts.sign(city, number, "manager", now=clock())
    assert changed(city, number, clock) == [], "the controls offered are not yet those of the record"
    acts.sign(city, number, "principal", now=clock())
    change(city, number, clock, interim_controls="无")
    assert changed(city, number, clock) == ["管控措施"]
    later = {"new_deadline": "2026-12-31", "reason": "订货", "interim_controls": "无"}
    acts.ask(city, number, Action.EXTEND, "principal", clock.advance(minutes=1), **later)
    acts.sign(city, number, "principal", "inspector_a", "reviewer", "approver", now=clock())
    assert hazard(number).deadline == LATER
    assert changed(city, number, clock) == [], "and a deadline that was signed is no change"


def test_naming_who_puts_it_right_is_no_change_of_a_fact(city: City, clock: FixedClock) -> None:
    number = accepted(city, clock)
    with city.eyes("manager") as actor, unit_of_work():
        assigning.assign(hazard_by_number(number), city.people["leader"], by=actor, reason="", now=clock())
    assert changed(city, number, clock) == []


def test_a_closed_one_is_compared_no_more_and_a_reopened_one_with_this_round_only(
    city: City, clock: FixedClock
) -> None:
    number = _applied(city, clock)
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock.advance(minutes=1))
    change(city, number, clock, real_cost_fen=1)
    assert changed(city, number, clock) == ["实际资金"]
    acts.ask(city, number, Action.CLOSE, "reviewer", clock.advance(minutes=1))
    acts.sign(city, number, "reviewer", "approver", now=clock())
    assert hazard(number).state is State.CLOSED
    assert changed(city, number, clock) == []
    clock.advance(days=1)
    acts.ask(city, number, Action.REOPEN, "inspector_a", clock(), reason="又坏了", new_deadline="2026-12-31")
    acts.sign(city, number, "inspector_a", "reviewer", now=clock())
    change(city, number, clock, result="", cause="未联锁")
    assert changed(city, number, clock) == []
    change(city, number, clock, plan_measures="换炉")
    assert changed(city, number, clock) == ["措施"], "a signed plan stands through a reopening"


def test_withdrawing_what_was_signed_keeps_it_for_comparison(city: City, clock: FixedClock) -> None:
    number = _applied(city, clock)
    acts.sign(city, number, "principal", now=clock())
    with city.eyes("head") as actor, unit_of_work():
        requests.withdraw(hazard_by_number(number), by=actor, reason="补照片", now=clock.advance(minutes=1))
    acts.work(city, number, clock.advance(minutes=1))
    assert changed(city, number, clock) == ["整改后照片"]


def test_chip_list_and_sign_page_lead_to_before_and_after(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number, other = accepted(page_city, clock), accepted(page_city, clock)
        acts.plan(page_city, number, clock())
        change(page_city, number, clock, plan_measures="只加装声光报警")
        acts.ask(page_city, number, Action.PLAN, "manager", clock.advance(minutes=1))
    visitor = Visitor(app, "principal")
    listed = visitor.open("/hazards/?view=changed")
    assert number in listed.text
    assert other not in listed.text
    assert "签后有变更 1 处" in listed.text
    detail = visitor.open(f"/hazards/{number}")
    assert f'href="/hazards/{number}/changes">签后有变更 1 处' in detail.html
    table = visitor.open(f"/hazards/{number}/changes").text
    assert "措施 上次签批：整改方案：主要负责人·𬭬 2026-11-16" in table
    assert "签批时 加装出水温度、进出水流量差监测报警装置并与电源联锁 现在 只加装声光报警" in table
    page = visitor.open(f"/hazards/{number}/sign")
    assert "上次签批之后有 1 处变更。 下面是现在的内容：措施 只加装声光报警。" in page.text
    with app.app_context():
        acts.sign(page_city, number, "principal", now=clock())
    assert "没有签后有变更的隐患" in visitor.open("/hazards/?view=changed").text
    assert "没有变更" in visitor.open(f"/hazards/{number}/changes").text


def _applied(city: City, clock: FixedClock) -> str:
    number = accepted(city, clock)
    acts.plan(city, number, clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    return number
