"""Where a row of a ledger belongs: district and town by name or code, and the office that answers there.

Ledgers write 秀山县 for 秀山土家族苗族自治县, 高新区 for 西部科学城重庆高新区, or put the street behind the district;
each such name is taken only where one region bears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from sqlalchemy import select

from accounts.importing.places import names_of
from accounts.models import Region, Regulator
from accounts.queries import responsible_regulator
from accounts.rules import OfficeLevel, RegionKind
from core.db import db
from core.sheets import squeeze
from hazards.ledger import LedgerRow

PROPOSED, CLOSE = 3, 0.5  # similar names for an unknown one, and how like they are
_PEOPLES = re.compile("土家族|苗族")
_CITY = re.compile("^重庆市?(?=.)")


@dataclass(frozen=True, slots=True)
class Place:
    """A district or zone, and a town in it where it is known."""

    code: str
    name: str
    path: str
    town_code: str | None = None
    town_path: str = ""

    @property
    def whole_path(self) -> str:
        """The path of the town, or of the district."""
        return self.town_path or self.path


class Office(NamedTuple):
    """An office that may answer for a hazard."""

    id: int
    name: str


class Places:
    """All regions and offices, read once."""

    def __init__(self) -> None:
        self._regions = {region.code: region for region in db.session.scalars(select(Region))}
        self._districts = [r for r in self._regions.values() if r.kind in (RegionKind.DISTRICT, RegionKind.ZONE)]
        self._by_name = _unique((name, region) for region in self._districts for name in names_of(region))
        towns = [region for region in self._regions.values() if region.kind is RegionKind.STREET]
        self._towns = {(town.parent_code, squeeze(town.name)): town for town in towns}
        self._offices = _offices()
        self._answering: dict[tuple[str, str], Office | None] = {}

    def by_code(self, code: str) -> Place | None:
        """The district of a six-digit code, or the town of a longer one."""
        found = self._regions.get(code) or self._regions.get(code[:6])
        if found is None or found.kind is RegionKind.CITY:
            return None
        if found.kind is not RegionKind.STREET:
            return _place(found)
        district = self._regions.get(found.parent_code or "")
        return _place(district, found) if district else None

    def of_row(self, row: LedgerRow) -> Place | None:
        """The district and town that the row names; None where it names no district that is known."""
        place = self.by_code(row.region_code) if row.region_code.isdigit() else None
        return place or self._named(row.region_name)

    def _named(self, text: str) -> Place | None:
        name = _CITY.sub("", squeeze(text))
        if not name:
            return None
        found = self._by_name.get(name) or self._by_name.get(squeeze(text))
        if found is not None:
            return _place(found)
        ahead = [region for region in self._districts if name.startswith(squeeze(region.name))]
        if len(ahead) != 1:
            return None
        return self.with_town(_place(ahead[0]), name.removeprefix(squeeze(ahead[0].name)))

    def with_town(self, place: Place, name: str) -> Place:
        """The place with the town of this name, or as it was where the district has none of it."""
        town = self._towns.get((place.code, squeeze(name).removeprefix(squeeze(place.name))))
        return _place(self._regions[place.code], town) if town else place

    def similar(self, text: str) -> list[tuple[str, str]]:
        """Districts and towns whose names are like an unknown one, the likeliest first: code and name."""
        name = _CITY.sub("", squeeze(text))
        scored = []
        for region in self._regions.values():
            if region.kind is not RegionKind.CITY:
                plain = _CITY.sub("", squeeze(region.name))
                score = SequenceMatcher(None, name, plain).ratio() + (plain in name)
                scored.append((-score, region.code, self._whole_name(region)))
        return [(code, whole) for score, code, whole in sorted(scored)[:PROPOSED] if -score >= CLOSE]

    def _whole_name(self, region: Region) -> str:
        above = self._regions.get(region.parent_code or "")
        return f"{above.name}{region.name}" if above is not None and above.kind is not RegionKind.CITY else region.name

    def named_office(self, region_path: str, name: str) -> Office | None:
        """The office of this name in the region or above it."""
        codes = region_path.strip("/").split("/")
        found = [office for code in codes for office in self._offices.get((code, squeeze(name)), ())] if name else []
        return found[0] if len(found) == 1 else None

    def office_by_rule(self, region_path: str, sector: str) -> Office | None:
        """The office that answers by region and sector (domain.md §1)."""
        code = region_path.strip("/").split("/")[:2][-1]  # a town's office is never the responsible one
        if (code, sector) not in self._answering:
            office = responsible_regulator(self._regions[code], sector)
            self._answering[code, sector] = Office(office.id, office.name) if office else None
        return self._answering[code, sector]


def _place(district: Region, town: Region | None = None) -> Place:
    return Place(district.code, district.name, district.path, town.code if town else None, town.path if town else "")


def _unique(pairs: Iterable[tuple[str, Region]]) -> dict[str, Region]:
    """Names that one region alone bears."""
    found: dict[str, set[str]] = {}
    regions: dict[str, Region] = {}
    for name, region in pairs:
        found.setdefault(name, set()).add(region.code)
        regions[region.code] = region
    return {name: regions[next(iter(codes))] for name, codes in found.items() if len(codes) == 1}


def _offices() -> dict[tuple[str, str], list[Office]]:
    """Offices that may answer for hazards, by region and by either of their names."""
    wanted = select(Regulator.id, Regulator.name, Regulator.short_name, Regulator.region_code)
    wanted = wanted.where(
        Regulator.active, Regulator.level != OfficeLevel.TOWN, Regulator.is_committee.is_(False)
    ).order_by(Regulator.id)
    found: dict[tuple[str, str], list[Office]] = {}
    for office_id, name, short, region in db.session.execute(wanted):
        for word in {squeeze(name), squeeze(short)}:
            found.setdefault((region, word), []).append(Office(office_id, name))
    return found
