"""Verbs on enterprises, their units and links. Called inside a unit of work; `by` None is the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow, may_add_enterprises, may_keep_contacts, may_keep_enterprise, supervises
from accounts.history import record, record_each, record_new
from accounts.models import Enterprise, EnterpriseLink, OrgUnit, Region
from accounts.news import EnterpriseMoved, UnitClosed
from accounts.queries import are_usccs_taken, get_unit, is_uscc_taken, regions_by_code
from accounts.rules import LinkKind, RegionKind, is_high_risk, sector_of
from core.db import db
from core.pinyin import initials_of
from core.refusals import Invalid, NotFound
from core.uscc import normal_uscc
from core.web import announcements

# --- enterprises -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contacts:
    """What an enterprise's own safety manager may change."""

    principal_name: str = ""
    controller_name: str = ""
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class EnterpriseDetails:
    """What decides about supervision. `sector` and `high_risk` follow from the industry where not given."""

    name: str
    region_code: str
    uscc: str = ""
    town_code: str | None = None
    industry: str = ""
    sector: str = ""
    high_risk: bool | None = None
    active: bool = True


def add_enterprise(
    details: EnterpriseDetails,
    contacts: Contacts | None = None,
    *,
    by: Actor | None,
    now: datetime,
    imported: bool = False,
) -> Enterprise:
    """Register an enterprise; a regulator only one of its own region and sectors."""
    allow(by is None or may_add_enterprises(by), "登记企业", "监管部门或系统管理员")
    made = Enterprise(created_at=now, imported=imported)
    _fill_enterprise(made, details)
    _fill_contacts(made, contacts or Contacts())
    _keep_inside(by, made)
    db.session.add(made)
    record(made, "created", by=by, now=now, imported=imported)
    return made


def change_enterprise(enterprise: Enterprise, details: EnterpriseDetails, *, by: Actor | None, now: datetime) -> None:
    """Change what decides about supervision; a move to another region or sector is announced."""
    allow(by is None or may_keep_enterprise(by, enterprise), "修改企业的登记信息", "监管部门")
    before = (enterprise.region_path, enterprise.sector)
    changed = _fill_enterprise(enterprise, details)
    record(enterprise, "changed", by=by, now=now, fields=changed)
    if (enterprise.region_path, enterprise.sector) != before:
        announcements().announce(EnterpriseMoved(enterprise.id, by.person_id if by else None, now))


def change_contacts(enterprise: Enterprise, contacts: Contacts, *, by: Actor | None, now: datetime) -> None:
    """Change principal, actual controller, address and position."""
    allow(by is None or may_keep_contacts(by, enterprise), "修改企业信息", "本企业安全管理人员或监管部门")
    record(enterprise, "changed", by=by, now=now, fields=_fill_contacts(enterprise, contacts))


def add_enterprises(
    entries: Sequence[tuple[EnterpriseDetails, Contacts]],
    *,
    by: Actor | None,
    now: datetime,
    imported: bool = False,
    hidden: bool = False,
) -> list[Enterprise]:
    """Register many enterprises at once, in this order: the rules of one, with a handful of queries for all.

    `hidden`: nobody sees them until the import that brings them has come in whole.
    """
    allow(by is None or may_add_enterprises(by), "登记企业", "监管部门或系统管理员")
    codes = [code for details, _ in entries if (code := normal_uscc(details.uscc))]
    if len(set(codes)) < len(codes) or are_usccs_taken(codes):
        raise Invalid("信用代码已有。", fields={"uscc": "有的统一社会信用代码已经登记过。请核对。"})
    regions = regions_by_code({code for details, _ in entries for code in (details.region_code, details.town_code)})
    made = []
    for details, contacts in entries:
        enterprise = Enterprise(created_at=now, imported=imported, hidden=hidden)
        _fill_registered(enterprise, details, regions)
        _fill_contacts(enterprise, contacts)
        _keep_inside(by, enterprise)
        made.append(enterprise)
    db.session.add_all(made)
    record_new(made, by=by, now=now, imported=imported)
    return made


def change_enterprises(
    entries: Sequence[tuple[Enterprise, EnterpriseDetails, Contacts]], *, by: Actor | None, now: datetime
) -> None:
    """Change all that is known of many enterprises at once: the rules of one, with a handful of queries for all."""
    kept = all(by is None or may_keep_enterprise(by, enterprise) for enterprise, _, _ in entries)
    allow(kept, "修改企业的登记信息", "监管部门")
    given = ((enterprise.uscc, normal_uscc(details.uscc)) for enterprise, details, _ in entries)
    codes = [code for before, code in given if code and code != before]
    if len(set(codes)) < len(codes) or are_usccs_taken(codes):
        raise Invalid("信用代码已有。", fields={"uscc": "有的统一社会信用代码已经登记过。请核对。"})
    regions = regions_by_code({code for _, details, _ in entries for code in (details.region_code, details.town_code)})
    changed, moved = [], []
    for enterprise, details, contacts in entries:
        before = (enterprise.region_path, enterprise.sector)
        if fields := [*_fill_contacts(enterprise, contacts), *_fill_registered(enterprise, details, regions)]:
            changed.append((enterprise, {"fields": fields}))
        if (enterprise.region_path, enterprise.sector) != before:
            moved.append(enterprise)
    record_each(changed, "changed", by=by, now=now)
    for enterprise in moved:
        announcements().announce(EnterpriseMoved(enterprise.id, by.person_id if by else None, now))


