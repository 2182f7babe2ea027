"""A small city for tests of the register: two districts, their offices, a town, three enterprises and their people.

People are named by what they are (`principal`, `inspector_a` …), so that a test reads like the case it describes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image

from accounts.access import Actor, actor_of, viewer_of
from accounts.models import Competence, Enterprise, Grant, OrgUnit, Person, Region, Regulator
from accounts.passwords import hash_password
from accounts.roles import Role
from accounts.rules import OfficeLevel, RegionKind
from core.db import db, unit_of_work
from core.scope import everything, viewing
from hazards.models import Hazard
from hazards.operations.attaching import NewFile
from hazards.operations.reporting import Report, report
from hazards.queries import hazard_by_number
from workflows.vocabulary import Category, Channel, Grade

PASSWORD = "Tiedao-4096-shan"

R = Role

# (key, name, where, roles)
PEOPLE: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("worker", "从业人员·甲", "plant", (R.WORKER,)),
    ("leader", "班组长·堃", "plant", (R.TEAM_LEADER,)),
    ("head", "部门负责人·喆", "plant", (R.DEPARTMENT_HEAD,)),
    ("manager", "安全管理人员·镕", "plant", (R.SAFETY_MANAGER,)),
    ("manager_b", "安全管理人员·乙", "plant", (R.SAFETY_MANAGER,)),
    ("plant_manager", "厂长·丙", "plant", (R.PLANT_MANAGER,)),
    ("principal", "主要负责人·𬭬", "plant", (R.PRINCIPAL,)),
    ("shop_principal", "店主·丁", "shop", (R.PRINCIPAL, R.SAFETY_MANAGER)),
    ("far_principal", "主要负责人·远", "far", (R.PRINCIPAL,)),
    ("town_officer", "镇街检查·甲", "town", (R.TOWN_OFFICER,)),
    ("town_officer_b", "镇街检查·乙", "town", (R.TOWN_OFFICER,)),
    ("town_head", "镇街负责人·戊", "town", (R.TOWN_HEAD,)),
    ("inspector_a", "检查人员·䶮", "district", (R.INSPECTOR,)),
    ("inspector_b", "检查人员·乙", "district", (R.INSPECTOR,)),
    ("reviewer", "审核人·己", "district", (R.REVIEWER,)),
    ("approver", "分管负责人·庚", "district", (R.APPROVER,)),
    ("fire_inspector", "消防检查·甲", "fire", (R.INSPECTOR,)),
    ("fire_reviewer", "消防审核·乙", "fire", (R.REVIEWER,)),
    ("clerk", "安委办·辛", "committee", (R.COMMITTEE_CLERK,)),
    ("city_inspector_a", "市检查·甲", "city", (R.INSPECTOR,)),
    ("city_inspector_b", "市检查·乙", "city", (R.INSPECTOR,)),
    ("city_reviewer", "市审核·丙", "city", (R.REVIEWER,)),
    ("city_approver", "市分管·丁", "city", (R.APPROVER,)),
    ("far_inspector", "检查人员·远", "far_district", (R.INSPECTOR,)),
)


@dataclass
class City:
    """What stands in it, by key; `people` are ids."""

    enterprises: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """The person as operations know them."""
        with everything("test city"):
            return actor_of(db.session.get_one(Person, self.people[key]))

    @contextmanager
    def eyes(self, key: str) -> Iterator[Actor]:
        """Look and act as this person."""
        with everything("test city"):
            person = db.session.get_one(Person, self.people[key])
            actor, viewer = actor_of(person), viewer_of(person)
        with viewing(viewer):
            yield actor


def build_city(now: datetime) -> City:
    """Put the city into the database (tables exist, no rows)."""
    city = City()
    with everything("test city"), unit_of_work() as session:
        _regions(session)
        _offices(city, session)
        _enterprises(city, session, now)
        _people(city, session, now)
    return city


def _regions(session: Any) -> None:
    rows = (
        ("500000", "重庆市", RegionKind.CITY, None, "/500000/"),
        ("500110", "綦江区", RegionKind.DISTRICT, "500000", "/500000/500110/"),
        ("500101", "万州区", RegionKind.DISTRICT, "500000", "/500000/500101/"),
        ("500110001", "三江街道", RegionKind.STREET, "500110", "/500000/500110/500110001/"),
    )
    for code, name, kind, parent, path in rows:
        session.add(Region(code=code, name=name, kind=kind, parent_code=parent, path=path))
        session.flush()


def _offices(city: City, session: Any) -> None:
    rows: tuple[tuple[str, str, OfficeLevel, str, bool, str | None, tuple[str, ...]], ...] = (
        ("city", "重庆市应急管理局", OfficeLevel.CITY, "500000", True, None, ()),
        ("city_fire", "重庆市消防救援总队", OfficeLevel.CITY, "500000", False, None, ("消防",)),
        ("district", "綦江区应急管理局", OfficeLevel.DISTRICT, "500110", True, "city", ()),
        ("fire", "綦江区消防救援大队", OfficeLevel.DISTRICT, "500110", False, "city_fire", ("消防",)),
        ("committee", "綦江区安委办", OfficeLevel.DISTRICT, "500110", False, "city", ()),
        ("town", "三江街道办事处", OfficeLevel.TOWN, "500110001", True, "district", ()),
        ("far_district", "万州区应急管理局", OfficeLevel.DISTRICT, "500101", True, "city", ()),
    )
    for key, name, level, region, comprehensive, parent, sectors in rows:
        office = Regulator(
            code=key,
            name=name,
            short_name=name,
            level=level,
            region_code=region,
            is_comprehensive=comprehensive,
            is_committee=key == "committee",
            parent_id=city.offices[parent] if parent else None,
            competences=[Competence(sector=sector) for sector in sectors],
        )
        session.add(office)
        session.flush()
        city.offices[key] = office.id


def _enterprises(city: City, session: Any, now: datetime) -> None:
    rows = (
        ("plant", "91350100M000100Y43", "示例綦江机械制造有限公司5号厂", "500110", "500110001", "工贸-机械"),
        ("shop", "91110000101623741K", "示例綦江五金店", "500110", "500110001", "工贸-其他"),
        ("far", "11500241009138858T", "示例万州商贸有限公司", "500101", None, "消防-商场"),
    )
    for key, uscc, name, region, town, industry in rows:
        path = f"/500000/{region}/" + (f"{town}/" if town else "")
        enterprise = Enterprise(
            uscc=uscc,
            name=name,
            region_code=region,
            town_code=town,
            region_path=path,
            industry=industry,
            sector=industry.split("-")[0],
            created_at=now,
        )
        session.add(enterprise)
        session.flush()
        city.enterprises[key] = enterprise.id
    unit = OrgUnit(enterprise_id=city.enterprises["plant"], name="熔炼车间")
    session.add(unit)
    session.flush()
    city.units["smelting"] = unit.id


def _people(city: City, session: Any, now: datetime) -> None:
    kept = hash_password(PASSWORD)
    for key, name, where, roles in PEOPLE:
        person = Person(
            name=name,
            login=key,
            password_hash=kept,
            must_change=False,
            enterprise_id=city.enterprises.get(where),
            regulator_id=city.offices.get(where),
            unit_id=city.units["smelting"] if key in ("worker", "leader", "head") else None,
            created_at=now,
        )
        person.grants = [Grant(role=role, granted_at=now) for role in roles]
        session.add(person)
        session.flush()
        city.people[key], city.logins[key] = person.id, key


def photo(colour: str = "grey") -> NewFile:
    """A small real JPEG with its copies."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    data = out.getvalue()
    return NewFile(data, "image/jpeg", f"{colour}.jpg", view=data, thumb=data)


def a_report(city: City, now: datetime, **changes: Any) -> Report:
    """A complete report of the plant; give what differs."""
    major = changes.get("proposed_grade") is Grade.MAJOR
    values: dict[str, Any] = {
        "enterprise_id": city.enterprises["plant"],
        "channel": Channel.SELF_INSPECTION,
        "place": "北区熔炼车间",
        "description": "电炉冷却水系统未设置出水温度、进水流量差监测报警装置",
        "category": Category.EQUIPMENT,
        "proposed_grade": Grade.GENERAL,
        "found_at": now,
        "responsible_unit": "设备部",
        "stop_note": "2、3 号炉已停用，人员已撤出" if major else "",
        "photos": (photo(),),
    }
    return Report(**(values | changes))


def reported(city: City, by: str, now: datetime, **changes: Any) -> str:
    """Report a hazard as this person; its number."""
    with city.eyes(by) as actor, unit_of_work():
        return report(a_report(city, now, **changes), by=actor, now=now).number


def hazard(number: str) -> Hazard:
    """The hazard as it stands, past any scope."""
    with everything("test city"):
        return hazard_by_number(number)
