"""Rules of organisations as tables: kinds of regions and links, levels of offices, sectors. Pure."""

from __future__ import annotations

import re
from enum import StrEnum


class RegionKind(StrEnum):
    """What a region is; a special zone stands beside districts and has its own code (domain.md §9)."""

    CITY = "city"
    DISTRICT = "district"
    ZONE = "zone"
    STREET = "street"


class OfficeLevel(StrEnum):
    """The level of an office; the ladder climbs town → district → city."""

    TOWN = "town"
    DISTRICT = "district"
    CITY = "city"


class DeputyScope(StrEnum):
    """For which hazards a deputy acts: chosen with the period."""

    ALL = "all"
    GENERAL = "general"
    MAJOR = "major"


SCOPE_LABELS: dict[DeputyScope, str] = {
    DeputyScope.ALL: "全部隐患",
    DeputyScope.GENERAL: "只限一般隐患",
    DeputyScope.MAJOR: "只限重大隐患",
}


class LinkKind(StrEnum):
    """How one enterprise stands to another."""

    CONTRACTOR = "contractor"
    TENANT = "tenant"
    LANDLORD = "landlord"
    OWNER = "owner"


REGION_LABELS: dict[RegionKind, str] = {
    RegionKind.CITY: "市",
    RegionKind.DISTRICT: "区县",
    RegionKind.ZONE: "功能区",
    RegionKind.STREET: "镇街",
}

LEVEL_LABELS: dict[OfficeLevel, str] = {
    OfficeLevel.TOWN: "镇街",
    OfficeLevel.DISTRICT: "区县",
    OfficeLevel.CITY: "市级",
}

# At which kinds of regions an office of a level may stand.
REGIONS_OF_LEVEL: dict[OfficeLevel, frozenset[RegionKind]] = {
    OfficeLevel.TOWN: frozenset({RegionKind.STREET}),
    OfficeLevel.DISTRICT: frozenset({RegionKind.DISTRICT, RegionKind.ZONE}),
    OfficeLevel.CITY: frozenset({RegionKind.CITY}),
}

LINK_LABELS: dict[LinkKind, str] = {
    LinkKind.CONTRACTOR: "承包",
    LinkKind.TENANT: "承租",
    LinkKind.LANDLORD: "出租",
    LinkKind.OWNER: "产权",
}

# Sectors as offices name them; the part of an industry before the dash. High-risk ones by 安全生产法 and the
# 2024–2026 plan (矿山 危险化学品 烟花爆竹 金属冶炼 建筑施工 交通运输 …).
SECTORS: tuple[str, ...] = (
    "工贸",
    "消防",
    "特种设备",
    "建筑施工",
    "煤矿",
    "非煤矿山",
    "危险化学品",
    "烟花爆竹",
    "民用爆炸物品",
    "燃气",
    "油气输送管道",
    "交通运输",
    "渔业船舶",
    "文旅",
    "其他",
)
OTHER_SECTOR = "其他"
HIGH_RISK_SECTORS = frozenset({"煤矿", "非煤矿山", "危险化学品", "烟花爆竹", "建筑施工", "交通运输", "民用爆炸物品"})
HIGH_RISK_INDUSTRIES = frozenset({"工贸-冶金", "工贸-有色"})


# Matters that occur in every enterprise: an office competent for one of them sees all enterprises of its region,
# whatever their industry, since it may have to order something at any of them (消防法, 特种设备安全法).
EVERYWHERE_SECTORS = frozenset({"消防", "特种设备"})


def sector_of(industry: str) -> str:
    """The sector of an industry as written: 工贸-机械(铸造) → 工贸; unknown ones fall to 其他."""
    head = industry.replace("（", "(").split("-")[0].split("(")[0].strip()
    return head if head in SECTORS else OTHER_SECTOR


def is_high_risk(industry: str) -> bool:
    """Whether the principal must lead a check each month rather than each quarter (domain.md §4)."""
    plain = industry.replace("（", "(").split("(")[0]
    return sector_of(industry) in HIGH_RISK_SECTORS or plain in HIGH_RISK_INDUSTRIES


# --- names of enterprises --------------------------------------------------------------------------------------

_LEGAL_FORM = re.compile(r"有限责任公司|股份有限公司|有限公司|公司")
_WEAK = re.compile(r"[\W_]+|^重庆市?")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def core_of_name(name: str) -> str:
    """What is left of an enterprise's name without 重庆市, 有限公司, blanks and punctuation: alike where this is."""
    return _LEGAL_FORM.sub("", _WEAK.sub("", name.translate(_HALF).casefold()))[:200]
