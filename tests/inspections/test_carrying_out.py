"""Carrying out an inspection: who may begin, answer and end it, what failed becomes a hazard, nothing counts twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from core.audit import words_of
from core.db import db, unit_of_work
from core.models import Event, OutboxMessage
from core.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from core.scope import everything
from core.verification import verify
from hazards.models import Evidence, Hazard, WorkRecord
from hazards.operations import requests
from hazards.queries import hazard_by_number
from inspections.models import ChecklistItem, DutyFigure, Inspection, ItemPhoto, ItemResult
from inspections.operations import inspecting
from inspections.operations.inspecting import Besides, Overtaken, start
from inspections.queries.inspecting import inspection_by_id
from inspections.results import mark_of
from inspections.rules import InspectionState, Treatment
from tests.clocks import FixedClock
from tests.hazards.city import City, hazard
from tests.inspections import rounds
from tests.inspections.rounds import AFTER, FAILED, NA, OK
from workflows.vocabulary import Channel, Grade, Manner, State, Tier, Verdict

KEY = "phone-key-0001"


def _count(model: type[object]) -> int:
    with everything("test"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- a whole round -----------------------------------------------------------------------------------------------


def test_a_whole_round_ends_with_its_hazards(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    rounds.all_ok(city, begun, clock.advance(minutes=5), besides=(2, 4, 5))
    rounds.see(city, begun, 2, FAILED, clock(), note="2 号管道法兰处漏灰")
    rounds.shoot(city, begun, 2, clock())
    rounds.on_the_spot(city, begun, 4, clock())
    rounds.see(city, begun, 5, NA, clock())
    numbers = rounds.end(city, begun, clock.advance(minutes=5))
    assert set(numbers) == {2, 4}
    found = hazard(numbers[2])
    assert (found.channel, found.grade, found.state) == (Channel.SELF_INSPECTION, Grade.GENERAL, State.REPORTED)
    assert found.description == "2 号管道法兰处漏灰（检查项：除尘管道无积尘、无明显破损）"
    assert (found.place, found.unit_id, found.tier) == ("熔炼车间", city.units["smelting"], Tier.DAY)
    done = hazard(numbers[4])
    assert (done.state, done.on_the_spot, done.result) == (State.RECTIFYING, True, "已擦净")
    inspection = rounds.stood(begun)
    assert inspection.state is InspectionState.FINISHED
    assert (inspection.items_ok, inspection.items_failed, inspection.items_na, inspection.in_time) == (2, 2, 1, True)
    assert rounds.finding(numbers[2]).inspection_id == begun
    assert (found.found_by, found.reporter_id) == ("班组长·堃", city.people["leader"])
    with everything("test"):
        kinds = db.session.scalars(
            select(Evidence.kind).join(Hazard, Hazard.id == Evidence.hazard_id).where(Hazard.number == numbers[4])
        )
        assert sorted(kind.value for kind in kinds) == ["after", "before"]
        assert _count(DutyFigure) == 1


def test_the_history_holds_digests_and_is_whole(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock(), besides=(2,))
    rounds.see(city, begun, 2, FAILED, clock(), note="漏灰")
    rounds.end(city, begun, clock.advance(minutes=9))
    with everything("test"):
        events = db.session.scalars(
            select(Event).where(Event.subject_kind == "inspection", Event.subject_id == begun).order_by(Event.seq)
        ).all()
    assert [event.kind for event in events] == ["start", "finish"]
    content = events[-1].content
    assert (content["failed"], content["items"], content["manner"]) == (1, 5, "confirmed")
    assert len(content["results"]) == len(content["deed"]) == 64
    assert "漏灰" not in str(content)
    assert {event.kind for event in events} <= set(words_of("inspection").kinds)
    assert set(content) <= set(words_of("inspection").keys)
    assert not verify().breaks


def test_a_cited_clause_goes_along_and_a_major_is_told_at_once(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock(), besides=(3,))
    rounds.see(city, begun, 3, FAILED, clock(), note="积尘 4 毫米", stop_note="09:50 停用抛丸机，撤出 3 人")
    with pytest.raises(Invalid, match=r"第 3 项：重大隐患至少要 1 张检查时的照片"):
        rounds.end(city, begun, clock())
    rounds.shoot(city, begun, 3, clock())
    found = hazard(rounds.end(city, begun, clock())[3])
    assert (found.proposed_grade, found.basis_unconfirmed) == (Grade.MAJOR, True)
    assert found.criterion_candidate_id is not None
    assert found.stop_note == "09:50 停用抛丸机，撤出 3 人"
    with everything("test"):
        told = set(db.session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "major")))
    assert {city.people["principal"], city.people["inspector_a"], city.people["inspector_b"]} <= told


def test_the_person_may_propose_another_grade_than_the_item(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock(), besides=(3,))
    rounds.see(city, begun, 3, FAILED, clock(), note="局部浮尘", grade=Grade.GENERAL)
    assert hazard(rounds.end(city, begun, clock())[3]).proposed_grade is Grade.GENERAL


def test_a_failed_measure_ties_the_hazard_to_its_risk_point(city: City, clock: FixedClock) -> None:
    point, control = rounds.a_point(city, clock())
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    with everything("test"), unit_of_work():
        db.session.execute(
            update(ChecklistItem).where(ChecklistItem.id == rounds.item_ids(begun)[3]).values(control_id=control)
        )
    rounds.all_ok(city, begun, clock(), besides=(4,))
    rounds.see(city, begun, 4, FAILED, clock(), note="开门不停机")
    number = rounds.end(city, begun, clock())[4]
    finding = rounds.finding(number)
    assert (finding.risk_point_id, finding.control_id) == (point, control)
    assert hazard(number).place == "抛丸间北侧（2 号抛丸机）", "the same words as of a report at the point"


def test_what_is_known_already_is_not_reported_again(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    rounds.all_ok(city, begun, clock(), besides=(2,))
    rounds.see(city, begun, 2, FAILED, clock(), note="法兰处漏灰")
    first = rounds.end(city, begun, clock())[2]
    clock.advance(days=1)
    again = rounds.begun(city, plan, clock(), period="2026-11-17")
    rounds.all_ok(city, again, clock(), besides=(2,))
    rounds.see(city, again, 2, FAILED, clock(), note="法兰处仍漏灰")
    rounds.shoot(city, again, 2, clock())
    item = rounds.item_ids(again)[1]
    with pytest.raises(Invalid, match="不是本企业正在整改的隐患"):
        rounds.end(city, again, clock(), known={item: "YH-500110-2026-999999"})
    assert rounds.end(city, again, clock(), known={item: first}) == {2: first}
    assert _count(Hazard) == 1
    assert rounds.finding(first).inspection_id == begun
    with city.eyes("manager"):
        assert [kind.value for kind in db.session.scalars(select(Evidence.kind))] == ["before"], (
            "seen again, shown again"
        )
    with everything("test"):
        assert verify().breaks == []


# --- who may -----------------------------------------------------------------------------------------------------

# who begins the smelting team's daily task: role → what happens
BEGINS: dict[str, type[Refusal] | str] = {
    "leader": "own",
    "manager": "instead",
    "manager_b": "instead",
    "head": NotAllowed,
    "plant_manager": NotAllowed,
    "principal": NotAllowed,
    "worker": NotFound,
    "shop_principal": NotFound,
    "far_principal": NotFound,
    "inspector_a": NotAllowed,
    "clerk": NotAllowed,
    "far_inspector": NotFound,
}


@pytest.mark.parametrize("who", list(BEGINS))
def test_who_begins_a_task(city: City, clock: FixedClock, who: str) -> None:
    plan, expected = rounds.a_plan(city, clock()), BEGINS[who]
    if isinstance(expected, str):
        started = rounds.begin(city, plan, clock(), by=who).inspection
        instead = city.people["leader"] if expected == "instead" else None
        assert (started.inspector_id, started.instead_of_id) == (city.people[who], instead)
        return
    with pytest.raises(expected):
        rounds.begin(city, plan, clock(), by=who)
    assert _count(Inspection) == 0


@pytest.mark.parametrize(("key", "kind"), [("2026-11-18", Conflict), ("2026-11-02", Conflict), ("2026-11", NotFound)])
def test_too_early_missed_for_good_and_no_period_are_refused_in_words(
    city: City, clock: FixedClock, key: str, kind: type[Refusal]
) -> None:
    plan = rounds.a_plan(city, clock())
    with pytest.raises(kind) as refused:
        rounds.begin(city, plan, clock(), period=key)
    assert "排查" in refused.value.sentence


@pytest.mark.parametrize("who", ["worker", "head", "principal", "manager"])
def test_only_who_takes_part_answers_and_only_the_inspector_signs(city: City, clock: FixedClock, who: str) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock())
    refusal = NotFound if who == "worker" else NotAllowed
    with pytest.raises(refusal):
        rounds.see(city, begun, 1, NA, clock(), by=who)
    with pytest.raises(refusal):
        rounds.end(city, begun, clock(), by=who)
    with city.eyes("leader") as actor, unit_of_work():
        inspection = inspection_by_id(begun, lock=True)
        inspecting.add_people(inspection, [city.people[who]], by=actor, now=clock())
    rounds.see(city, begun, 1, NA, clock(), by=who)
    with pytest.raises(NotAllowed, match="由排查人 班组长·堃 办理"):
        rounds.end(city, begun, clock(), by=who)
    assert rounds.end(city, begun, clock()) == {}


def test_a_round_besides_is_for_those_who_inspect_there(city: City, clock: FixedClock) -> None:
    point, _ = rounds.a_point(city, clock())
    elsewhere, _ = rounds.a_point(city, clock(), unit_id=None)
    checklist = rounds.a_checklist(city.enterprises["plant"], clock()).id
    what = Besides(checklist, risk_point_id=point)
    with city.eyes("leader") as actor, unit_of_work():
        made = start(what, by=actor, client_key=KEY, now=clock()).inspection
        assert (made.duty_id, made.tier, made.risk_point_id) == (None, Tier.DAY, point)
        assert made.name == "2 号抛丸机：抛丸班日查表"
    with pytest.raises(NotFound), city.eyes("leader") as actor, unit_of_work():
        start(Besides(checklist, risk_point_id=elsewhere), by=actor, client_key=KEY + "b", now=clock())
    for who in ("worker", "shop_principal", "inspector_a"):
        with pytest.raises((NotAllowed, NotFound)), city.eyes(who) as actor, unit_of_work():
            start(what, by=actor, client_key=KEY + who, now=clock())
    assert _count(Inspection) == 1


def test_who_put_it_right_on_the_spot_does_not_verify_it(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    with city.eyes("leader") as actor, unit_of_work():
        inspection = inspection_by_id(begun, lock=True)
        inspecting.add_people(inspection, [city.people["manager"]], by=actor, now=clock())
    rounds.all_ok(city, begun, clock(), besides=(4,))
    rounds.on_the_spot(city, begun, 4, clock(), by="manager")
    number = rounds.end(city, begun, clock())[4]
    with everything("test"):
        doers = set(db.session.scalars(select(WorkRecord.person_id)))
    assert doers == {city.people["leader"], city.people["manager"]}
    with pytest.raises(Refusal), city.eyes("manager") as actor, unit_of_work():
        _verify(number, actor, clock)
    with city.eyes("manager_b") as actor, unit_of_work():
        _verify(number, actor, clock)
    assert hazard(number).state is State.VERIFIED


def _verify(number: str, actor: object, clock: FixedClock) -> None:
    requests.sign(
        hazard_by_number(number),
        by=actor,  # type: ignore[arg-type]
        verdict=Verdict.APPROVED,
        opinion="已看过",
        manner=Manner.CONFIRMED,
        now=clock(),
    )


# --- twice, in another order, by two -----------------------------------------------------------------------------


def test_the_same_beginning_sent_twice_is_one(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    first = rounds.begin(city, plan, clock(), key=KEY)
    again = rounds.begin(city, plan, clock.advance(minutes=1), key=KEY)
    assert (first.is_new, again.is_new, again.inspection.id) == (True, False, first.inspection.id)
    assert rounds.begin(city, plan, clock()).inspection.id == first.inspection.id
    with pytest.raises(Invalid, match="不是由您打开的"):
        rounds.begin(city, plan, clock(), by="manager", key=KEY)


def test_who_comes_second_joins_and_is_told_who_runs_it(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    second = rounds.begin(city, plan, clock.advance(minutes=3), by="manager")
    assert (second.is_new, second.inspection.id) == (False, begun)
    assert second.said.startswith("这次排查由 班组长·堃 于 10:00 开始。")
    rounds.see(city, begun, 1, OK, clock(), by="manager")
    rounds.see(city, begun, 2, OK, clock(), by="leader")
    assert _count(ItemResult) == 2


def test_two_people_on_one_item_lose_nothing_and_the_slower_is_told(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    rounds.begin(city, plan, clock(), by="manager")
    rounds.see(city, begun, 1, OK, clock(), seen="")
    with pytest.raises(Overtaken, match=r"由 班组长·堃 于 10:00 记为「合格」，您的结论没有保存") as told:
        rounds.see(city, begun, 1, FAILED, clock(), by="manager", note="漏灰", seen="")
    mark = mark_of(told.value.result)
    assert rounds.see(city, begun, 1, FAILED, clock(), by="manager", note="漏灰", seen=mark).verdict is FAILED


def test_the_same_answer_and_photo_sent_twice_in_any_order_are_one(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    photos = [(AFTER, "photo-key-a"), (rounds.BEFORE, "photo-key-b"), (AFTER, "photo-key-a")]
    for kind, key in photos:  # before there is any answer
        rounds.shoot(city, begun, 4, clock(), kind, key=key)
    answer = {"note": "油污", "treatment": Treatment.ON_THE_SPOT, "result": "已擦净", "seen": ""}
    for _ in range(2):
        rounds.see(city, begun, 4, FAILED, clock.advance(minutes=1), **answer)
    for kind, key in reversed(photos):
        rounds.shoot(city, begun, 4, clock(), kind, key=key)
    assert (_count(ItemPhoto), _count(ItemResult)) == (2, 1)
    rounds.all_ok(city, begun, clock(), besides=(4,))
    rounds.end(city, begun, clock())
    assert rounds.shoot(city, begun, 4, clock(), key="photo-key-b").client_key == "photo-key-b"
    with pytest.raises(Conflict, match=r"已于 .* 签名完成"):
        rounds.shoot(city, begun, 4, clock(), key="photo-key-c")
    with pytest.raises(Conflict, match="签名完成"):
        rounds.end(city, begun, clock())
    assert _count(Hazard) == 1


def test_what_was_signed_is_what_was_seen(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock())
    with pytest.raises(Conflict, match="检查结论或照片有了变化"):
        rounds.end(city, begun, clock(), seen="0" * 64)
    assert rounds.stood(begun).state is InspectionState.RUNNING


# --- before it can be signed -------------------------------------------------------------------------------------


def test_every_item_needs_a_verdict_and_every_failed_one_its_words(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock(), besides=(2, 4))
    with pytest.raises(Invalid, match=r"还有 2 项没有结论（第 2、4 项）"):
        rounds.end(city, begun, clock())
    rounds.see(city, begun, 2, FAILED, clock())
    rounds.see(city, begun, 4, FAILED, clock(), note="油污", treatment=Treatment.ON_THE_SPOT)
    with pytest.raises(Invalid) as refused:
        rounds.end(city, begun, clock())
    said = refused.value.sentence
    for words in ("第 2 项：请写明问题", "第 4 项：", "整改后的照片", "怎样整改的", "当场整改至少要 1 张检查时的照片"):
        assert words in said
    rounds.see(city, begun, 4, FAILED, clock(), note="油污", treatment=Treatment.ON_THE_SPOT, grade=Grade.MAJOR)
    with pytest.raises(Invalid, match="当场整改只用于一般隐患"):
        rounds.end(city, begun, clock())
    assert _count(Hazard) == 0


def test_a_changed_verdict_drops_what_belonged_to_the_failed_one(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.on_the_spot(city, begun, 4, clock())
    result = rounds.see(city, begun, 4, OK, clock(), note="已复查")
    assert (result.treatment, result.grade, result.result, result.note) == (None, None, "", "已复查")
    inspection = rounds.stood(begun)
    assert (inspection.items_ok, inspection.items_failed) == (1, 0)


# --- pauses, giving up, late -------------------------------------------------------------------------------------


def test_paused_it_keeps_everything_and_goes_on_by_itself(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.see(city, begun, 1, OK, clock())
    with city.eyes("leader") as actor, unit_of_work():
        inspecting.pause(inspection_by_id(begun, lock=True), by=actor, now=clock())
    assert rounds.stood(begun).state is InspectionState.PAUSED
    rounds.see(city, begun, 2, OK, clock())
    assert rounds.stood(begun).state is InspectionState.RUNNING


def test_given_up_its_period_is_open_again(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    for who, reason, kind in (("leader", "", Invalid), ("head", "不去了", NotAllowed)):
        with pytest.raises(kind), city.eyes(who) as actor, unit_of_work():
            inspecting.give_up(inspection_by_id(begun, lock=True), reason, by=actor, now=clock())
    with city.eyes("leader") as actor, unit_of_work():
        inspecting.give_up(inspection_by_id(begun, lock=True), "选错了检查表", by=actor, now=clock())
    with pytest.raises(Conflict, match="已作废"):
        rounds.see(city, begun, 1, OK, clock())
    assert rounds.begun(city, plan, clock()) != begun


def test_another_goes_on_in_the_inspectors_place(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    rounds.all_ok(city, begun, clock())
    with city.eyes("manager") as actor, unit_of_work():
        inspecting.take_over(inspection_by_id(begun, lock=True), by=actor, now=clock())
    stood = rounds.stood(begun)
    assert (stood.inspector_id, stood.instead_of_id) == (city.people["manager"], city.people["leader"])
    with pytest.raises(NotAllowed):
        rounds.end(city, begun, clock())
    rounds.end(city, begun, clock(), by="manager")


def test_late_is_late_and_after_the_grace_it_is_one_besides(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    late, too_late = rounds.begun(city, plan, clock()), rounds.begun(city, plan, clock(), period="2026-11-13")
    for one in (late, too_late):
        rounds.all_ok(city, one, clock())
    clock.advance(hours=15)  # 01:00 of the 17th
    rounds.end(city, late, clock())
    rounds.end(city, too_late, clock())
    assert rounds.stood(late).in_time is False
    stood = rounds.stood(too_late)
    assert (stood.duty_id, stood.period_key, stood.in_time, stood.plan_id) == (None, None, None, plan)


def test_a_new_edition_of_the_checklist_leaves_the_one_that_runs(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    before = rounds.item_ids(begun)
    checklist = rounds.stood(begun).checklist_version.checklist_id
    with everything("test"), unit_of_work():
        rounds.a_version(checklist, clock(), 2, items=3)
    assert rounds.item_ids(begun) == before
    clock.advance(days=1)
    assert len(rounds.item_ids(rounds.begun(city, plan, clock(), period="2026-11-17"))) == 3


# --- led by the principal ----------------------------------------------------------------------------------------


def _led(city: City, clock: FixedClock, person: str) -> int:
    plan = rounds.a_plan(
        city, clock(), tier=Tier.QUARTER, unit_id=None, led=True, person_id=city.people[person], name="带队检查"
    )
    begun = rounds.begun(city, plan, clock(), by=person, period="2026-Q4")
    rounds.all_ok(city, begun, clock(), by=person)
    rounds.end(city, begun, clock.advance(minutes=30), by=person)
    return begun


def test_a_led_one_waits_for_the_principals_signature(city: City, clock: FixedClock) -> None:
    begun = _led(city, clock, "plant_manager")
    with everything("test"):
        told = db.session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "led")).all()
    assert told == [city.people["principal"]]
    for who in ("plant_manager", "manager"):
        with pytest.raises(NotAllowed), city.eyes(who) as actor, unit_of_work():
            inspecting.sign_led(inspection_by_id(begun, lock=True), by=actor, now=clock())
    with city.eyes("principal") as actor, unit_of_work():
        inspecting.sign_led(inspection_by_id(begun, lock=True), by=actor, now=clock())
    with pytest.raises(Conflict, match="不必再签"), city.eyes("principal") as actor, unit_of_work():
        inspecting.sign_led(inspection_by_id(begun, lock=True), by=actor, now=clock())
    assert rounds.stood(begun).led_by_id == city.people["principal"]


def test_the_principal_who_carries_it_out_signs_both_at_once(city: City, clock: FixedClock) -> None:
    assert rounds.stood(_led(city, clock, "principal")).led_signed_at == clock()


def test_where_it_was_is_kept_once_and_only_if_it_is_a_place(city: City, clock: FixedClock) -> None:
    begun = rounds.begun(city, rounds.a_plan(city, clock()), clock())
    with city.eyes("leader") as actor:
        for longitude, latitude in ((200.0, 0.0), (float("nan"), 1.0)):
            with pytest.raises(Invalid), unit_of_work():
                inspecting.locate(inspection_by_id(begun, lock=True), longitude, latitude, by=actor, now=clock())
        for longitude in (106.65, 100.0):
            with unit_of_work():
                inspecting.locate(inspection_by_id(begun, lock=True), longitude, 29.02, by=actor, now=clock())
    assert (rounds.stood(begun).longitude, rounds.stood(begun).latitude) == (106.65, 29.02)
    assert clock() - rounds.stood(begun).started_at < timedelta(minutes=1)
