"""The figures of the home page: each a door to the list it counts, and equal to it (pages.md §1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from reports.waiting import SCANNED, Counts
from workflows.vocabulary import Tier

_TONES = {Tier.DAY: "blue", Tier.WEEK: "yellow", Tier.MONTH: "orange", Tier.QUARTER: "red"}


def list_url(view: str, **filters: Any) -> str:
    """The list of hazards of this saved view, under these filters."""
    return url_for("hazards.index", view=view, **filters)


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the headings of the page lead."""

    mine: str = field(default_factory=lambda: list_url("mine"))
    late: str = field(default_factory=lambda: list_url("overdue"))
    open: str = field(default_factory=lambda: list_url("open"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A line with its number at the right end."""

    text: str
    url: str
    end: str
    tone: str = ""


def bounded(number: int, most: int) -> str:
    """The number, or "1,000 以上" where counting stopped."""
    return f"{number:,}" if number <= most else f"{most:,} 以上"


def figure(number: int, counts: Counts) -> str:
    """One of the counts; 以上 where not every hazard was looked at."""
    return f"{number:,}" + (" 以上" if counts.partly and number else "")


def tier_figures(counts: Counts) -> tuple[tuple[str, str, str, str], ...]:
    """How many open hazards stand on each list (日周月季)."""
    totals = {tier: figure(counts.by_tier.get(tier, 0), counts) for tier in Tier}
    return tuple((totals[tier], f"{tier.label}清单", _TONES[tier], list_url("open", tier=tier.value)) for tier in Tier)


def other_figures(counts: Counts) -> tuple[Figure, ...]:
    """Open hazards by time and grade; what is nought is not shown in colour."""
    rows: tuple[tuple[str, str, int, str], ...] = (
        ("已逾期", list_url("overdue"), counts.overdue, "late"),
        ("三天内到期", list_url("soon"), counts.soon, "soon"),
        ("重大未销号", list_url("open", grade="major"), counts.major, ""),
    )
    if counts.came_back:
        rows = (*rows, ("销号后再次出现", list_url("open", recurring=1), counts.came_back, ""))
    shown = tuple(Figure(text, url, figure(number, counts), tone if number else "") for text, url, number, tone in rows)
    note = Figure(f"只数了前 {SCANNED:,} 条未清隐患", "", "")
    return (*shown, note) if counts.partly else shown