def _keep_inside(by: Actor | None, enterprise: Enterprise) -> None:
    if by is not None and by.region_path is not None and not supervises(by, enterprise):
        raise Invalid("这家企业不在本单位管辖范围内。", fields={"region_code": "请选本单位辖区，或改行业。"})


def _fill_enterprise(enterprise: Enterprise, details: EnterpriseDetails) -> list[str]:
    if normal_uscc(details.uscc) and is_uscc_taken(details.uscc, enterprise.id):
        raise Invalid("信用代码已有。", fields={"uscc": "这个统一社会信用代码已经登记过。请用查找打开那家企业。"})
    return _fill_registered(enterprise, details, regions_by_code({details.region_code, details.town_code}))


def _fill_registered(enterprise: Enterprise, details: EnterpriseDetails, regions: Mapping[str, Region]) -> list[str]:
    region = _known(regions, details.region_code)
    town = _town(details, region, regions)
    enterprise.initials = initials_of(details.name)
    return _set(
        enterprise,
        {
            "name": details.name,
            "uscc": normal_uscc(details.uscc) or None,
            "region": region,
            "region_code": region.code,
            "town": town,
            "town_code": town.code if town else None,
            "region_path": (town or region).path,
            "industry": details.industry,
            "sector": details.sector or sector_of(details.industry),
            "high_risk": is_high_risk(details.industry) if details.high_risk is None else details.high_risk,
            "active": details.active,
        },
    )


def _known(regions: Mapping[str, Region], code: str) -> Region:
    if code not in regions:
        raise NotFound(f"没有代码为“{code}”的区域。请核对。")
    return regions[code]


def _town(details: EnterpriseDetails, region: Region, regions: Mapping[str, Region]) -> Region | None:
    if not details.town_code:
        return None
    town = _known(regions, details.town_code)
    if not town.path.startswith(region.path) or town.kind is not RegionKind.STREET:
        raise Invalid("镇街与区县不符。", fields={"town_name": f"{region.name}没有“{town.name}”。请核对镇街名称。"})
    return town


def _fill_contacts(enterprise: Enterprise, contacts: Contacts) -> list[str]:
    return _set(enterprise, asdict(contacts))


def _set(row: object, values: dict[str, object]) -> list[str]:
    """Set what differs and say which fields did."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


# --- units and links -------------------------------------------------------------------------------------------


def add_unit(
    enterprise: Enterprise, name: str, parent_id: int | None = None, *, by: Actor | None, now: datetime
) -> OrgUnit:
    """Add a department or team."""
    _allow_units(by, enterprise)
    if parent_id is not None:
        get_unit(enterprise.id, parent_id)
    made = OrgUnit(enterprise_id=enterprise.id, name=name, parent_id=parent_id)
    db.session.add(made)
    db.session.flush()
    record(enterprise, "unit_added", by=by, now=now, unit=made.id)
    return made


def change_unit(enterprise: Enterprise, unit: OrgUnit, name: str, *, by: Actor | None, now: datetime) -> None:
    """Rename a department or team."""
    _allow_units(by, enterprise)
    unit.name = name
    record(enterprise, "unit_changed", by=by, now=now, unit=unit.id)


def close_unit(enterprise: Enterprise, unit: OrgUnit, *, by: Actor | None, now: datetime) -> None:
    """Close a department or team; its records and people stay where they are."""
    _allow_units(by, enterprise)
    unit.active = False
    record(enterprise, "unit_closed", by=by, now=now, unit=unit.id)
    announcements().announce(UnitClosed(enterprise.id, unit.id, now))


def _allow_units(by: Actor | None, enterprise: Enterprise) -> None:
    allow(by is None or may_keep_contacts(by, enterprise), "增改部门、班组", "本企业安全管理人员")


@dataclass(frozen=True, slots=True)
class LinkDetails:
    """From when to when one enterprise is contractor, tenant … of the other."""

    kind: LinkKind
    since: date | None = None
    until: date | None = None


def add_link(
    enterprise: Enterprise, other_id: int, details: LinkDetails, *, by: Actor | None, now: datetime
) -> EnterpriseLink:
    """Link two enterprises. Only regulators and the system administrator: a link opens hazards to the other's eyes."""
    allow(by is None or may_keep_enterprise(by, enterprise), "登记企业间的关系", "监管部门")
    _check_link(enterprise, other_id, details)
    made = EnterpriseLink(enterprise_id=enterprise.id, other_id=other_id, **asdict(details))
    db.session.add(made)
    db.session.flush()
    record(enterprise, "link_added", by=by, now=now, link=made.id, other=other_id)
    return made


def _check_link(enterprise: Enterprise, other_id: int, details: LinkDetails) -> None:
    if other_id == enterprise.id:
        raise Invalid("不能与自己关联。", fields={"other": "请填另一家企业。"})
    if details.since and details.until and details.until < details.since:
        raise Invalid("日期不对。", fields={"until": "止日早于起日。请核对。"})
    same = select(EnterpriseLink.id).where(
        EnterpriseLink.enterprise_id == enterprise.id,
        EnterpriseLink.other_id == other_id,
        EnterpriseLink.kind == details.kind,
    )
    if db.session.scalar(same) is not None:
        raise Invalid("关系已登记。", fields={"other": "两家企业已登记过这种关系。"})


def end_link(enterprise: Enterprise, link: EnterpriseLink, on: date, *, by: Actor | None, now: datetime) -> None:
    """Let a link end on a day; it stays in the record."""
    allow(by is None or may_keep_enterprise(by, enterprise), "登记企业间的关系", "监管部门")
    link.until = on
    record(enterprise, "link_ended", by=by, now=now, link=link.id)
