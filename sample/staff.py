"""The sample city's offices, enterprises and people, made through the same operations as real ones.

Their common password is made once, kept in `instance/sample-logins.txt` (readable by the owner only) and printed;
`flask init` never makes anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from accounts.access import Actor, actor_of
from accounts.models import Enterprise, Person, Region, Regulator
from accounts.offices import RegulatorDetails, add_regulator
from accounts.organisations import Contacts, EnterpriseDetails, LinkDetails, add_enterprise, add_link, add_unit
from accounts.passwords import hash_password
from accounts.people import PersonDetails, add_person
from accounts.roles import Role
from accounts.rules import LinkKind, OfficeLevel
from core.db import db
from sample.cases import Case

DISTRICTS: dict[str, tuple[str, str]] = {
    "500112": ("渝北", "yb"),
    "500110": ("綦江", "qj"),
    "500101": ("万州", "wz"),
    "500102": ("涪陵", "fl"),
    "500115": ("长寿", "cs"),
    "500241": ("秀山", "xs"),
}
MAIN_DISTRICT = "500112"

R = Role
# rare characters on purpose: names must come out right everywhere
OFFICE_STAFF: tuple[tuple[str, str, Role], ...] = (
    ("jc1", "检查人员·䶮", R.INSPECTOR),
    ("jc2", "检查人员·乙", R.INSPECTOR),
    ("sh", "审核人·己", R.REVIEWER),
    ("fg", "分管负责人·庚", R.APPROVER),
)
# takes in what the public reports, and answers it
COMPLAINTS: tuple[tuple[str, str, Role], ...] = (("jb", "举报受理·午", R.COMPLAINT_OFFICER),)
# a committee's office drafts, reviews and signs its own letters and listings
COMMITTEE_STAFF: tuple[tuple[str, str, Role], ...] = (
    ("bg", "安委办·辛", R.COMMITTEE_CLERK),
    ("bsh", "安委办审核·子", R.REVIEWER),
    ("bfg", "安委办主任·丑", R.APPROVER),
)
PLANT_STAFF: tuple[tuple[str, str, Role], ...] = (
    ("zyf", "主要负责人·𬭬", R.PRINCIPAL),
    ("aq", "安全管理人员·镕", R.SAFETY_MANAGER),
    ("cz", "厂长·丙", R.PLANT_MANAGER),
    ("bm", "部门负责人·喆", R.DEPARTMENT_HEAD),
    ("bz", "班组长·堃", R.TEAM_LEADER),
    ("gr", "从业人员·甲", R.WORKER),
)

TOWN_STAFF: tuple[tuple[str, str, Role], ...] = (
    ("zj1", "镇街检查·壬", R.TOWN_OFFICER),
    ("zj2", "镇街检查·癸", R.TOWN_OFFICER),
    ("zjfz", "镇街负责人·戊", R.TOWN_HEAD),
)


@dataclass
class Staff:
    """Who works where, by key; actors are what operations want."""

    offices: dict[str, int] = field(default_factory=dict)
    enterprises: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    printed: list[tuple[str, str, str]] = field(default_factory=list)

    def by_person(self, person_id: int) -> Actor:
        """The actor of a person."""
        return next(actor for actor in self.actors.values() if actor.person_id == person_id)


def build_offices(staff: Staff, password: str, *, now: datetime) -> None:
    """City, six districts with emergency, fire, market and committee offices, and the town of each."""
    kept = hash_password(password)
    emergency = RegulatorDetails(
        "CQ-YJ", "重庆市应急管理局", OfficeLevel.CITY, "500000", "市应急局", is_comprehensive=True
    )
    _office(staff, "city", emergency, now)
    _people(staff, "city", "cq", "市", OFFICE_STAFF, kept, now)
    for key, code, name, short, sectors in (
        ("city-fire", "CQ-XF", "重庆市消防救援总队", "市消防总队", ("消防",)),
        ("city-market", "CQ-SJ", "重庆市市场监督管理局", "市市场监管局", ("特种设备",)),
    ):
        _office(staff, key, RegulatorDetails(code, name, OfficeLevel.CITY, "500000", short, sectors=sectors), now)
        _people(staff, key, code.lower(), short, OFFICE_STAFF, kept, now)
    for region, (name, letters) in DISTRICTS.items():
        _district(staff, region, name, letters, kept, now)


def _district(staff: Staff, region: str, name: str, letters: str, kept: str, now: datetime) -> None:
    full = db.session.get_one(Region, region).name
    prefix = name if name.startswith("渝") else f"渝{name[0]}"
    rows: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
        ("yj", f"{full}应急管理局", f"{full}应急局", "应急", "", ()),
        ("xf", f"{full}消防救援大队", f"{full}消防大队", "消防", "city-fire", ("消防",)),
        ("sj", f"{full}市场监督管理局", f"{full}市场监管局", "市监", "city-market", ("特种设备",)),
    )
    for kind, long, short, word, parent, sectors in rows:
        parent_code = {"": "CQ-YJ", "city-fire": "CQ-XF", "city-market": "CQ-SJ"}[parent]
        details = RegulatorDetails(
            f"{letters.upper()}-{kind.upper()}",
            long,
            OfficeLevel.DISTRICT,
            region,
            short,
            prefix + word,
            sectors=sectors,
            is_comprehensive=not sectors,
            parent_code=parent_code,
            government=f"{full}人民政府",
            court=f"{full}人民法院",
        )
        _office(staff, f"{region}-{kind}", details, now)
        _people(staff, f"{region}-{kind}", f"{letters}-{kind}", name, OFFICE_STAFF, kept, now)
    _people(staff, f"{region}-yj", f"{letters}-yj", name, COMPLAINTS, kept, now)
    committee = RegulatorDetails(
        f"{letters.upper()}-AW", f"{full}安全生产委员会办公室", OfficeLevel.DISTRICT, region, f"{full}安委办",
        f"{prefix}安办", is_committee=True, parent_code="CQ-YJ",
    )  # fmt: skip
    _office(staff, f"{region}-aw", committee, now)
    _people(staff, f"{region}-aw", f"{letters}-aw", name, COMMITTEE_STAFF, kept, now)


def build_town(staff: Staff, town: Region, letters: str, password: str, *, now: datetime) -> None:
    """A town's office: two officers and a head."""
    key = f"town-{town.code}"
    district = f"{letters.upper()}-YJ"
    above = db.session.get_one(Region, town.parent_code).name
    details = RegulatorDetails(
        f"ZJ-{town.code}", f"{town.name}办事处" if town.name.endswith("街道") else f"{town.name}人民政府",
        OfficeLevel.TOWN, town.code, town.name, is_comprehensive=True, parent_code=district,
        government=f"{above}人民政府", court=f"{above}人民法院",
    )  # fmt: skip
    _office(staff, key, details, now)
    _people(staff, key, letters, town.name, TOWN_STAFF, hash_password(password), now)


