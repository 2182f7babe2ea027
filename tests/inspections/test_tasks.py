"""Tasks: whose they are, from when to when, and what changes of plans, people and units do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from accounts.models import Grant, OrgUnit, Person
from accounts.passwords import hash_password
from accounts.roles import Role
from accounts.shift_models import WorkCalendar, WorkStop
from core.db import db, unit_of_work
from core.refusals import Conflict, NotAllowed, NotFound
from core.scope import everything
from core.shifts import WorkKind
from inspections.models import Absence, InspectionPlan
from inspections.operations import settling
from inspections.queries import tasks
from inspections.queries.tasks import Task, may_carry_out, task, tasks_at_hand, tasks_for, tasks_of
from inspections.rules import InspectionState
from tests.hazards.city import PASSWORD, City
from tests.inspections.duties import a_plan, finish
from workflows.cadence import Frequency, TaskState, period_of
from workflows.vocabulary import Tier

MONDAY = date(2026, 11, 16)
FRIDAY = MONDAY + timedelta(days=4)
SUNDAY = MONDAY + timedelta(days=6)


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a Shanghai day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


def week(city: City, now: datetime, first: date = MONDAY, last: date = SUNDAY, **where: Any) -> list[Task]:
    """The tasks of these days as the manager sees them."""
    with city.eyes("manager"):
        return tasks_of(city.enterprises["plant"], first=first, last=last, now=now, **where)


def states(found: list[Task]) -> dict[str, TaskState]:
    """How each period stands."""
    return {one.period_key: one.state for one in found}


def mine(city: City, key: str, now: datetime) -> list[str]:
    """The periods this person has to inspect now."""
    with city.eyes(key) as actor:
        return [one.period_key for one in tasks_for(actor, now=now)]


def away(city: City, key: str, first: date, last: date, substitute: str | None = None) -> None:
    """Somebody is away."""
    with everything("test absence"), unit_of_work() as session:
        session.add(
            Absence(
                enterprise_id=city.enterprises["plant"],
                person_id=city.people[key],
                first_on=first,
                last_on=last,
                substitute_id=city.people[substitute] if substitute else None,
                made_at=at(first),
            )
        )


def another(city: City, key: str, role: Role, unit: int | None = None) -> None:
    """Somebody more at the plant."""
    with everything("test people"), unit_of_work() as session:
        person = Person(
            name=key,
            login=key,
            password_hash=hash_password(PASSWORD),
            must_change=False,
            enterprise_id=city.enterprises["plant"],
            unit_id=unit,
            created_at=at(MONDAY),
        )
        person.grants = [Grant(role=role, granted_at=at(MONDAY))]
        session.add(person)
        session.flush()
        city.people[key] = city.logins[key] = person.id  # type: ignore[assignment]


def leaves(city: City, key: str) -> None:
    """Somebody is no longer there."""
    with everything("test people"), unit_of_work() as session:
        session.execute(update(Person).where(Person.id == city.people[key]).values(active=False))


def a_unit(city: City, name: str, parent: str | None = None) -> int:
    """One more unit of the plant."""
    with everything("test units"), unit_of_work() as session:
        unit = OrgUnit(enterprise_id=city.enterprises["plant"], name=name, parent_id=city.units.get(parent or ""))
        session.add(unit)
        session.flush()
        city.units[name] = unit.id
        return unit.id


# --- periods ----------------------------------------------------------------------------------------------------


def test_a_week_of_a_daily_plan(city: City) -> None:
    """Done, done late, missed, late, due, to come; nothing on days off."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
    finish(city, plan, period_of(Frequency.DAY, MONDAY + timedelta(days=1)), at(MONDAY + timedelta(days=2)))
    found = states(week(city, at(MONDAY + timedelta(days=3), 23)))
    assert found == {
        "2026-11-16": TaskState.DONE,
        "2026-11-17": TaskState.DONE_LATE,
        "2026-11-18": TaskState.LATE,
        "2026-11-19": TaskState.DUE,
        "2026-11-20": TaskState.UPCOMING,
    }
    assert states(week(city, at(FRIDAY)))["2026-11-18"] is TaskState.MISSED


