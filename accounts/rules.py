"""Rules of organisations as tables: kinds of regions and links, levels of offices, sectors. Pure."""

from __future__ import annotations

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


class LinkKind(StrEnum):
    """How one enterprise stands to another."""

    CONTRACTOR = "contractor"
    TENANT = "tenant"
    LANDLORD = "landlord"
    OWNER = "owner"


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
HIGH_RISK_SECTORS = frozenset({"煤矿", "非煤矿山", "危险化学品", "烟花爆竹", "建筑施工", "交通运输", "民用爆炸物品"})
HIGH_RISK_INDUSTRIES = frozenset({"工贸-冶金", "工贸-有色"})


def sector_of(industry: str) -> str:
    """The sector of an industry as written: 工贸-机械(铸造) → 工贸; unknown ones fall to 其他."""
    head = industry.replace("（", "(").split("-")[0].split("(")[0].strip()
    return head if head in SECTORS else "其他"


def is_high_risk(industry: str) -> bool:
    """Whether the principal must lead a check each month rather than each quarter (domain.md §4)."""
    plain = industry.replace("（", "(").split("(")[0]
    return sector_of(industry) in HIGH_RISK_SECTORS or plain in HIGH_RISK_INDUSTRIES
