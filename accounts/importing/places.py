"""Districts and towns as people write them: 秀山县 for 秀山土家族苗族自治县, 高新区 for 西部科学城重庆高新区.

A name is taken only where one region bears it; nothing is guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict

from sqlalchemy import select

from accounts.models import Region
from accounts.rules import RegionKind
from core.db import db
from core.sheets import squeeze

_PEOPLES = re.compile("土家族|苗族")
_CITY = re.compile("^重庆市?(?=.)")


class Places:
    """All regions, read once: they are a table of reference, about a thousand."""

    def __init__(self) -> None:
        regions = list(db.session.scalars(select(Region)))
        self.by_code = {region.code: region for region in regions}
        self._districts: dict[str, set[str]] = defaultdict(set)
        self._towns: dict[tuple[str, str], str] = {}
        for region in regions:
            if region.kind is RegionKind.STREET:
                self._towns[region.parent_code or "", squeeze(region.name)] = region.code
            elif region.kind is not RegionKind.CITY:
                for name in names_of(region):
                    self._districts[name].add(region.code)

    def district(self, text: str) -> Region | None:
        """The district or zone of a name or code (a town's code leads to its district); None where there is none."""
        plain = squeeze(text)
        if plain.isascii() and plain.isdigit():
            found = self.by_code.get(plain) or self.by_code.get(plain[:6])
            return self._above(found) if found else None
        codes = self._districts.get(_CITY.sub("", plain)) or self._districts.get(plain) or set()
        return self.by_code[next(iter(codes))] if len(codes) == 1 else None

    def _above(self, region: Region) -> Region | None:
        if region.kind is RegionKind.STREET:
            return self.by_code.get(region.parent_code or "")
        return region if region.kind is not RegionKind.CITY else None

    def town(self, district: Region, text: str) -> Region | None:
        """The street or town of that name or code in the district."""
        plain = squeeze(text)
        if (by_code := self.by_code.get(plain)) is not None and by_code.parent_code == district.code:
            return by_code
        name = plain.removeprefix(squeeze(district.name))
        return self.by_code.get(self._towns.get((district.code, name), ""))

    def of_path(self, path: str | None) -> Region | None:
        """The district in which an office stands; None for an office of the city."""
        codes = (path or "").strip("/").split("/")
        return self.by_code.get(codes[1]) if len(codes) > 1 else None

    def name(self, code: str | None, town_code: str | None = None) -> str:
        """綦江区三江街道 for the codes of a district and a town."""
        return "".join(self.by_code[one].name for one in (code, town_code) if one in self.by_code)


def names_of(region: Region) -> set[str]:
    """The ways a file may write a district: 秀山土家族苗族自治县 秀山自治县 秀山县 秀山."""
    full = _CITY.sub("", squeeze(region.name))
    plain = _PEOPLES.sub("", full)
    county = plain.replace("自治县", "县")
    names = {squeeze(region.name), full, plain, county}
    stem = re.sub("(?:区|县)$", "", county)
    if len(stem) > 1 and region.kind is RegionKind.DISTRICT:
        names.add(stem)
    if region.kind is RegionKind.ZONE:
        names |= {_CITY.sub("", full[at:]) for at in range(len(full)) if full[at:].startswith("重庆")}
    return {name for name in names if name}
