"""Nouns of the ledgers: which there are, what one covers and in whose name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from accounts import queries as organisations
from accounts.access import Actor
from accounts.models import Region, Regulator
from core.db import db
from core.refusals import Invalid
from core.uscc import normal_uscc
from reports.ledger_rows import LedgerScope

NAME_ONE = "这是企业的台账，一次导出一家。请填企业的统一社会信用代码。"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a ledger covers, in words, and who fills it in."""

    scope: LedgerScope
    words: str
    office: str
    for_enterprise: bool = False


def coverage_for(
    actor: Actor, region_code: str, uscc: str, unit_id: int | None = None, *, of_enterprise: bool = False
) -> Coverage:
    """What this person asks for, within what the person may see; fills it in for the own organisation.

    `of_enterprise`: the ledger is one enterprise's, so a regulator must name it.
    """
    if actor.enterprise_id is not None:
        own = organisations.get_enterprise(actor.enterprise_id)
        if unit_id is None:
            return Coverage(LedgerScope(enterprise_id=own.id), own.name, own.name, for_enterprise=True)
        unit = organisations.get_unit(own.id, unit_id)
        of_unit = LedgerScope(enterprise_id=own.id, unit_id=unit.id)
        return Coverage(of_unit, f"{own.name}{unit.name}", own.name, for_enterprise=True)
    office = organisations.get_regulator(actor.regulator_id or 0)
    if uscc:
        return _of_enterprise(uscc, office.name)
    if of_enterprise:
        raise Invalid(NAME_ONE, fields={"enterprise": NAME_ONE})
    region = _region_within(region_code, office.region)
    sectors = f"（{'、'.join(sorted(actor.sectors))}）" if actor.sectors else ""
    return Coverage(LedgerScope(region_path=region.path), region.name + sectors, office.name)


def coverage_of(region_code: str, uscc: str) -> Coverage:
    """What the command line asks for, past any scope: a region, an enterprise, or everything."""
    if uscc:
        return _of_enterprise(uscc, "")
    if not region_code:
        return Coverage(LedgerScope(), "全部", "")
    region = _region(region_code)
    return Coverage(LedgerScope(region_path=region.path), region.name, _office_of(region))


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


def units_for(actor: Actor) -> list[tuple[str, str]]:
    """The units an enterprise's person may narrow a ledger to; none for a regulator."""
    if actor.enterprise_id is None:
        return []
    return [
        (str(row.unit.id), "　" * row.depth + row.unit.name) for row in organisations.units_tree(actor.enterprise_id)
    ]
