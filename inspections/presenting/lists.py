"""The 日周月季 lists as a page and a file draw them: entries, figures with their links, parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from accounts.queries import PersonLabel
from hazards.presenting.words import day_text
from inspections.queries.lists import GROUPS, WHOLE, Figures, Group, Unit
from workflows.cadence import ORDER, TIERS
from workflows.colours import Timing, Tone, days_words, timing, tone
from workflows.vocabulary import Category, Grade, State, Tier

TONES: Final[dict[Tone, str]] = {Tone.RED: "红", Tone.ORANGE: "橙", Tone.YELLOW: "黄", Tone.BLUE: "蓝"}
BY: Final[dict[str, str]] = {
    "unit": "按部门、班组",
    "region": "按区域",
    "enterprise": "按企业",
    "category": "按类别",
}
NO_UNIT: Final = "未分到部门"
NO_CATEGORY: Final = "未分类"
OWN: Final = "其余"
DAYS: Final[dict[Timing, str]] = {Timing.SOON: "soon", Timing.LATE: "late", Timing.ON_TIME: ""}
Link = Callable[..., str]


class Entry(NamedTuple):
    """One hazard on its list."""

    number: str
    what: str
    where: str
    is_major: bool
    category: str
    tier: str
    tone: str
    colour: str
    since: str
    came: str
    stands: int
    moves: str
    owner: str
    holder: str
    deadline: str
    timing: str
    timing_tone: str
    days: str


def entry_of(
    row: Any,
    today: date,
    came: Mapping[int, Tier],
    people: Mapping[int, PersonLabel],
    *,
    with_firm: bool,
) -> Entry:
    """A row in words; inside one enterprise its department stands where else the enterprise would."""
    colour = tone(row.state, row.grade, row.tier, row.deadline, today)
    assert colour is not None, "only what stands on a list is asked for"
    when = timing(row.deadline, today)
    person = people.get(row.list_owner_id or 0)
    left = came.get(row.id)
    place = row.enterprise_name if with_firm else row.unit_name or ""
    return Entry(
        number=row.number,
        what=" ".join(row.description.split()),
        where="，".join(part for part in (place, row.place) if part),
        is_major=row.grade is Grade.MAJOR,
        category=row.category.label if row.category else "",
        tier=f"{row.tier.label}清单",
        tone=colour.value,
        colour=TONES[colour],
        since=day_text(row.tier_since),
        came=f"从{left.label}清单" if left is not None else "新上清单",
        stands=max(0, (today - row.tier_since).days + 1) if row.tier_since else 0,
        moves=TIERS[row.tier].clears,
        owner=_called(person) if person is not None else "还没有人",
        holder=row.holder or "—",
        deadline=day_text(row.deadline) or "还没有定",
        timing=when.label,
        timing_tone=DAYS[when],
        days=_left(row.state, row.deadline, today, when),
    )


def _left(state: State, deadline: date | None, today: date, when: Timing) -> str:
    """剩 12 天; 4 天 behind the word 逾期, which says it already."""
    return days_words(state, deadline, today)[0].removeprefix(when.label).strip() if deadline else ""


def _called(person: PersonLabel) -> str:
    return f"{person.title}·{person.name}" if person.title and "·" not in person.name else person.name


def count_text(number: int, is_cut: bool) -> str:
    """12, or 12 以上 where not everything was read."""
    return f"{number:,} 以上" if is_cut and number else f"{number:,}"


def matrix(figures: Figures, link: Link) -> list[tuple[str, str, str, list[tuple[str, str, str, str]]]]:
    """Each list with its figure and link, and its colours with theirs: (list, figure, url, [(colour, tone, …)])."""
    rows = []
    for tier in ORDER:
        number = figures.of(tier)
        tones = [
            (word, colour.value, count_text(some, figures.is_cut), link(tier=tier.value, tone=colour.value))
            for colour, word in TONES.items()
            if (some := figures.of(tier, colour))
        ]
        rows.append((f"{tier.label}清单", count_text(number, figures.is_cut), link(tier=tier.value, tone=None), tones))
    return rows


class Part(NamedTuple):
    """One line of the figures by unit, place, enterprise or category."""

    name: str
    url: str
    numbers: list[tuple[int, str]]
    red: tuple[int, str]
    total: int


def part_of(group: Group, name: str, link: Link, **to: Any) -> Part:
    """A line with a link behind each figure."""
    numbers = [(group.numbers.get(tier, 0), link(**to, tier=tier.value)) for tier in ORDER]
    return Part(name, link(**to), numbers, (group.red, link(**to, tone=Tone.RED.value)), group.total)


def by_units(groups: Iterable[Group], units: list[Unit], chosen: int | None, link: Link) -> list[Part]:
    """The units directly under the chosen one (or the enterprise), each with all under it; those with most first."""
    known = {unit.id: unit.parent_id for unit in units}
    under: dict[int | None, list[Group]] = {}
    for group in groups:
        under.setdefault(_branch(group.key, chosen, known), []).append(group)
    own = under.pop(chosen, [])
    found = [(unit, _sum(under[unit.id])) for unit in units if unit.id in under]
    found.sort(key=lambda one: (-one[1].total, one[0].id))
    parts = [part_of(group, unit.name, link, unit=unit.id) for unit, group in found[:GROUPS]]
    return parts + ([part_of(_sum(own), NO_UNIT, link, unit=WHOLE)] if own and chosen is None else [])


def _branch(unit: int | None, chosen: int | None, parents: Mapping[int, int | None]) -> int | None:
    """Under which unit directly below the chosen one a unit lies; the chosen one itself for its own."""
    at, seen = unit, 0
    while at is not None and at != chosen and seen <= len(parents):
        above = parents.get(at)
        if above == chosen or (chosen is None and above not in parents):
            return at
        at, seen = above, seen + 1
    return chosen


def _sum(groups: list[Group]) -> Group:
    return Group(
        None, {tier: sum(one.numbers.get(tier, 0) for one in groups) for tier in ORDER}, sum(one.red for one in groups)
    )


def by_places(groups: Iterable[Group], own: str, names: list[tuple[str, str]], link: Link) -> list[Part]:
    """The places directly under a region, with all under them; what lies in the region itself comes last."""
    under: dict[str, list[Group]] = {}
    for group in groups:
        code = group.key.removeprefix(own).partition("/")[0]
        under.setdefault(code, []).append(group)
    parts = [part_of(_sum(under[code]), name, link, region=code) for code, name in names if code in under]
    rest = [group for code, some in under.items() if code not in dict(names) for group in some]
    return parts + ([part_of(_sum(rest), OWN, link, own="1")] if rest else [])


def by_categories(groups: Iterable[Group], link: Link) -> list[Part]:
    """What kind of thing is wrong, in the order of the table."""
    own = {group.key: group for group in groups}
    parts = [part_of(own[kind], kind.label, link, category=kind.value) for kind in Category if kind in own]
    return parts + ([part_of(own[None], NO_CATEGORY, link)] if None in own else [])
