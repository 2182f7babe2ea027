"""Nouns of the ledgers: which there are, what one covers and in whose name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from accounts import queries as organisations
from accounts.access import Actor
from accounts.models import Region, Regulator
from accounts.rules import SECTORS
from core.db import db
from core.refusals import Invalid
from core.uscc import normal_uscc
from reports.standing import LedgerScope

NAME_ONE = "这是企业的台账，一次导出一家。请填企业的统一社会信用代码。"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a ledger covers, in words, and who fills it in."""

    scope: LedgerScope
    words: str
    office: str
    for_enterprise: bool = False


def coverage_for(
    actor: Actor,
    region_code: str,
    uscc: str,
    unit_id: int | None = None,
    *,
    sector: str = "",
    of_enterprise: bool = False,
) -> Coverage:
    """What this person asks for, within what the person may see; fills it in for the own organisation.

    `of_enterprise`: the ledger is one enterprise's, so a regulator must name it.
    """
    if actor.enterprise_id is not None:
        return _own_of(actor.enterprise_id, unit_id, sector)
    office = organisations.get_regulator(actor.regulator_id or 0)
    allowed = _sector(sector, actor.sectors)
    if uscc:
        return _of_sector(_of_enterprise(uscc, office.name), allowed)
    if of_enterprise:
        raise Invalid(NAME_ONE, fields={"enterprise": NAME_ONE})
    region = _region_within(region_code, office.region)
    return _of_sector(of_region(region, office.name, None if allowed else actor.sectors), allowed)


def of_region(region: Region, office: str, sectors: frozenset[str] | None) -> Coverage:
    """A whole region as an office sees it: of its own industries alone where it has such (None: of all)."""
    named = f"（{'、'.join(sorted(sectors))}）" if sectors else ""
    return Coverage(LedgerScope(region_path=region.path), region.name + named, office)


def _own_of(enterprise_id: int, unit_id: int | None, sector: str) -> Coverage:
    own = organisations.get_enterprise(enterprise_id)
    scope, words = LedgerScope(enterprise_id=own.id), own.name
    if unit_id is not None:
        unit = organisations.get_unit(own.id, unit_id)
        scope, words = replace(scope, unit_id=unit.id), own.name + unit.name
    return _of_sector(Coverage(scope, words, own.name, for_enterprise=True), _sector(sector, None))


def coverage_of(region_code: str, uscc: str, sector: str = "") -> Coverage:
    """What the command line asks for, past any scope: a region, an enterprise, or everything; of one industry."""
    allowed = _sector(sector, None)
    if uscc:
        return _of_sector(_of_enterprise(uscc, ""), allowed)
    if not region_code:
        return _of_sector(Coverage(LedgerScope(), "全部", ""), allowed)
    region = _region(region_code)
    return _of_sector(Coverage(LedgerScope(region_path=region.path), region.name, _office_of(region)), allowed)


def _of_sector(coverage: Coverage, sector: str) -> Coverage:
    """The same of one industry alone; of all where none is named."""
    if not sector:
        return coverage
    return replace(coverage, scope=replace(coverage.scope, sector=sector), words=f"{coverage.words}（{sector}）")


def _sector(name: str, own: frozenset[str] | None) -> str:
    """The industry of this name, if it is one and one of the own."""
    wanted = name.strip()
    offered = [one for one in SECTORS if own is None or one in own]
    if wanted and wanted not in offered:
        why = "不在本单位的监管范围内" if wanted in SECTORS else "不是本系统的行业领域"
        sentence = f"“{wanted[:20]}”{why}。请从这些里选：{'、'.join(offered)}。"
        raise Invalid(sentence, fields={"sector": sentence})
    return wanted


def _of_enterprise(uscc: str, office: str) -> Coverage:
    found = organisations.enterprise_by_uscc(uscc)
    if found is None:
        sentence = f"找不到信用代码为“{normal_uscc(uscc)[:18]}”的企业，或者它不在您的管辖范围内。请核对。"
        raise Invalid(sentence, fields={"enterprise": sentence})
    return Coverage(LedgerScope(enterprise_id=found.id), found.name, office or found.name)


def _region(code: str) -> Region:
    found = db.session.scalar(select(Region).where(Region.code == code.strip())) if code.strip().isalnum() else None
    if found is None:
        sentence = f"没有代码为“{code[:12]}”的区域。请核对。"
        raise Invalid(sentence, fields={"region": sentence})
    return found


def _region_within(code: str, own: Region) -> Region:
    region = _region(code) if code else own
    if not region.path.startswith(own.path):
        sentence = f"{region.name}不在您的管辖范围内。请选{own.name}或它下面的区域。"
        raise Invalid(sentence, fields={"region": sentence})
    return region


def _office_of(region: Region) -> str:
    """Who hands in a region's ledger: its 安委办, else its comprehensive office, else the region itself."""
    wanted = (
        select(Regulator.name)
        .where(Regulator.region_code == region.code, Regulator.active)
        .where(Regulator.is_committee | Regulator.is_comprehensive)
        .order_by(Regulator.is_committee.desc(), Regulator.id)
        .limit(1)
    )
    return db.session.scalar(wanted) or region.name


def regions_for(actor: Actor) -> list[Region]:
    """The regions a regulator may choose from: its own and those directly below; none for an enterprise."""
    if actor.regulator_id is None:
        return []
    own = organisations.get_regulator(actor.regulator_id).region
    return [own, *organisations.regions_under(own.code)]


def places_for(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """The same as code and name, and what lies below the one that is chosen: first the district, then its streets."""
    asked = (db.session.scalar(select(Region.path).where(Region.code == chosen)) if chosen.isalnum() else None) or ""
    found: list[tuple[str, str]] = []
    for region in regions_for(actor):
        found.append((region.code, f"　{region.name}" if found else region.name))
        if len(found) > 1 and asked.startswith(region.path):
            found += [(street.code, f"　　{street.name}") for street in organisations.regions_under(region.code)]
    return found


def sectors_for(actor: Actor) -> list[tuple[str, str]]:
    """The industries a ledger may be narrowed to: those the person's office is competent for."""
    offered = [name for name in SECTORS if actor.sectors is None or name in actor.sectors]
    return [(name, name) for name in offered]


def units_for(actor: Actor) -> list[tuple[str, str]]:
    """The units an enterprise's person may narrow a ledger to; none for a regulator."""
    if actor.enterprise_id is None:
        return []
    return [
        (str(row.unit.id), "　" * row.depth + row.unit.name) for row in organisations.units_tree(actor.enterprise_id)
    ]
