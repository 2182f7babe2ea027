"""Queries of regions and offices: which office answers for a place and a sector, and which stand above it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, or_, select, tuple_

from accounts.models import Competence, Region, Regulator
from accounts.rules import OfficeLevel, RegionKind
from core.db import db
from core.prepared import Prepared
from core.refusals import NotFound

PAGE = 50
HIGHEST_OFFICE = 6  # no ladder of offices is longer; also ends a circle made by mistake


def get_region(code: str) -> Region:
    """The region of a code, else `NotFound`."""
    found = db.session.scalar(select(Region).where(Region.code == code)) if code.isalnum() else None
    if found is None:
        raise NotFound(f"没有代码为“{code}”的区域。请核对。")
    return found


def regions_by_code(codes: Collection[str | None]) -> dict[str, Region]:
    """Those of these codes that are regions."""
    wanted = select(Region).where(Region.code.in_({code for code in codes if code}))
    return {region.code: region for region in db.session.scalars(wanted)}


def districts() -> list[Region]:
    """The city's districts, counties and special zones, by code."""
    wanted = Region.kind.in_((RegionKind.DISTRICT, RegionKind.ZONE))
    return list(db.session.scalars(select(Region).where(wanted).order_by(Region.code)))


def regions_under(parent_code: str) -> list[Region]:
    """What lies directly under a region, by code."""
    return list(db.session.scalars(select(Region).where(Region.parent_code == parent_code).order_by(Region.code)))


def town_named(parent_code: str, name: str) -> Region | None:
    """The street or town of that name in a district."""
    same = select(Region).where(Region.parent_code == parent_code, Region.name == name.strip())
    return db.session.scalar(same.order_by(Region.code).limit(1))


def region_names(path: str) -> str:
    """綦江区三江街道 for the path of a street: the names below the city."""
    codes = path.strip("/").split("/")
    names = dict(db.session.execute(select(Region.code, Region.name).where(Region.code.in_(codes))).all())
    return "".join(names.get(code, "") for code in (codes[1:] or codes))


def region_path(code: str) -> str | None:
    """The path of a region, None where there is none of this code."""
    found: str | None = _path.scalar(code=code)
    return found


_path = Prepared(lambda: select(Region.path).where(Region.code == bindparam("code")))


def region_menu(path: str) -> tuple[str, list[tuple[str, str]]]:
    """The names of a region below the city, and code and name of what lies directly under it, in one query."""
    codes = path.strip("/").split("/")
    rows = _menu.all(codes=codes, own=codes[-1])
    names = {row.code: row.name for row in rows}
    under = [(row.code, row.name) for row in rows if row.parent_code == codes[-1]]
    return "".join(names.get(code, "") for code in (codes[1:] or codes)), under


_menu = Prepared(
    lambda: (
        select(Region.code, Region.name, Region.parent_code)
        .where(or_(Region.parent_code == bindparam("own"), Region.code.in_(bindparam("codes", expanding=True))))
        .order_by(Region.code)
    )
)


def regulator_by_code(code: str) -> Regulator | None:
    """An office by its code."""
    return db.session.scalar(select(Regulator).where(Regulator.code == code.strip()))


def get_regulator(regulator_id: int) -> Regulator:
    """An office by its id, else `NotFound`."""
    found = db.session.scalar(select(Regulator).where(Regulator.id == regulator_id))
    if found is None:
        raise NotFound("找不到这个监管单位。请核对。")
    return found


def regulators(region_path: str, after: tuple[str, int] | None = None, limit: int = PAGE) -> list[Regulator]:
    """The offices of a region and below it, by region and id; one more than a page tells that there is a next."""
    wanted = select(Regulator).join(Region, Region.code == Regulator.region_code)
    wanted = wanted.where(Region.path >= region_path, Region.path < region_path[:-1] + "0")
    if after is not None:
        wanted = wanted.where(tuple_(Region.path, Regulator.id) > after)
    return list(db.session.scalars(wanted.order_by(Region.path, Regulator.id).limit(limit + 1)))


def responsible_regulator(region: Region, sector: str) -> Regulator | None:
    """Which office answers for a hazard: the sector's one of the district, else the comprehensive one, else higher up.

    `region` may be a street; a town's office is never the responsible one (domain.md §1, §3).
    """
    codes = region.path.strip("/").split("/")
    offices = _able_offices(codes, sector)
    for code in reversed(codes):
        here = [office for office in offices if office.region_code == code]
        of_sector = [office for office in here if _is_competent(office, sector)]
        if of_sector or here:
            return (of_sector or here)[0]
    return None


def _able_offices(codes: Collection[str], sector: str) -> list[Regulator]:
    competent = select(Competence.regulator_id).where(Competence.sector == sector)
    wanted = (
        select(Regulator)
        .where(Regulator.active, Regulator.level != OfficeLevel.TOWN, Regulator.region_code.in_(codes))
        .where(or_(Regulator.is_comprehensive, Regulator.id.in_(competent)))
        .order_by(Regulator.id)
    )
    return list(db.session.scalars(wanted))


def _is_competent(office: Regulator, sector: str) -> bool:
    return any(competence.sector == sector for competence in office.competences)


def town_office(town_code: str | None) -> Regulator | None:
    """The office of a street or town."""
    wanted = select(Regulator).where(
        Regulator.active, Regulator.level == OfficeLevel.TOWN, Regulator.region_code == town_code
    )
    return db.session.scalar(wanted.order_by(Regulator.id).limit(1)) if town_code else None


def offices_above(regulator: Regulator) -> list[Regulator]:
    """The next higher offices, nearest first (town → district → city)."""
    above: list[Regulator] = []
    office = regulator
    while office.parent_id is not None and len(above) < HIGHEST_OFFICE:
        office = get_regulator(office.parent_id)
        if office is regulator or office in above:
            break
        above.append(office)
    return above
