"""How days, moments and people are written on the pages of a hazard (pages.md §3, §9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.queries import PersonLabel
from accounts.roles import Role
from core.days import SHANGHAI, shanghai_day

WEEKDAYS = "一二三四五六日"
SYSTEM = "系统"
NOBODY_NAMED = "监管部门"
HEADLINE = 80


def day_text(day: date | None) -> str:
    """2026-11-26, or nothing."""
    return day.isoformat() if day else ""


def weekday_text(day: date) -> str:
    """2026-11-26 星期四"""
    return f"{day.isoformat()} 星期{WEEKDAYS[day.weekday()]}"


def moment_text(moment: datetime | None) -> str:
    """2026-11-13 09:12 in Shanghai, or nothing."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


def clock_text(moment: datetime, now: datetime) -> str:
    """14:31 today, with the day else."""
    same = shanghai_day(moment) == shanghai_day(now)
    return moment.astimezone(SHANGHAI).strftime("%H:%M" if same else "%Y-%m-%d %H:%M")


def waited_text(since: datetime | None, now: datetime) -> str:
    """已等 7 天, 已等 3 小时, 刚刚开始."""
    if since is None:
        return ""
    days = (shanghai_day(now) - shanghai_day(since)).days
    if days:
        return f"已等 {days} 天"
    hours = int((now - since).total_seconds() // 3600)
    return f"已等 {hours} 小时" if hours else "刚刚开始"


def signer(role: Role | None, name: str) -> str:
    """检查人员·䶮: the role before the name, unless the name brings it along."""
    if role is None or not name or "·" in name or name.startswith(role.label):
        return name
    return f"{role.label}·{name}"


def left_text(days: int) -> tuple[str, str]:
    """How long is left, with its tone: 剩 12 天, 今天到期, 逾期 12 天."""
    if days < 0:
        return f"逾期 {-days} 天", "late"
    if days == 0:
        return "今天到期", "soon"
    return f"剩 {days} 天", "soon" if days <= 3 else ""


def headline(text: str) -> str:
    """The text of a hazard as a title: its first line, cut where it is too long for one."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= HEADLINE else f"{first[: HEADLINE - 1]}…"


def short_digest(digest: str) -> str:
    """2b90 71ce … 88d4: enough to compare by eye with a printed one."""
    return f"{digest[:4]} {digest[4:8]} … {digest[-4:]}" if digest else ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people by id; those who must not be named to this viewer appear as 监管部门."""

    labels: Mapping[int, PersonLabel] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    def of(self, person_id: int | None) -> str:
        """设备部负责人·堃, 系统 where nobody acted."""
        if person_id is None:
            return SYSTEM
        if person_id in self.hidden:
            return NOBODY_NAMED
        label = self.labels.get(person_id)
        if label is None:
            return "—"
        return f"{label.title}·{label.name}" if label.title and "·" not in label.name else label.name
