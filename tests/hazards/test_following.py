"""What the register does when people come and go, firms move, and a year's working days are loaded."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

from accounts import organisations, people
from accounts.models import Enterprise, Person, Region
from accounts.organisations import EnterpriseDetails
from accounts.people import PersonDetails
from accounts.roles import Role
from accounts.rules import RegionKind
from core.calendar import SpecialDay, load_year
from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.scope import everything
from hazards.models import Waiting
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from workflows.vocabulary import Action, Channel


def _waits_for(number: str) -> set[tuple[int | None, int | None, Role | None]]:
    with everything("test"):
        rows = db.session.scalars(select(Waiting).where(Waiting.hazard_id == hazard(number).id))
        return {(row.enterprise_id, row.regulator_id, row.role) for row in rows}


def test_when_the_last_inspector_leaves_the_step_climbs_the_ladder(
    context: Flask, city: City, clock: FixedClock
) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    acts.ask(city, number, Action.ORDER, "inspector_a", clock(), **_order())
    assert _waits_for(number) == {(None, city.offices["district"], Role.INSPECTOR)}
    with everything("test"), unit_of_work():
        for key in ("inspector_a", "inspector_b"):
            people.deactivate(db.session.get_one(Person, city.people[key]), by=None, now=clock())
    assert _waits_for(number) == {(None, city.offices["city"], Role.INSPECTOR)}
    with everything("test"), unit_of_work():
        office = db.session.get_one(Person, city.people["reviewer"]).regulator
        people.add_person(
            PersonDetails("检查人员·新", "new-inspector"),
            by=None,
            now=clock(),
            regulator=office,
            roles=(Role.INSPECTOR,),
        )
    assert _waits_for(number) == {(None, city.offices["district"], Role.INSPECTOR)}


def _order() -> dict[str, str]:
    return {
        "order_number": "（渝綦）应急责改〔2026〕1号",
        "order_basis": "《安全生产法》第六十五条",
        "deadline": "2026-12-15",
    }


def test_open_hazards_go_with_an_enterprise_that_moves(context: Flask, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    with everything("test"), unit_of_work():
        enterprise = db.session.get_one(Enterprise, city.enterprises["plant"])
        details = EnterpriseDetails(enterprise.name, "500101", enterprise.uscc or "", None, enterprise.industry)
        organisations.change_enterprise(enterprise, details, by=None, now=clock())
    moved = hazard(number)
    assert moved.number.startswith("YH-500110-")
    assert (moved.region_path, moved.responsible_office_id) == ("/500000/500101/", city.offices["far_district"])


def test_days_counted_before_the_calendar_was_known_are_counted_again(
    context: Flask, city: City, clock: FixedClock
) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    with unit_of_work(), everything("test"):
        load_year(2026, (), source="国办发明电〔2025〕7号", by_id=None, now=clock())
    days = (date(2027, 1, 2) - date(2026, 11, 16)).days  # the last day is a Saturday
    acts.order(city, number, "inspector_a", "inspector_b", now=clock(), deadline="", deadline_days=str(days))
    provisional = hazard(number)
    assert (provisional.deadline, provisional.deadline_provisional) == (date(2027, 1, 4), True)
    with unit_of_work(), everything("test"):
        made_up = SpecialDay(date(2027, 1, 2), True, "调休上班")
        load_year(2027, (made_up,), source="国办发明电〔2026〕7号", by_id=None, now=clock())
    counted = hazard(number)
    assert (counted.deadline, counted.deadline_provisional) == (date(2027, 1, 2), False)


def test_a_new_town_has_no_effect_on_what_waits(context: Flask, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    before = _waits_for(number)
    with everything("test"), unit_of_work() as session:
        session.add(
            Region(
                code="500110002",
                name="文龙街道",
                kind=RegionKind.STREET,
                parent_code="500110",
                path="/500000/500110/500110002/",
            )
        )
    assert _waits_for(number) == before


def test_a_step_nobody_can_sign_is_told_to_the_administrators_once(
    context: Flask, city: City, clock: FixedClock
) -> None:
    with everything("test"), unit_of_work():
        admin = PersonDetails("系统管理员·子", "root")
        admin_id = people.add_person(admin, by=None, now=clock(), roles=(Role.SYSTEM_ADMIN,)).person.id
        people.deactivate(db.session.get_one(Person, city.people["fire_inspector"]), by=None, now=clock())
    number = reported(
        city, "inspector_a", clock(), channel=Channel.SUPERVISION, sector="消防", description="自动喷水灭火系统停用"
    )
    with everything("test"):
        told = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == admin_id)))
    assert [message.kind for message in told] == ["nobody"]
    assert number in told[0].text
    assert hazard(number).holder == "无人可办，已告知管理员"
