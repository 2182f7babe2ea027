"""Plans and absences: who may keep them, what they must name, how they change and end; checklists' own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.models import Enterprise, OrgUnit, Person
from accounts.organisations import close_unit
from core.db import db, unit_of_work
from core.models import Event, OutboxMessage
from core.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from core.scope import everything
from hazards import criteria
from inspections.models import Absence, Checklist, ChecklistItem, ChecklistVersion, InspectionPlan
from inspections.operations import absences, checklists, plans, settling, templates, usual_plans
from inspections.operations.absences import AbsenceDetails
from inspections.operations.checklists import MOST_ITEMS, Details, ItemDetails
from inspections.operations.plans import PlanDetails
from inspections.queries.checklists import get_checklist, items_of, newest_version
from inspections.queries.plans import get_plan, plans_of_duty
from inspections.queries.tasks import tasks_for, tasks_of
from tests.hazards.city import City
from tests.inspections.duties import a_plan, finish
from tests.inspections.test_tasks import MONDAY, at
from workflows.cadence import Frequency, TaskState, period_of
from workflows.vocabulary import Grade, Tier

NOW = at(MONDAY)
ITEMS = (ItemDetails("安全出口畅通", heading="通道"), ItemDetails("配电箱完好"), ItemDetails("灭火器在位"))


def a_list(city: City, key: str = "manager", **changes: Any) -> int:
    """An enterprise's own checklist."""
    with city.eyes(key) as actor, unit_of_work():
        return checklists.add_checklist(Details("班组日查", "工贸-机械", Tier.DAY), ITEMS, by=actor, now=NOW).id


def details(city: City, **changes: Any) -> PlanDetails:
    """A daily plan of the smelting shop."""
    values: dict[str, Any] = {"unit_id": city.units["smelting"], "checklist_id": 0} | changes
    values["checklist_id"] = values["checklist_id"] or a_list(city)
    return PlanDetails(Tier.DAY, Frequency.DAY, **values)


def planned(city: City, wanted: PlanDetails, starts_on: date = MONDAY, key: str = "manager") -> int:
    """A plan made by somebody."""
    with city.eyes(key) as actor, unit_of_work():
        return plans.add_plan(wanted, starts_on, by=actor, now=NOW).id


def changed(city: City, plan_id: int, wanted: PlanDetails, from_on: date, now: Any = NOW) -> int:
    """The plan that continues it."""
    with city.eyes("manager") as actor, unit_of_work():
        return plans.change_plan(get_plan(plan_id), wanted, from_on, by=actor, now=now).id


def kept(model: Any, key: int) -> Any:
    """A row as it stands."""
    with everything("test plans"):
        return db.session.scalars(select(model).where(model.id == key).execution_options(populate_existing=True)).one()


# --- plans ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["worker", "leader", "head", "inspector_a", "reviewer", "clerk"])
def test_only_those_who_answer_for_the_plant_keep_plans_and_checklists(city: City, key: str) -> None:
    """Others read; their attempt is refused in words."""
    plan_id, list_id = planned(city, details(city)), a_list(city)
    with city.eyes(key) as actor:
        for act in (
            lambda: plans.add_plan(details_of(list_id), MONDAY, by=actor, now=NOW),
            lambda: checklists.add_checklist(Details("新表"), ITEMS, by=actor, now=NOW),
            lambda: usual_plans.set_up_usual(MONDAY, by=actor, now=NOW),
        ):
            with pytest.raises(NotAllowed, match="安全管理人员"), unit_of_work():
                act()
        with everything("test plans"):
            plan = db.session.get_one(InspectionPlan, plan_id)
        with pytest.raises(NotAllowed), unit_of_work():
            plans.end_plan(plan, MONDAY, "不用了", by=actor, now=NOW)