def test_what_was_settled_as_missed_stays_so_even_where_the_unit_did_not_work_after_all(city: City) -> None:
    """A stop entered afterwards takes no fact away, and asks for nothing on the other days."""
    a_plan(city, MONDAY, at(MONDAY))
    settling.settle(at(MONDAY + timedelta(days=2), 1))
    with everything("test stop"), unit_of_work() as session:
        session.add(
            WorkStop(
                enterprise_id=city.enterprises["plant"],
                first_on=MONDAY,
                last_on=FRIDAY,
                reason="停产",
                made_at=at(FRIDAY),
            )
        )
    assert states(week(city, at(FRIDAY))) == {"2026-11-16": TaskState.MISSED}


def test_several_rounds_a_day_are_several_tasks(city: City) -> None:
    """Each with its own part of the day."""
    a_plan(city, MONDAY, at(MONDAY), per_day=2)
    found = week(city, at(MONDAY, 9), last=MONDAY)
    assert [(one.period_key, one.state) for one in found] == [
        ("2026-11-16#1", TaskState.DUE),
        ("2026-11-16#2", TaskState.UPCOMING),
    ]
    assert mine(city, "leader", at(MONDAY, 13)) == ["2026-11-16#1", "2026-11-16#2"]


def test_a_leap_day_is_a_day_like_any_other(city: City) -> None:
    """29 February 2028, a Tuesday, is due, and the month ends with it."""
    leap = date(2028, 2, 29)
    a_plan(city, date(2028, 2, 1), at(MONDAY))
    a_plan(city, date(2028, 2, 1), at(MONDAY), tier=Tier.MONTH)
    found = week(city, at(leap, 9), first=leap, last=leap)
    assert states(found) == {"2028-02-29": TaskState.DUE, "2028-02": TaskState.DUE}
    assert {one.window.ends for one in found} == {at(date(2028, 3, 1), 0)}


def test_a_night_shifts_day_ends_with_its_handover(city: City) -> None:
    """At 03:00 yesterday's inspection is still in time."""
    with everything("test shifts"), unit_of_work() as session:
        session.add(
            WorkCalendar(
                enterprise_id=city.enterprises["plant"],
                unit_id=city.units["smelting"],
                kind=WorkKind.EVERY_DAY,
                day_ends=time(8, 0),
                made_at=at(MONDAY - timedelta(days=1)),
            )
        )
    a_plan(city, MONDAY, at(MONDAY))
    tuesday = MONDAY + timedelta(days=1)
    assert states(week(city, at(tuesday, 3), last=tuesday)) == {
        "2026-11-16": TaskState.DUE,
        "2026-11-17": TaskState.UPCOMING,
    }
    assert mine(city, "leader", at(tuesday, 3)) == ["2026-11-16"]
    assert mine(city, "leader", at(tuesday, 9)) == ["2026-11-16", "2026-11-17"]


def test_what_is_late_before_a_long_stop_is_still_open_in_it(city: City) -> None:
    """The grace is counted in days of work: the Friday before two months of standstill waits."""
    a_plan(city, MONDAY, at(MONDAY))
    with everything("test stop"), unit_of_work() as session:
        session.add(
            WorkStop(
                enterprise_id=city.enterprises["plant"],
                first_on=FRIDAY + timedelta(days=1),
                last_on=FRIDAY + timedelta(days=60),
                reason="停产",
                made_at=at(FRIDAY),
            )
        )
    assert mine(city, "leader", at(FRIDAY + timedelta(days=50))) == ["2026-11-20"]


# --- plans change -----------------------------------------------------------------------------------------------


