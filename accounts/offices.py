"""Verbs on regions and offices. Called inside a unit of work; `by` None is the operator at the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.access import Actor
from accounts.authority import allow, may_keep_offices
from accounts.history import record
from accounts.models import Competence, Region, Regulator
from accounts.queries import get_region, regulator_by_code, responsible_regulator
from accounts.rules import REGIONS_OF_LEVEL, SECTORS, OfficeLevel, RegionKind
from core.db import db
from core.refusals import Invalid, NotFound

# --- regions ---------------------------------------------------------------------------------------------------


def add_region(code: str, name: str, kind: RegionKind, parent_code: str, *, by: Actor | None) -> Region:
    """Add a district, zone (six digits) or street (twelve) below a region that is there."""
    allow(by is None or may_keep_offices(by), "增改区域", "系统管理员")
    if not (code.isascii() and code.isdigit() and len(code) == (12 if kind is RegionKind.STREET else 6)):
        raise Invalid("区域代码不对。", fields={"code": "区县、功能区 6 位数字，镇街 12 位数字。"})
    if db.session.get(Region, code) is not None:
        raise Invalid("区域代码已有。", fields={"code": f"代码 {code} 已经用了。请换一个。"})
    parent = get_region(parent_code)
    made = Region(code=code, name=name, kind=kind, parent_code=parent.code, path=f"{parent.path}{code}/")
    db.session.add(made)
    return made


def rename_region(region: Region, name: str, *, by: Actor | None) -> None:
    """Give a region its new name; its code and its place stay."""
    allow(by is None or may_keep_offices(by), "增改区域", "系统管理员")
    region.name = name


# --- offices ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegulatorDetails:
    """What is known of an office. Without `parent_code` the next higher office is found by region and sector."""

    code: str
    name: str
    level: OfficeLevel
    region_code: str
    short_name: str = ""
    number_prefix: str = ""
    sectors: tuple[str, ...] = ()
    is_comprehensive: bool = False
    is_committee: bool = False
    parent_code: str = ""
    government: str = ""
    court: str = ""
    active: bool = True


def add_regulator(details: RegulatorDetails, *, by: Actor | None, now: datetime) -> Regulator:
    """Set up an office."""
    allow(by is None or may_keep_offices(by), "增改监管单位", "系统管理员")
    if regulator_by_code(details.code) is not None:
        raise Invalid("代码已有。", fields={"code": f"代码 {details.code} 已经用了。请换一个。"})
    made = Regulator(code=details.code)
    _fill_regulator(made, details)
    db.session.add(made)
    record(made, "created", by=by, now=now)
    return made


def change_regulator(regulator: Regulator, details: RegulatorDetails, *, by: Actor | None, now: datetime) -> None:
    """Change an office; its code stays, since people and notices refer to it."""
    allow(by is None or may_keep_offices(by), "增改监管单位", "系统管理员")
    _fill_regulator(regulator, details)
    record(regulator, "changed", by=by, now=now)


def _region_typed(code: str) -> Region:
    """The region of a code somebody typed: a wrong one is a mistake at its field, not a page that is missing."""
    try:
        return get_region(code)
    except NotFound as refusal:
        raise Invalid(refusal.sentence, fields={"region_code": refusal.sentence}) from refusal


def _fill_regulator(regulator: Regulator, details: RegulatorDetails) -> None:
    region = _region_typed(details.region_code)
    _check_competence(details, region)
    regulator.name, regulator.short_name = details.name, details.short_name or details.name[:40]
    regulator.number_prefix, regulator.level = details.number_prefix, details.level
    regulator.region_code, regulator.region = region.code, region
    regulator.is_comprehensive, regulator.is_committee = details.is_comprehensive, details.is_committee
    regulator.government, regulator.court, regulator.active = details.government, details.court, details.active
    held = {competence.sector: competence for competence in regulator.competences}
    regulator.competences = [held.get(sector) or Competence(sector=sector) for sector in sorted(set(details.sectors))]
    regulator.parent_id = _parent_id(regulator, details, region)


def _check_competence(details: RegulatorDetails, region: Region) -> None:
    if unknown := sorted(set(details.sectors) - set(SECTORS)):
        raise Invalid("行业不对。", fields={"sectors": f"没有这个行业：{'、'.join(unknown)}。请从列表中选。"})
    if not (details.is_comprehensive or details.is_committee or details.sectors):
        raise Invalid("还没有管辖范围。", fields={"sectors": "请选管辖的行业，或勾选综合监管、安委办。"})
    if region.kind not in REGIONS_OF_LEVEL[details.level]:
        raise Invalid("层级与区域不符。", fields={"level": f"{region.name}不设这一层级的单位。请改层级或区域。"})


def _parent_id(regulator: Regulator, details: RegulatorDetails, region: Region) -> int | None:
    if details.parent_code:
        parent = regulator_by_code(details.parent_code)
        if parent is None or parent is regulator:
            raise Invalid("上级单位不对。", fields={"parent_code": "没有这个代码的上级单位。请核对，或留空自动确定。"})
        return parent.id
    above = region.parent_code
    if above is None:
        return None
    with db.session.no_autoflush:
        found = responsible_regulator(get_region(above), next(iter(details.sectors), ""))
    return found.id if found is not None and found is not regulator else None