def details_of(checklist_id: int) -> PlanDetails:
    """A plan of the whole plant."""
    return PlanDetails(Tier.DAY, Frequency.DAY, checklist_id)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("per_day", {"per_day": 25}),
        ("per_day", {"per_day": 0}),
        ("per_day", {"per_day": 2, "frequency": Frequency.WEEK}),
        ("unit_id", {"unit_id": 999_999}),
        ("person_id", {"person_id": "shop_principal"}),
        ("substitute_id", {"substitute_id": "far_principal"}),
        ("substitute_id", {"person_id": "leader", "substitute_id": "leader"}),
        ("checklist_id", {"checklist_id": 999_999}),
        ("risk_point_id", {"risk_point_id": 999_999}),
        ("name", {"name": "长" * 121}),
    ],
)
def test_what_a_plan_names_must_be_there(city: City, field: str, change: dict[str, Any]) -> None:
    """Each sentence at its field; nothing is written."""
    named = {
        key: city.people[value] if key.endswith("_id") and isinstance(value, str) else value
        for key, value in change.items()
    }
    frequency = named.pop("frequency", Frequency.DAY)
    wanted = replace(details(city), frequency=frequency, **named)
    with pytest.raises(Invalid) as refused:
        planned(city, wanted)
    assert field in refused.value.fields
    with everything("test plans"):
        assert db.session.scalar(select(func.count()).select_from(InspectionPlan)) == 0


def test_anothers_checklist_cannot_be_planned_with(city: City) -> None:
    """That of the shop is not the plant's."""
    foreign = a_list(city, "shop_principal")
    with pytest.raises(Invalid, match="检查表"):
        planned(city, details_of(foreign))


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=1), MONDAY + timedelta(days=800)])
def test_a_plan_begins_today_or_in_reasonable_time(city: City, day: date) -> None:
    """Nobody is asked for what is past."""
    with pytest.raises(Invalid):
        planned(city, details(city), day)


def test_a_change_ends_the_plan_and_continues_the_duty(city: City) -> None:
    """From a day on; both keep their history, which says what changed."""
    wanted = details(city)
    first = planned(city, wanted)
    friday = MONDAY + timedelta(days=4)
    second = changed(city, first, replace(wanted, person_id=city.people["worker"]), friday)
    before, after = kept(InspectionPlan, first), kept(InspectionPlan, second)
    assert (before.ends_on, before.end_reason) == (friday - timedelta(days=1), plans.CHANGED)
    assert (after.duty_id, after.starts_on, after.ends_on) == (first, friday, None)
    assert (before.chain_length, after.chain_length) == (2, 1)
    with everything("test plans"):
        entry = select(Event).where(Event.subject_kind == "inspection_plan", Event.subject_id == second)
        assert db.session.scalars(entry).one().content["changed"] == ["person_id"]
    with city.eyes("manager"):
        assert [plan.id for plan in plans_of_duty(first)] == [second, first]


def test_a_change_before_it_began_leaves_no_day_to_the_old_one(city: City) -> None:
    """A plan that starts tomorrow and is changed today was never in force: the first day is asked for once."""
    wanted, tomorrow = details(city), MONDAY + timedelta(days=1)
    first = planned(city, wanted, tomorrow)
    second = changed(city, first, replace(wanted, name="交接班"), tomorrow)
    with city.eyes("manager"):
        found = tasks_of(city.enterprises["plant"], first=MONDAY, last=tomorrow, now=NOW)
    assert [(task.plan.id, task.period_key) for task in found] == [(second, "2026-11-17")]
    settling.settle(at(tomorrow + timedelta(days=9)))
    assert kept(InspectionPlan, first).settle_at is None


def test_a_changed_plan_cannot_be_changed_again_by_an_old_page(city: City) -> None:
    """Whoever was quicker stands; the other is told to open the plan of now."""
    wanted = details(city)
    first = planned(city, wanted)
    changed(city, first, replace(wanted, name="甲"), MONDAY)
    with pytest.raises(Conflict, match="已经结束"):
        changed(city, first, replace(wanted, name="乙"), MONDAY)
    with pytest.raises(Conflict), city.eyes("manager") as actor, unit_of_work():
        plans.end_plan(get_plan(first), MONDAY, "不用了", by=actor, now=NOW)