def changed(city: City, plan: InspectionPlan, day: date, **values: Any) -> InspectionPlan:
    """The plan ends before a day and another continues its duty."""
    with everything("test plans"), unit_of_work() as session:
        session.get_one(InspectionPlan, plan.id).ends_on = day - timedelta(days=1)
    kept: dict[str, Any] = {"duty_id": plan.duty_id, "checklist_id": plan.checklist_id}
    return a_plan(city, day, at(day), **(kept | values))


def test_a_plan_changed_in_mid_period_neither_loses_an_inspection_nor_asks_for_a_second(city: City) -> None:
    """Inspected on Monday under the old plan: the week is done under the new one."""
    plan = a_plan(city, MONDAY, at(MONDAY), tier=Tier.WEEK)
    finish(city, plan, period_of(Frequency.WEEK, MONDAY), at(MONDAY, 15), by="head")
    newer = changed(city, plan, MONDAY + timedelta(days=2), tier=Tier.WEEK)
    (found,) = week(city, at(MONDAY + timedelta(days=3)))
    assert (found.plan.id, found.state) == (newer.id, TaskState.DONE)
    assert mine(city, "head", at(MONDAY + timedelta(days=3))) == []


def test_a_weekly_plan_made_daily_in_mid_week_is_daily_from_then_on(city: City) -> None:
    """The week is not due any more: on its last day the plan is another. What was done of it is still shown."""
    plan = a_plan(city, MONDAY, at(MONDAY), tier=Tier.WEEK)
    changed(city, plan, FRIDAY, tier=Tier.WEEK, frequency=Frequency.DAY)
    assert list(states(week(city, at(MONDAY)))) == ["2026-11-20"]
    finish(city, plan, period_of(Frequency.WEEK, MONDAY), at(MONDAY, 15), by="head")
    assert states(week(city, at(MONDAY, 16))) == {"2026-W47": TaskState.DONE, "2026-11-20": TaskState.UPCOMING}


def test_a_plan_that_ended_asks_for_nothing_after_its_last_day(city: City) -> None:
    """The last day itself can still be made up for."""
    a_plan(city, MONDAY, at(MONDAY), ends_on=MONDAY + timedelta(days=1))
    assert list(states(week(city, at(MONDAY)))) == ["2026-11-16", "2026-11-17"]
    assert mine(city, "leader", at(MONDAY + timedelta(days=2))) == ["2026-11-17"]


# --- whose it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "whose"),
    [
        (Tier.DAY, {"leader"}),
        (Tier.WEEK, {"head"}),
        (Tier.MONTH, {"plant_manager"}),
        (Tier.QUARTER, {"principal"}),
    ],
)
def test_without_a_name_it_is_the_role_of_the_tier(city: City, tier: Tier, whose: set[str]) -> None:
    """班组每日, 部门每周, 厂级每月, 主要负责人每季度."""
    a_plan(city, MONDAY, at(MONDAY), tier=tier, frequency=Frequency.DAY)
    (found,) = week(city, at(MONDAY), last=MONDAY)
    assert set(found.responsible) == {city.people[key] for key in whose}
    assert found.instead_of is None
    people = ("leader", "head", "plant_manager", "principal", "manager", "worker", "inspector_a")
    assert {key for key in people if mine(city, key, at(MONDAY))} == whose


def test_a_team_without_a_leader_is_inspected_from_the_nearest_unit_above(city: City) -> None:
    """No team leader in the team: the one of the workshop above it; without any, the department's head."""
    a_plan(city, MONDAY, at(MONDAY), unit_id=a_unit(city, "浇注班", "smelting"))
    assert mine(city, "leader", at(MONDAY)) == ["2026-11-16"]
    leaves(city, "leader")
    assert mine(city, "head", at(MONDAY)) == ["2026-11-16"]
    leaves(city, "head")
    assert mine(city, "manager", at(MONDAY)) == ["2026-11-16"]


