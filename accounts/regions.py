"""Regions from the shipped list: Chongqing, its districts, special zones, streets and towns.

Codes: GB/T 2260 for the city and its 38 districts and counties, the statistical bureau's twelve digits for streets
and towns (state of 2023). The special zones 两江新区, 西部科学城重庆高新区 and 万盛经开区 have no code in GB/T 2260:
500191, 500192 and 500193 are this product's own. The towns they administer stand under them. All of it may be changed
by the system administrator; seeding again only adds what is missing and never changes what is there (domain.md §9).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, select

from accounts.models import Region
from accounts.rules import RegionKind
from core.db import db

LIST = Path(__file__).parent / "data" / "regions.json"


class RegionRow(NamedTuple):
    """One line of the list; parents stand before their children."""

    code: str
    name: str
    kind: RegionKind
    parent_code: str | None


@cache
def listed_regions() -> tuple[RegionRow, ...]:
    """The shipped list."""
    lines = json.loads(LIST.read_text("utf-8"))
    return tuple(RegionRow(code, name, RegionKind(kind), parent) for code, name, kind, parent in lines)


def seed_regions() -> int:
    """Add the regions that are not there yet, inside a unit of work; the number added."""
    paths = dict(db.session.execute(select(Region.code, Region.path)).all())
    missing = []
    for row in listed_regions():
        if row.code in paths:
            continue
        paths[row.code] = f"{paths[row.parent_code] if row.parent_code else '/'}{row.code}/"
        missing.append({**row._asdict(), "path": paths[row.code]})
    if missing:
        db.session.execute(insert(Region), missing)
    return len(missing)