@pytest.mark.parametrize("from_on", [MONDAY - timedelta(days=1), MONDAY])
def test_a_change_is_neither_backdated_nor_empty(city: City, from_on: date) -> None:
    """Yesterday is over; saying the same again is no change."""
    wanted = details(city)
    first = planned(city, wanted)
    with pytest.raises(Invalid):
        changed(city, first, replace(wanted, name="新") if from_on < MONDAY else wanted, from_on)


def test_an_ended_plan_asks_for_nothing_more(city: City) -> None:
    """With a reason, from tomorrow or from today on; not backwards."""
    plan_id = planned(city, details(city))
    with city.eyes("manager") as actor:
        for last, reason in ((MONDAY - timedelta(days=2), "不用了"), (MONDAY, " ")):
            with pytest.raises(Invalid), unit_of_work():
                plans.end_plan(get_plan(plan_id), last, reason, by=actor, now=NOW)
        with unit_of_work():
            plans.end_plan(get_plan(plan_id), MONDAY, "产线停用", by=actor, now=NOW)
        found = tasks_of(city.enterprises["plant"], first=MONDAY, last=MONDAY + timedelta(days=6), now=NOW)
    assert [task.period_key for task in found] == ["2026-11-16"]
    assert kept(InspectionPlan, plan_id).end_reason == "产线停用"


def test_a_dissolved_unit_is_inspected_no_more(city: City) -> None:
    """From the day on; what was missed before stays, what was done too, other units go on."""
    whole = planned(city, replace(details(city), unit_id=None))
    plan = a_plan(city, MONDAY, NOW)
    finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
    thursday = MONDAY + timedelta(days=3)
    with city.eyes("manager") as actor, unit_of_work() as session:
        unit = session.get_one(OrgUnit, city.units["smelting"])
        close_unit(session.get_one(Enterprise, city.enterprises["plant"]), unit, by=actor, now=at(thursday))
    assert (kept(InspectionPlan, plan.id).ends_on, kept(InspectionPlan, whole).ends_on) == (
        thursday - timedelta(days=1),
        None,
    )
    settling.settle(at(thursday + timedelta(days=5)))
    with city.eyes("manager"):
        found = tasks_of(
            city.enterprises["plant"],
            unit_id=city.units["smelting"],
            first=MONDAY,
            last=MONDAY + timedelta(days=8),
            now=at(thursday + timedelta(days=5)),
        )
    assert {task.period_key: task.state for task in found} == {
        "2026-11-16": TaskState.DONE,
        "2026-11-17": TaskState.MISSED,
        "2026-11-18": TaskState.MISSED,
    }
    with pytest.raises(Invalid, match="已关闭"):
        planned(city, details(city))


def test_the_usual_plans_in_one_step(city: City) -> None:
    """Teams daily, departments weekly, the plant monthly, the principal quarterly; again only what is lacking."""
    with everything("test plans"), unit_of_work() as session:
        for name, parent in (("熔炼一班", city.units["smelting"]), ("质检科", None)):
            session.add(OrgUnit(enterprise_id=city.enterprises["plant"], name=name, parent_id=parent))
        session.add(OrgUnit(enterprise_id=city.enterprises["plant"], name="旧班组", active=False))
    criteria.seed(NOW)
    templates.seed(NOW)
    with city.eyes("principal") as actor, unit_of_work():
        made = usual_plans.set_up_usual(MONDAY, by=actor, now=NOW)
        names = {unit.id: unit.name for unit in db.session.scalars(select(OrgUnit))}
        found = {(names.get(plan.unit_id or 0, ""), plan.tier, plan.frequency, plan.led) for plan in made}
        keys = {plan.tier: get_checklist(plan.checklist_id).template_key for plan in made}
    assert found == {
        ("", Tier.MONTH, Frequency.MONTH, False),
        ("", Tier.QUARTER, Frequency.QUARTER, True),
        ("熔炼车间", Tier.WEEK, Frequency.WEEK, False),
        ("熔炼一班", Tier.DAY, Frequency.DAY, False),
        ("质检科", Tier.WEEK, Frequency.WEEK, False),
        ("质检科", Tier.DAY, Frequency.DAY, False),
    }
    assert keys == {
        Tier.DAY: "machinery-day",
        Tier.WEEK: "general-week",
        Tier.MONTH: "general-month",
        Tier.QUARTER: "machinery-quarter",
    }
    with city.eyes("principal") as actor, pytest.raises(Invalid, match="都已有计划"), unit_of_work():
        usual_plans.set_up_usual(MONDAY, by=actor, now=NOW)
    with everything("test plans"), unit_of_work() as session:
        session.add(OrgUnit(enterprise_id=city.enterprises["plant"], name="新车间"))
    with city.eyes("principal") as actor, unit_of_work():
        assert len(usual_plans.set_up_usual(MONDAY, by=actor, now=NOW)) == 2