def test_a_person_removed_who_had_tasks_leaves_them_to_the_substitute_then_to_the_role(city: City) -> None:
    """Nothing is lost with somebody who goes."""
    another(city, "deputy", Role.WORKER, city.units["smelting"])
    a_plan(city, MONDAY, at(MONDAY), person_id=city.people["worker"], substitute_id=city.people["deputy"])
    assert mine(city, "worker", at(MONDAY)) == ["2026-11-16"]
    assert mine(city, "leader", at(MONDAY)) == []
    leaves(city, "worker")
    assert mine(city, "deputy", at(MONDAY)) == ["2026-11-16"]
    leaves(city, "deputy")
    assert mine(city, "leader", at(MONDAY)) == ["2026-11-16"]


def test_an_absence_hands_over_from_its_first_to_its_last_day(city: City) -> None:
    """The substitute of the absence, shown as in the place of whoever is away; before and after, oneself."""
    tuesday = MONDAY + timedelta(days=1)
    a_plan(city, MONDAY, at(MONDAY))
    away(city, "leader", tuesday, tuesday, "worker")
    found = {one.period_key: one for one in week(city, at(MONDAY))}
    assert found["2026-11-16"].responsible == (city.people["leader"],)
    assert found["2026-11-17"].responsible == (city.people["worker"],)
    assert found["2026-11-17"].instead_of == city.people["leader"]
    assert found["2026-11-18"].responsible == (city.people["leader"],)
    # what is late is whoever's turn it is today
    assert mine(city, "worker", at(tuesday)) == ["2026-11-16", "2026-11-17"]
    assert mine(city, "leader", at(tuesday)) == []


def test_away_without_a_substitute_it_is_the_next_in_line(city: City) -> None:
    """No substitute named: the department's head, in the leader's place."""
    a_plan(city, MONDAY, at(MONDAY))
    away(city, "leader", MONDAY, MONDAY)
    (found,) = week(city, at(MONDAY), last=MONDAY)
    assert (found.responsible, found.instead_of) == ((city.people["head"],), city.people["leader"])


def test_a_substitute_of_another_team_finds_the_task_beyond_the_own_scope(city: City) -> None:
    """A team leader sees the own team only, and yet what was handed over."""
    casting = a_unit(city, "浇注车间")
    another(city, "caster", Role.TEAM_LEADER, casting)
    plan = a_plan(city, MONDAY, at(MONDAY), person_id=city.people["leader"], substitute_id=city.people["caster"])
    with city.eyes("caster"), pytest.raises(NotFound):
        task(plan.id, "2026-11-16", now=at(MONDAY))
    away(city, "leader", MONDAY, MONDAY)
    assert mine(city, "caster", at(MONDAY)) == ["2026-11-16"]
    with city.eyes("caster") as actor:
        found = task(plan.id, "2026-11-16", now=at(MONDAY))
        assert may_carry_out(found, actor) == city.people["leader"]


# --- carrying out -----------------------------------------------------------------------------------------------


def test_who_may_carry_out_and_in_whose_place(city: City) -> None:
    """The responsible person; a safety manager in their place; nobody else."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    expected = {"leader": None, "manager": city.people["leader"], "manager_b": city.people["leader"]}
    for key in ("leader", "manager", "manager_b", "worker", "head", "principal", "inspector_a"):
        with city.eyes("manager"):
            found = task(plan.id, "2026-11-16", now=at(MONDAY))
        with city.eyes(key) as actor:
            if key in expected:
                assert may_carry_out(found, actor) == expected[key]
            else:
                with pytest.raises(NotAllowed):
                    may_carry_out(found, actor)


def test_a_safety_manager_has_the_others_tasks_apart(city: City) -> None:
    """What is due today or late of others, not among the own."""
    a_plan(city, MONDAY, at(MONDAY))
    a_plan(city, MONDAY, at(MONDAY), person_id=city.people["manager"])
    assert mine(city, "manager", at(MONDAY)) == ["2026-11-16"]
    with city.eyes("manager") as actor:
        hand = tasks_at_hand(actor, now=at(MONDAY))
        assert [one.period_key for one in hand.mine] == ["2026-11-16"]
        assert [one.responsible for one in hand.others] == [(city.people["leader"],)]
    with city.eyes("leader") as actor:
        assert tasks_at_hand(actor, now=at(MONDAY)).others == []


@pytest.mark.parametrize(
    ("now", "done", "says"),
    [
        (at(MONDAY - timedelta(days=2)), False, "还没有开始"),
        (at(MONDAY + timedelta(days=2), 1), False, "记为未开展"),
        (at(MONDAY, 16), True, "已经完成"),
    ],
)
def test_it_is_refused_before_its_time_after_it_and_when_done(city: City, now: datetime, done: bool, says: str) -> None:
    """Each refusal says why."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    if done:
        finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
    with city.eyes("leader") as actor:
        found = task(plan.id, "2026-11-16", now=now)
        with pytest.raises(Conflict, match=says):
            may_carry_out(found, actor)


