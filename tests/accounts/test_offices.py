"""Which office answers for a place, which stand above it; regions, enterprises, units and links as they are kept."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Regulator
from accounts.news import EnterpriseMoved
from accounts.offices import RegulatorDetails, add_region, add_regulator, change_regulator, rename_region
from accounts.organisations import (
    Contacts,
    EnterpriseDetails,
    LinkDetails,
    add_enterprise,
    add_link,
    change_contacts,
    change_enterprise,
    close_unit,
)
from accounts.queries import (
    get_region,
    get_unit,
    offices_above,
    region_names,
    regulator_by_code,
    responsible_regulator,
    search_enterprises,
    town_named,
    town_office,
    units_tree,
)
from accounts.regions import listed_regions, seed_regions
from accounts.rules import LinkKind, OfficeLevel, RegionKind
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Invalid, NotAllowed, NotFound
from core.scope import everything, viewing
from core.web import announcements
from tests.accounts.world import QIJIANG, TOWN, WANZHOU, World
from tests.clocks import FixedClock


def test_the_shipped_regions_are_the_city_its_districts_zones_and_towns() -> None:
    rows = listed_regions()
    number = {kind: sum(row.kind is kind for row in rows) for kind in RegionKind}
    assert (number[RegionKind.CITY], number[RegionKind.DISTRICT], number[RegionKind.ZONE]) == (1, 38, 3)
    known: set[str | None] = {None}
    for row in rows:
        assert row.parent_code in known, row
        assert len(row.code) == (12 if row.kind is RegionKind.STREET else 6), row
        known.add(row.code)
    assert len(known) == len(rows) + 1
    towns = {(row.parent_code, row.name) for row in rows if row.kind is RegionKind.STREET}
    for parent, name in (
        ("500110", "三江街道"),
        ("500101", "分水镇"),
        ("500115", "晏家街道"),
        ("500112", "龙溪街道"),
        ("500102", "李渡街道"),
        ("500241", "洪安镇"),
        ("500193", "万盛街道"),
        ("500192", "西永街道"),
    ):
        assert (parent, name) in towns


def test_seeding_twice_adds_nothing_and_changes_nothing(context: Flask) -> None:
    with unit_of_work():
        assert seed_regions() == len(listed_regions())
    with unit_of_work():
        rename_region(get_region("500110"), "綦江新区", by=None)
    with unit_of_work():
        assert seed_regions() == 0
    assert get_region("500110").name == "綦江新区"
    assert get_region(TOWN).path == "/500000/500110/500110003000/"
    assert region_names("/500000/500110/500110003000/") == "綦江新区三江街道"
    assert region_names("/500000/") == "重庆市"


def test_a_special_zone_is_added_beside_the_districts(world: World, context: Flask) -> None:
    with unit_of_work():
        zone = add_region("500194", "东部生态城", RegionKind.ZONE, "500000", by=None)
        assert zone.path == "/500000/500194/"
    for code, kind in (("500194", RegionKind.ZONE), ("12345", RegionKind.ZONE), ("500195", RegionKind.STREET)):
        with unit_of_work(), pytest.raises(Invalid):
            add_region(code, "又一个", kind, "500000", by=None)
    with unit_of_work(), pytest.raises(NotAllowed):
        add_region("500196", "不行", RegionKind.ZONE, "500000", by=world.actor("inspector"))


def test_the_sectors_office_answers_else_the_comprehensive_one_else_higher_up(world: World, context: Flask) -> None:
    def answers(code: str, sector: str) -> str:
        found = responsible_regulator(get_region(code), sector)
        return found.code if found else ""

    assert answers(QIJIANG, "煤矿") == "QJ-MK"
    assert answers(QIJIANG, "消防") == "QJ-XF"
    assert answers(QIJIANG, "工贸") == "QJ-YJ"
    assert answers(TOWN, "工贸") == "QJ-YJ"
    assert answers(TOWN, "煤矿") == "QJ-MK"
    assert answers(WANZHOU, "煤矿") == "WZ-YJ"
    with unit_of_work():
        far = db.session.get_one(Regulator, world.offices["far"])
        far.active = False
    assert answers(WANZHOU, "煤矿") == "CQ-YJ"


def test_offices_stand_above_each_other_town_district_city(world: World, context: Flask) -> None:
    town = town_office(TOWN)
    assert town is not None
    assert [office.code for office in offices_above(town)] == ["QJ-YJ", "CQ-YJ"]
    mines = regulator_by_code("QJ-MK")
    assert mines is not None
    assert [office.code for office in offices_above(mines)] == ["CQ-YJ"]
    assert town_office(None) is None
    assert town_office("500101144000") is None


def test_a_circle_of_offices_ends(world: World, context: Flask) -> None:
    with unit_of_work():
        city, district = regulator_by_code("CQ-YJ"), regulator_by_code("QJ-YJ")
        assert city is not None
        assert district is not None
        city.parent_id = district.id
    found = regulator_by_code("CQ-YJ")
    assert found is not None
    assert [office.code for office in offices_above(found)] == ["QJ-YJ"]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (RegulatorDetails("QJ-YJ", "又", OfficeLevel.DISTRICT, QIJIANG, is_comprehensive=True), "code"),
        (RegulatorDetails("N-1", "新", OfficeLevel.DISTRICT, QIJIANG), "sectors"),
        (RegulatorDetails("N-1", "新", OfficeLevel.DISTRICT, QIJIANG, sectors=("魔法",)), "sectors"),
        (RegulatorDetails("N-1", "新", OfficeLevel.TOWN, QIJIANG, is_comprehensive=True), "level"),
        (
            RegulatorDetails("N-1", "新", OfficeLevel.CITY, "500000", is_comprehensive=True, parent_code="X"),
            "parent_code",
        ),
    ],
)
def test_an_office_needs_a_place_and_a_competence(
    sqlite_world: World, sqlite_context: Flask, clock: FixedClock, details: RegulatorDetails, field: str
) -> None:
    with unit_of_work(), pytest.raises(Invalid) as refused:
        add_regulator(details, by=None, now=clock())
    assert field in refused.value.fields


def test_an_office_changes_its_sectors_and_keeps_its_code(world: World, context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        office = regulator_by_code("QJ-MK")
        assert office is not None
        details = RegulatorDetails(
            "OTHER", "綦江区矿山局", OfficeLevel.DISTRICT, QIJIANG, sectors=("煤矿", "非煤矿山"), parent_code="CQ-YJ"
        )
        change_regulator(office, details, by=None, now=clock())
    office = regulator_by_code("QJ-MK")
    assert office is not None
    assert [competence.sector for competence in office.competences] == ["煤矿", "非煤矿山"]
    assert regulator_by_code("OTHER") is None


def test_an_enterprise_takes_sector_and_risk_from_its_industry(world: World, context: Flask, clock: FixedClock) -> None:
    with everything("test world"), unit_of_work():
        made = add_enterprise(
            EnterpriseDetails("新冶金", QIJIANG, "9135 0100-m000100y45", TOWN, "工贸-冶金"), by=None, now=clock()
        )
        assert (made.uscc, made.sector, made.high_risk) == ("91350100M000100Y45", "工贸", True)
        assert made.region_path == "/500000/500110/500110003000/"
        plain = add_enterprise(
            EnterpriseDetails("某店", QIJIANG, industry="零售", high_risk=True), by=None, now=clock()
        )
        assert (plain.uscc, plain.sector, plain.high_risk) == (None, "其他", True)
    with everything("test world"), unit_of_work(), pytest.raises(Invalid) as refused:
        add_enterprise(EnterpriseDetails("重码", WANZHOU, "91350100M000100Y45"), by=None, now=clock())
    assert "uscc" in refused.value.fields
    with everything("test world"), unit_of_work(), pytest.raises(Invalid) as refused:
        add_enterprise(EnterpriseDetails("错镇", WANZHOU, town_code=TOWN), by=None, now=clock())
    assert "town_name" in refused.value.fields


def test_a_move_is_told_and_stands_in_the_history(world: World, context: Flask, clock: FixedClock) -> None:
    heard: list[EnterpriseMoved] = []
    announcements().subscribe(EnterpriseMoved, heard.append)
    city = world.actor("inspector_city")
    with everything("test world"), unit_of_work():
        plant = world.enterprise("plant")
        change_enterprise(plant, EnterpriseDetails(plant.name, WANZHOU, industry="工贸-机械"), by=city, now=clock())
    assert heard == [EnterpriseMoved(world.enterprises["plant"], city.person_id, clock())]
    newest = select(Event).where(Event.subject_kind == "enterprise").order_by(Event.id.desc()).limit(1)
    event = db.session.scalars(newest).one()
    assert (event.kind, event.actor_id) == ("changed", city.person_id)
    assert {"region_path", "town_code"} <= set(event.content["fields"])
    assert plant.name not in str(event.content)


def test_the_own_safety_manager_changes_contacts_and_not_supervision(
    world: World, context: Flask, clock: FixedClock
) -> None:
    manager, plant = world.actor("safety_manager"), world.enterprise("plant")
    with unit_of_work():
        change_contacts(plant, Contacts("负责人·喆", "控制人·镕", "园区 2 号", 106.5, 29.0), by=manager, now=clock())
    with unit_of_work(), pytest.raises(NotAllowed):
        change_enterprise(plant, EnterpriseDetails("改名", WANZHOU), by=manager, now=clock())
    with unit_of_work(), pytest.raises(NotAllowed):
        change_contacts(world.enterprise("mine"), Contacts(), by=manager, now=clock())
    with unit_of_work(), pytest.raises(NotAllowed):
        add_link(plant, world.enterprises["mine"], LinkDetails(LinkKind.LANDLORD), by=manager, now=clock())
    assert world.enterprise("plant").controller_name == "控制人·镕"


def test_links_are_with_another_enterprise_once_and_in_order(world: World, context: Flask, clock: FixedClock) -> None:
    with everything("test world"):
        plant, mine = world.enterprise("plant"), world.enterprises["mine"]
        with unit_of_work():
            add_link(plant, mine, LinkDetails(LinkKind.TENANT), by=None, now=clock())
        for other, details in (
            (mine, LinkDetails(LinkKind.TENANT)),
            (plant.id, LinkDetails(LinkKind.TENANT)),
            (mine, LinkDetails(LinkKind.OWNER, date(2026, 2, 1), date(2026, 1, 1))),
        ):
            with unit_of_work(), pytest.raises(Invalid):
                add_link(plant, other, details, by=None, now=clock())


def test_units_stand_below_their_parents_and_closed_ones_vanish(
    world: World, context: Flask, clock: FixedClock
) -> None:
    plant = world.enterprises["plant"]
    with everything("test world"):
        tree = [(row.unit.name, row.depth) for row in units_tree(plant)]
        assert tree == [("车间", 0), ("一班", 1), ("设备部", 0)]
        with unit_of_work():
            close_unit(world.enterprise("plant"), get_unit(plant, world.units["plant-车间"]), by=None, now=clock())
        assert [(row.unit.name, row.depth) for row in units_tree(plant)] == [("设备部", 0), ("一班", 0)]
        assert len(units_tree(plant, active=False)) == 3
        with pytest.raises(NotFound):
            get_unit(plant, world.units["mine-车间"])


def test_enterprises_are_found_by_name_or_beginning_of_the_code(world: World, context: Flask) -> None:
    eyes = world.viewer("inspector_city")
    with viewing(eyes):
        assert [row.name for row in search_enterprises("镕堃").rows] == ["綦江镕堃机械有限公司"]
        assert [row.name for row in search_enterprises("9135 0100").rows] == ["綦江镕堃机械有限公司"]
        assert [row.name for row in search_enterprises("%").rows] == []
        first = search_enterprises(limit=2)
        assert first.next_after is not None
        rest = search_enterprises(after=first.next_after, limit=2)
        assert rest.next_after is None
        assert len({row.id for row in first.rows + rest.rows}) == 3
    assert town_named(QIJIANG, " 三江街道 ") is not None
    assert town_named(WANZHOU, "三江街道") is None


def test_every_change_of_an_organisation_is_chained(world: World, context: Flask) -> None:
    counted = (
        select(func.count()).select_from(Event).where(Event.subject_kind.in_(("enterprise", "regulator", "person")))
    )
    with everything("test world"):
        lengths = [world.enterprise(name).chain_length for name in world.enterprises]
        assert lengths == [4, 3, 3]
        events = db.session.scalar(counted)
    assert events == sum(lengths) + len(world.offices) + 2 * len(world.people)