def test_a_plan_with_a_last_day_to_come_is_not_planned_again_before_it(city: City) -> None:
    """No day is asked for twice; from the day after, the usual one may begin."""
    criteria.seed(NOW)
    templates.seed(NOW)
    with city.eyes("shop_principal") as actor, unit_of_work():
        (daily, *_) = usual_plans.set_up_usual(MONDAY, by=actor, now=NOW)
        daily.ends_on = MONDAY + timedelta(days=20)
    with city.eyes("shop_principal") as actor:
        with pytest.raises(Invalid, match="都已有计划"), unit_of_work():
            usual_plans.set_up_usual(MONDAY + timedelta(days=20), by=actor, now=NOW)
        with unit_of_work():
            (made,) = usual_plans.set_up_usual(MONDAY + timedelta(days=21), by=actor, now=NOW)
            assert made.tier is Tier.DAY


def test_in_a_high_risk_industry_the_principal_inspects_monthly(city: City) -> None:
    """And where there are no units, the whole is team and department."""
    criteria.seed(NOW)
    templates.seed(NOW)
    with everything("test plans"), unit_of_work() as session:
        session.get_one(Enterprise, city.enterprises["shop"]).high_risk = True
    with city.eyes("shop_principal") as actor, unit_of_work():
        made = usual_plans.set_up_usual(MONDAY, by=actor, now=NOW)
        assert [(plan.unit_id, plan.tier, plan.frequency) for plan in made] == [
            (None, Tier.DAY, Frequency.DAY),
            (None, Tier.WEEK, Frequency.WEEK),
            (None, Tier.MONTH, Frequency.MONTH),
            (None, Tier.QUARTER, Frequency.MONTH),
        ]
    with city.eyes("shop_principal") as actor:
        assert {task.plan.tier for task in tasks_for(actor, now=NOW)} == set(Tier)


def test_anothers_plan_is_not_found(city: City) -> None:
    """A leader of another team, another enterprise, another region."""
    plan_id = planned(city, replace(details(city), unit_id=None))
    for key in ("leader", "worker", "shop_principal", "far_inspector"):
        with city.eyes(key), pytest.raises(NotFound):
            get_plan(plan_id)
    for key in ("head", "inspector_a", "clerk"):
        with city.eyes(key):
            assert get_plan(plan_id).id == plan_id


# --- absences ---------------------------------------------------------------------------------------------------


def away(city: City, by: str, whose: str, *, now: Any = NOW, **changes: Any) -> int:
    """An absence recorded by somebody."""
    values: dict[str, Any] = {"first_on": MONDAY, "last_on": MONDAY + timedelta(days=3)} | changes
    with city.eyes(by) as actor, unit_of_work():
        return absences.add_absence(AbsenceDetails(city.people[whose], **values), by=actor, now=now).id