def build_enterprise(
    staff: Staff, case: Case, town: Region | None, password: str, *, full: bool, now: datetime
) -> None:
    """An enterprise of a case: with a whole staff, or with its principal and safety manager."""
    if case.uscc in staff.enterprises:
        return
    made = add_enterprise(
        EnterpriseDetails(case.enterprise, case.region, case.uscc, town.code if town else None, case.industry),
        Contacts("主要负责人·𬭬", "实际控制人·申", f"{case.town}工业路 {len(staff.enterprises) + 1} 号"),
        by=None,
        now=now,
    )
    db.session.flush()
    staff.enterprises[case.uscc] = made.id
    number = len(staff.enterprises)
    letters = "qy" if full else f"qy{number:02d}"
    units = [add_unit(made, name, by=None, now=now) for name in ("喷涂车间", "设备部")] if full else []
    db.session.flush()
    kept = hash_password(password)
    for login, name, role in PLANT_STAFF if full else PLANT_STAFF[:2]:
        unit = units[0].id if units and role in (R.TEAM_LEADER, R.WORKER, R.DEPARTMENT_HEAD) else None
        _person(
            staff, f"{case.uscc}-{role.value}", f"{letters}-{login}", name, role, kept, now, enterprise=made, unit=unit
        )


def link_enterprises(staff: Staff, tenant: str, landlord: str, *, now: datetime) -> None:
    """One enterprise rents from another."""
    enterprise = db.session.get_one(Enterprise, staff.enterprises[tenant])
    add_link(enterprise, staff.enterprises[landlord], LinkDetails(LinkKind.TENANT), by=None, now=now)


def _office(staff: Staff, key: str, details: RegulatorDetails, now: datetime) -> None:
    made = add_regulator(details, by=None, now=now)
    db.session.flush()
    staff.offices[key] = made.id


def _people(
    staff: Staff, office: str, letters: str, place: str, rows: Iterable[tuple[str, str, Role]], kept: str, now: datetime
) -> None:
    regulator = db.session.get_one(Regulator, staff.offices[office])
    for login, name, role in rows:
        own = name if place in ("渝北", "市") else f"{name}（{place}）"
        _person(staff, f"{office}-{login}", f"{letters}-{login}", own, role, kept, now, regulator=regulator)


def _person(
    staff: Staff,
    key: str,
    login: str,
    name: str,
    role: Role,
    kept: str,
    now: datetime,
    *,
    enterprise: Enterprise | None = None,
    regulator: Regulator | None = None,
    unit: int | None = None,
) -> None:
    certificate = f"50-{len(staff.actors):06d}" if role is R.INSPECTOR else ""
    details = PersonDetails(name, login, unit, certificate_no=certificate)
    made = add_person(details, by=None, now=now, enterprise=enterprise, regulator=regulator, roles=(role,)).person
    # the sample's common password, so that a visitor needs one line; real people get one each and must change it
    made.password_hash, made.must_change = kept, False
    db.session.flush()
    staff.actors[key] = actor_of(made)
    staff.printed.append((login, role.label, staff.actors[key].org_name))


def is_empty() -> bool:
    """Whether nobody is here yet, so that the sample city may move in."""
    return db.session.scalar(select(Person.id).limit(1)) is None
