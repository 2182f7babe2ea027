"""The list of hazards as a page draws it: rows, saved views, filters, chips, and why it is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from accounts.rules import SECTORS
from hazards.conditions import Conditions, Only, SortBy, View
from hazards.forms.listing import ANY_LISTING, without
from workflows.colours import Timing, days_words, tone
from workflows.vocabulary import Channel, Grade, Label, ListingLevel, State, Tier

WHAT_LENGTH: Final = 120
MARKS_KEPT: Final = 4096
DUE_CHOICES: Final = (("overdue", "已逾期"), ("0", "今天到期"), ("3", "3 天内"), ("7", "7 天内"), ("30", "30 天内"))
ORDERS: Final = (
    ("deadline", "按整改期限，先到期在前"),
    ("-deadline", "按整改期限，后到期在前"),
    ("-found", "按发现时间，新发现在前"),
    ("found", "按发现时间，早发现在前"),
    ("number", "按编号，小号在前"),
    ("-number", "按编号，大号在前"),
)
_TONE_OF_DAYS: dict[Timing | None, str] = {Timing.SOON: "soon", Timing.LATE: "late", Timing.ON_TIME: "", None: "none"}

Link = Callable[[Conditions], str]


class Row(NamedTuple):
    """One hazard of the list; the component `hz_table` takes the fields in this order."""

    number: str
    url: str
    what: str
    firm: str
    who: str
    mine: bool
    flags: tuple[tuple[str, str], ...]
    picked: bool
    cannot: str | None
    extra: tuple[str, ...]
    grade: str
    grade_label: str
    state: str
    state_label: str
    tier_label: str
    tone: str
    due: str
    days: str
    days_tone: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One filter of the row of filters, by the names of the component `filters`."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


def row_of(
    found: Any,
    url: str,
    today: date,
    *,
    is_mine: bool,
    own_enterprise: int | None,
    cannot: str | None = None,
    extra: tuple[str, ...] = (),
) -> Row:
    """A row as it is shown; inside one enterprise the place stands where else its name would."""
    return Row(
        found.number,
        url,
        " ".join(found.description.split())[:WHAT_LENGTH],
        _firm(found, own_enterprise),
        found.holder,
        is_mine,
        tuple(_flags(found)),
        False,
        cannot,
        extra,
        *_marks(found.state, found.grade, found.tier, found.deadline, bool(found.deadline_provisional), today),
    )


@lru_cache(maxsize=MARKS_KEPT)
def _marks(
    state: State, grade: Grade, tier: Tier, deadline: date | None, provisional: bool, today: date
) -> tuple[str, str, str, str, str, str, str, str, str, bool]:
    """The last fields of a row, which many rows have in common."""
    colour = tone(state, grade, tier, deadline, today)
    days, timing = days_words(state, deadline, today)
    tier_label, tone_name = (tier.label, colour.value) if colour else ("", "")
    return (
        grade.value,
        grade.label,
        state.value,
        state.label,
        tier_label,
        tone_name,
        _due(deadline, today),
        days,
        _TONE_OF_DAYS[timing],
        provisional and timing is not None,
    )


def _firm(found: Any, own_enterprise: int | None) -> str:
    name, place = str(found.enterprise_name or "关联单位"), str(found.place)
    if own_enterprise is None:
        return name
    return place if found.enterprise_id == own_enterprise else f"{name} {place}".strip()


def _due(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return day.strftime("%m-%d" if day.year == today.year else "%Y-%m-%d")


def _flags(found: Any) -> Iterable[tuple[str, str]]:
    if found.listed_level is not None and found.delisted_on is None:
        yield "listed", f"{found.listed_level.label}挂牌督办"
    if found.changed_since_signed:
        yield "changed", f"签后有变更 {found.changed_since_signed} 处"
    if found.imported:
        yield "imported", "导入"


# --- filters and chips -----------------------------------------------------------------------------------------


def selects_of(
    asked: Conditions, regions: Sequence[tuple[str, str]], channels: Iterable[Channel] = Channel
) -> list[Select]:
    """The filters of one line; a region is offered only where there is a choice."""
    due = "overdue" if asked.overdue else "" if asked.due_within is None else str(asked.due_within)
    dues = DUE_CHOICES if due in {"", *(value for value, _ in DUE_CHOICES)} else (*DUE_CHOICES, (due, f"{due} 天内"))
    found = [
        Select("state", "状态", _labels(State), _value(asked.state)),
        Select("grade", "等级", _labels(Grade), _value(asked.grade)),
        Select("due", "期限", dues, due),
        Select("sector", "行业领域", [(sector, sector) for sector in SECTORS], asked.sector),
        Select("channel", "来源", _labels(channels), _value(asked.channel)),
    ]
    if regions:
        found.insert(4, Select("region", "区域", regions, asked.region))
    return found


def only_choices(*, is_enterprise: bool) -> list[tuple[str, str]]:
    """What may be looked for in particular; only an enterprise is landlord or client."""
    return _labels(only for only in Only if is_enterprise or only is not Only.CONCERNS)


def listing_choices() -> list[tuple[str, str]]:
    """The levels of listing to filter by."""
    return [(ANY_LISTING, "挂牌督办"), *((level.value, f"{level.label}挂牌督办") for level in ListingLevel)]


def _labels(members: Iterable[Label]) -> list[tuple[str, str]]:
    return [(member.value, member.label) for member in members]


def _value(member: Label | None) -> str:
    return member.value if member is not None else ""


def chips_of(asked: Conditions, names: dict[str, str]) -> list[tuple[str, Conditions]]:
    """Each condition in words with the list without it; `names` gives the words of a region and an enterprise."""
    words: dict[str, str] = {
        "words": f"“{asked.words}”" if asked.words else "",
        "state": _label(asked.state),
        "grade": _label(asked.grade),
        "tier": f"{asked.tier.label}清单" if asked.tier else "",
        "channel": _label(asked.channel),
        "sector": asked.sector,
        "region": names.get("region") or asked.region,
        "enterprise": names.get("enterprise") or asked.enterprise,
        "listed": dict(listing_choices()).get(asked.listed, ""),
        "overdue": "已逾期" if asked.overdue else "",
        "due_within": _within(asked.due_within),
        "recurring": "再次出现的" if asked.recurring else "",
        "only": _label(asked.only),
        "found_from": f"发现时间 {asked.found_from} 起" if asked.found_from else "",
        "found_to": f"发现时间 {asked.found_to} 止" if asked.found_to else "",
        "import_id": f"第 {asked.import_id} 次导入" if asked.import_id is not None else "",
    }
    return [(label, without(asked, name)) for name, label in words.items() if label]


def _label(member: Label | None) -> str:
    return member.label if member is not None else ""


def _within(days: int | None) -> str:
    if days is None:
        return ""
    return f"{days} 天内到期" if days else "今天到期"


def order_of(asked: Conditions) -> tuple[str, str]:
    """The value and the words of the present order."""
    value = ("-" if asked.descending else "") + asked.sort.value
    return value, dict(ORDERS)[value]


def sorts_of(asked: Conditions, link: Link) -> dict[str, tuple[str, str | None]]:
    """Heads that sort, by column of the table: the address, and how it is sorted now."""
    return {
        column: (link(_turned(asked, sort)), _direction(asked, sort))
        for column, sort in (("number", SortBy.NUMBER), ("due", SortBy.DEADLINE))
    }


def _turned(asked: Conditions, sort: SortBy) -> Conditions:
    return replace(asked, sort=sort, descending=asked.sort is sort and not asked.descending)


def _direction(asked: Conditions, sort: SortBy) -> str | None:
    if asked.sort is not sort:
        return None
    return "descending" if asked.descending else "ascending"


# --- nothing found ---------------------------------------------------------------------------------------------

_EMPTY: dict[View, tuple[str, str]] = {
    View.OPEN: ("没有未销号的隐患", "您能看到的隐患都已销号，或者还没有上报过。"),
    View.MINE: ("没有等您处理的隐患", "轮到您受理、整改、验收或签批时会列在这里。"),
    View.OVERDUE: ("没有逾期的隐患", "整改期限过后仍未验收的会列在这里。"),
    View.SOON: ("三天内没有到期的隐患", "整改期限在三天之内、还没有验收的会列在这里。"),
    View.MAJOR: ("没有未销号的重大隐患", "上报时拟判为重大的，从上报起就列在这里。"),
    View.CHANGED: ("没有签后有变更的隐患", "签过以后位置、描述、方案、整改情况等又改了的，在下一次签批之前列在这里。"),
    View.CLOSED: ("还没有已销号的隐患", "验收后经签批销号的会列在这里。"),
    View.ALL: ("还没有隐患", "上报或导入后会列在这里。"),
}


def empty_words(view: View) -> tuple[str, str]:
    """Why a view without further conditions is empty: a title and a sentence."""
    return _EMPTY[view]