def test_one_records_ones_own_absence_and_those_who_keep_plans_everybodys(city: City) -> None:
    """The substitute is told; nobody records a colleague's."""
    away(city, "leader", "leader", substitute_id=city.people["head"])
    away(city, "manager", "head")
    with everything("test absences"):
        told = db.session.execute(select(OutboxMessage.person_id, OutboxMessage.text)).all()
    assert [(row.person_id, "排查由您代替" in row.text) for row in told] == [(city.people["head"], True)]
    for by in ("worker", "head", "inspector_a"):
        with pytest.raises(NotAllowed):
            away(city, by, "plant_manager")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("last_on", {"last_on": MONDAY - timedelta(days=1)}),
        ("last_on", {"first_on": MONDAY - timedelta(days=9), "last_on": MONDAY - timedelta(days=2)}),
        ("last_on", {"last_on": MONDAY + timedelta(days=500)}),
        ("substitute_id", {"substitute_id": "leader"}),
        ("substitute_id", {"substitute_id": "shop_principal"}),
        ("reason", {"reason": "长" * 121}),
    ],
)
def test_an_absence_must_make_sense(city: City, field: str, change: dict[str, Any]) -> None:
    """Each sentence at its field."""
    named = {key: city.people[value] if key == "substitute_id" else value for key, value in change.items()}
    with pytest.raises(Invalid) as refused:
        away(city, "manager", "leader", **named)
    assert field in refused.value.fields


def test_the_same_days_are_recorded_once(city: City) -> None:
    """Overlapping absences would have two substitutes."""
    away(city, "manager", "leader")
    with pytest.raises(Invalid, match="已登记"):
        away(city, "leader", "leader", first_on=MONDAY + timedelta(days=2))


def test_back_earlier_one_inspects_again(city: City) -> None:
    """From today on; an absence to come is taken back; what is over stays."""
    a_plan(city, MONDAY, NOW)
    number = away(city, "leader", "leader", substitute_id=city.people["worker"])
    tuesday = at(MONDAY + timedelta(days=1))
    with city.eyes("worker") as actor:
        assert tasks_for(actor, now=tuesday)
    with city.eyes("leader") as actor, unit_of_work() as session:
        absences.end_absence(session.get_one(Absence, number), by=actor, now=tuesday)
    with city.eyes("worker") as actor:
        assert tasks_for(actor, now=tuesday) == []
    with city.eyes("leader") as actor:
        assert tasks_for(actor, now=tuesday)
        with pytest.raises(Conflict), unit_of_work() as session:
            absences.end_absence(session.get_one(Absence, number), by=actor, now=tuesday)
    later = away(city, "leader", "leader", first_on=MONDAY + timedelta(days=7), last_on=MONDAY + timedelta(days=9))
    with city.eyes("leader") as actor, unit_of_work() as session:
        absences.end_absence(session.get_one(Absence, later), by=actor, now=tuesday)
    assert kept(Absence, later).withdrawn_at == tuesday


# --- checklists -------------------------------------------------------------------------------------------------


def revise(
    city: City, list_id: int, items: Any, *, expected: int = 1, name: str = "班组日查", key: str = "manager"
) -> Any:
    """The next version."""
    with city.eyes(key) as actor, unit_of_work():
        found = get_checklist(list_id)
        wanted = Details(name, "工贸-机械", Tier.DAY)
        return checklists.change_checklist(found, wanted, items, expected=expected, by=actor, now=NOW)


def test_a_change_is_a_new_version_and_the_old_one_stays(city: City) -> None:
    """Items of the first are as they were; the newest is what inspections begin with."""
    list_id = a_list(city)
    revise(city, list_id, ITEMS[:2])
    with city.eyes("leader"):
        newest = newest_version(list_id)
        assert (newest.version, newest.items) == (2, 2)
        first = db.session.scalars(
            select(ChecklistVersion).where(ChecklistVersion.checklist_id == list_id, ChecklistVersion.version == 1)
        ).one()
        assert [item.text for item in items_of(first.id)] == [item.text for item in ITEMS]
        assert [item.position for item in items_of(first.id)] == [1, 2, 3]


def test_a_new_name_alone_is_no_new_version(city: City) -> None:
    """And no change at all is refused."""
    list_id = a_list(city)
    assert revise(city, list_id, ITEMS, name="一班日查") is None
    with pytest.raises(Invalid, match="没有改动"):
        revise(city, list_id, ITEMS, name="一班日查")


