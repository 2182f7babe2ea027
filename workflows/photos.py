"""Where what the camera noted contradicts the report: a reason to ask, never a reason to refuse.

Source: [design]. A camera's clock may be wrong and a position may be off, so this is shown beside the photo, in words,
to whoever judges; nothing is decided by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from core.days import shanghai_day

FAR_METRES: Final = 2000
"""Beyond it a photo was not taken at the enterprise; large works and bad fixes stay within."""
CLOCK_SLACK: Final = timedelta(minutes=10)
_EARTH_METRES: Final = 6_371_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Longitude and latitude in degrees."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of one photo: of before or after, when it came in, and what the camera noted."""

    is_after: bool
    added_at: datetime
    taken_at: datetime | None
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Report:
    """What the record says: found when, sent back when (photos of after must be newer), and where the place is."""

    found_on: date | None
    found_at: datetime | None
    sent_back_at: datetime | None
    spot: Spot | None


def doubts(taken: Taken, report: Report) -> tuple[str, ...]:
    """Every contradiction in words, none where all fits or nothing is known."""
    return tuple(one for one in (_too_new(taken), _too_old(taken, report), _elsewhere(taken, report)) if one)


def _too_new(taken: Taken) -> str:
    late = taken.taken_at is not None and taken.taken_at > taken.added_at + CLOCK_SLACK
    return "拍摄时间晚于上传时间，相机时钟可能不准" if late else ""


def _too_old(taken: Taken, report: Report) -> str:
    moment = taken.taken_at
    if moment is None:
        return ""
    if taken.is_after and report.sent_back_at is not None and moment < report.sent_back_at:
        return "拍摄于上次退回之前"
    if taken.is_after and report.found_at is not None:
        return "整改后的照片拍摄于发现之前" if moment < report.found_at else ""
    if report.found_on is not None and shanghai_day(moment) < report.found_on:
        days = (report.found_on - shanghai_day(moment)).days
        what = "整改后的照片拍摄于发现之前" if taken.is_after else "拍摄于发现日期之前"
        return f"{what} {days} 天"
    return ""


def _elsewhere(taken: Taken, report: Report) -> str:
    if taken.spot is None or report.spot is None:
        return ""
    metres = distance(taken.spot, report.spot)
    return f"拍摄位置距企业约 {metres / 1000:.1f} 公里" if metres > FAR_METRES else ""


def distance(a: Spot, b: Spot) -> float:
    """Metres between two places on the ground."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    half = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(half)))