def test_a_task_that_was_begun_says_so(city: City) -> None:
    """A running inspection is found again, whatever was restarted."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    made = finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
    with everything("test begun"), unit_of_work() as session:
        made = session.get_one(type(made), made.id)
        made.state, made.finished_at, made.in_time = InspectionState.PAUSED, None, None
    with city.eyes("leader") as actor:
        (found,) = tasks_for(actor, now=at(MONDAY, 16))
    assert (found.inspection_id, found.inspection_state) == (made.id, InspectionState.PAUSED)
    assert found.is_running
    with everything("test begun"), unit_of_work() as session:
        session.get_one(type(made), made.id).state = InspectionState.GIVEN_UP
    with city.eyes("leader") as actor:
        (found,) = tasks_for(actor, now=at(MONDAY, 16))
    assert (found.inspection_id, found.inspection_state, found.is_running) == (None, None, False)


@pytest.mark.parametrize(
    "key",
    ["", "2026-W47", "2026-11", "2026-11-15", "2026-11-14", "2026-11-16#1", "2026-11-16 ", "2026-13-40", "2026-Q9",
     "2026-W99", "-W", "2026-11-16#0", "９" * 9, "x" * 500, "99999999999-W1", "<script>"],
)  # fmt: skip
def test_no_other_key_is_a_task(city: City, key: str) -> None:
    """Of another frequency, on a day off, before the plan, or no key at all: not found."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    with city.eyes("leader"), pytest.raises(NotFound):
        task(plan.id, key, now=at(MONDAY))


def test_anothers_task_is_not_found(city: City) -> None:
    """Of another enterprise, of another region; a regulator of the region may look."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    for key in ("shop_principal", "far_inspector", "fire_inspector", "worker"):
        with city.eyes(key), pytest.raises(NotFound):
            task(plan.id, "2026-11-16", now=at(MONDAY))
    with city.eyes("inspector_a"):
        assert task(plan.id, "2026-11-16", now=at(MONDAY)).state is TaskState.DUE
    with city.eyes("inspector_a"), pytest.raises(NotFound):
        task(plan.id + 99, "2026-11-16", now=at(MONDAY))


def test_tasks_are_narrowed_to_units(city: City) -> None:
    """One unit, the enterprise as a whole, several; all by default."""
    casting = a_unit(city, "浇注车间")
    plans = [a_plan(city, MONDAY, at(MONDAY), unit_id=unit) for unit in (city.units["smelting"], casting, None)]
    units = {None: plans[2].id, casting: plans[1].id}
    for unit, plan_id in units.items():
        assert {one.plan.id for one in week(city, at(MONDAY), unit_id=unit)} == {plan_id}
    assert {one.plan.id for one in week(city, at(MONDAY), unit_id=(None, casting))} == set(units.values())
    assert {one.plan.id for one in week(city, at(MONDAY), unit_id=tasks.ALL)} == {plan.id for plan in plans}
    with city.eyes("leader"):
        found = tasks_of(city.enterprises["plant"], first=MONDAY, last=SUNDAY, now=at(MONDAY))
        assert {one.plan.id for one in found} == {plans[0].id}
    db.session.rollback()