def test_of_two_at_once_the_second_is_told(city: City) -> None:
    """The form was made from a version that is no longer the newest."""
    list_id = a_list(city)
    revise(city, list_id, ITEMS[:2])
    with pytest.raises(Conflict, match="第 2 版"):
        revise(city, list_id, ITEMS[1:])


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ((), "至少留一项"),
        ((ItemDetails("  "),), "没有写检查内容"),
        ((ItemDetails("长" * 301),), "太长"),
        ((ItemDetails("好", for_hazards=False),), "没有用途"),
        ((ItemDetails("好"),) * (MOST_ITEMS + 1), "最多"),
    ],
)
def test_items_have_bounds(city: City, items: Any, says: str) -> None:
    """Said in words, with the number of the item."""
    list_id = a_list(city)
    with pytest.raises(Invalid, match=says):
        revise(city, list_id, items)


def test_a_template_is_copied_but_nobodys_to_change(city: City) -> None:
    """The copy keeps every item with clause and grade."""
    criteria.seed(NOW)
    templates.seed(NOW)
    with city.eyes("manager") as actor:
        source = db.session.scalars(select(Checklist).where(Checklist.template_key == "dust-quarter")).one().id
        with pytest.raises(NotAllowed), unit_of_work():
            checklists.change_checklist(get_checklist(source), Details("我的"), ITEMS, expected=1, by=actor, now=NOW)
        with pytest.raises(NotAllowed), unit_of_work():
            checklists.retire(get_checklist(source), by=actor, now=NOW)
        with unit_of_work():
            made = checklists.copy_checklist(get_checklist(source), "粉尘季查", by=actor, now=NOW).id
        own, theirs = (
            [checklists.details_of(item) for item in items_of(newest_version(one).id)] for one in (made, source)
        )
        assert own == theirs
        assert sum(item.grade is Grade.MAJOR for item in own) == 15


def test_a_checklist_in_use_is_not_retired(city: City) -> None:
    """First another is planned with; a retired one can be used again, and not be planned with meanwhile."""
    list_id = a_list(city)
    plan_id = planned(city, details(city, checklist_id=list_id))
    with city.eyes("manager") as actor:
        with pytest.raises(Invalid, match="1 个排查计划"), unit_of_work():
            checklists.retire(get_checklist(list_id), by=actor, now=NOW)
        with unit_of_work():
            plans.end_plan(get_plan(plan_id), MONDAY, "换表", by=actor, now=NOW)
            checklists.retire(get_checklist(list_id), by=actor, now=NOW)
        with pytest.raises(Refusal), unit_of_work():
            checklists.retire(get_checklist(list_id), by=actor, now=NOW)
    with pytest.raises(Invalid, match="已停用"):
        planned(city, details_of(list_id))
    with city.eyes("manager") as actor, unit_of_work():
        checklists.take_up_again(get_checklist(list_id), by=actor, now=NOW)
    assert kept(Checklist, list_id).active


def test_anothers_checklist_is_not_found(city: City) -> None:
    """An enterprise's own is seen by its people and its regulators; the system's three see none."""
    list_id = a_list(city)
    for key in ("shop_principal", "far_inspector", "far_principal"):
        with city.eyes(key), pytest.raises(NotFound):
            get_checklist(list_id)
    for key in ("worker", "leader", "inspector_a", "clerk"):
        with city.eyes(key):
            assert get_checklist(list_id).name == "班组日查"
            assert db.session.scalar(select(func.count()).select_from(ChecklistItem)) == 3


def test_everybody_who_is_named_is_a_person_of_the_plant(city: City) -> None:
    """Whoever left cannot be planned for."""
    with everything("test plans"), unit_of_work() as session:
        session.get_one(Person, city.people["worker"]).active = False
    with pytest.raises(Invalid) as refused:
        planned(city, details(city, person_id=city.people["worker"]))
    assert set(refused.value.fields) == {"person_id"}
