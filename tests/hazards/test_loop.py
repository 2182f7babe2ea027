"""The loop from discovery to 销号, at the operations, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.roles import Role
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from hazards.operations.requests import Paper
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, photo, reported
from workflows.closure import Origin
from workflows.vocabulary import Action, Channel, Grade, State, Verdict


def test_a_self_found_major_goes_from_report_to_closure(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    assert number == "YH-500110-2026-000001"
    acts.accept(city, number, "manager", "principal", now=clock.advance(hours=1))
    assert hazard(number).state is State.RECTIFYING
    acts.plan(city, number, clock.advance(hours=1))
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock.advance(hours=1))
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock.advance(hours=1))
    assert hazard(number).state is State.VERIFIED
    assert hazard(number).reinspected_by == "检查人员·䶮、检查人员·乙"
    acts.ask(city, number, Action.CLOSE, "reviewer", clock.advance(hours=1))
    acts.sign(city, number, "reviewer", "approver", now=clock.advance(hours=1))
    closed = hazard(number)
    assert closed.state is State.CLOSED
    assert closed.closed_by_id == city.people["approver"]
    assert closed.closed_by_office == "綦江区应急管理局"


def test_an_ordered_major_is_ordered_by_two_and_closed_by_reviewer_and_approver(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, proposed_grade=Grade.MAJOR)
    with pytest.raises(NotAllowed):
        acts.ask(city, number, Action.ACCEPT, "manager", clock())
    acts.order(city, number, "inspector_a", "inspector_b", now=clock.advance(hours=1))
    assert hazard(number).state is State.RECTIFYING
    acts.plan(city, number, clock.advance(hours=1))
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "manager", clock.advance(hours=1))
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock.advance(hours=1))
    acts.ask(city, number, Action.CLOSE, "reviewer", clock.advance(hours=1))
    acts.sign(city, number, "reviewer", "approver", now=clock.advance(hours=1))
    assert hazard(number).state is State.CLOSED


def test_a_general_one_put_right_on_the_spot_needs_two_others(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), on_the_spot=True, photos_after=(photo("green"),), result="已清理通道")
    assert hazard(number).state is State.RECTIFYING
    acts.sign(city, number, "manager", now=clock.advance(hours=1))
    acts.ask(city, number, Action.CLOSE, "manager", clock())
    with pytest.raises(NotAllowed, match="您签批了验收"):
        acts.sign(city, number, "manager", now=clock())
    acts.sign(city, number, "principal", now=clock.advance(hours=1))
    assert hazard(number).state is State.CLOSED


def test_who_did_the_work_cannot_verify_it(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    acts.work(city, number, clock.advance(hours=1), by="manager")
    acts.ask(city, number, Action.VERIFY, "manager", clock())
    with pytest.raises(NotAllowed, match="您实施了整改"):
        acts.sign(city, number, "manager", now=clock())
    acts.sign(city, number, "principal", now=clock())
    assert hazard(number).state is State.VERIFIED


def test_a_shopkeeper_alone_signs_the_acceptance_once_for_both(city: City, clock: FixedClock) -> None:
    number = reported(
        city, "shop_principal", clock(), enterprise_id=city.enterprises["shop"], proposed_grade=Grade.MAJOR
    )
    acts.accept(city, number, "shop_principal", now=clock(), responsible_person_id=city.people["shop_principal"])
    assert hazard(number).state is State.RECTIFYING


def test_a_refused_closure_acts_as_return_with_a_new_deadline(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    acts.plan(city, number, clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock.advance(hours=1))
    acts.ask(city, number, Action.CLOSE, "reviewer", clock())
    with pytest.raises(Invalid, match="新的整改期限"):
        acts.sign(city, number, "reviewer", now=clock(), verdict=Verdict.REFUSED, opinion="联锁未投用")
    later = date(2026, 12, 31)
    acts.sign(city, number, "reviewer", now=clock(), verdict=Verdict.REFUSED, opinion="联锁未投用", new_deadline=later)
    returned = hazard(number)
    assert (returned.state, returned.deadline, returned.deadline_first) == (
        State.RECTIFYING,
        later,
        date(2026, 12, 15),
    )
    with pytest.raises(Invalid, match="整改后照片"):
        acts.ask(city, number, Action.VERIFY, "head", clock.advance(minutes=1))


def test_a_signature_on_paper_counts_for_the_named_signer(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, proposed_grade=Grade.GENERAL)
    acts.order(city, number, "inspector_a", "inspector_b", now=clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "inspector_a", clock())
    on_paper = Paper("主要负责人·𬭬", Role.PRINCIPAL, date(2026, 11, 16), "纸-1", photo())
    acts.paper(city, number, "inspector_a", on_paper, clock())
    acts.sign(city, number, "inspector_a", "inspector_b", now=clock())
    assert hazard(number).state is State.VERIFIED


def test_a_towns_own_order_is_signed_by_two_of_the_town_and_closed_by_its_head(city: City, clock: FixedClock) -> None:
    number = reported(city, "town_officer", clock(), channel=Channel.SUPERVISION)
    acts.order(city, number, "town_officer", "town_officer_b", now=clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "manager", clock())
    acts.sign(city, number, "manager", "town_officer", "town_officer_b", now=clock())
    acts.ask(city, number, Action.CLOSE, "town_head", clock())
    acts.sign(city, number, "town_head", now=clock())
    assert hazard(number).state is State.CLOSED


def test_raising_a_towns_hazard_to_major_sends_it_to_the_district(city: City, clock: FixedClock) -> None:
    number = reported(city, "town_officer", clock(), channel=Channel.SUPERVISION)
    acts.order(city, number, "town_officer", "town_officer_b", now=clock())
    acts.ask(
        city,
        number,
        Action.REGRADE,
        "town_officer",
        clock(),
        criterion_reason="可致群死群伤",
        responsible_person="部门负责人·喆",
        plan_due="2026-11-30",
        interim_controls="停用",
    )
    acts.sign(city, number, "town_officer", now=clock())
    raised = hazard(number)
    assert (raised.grade, raised.town_order, raised.responsible_office_id) == (
        Grade.MAJOR,
        False,
        city.offices["district"],
    )


def test_a_correction_voids_the_open_request(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    from core.db import unit_of_work
    from hazards.operations import working
    from hazards.queries import hazard_by_number

    with city.eyes("manager") as actor, unit_of_work():
        working.correct(hazard_by_number(number), {"result": "另换了阀门"}, by=actor, now=clock())
    with pytest.raises((Conflict, NotAllowed)):
        acts.sign(city, number, "principal", now=clock())


def test_what_a_regulator_accepts_ex_officio_counts_as_ordered(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    from workflows.closure import Variant

    offered = {
        "responsible_person": "部门负责人·喆",
        "deadline": "2026-12-15",
        "interim_controls": "停用",
        "plan_due": "2026-11-30",
        "criterion_reason": "符合条款",
    }
    with pytest.raises(NotAllowed):
        acts.ask(city, number, Action.ACCEPT, "reviewer", clock(), Variant.EX_OFFICIO, **offered)
    clock.advance(days=6)
    acts.ask(city, number, Action.ACCEPT, "reviewer", clock(), Variant.EX_OFFICIO, **offered)
    acts.sign(city, number, "reviewer", now=clock())
    assert hazard(number).origin is Origin.ORDERED


def test_anothers_hazard_is_not_found(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    for stranger in ("far_principal", "far_inspector", "fire_inspector", "shop_principal"):
        with pytest.raises(NotFound), city.eyes(stranger):
            acts.ask(city, number, Action.ACCEPT, stranger, clock())


def test_a_paper_signature_is_of_somebody_who_holds_the_role(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    acts.plan(city, number, clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    worker = Paper("从业人员·甲", Role.PRINCIPAL, date(2026, 11, 16), "纸-1", photo())
    with pytest.raises(NotAllowed, match="没有“主要负责人”的角色"):
        acts.paper(city, number, "inspector_a", worker, clock())
    made_up = Paper("某某", Role.PRINCIPAL, date(2026, 11, 16), "纸-2", photo())
    with pytest.raises(NotAllowed, match="登记在册"):
        acts.paper(city, number, "manager", made_up, clock())
    own = Paper("主要负责人·𬭬", Role.PRINCIPAL, date(2026, 11, 16), "纸-3", photo())
    acts.paper(city, number, "manager", own, clock())


def test_a_hazard_is_handed_over_to_an_office_that_could_not_see_it_before(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    with pytest.raises(NotFound):
        acts.sign(city, number, "fire_reviewer", now=clock())
    target = city.offices["fire"]
    acts.ask(city, number, Action.TRANSFER, "inspector_a", clock(), reason="属消防", target_office_id=target)
    acts.sign(city, number, "reviewer", "fire_reviewer", now=clock())
    assert hazard(number).responsible_office_id == target
