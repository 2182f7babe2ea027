"""What may be asked of the list of hazards, and the conditions on rows that this becomes.

The text of a condition depends on which fields are asked, not on their values: those are parameters, so that the same
question of another day or another person is the same statement (`core/prepared.py`). Words are found by the index of
`hazards/search.py`, whose newest hits the other conditions then narrow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Integer, String, bindparam, false, func, literal_column, or_, select

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.queries import region_path
from core.db import among, ids_text
from core.scope import end_of_subtree
from core.uscc import normal_uscc
from hazards.models import Hazard, HazardStanding, Waiting, Watch
from hazards.models.partial import OPEN
from hazards.search import Hits, hits_of
from hazards.waiting import Mine, is_theirs, shape_of_actor, their_values
from workflows.colours import SOON_DAYS
from workflows.deadlines import RUNNING
from workflows.vocabulary import Channel, Grade, Label, ListingLevel, State, Tier

NONE: Final = literal_column("0", Integer)  # written out, so that the index of the few is found
LONGEST_ID: Final = 11  # digits; a longer number is no id but the beginning of a code


class View(Label):
    """A saved filter."""

    OPEN = "open", "全部未销号"
    MINE = "mine", "等我处理"
    OVERDUE = "overdue", "已逾期"
    SOON = "soon", "三天内到期"
    MAJOR = "major", "重大"
    CHANGED = "changed", "签后有变更"
    CLOSED = "closed", "已销号"
    ALL = "all", "全部"


class SortBy(Label):
    """What the list is ordered by."""

    DEADLINE = "deadline", "整改期限"
    FOUND = "found", "发现时间"
    NUMBER = "number", "编号"


class Only(Label):
    """What is looked for in particular, in whatever view."""

    CONCERNS = "concerns", "涉及我们的"
    FOLLOWED = "followed", "我关注的"
    MISSED = "missed", "管控漏检的"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked of the list. `due` is 0 for overdue, else due within that many days from today."""

    view: View = View.OPEN
    words: str = ""
    state: State | None = None
    grade: Grade | None = None
    tier: Tier | None = None
    channel: Channel | None = None
    sector: str = ""
    region: str = ""
    enterprise: str = ""
    listed: str = ""
    overdue: bool = False
    recurring: bool = False
    due_within: int | None = None
    found_from: date | None = None
    found_to: date | None = None
    import_id: int | None = None
    only: Only | None = None
    sort: SortBy = SortBy.DEADLINE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at the list and when; `behind` are the persons deputised, `mine` what waits for them where it was read.

    What words find is kept while they look.
    """

    actor: Actor
    today: date
    behind: tuple[int, ...] = ()
    mine: Mine | None = None
    _found: dict[str, tuple[Hits, str]] = field(default_factory=dict, compare=False, repr=False)

    def hits(self, words: str) -> Hits:
        """What these words find."""
        return self._hits(words)[0]

    def hits_text(self, words: str) -> str:
        """The ids of that, as conditions take them."""
        return self._hits(words)[1]

    def _hits(self, words: str) -> tuple[Hits, str]:
        if words not in self._found:
            found = hits_of(words)
            self._found[words] = found, ids_text(found.ids)
        return self._found[words]


def in_view(asked: Conditions, view: View) -> Conditions:
    """The same list in another view: what the view itself settles is dropped from the conditions."""
    settled: dict[str, Any] = {"view": view, "state": None}
    if view in (View.OVERDUE, View.SOON, View.CLOSED):
        settled |= {"overdue": False, "due_within": None}
    if view is View.MAJOR:
        settled["grade"] = None
    return replace(asked, **settled)


# --- what is asked, as conditions on rows ----------------------------------------------------------------------

_SOME_DAY: Final = date(2000, 1, 1)
_FROM: Final = bindparam("found_from", type_=Date)
_TO: Final = bindparam("found_to", type_=Date)
_TODAY: Final = bindparam("today", type_=Date)


def shape_of(asked: Conditions) -> Conditions:
    """The question without its values: what the text of its conditions depends on."""
    return replace(
        asked,
        words="?" if asked.words else "",
        region="?" if asked.region else "",
        enterprise=("0" if is_id(asked.enterprise) else "?") if asked.enterprise else "",
        due_within=None if asked.due_within is None else 0,
        found_from=None if asked.found_from is None else _SOME_DAY,
        found_to=None if asked.found_to is None else _SOME_DAY,
    )


def shape_of_looking(who: Looking) -> Looking:
    """Who looks, without the values."""
    return Looking(shape_of_actor(who.actor), _SOME_DAY, mine=None if who.mine is None else Mine())


def values_of(who: Looking, *asked: Conditions) -> dict[str, Any]:
    """The values of the parameters in `conditions_on`, by name, of one list or of several.

    What two of them ask of the same field must be the same.
    """
    values = _values_of_looking(who)
    for one in asked:
        for name, value in _values_of_asked(one, who).items():
            if values.setdefault(name, value) != value:
                raise ValueError(f"two values of {name}")
    return values


def _values_of_looking(who: Looking) -> dict[str, Any]:
    days = {"today": who.today, "soon_until": who.today + timedelta(days=SOON_DAYS)}
    mine = {"mine": who.mine.ids} if who.mine is not None else {}
    return {**days, **their_values(who.actor, who.behind), **mine}


def _values_of_asked(asked: Conditions, who: Looking) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if asked.due_within is not None:
        values["due_until"] = who.today + timedelta(days=asked.due_within)
    if asked.found_from is not None:
        values["found_from"] = asked.found_from
    if asked.found_to is not None:
        values["found_to"] = asked.found_to
    if asked.region:
        path = region_path(asked.region) or ""
        values |= {"region": path, "region_end": end_of_subtree(path) if path else ""}
    if asked.words:
        values["hits"] = who.hits_text(asked.words)
    return values | _values_of_firm(asked.enterprise)


def _values_of_firm(text: str) -> dict[str, Any]:
    if is_id(text):
        return {"firm": int(text)}
    if not text:
        return {}
    return {"firm_name": f"%{_escaped(text.lower())}%", "firm_code": f"{_escaped(normal_uscc(text) or text)}%"}


def _escaped(text: str) -> str:
    return "".join(f"/{character}" if character in "%_/" else character for character in text)


def conditions_on(asked: Conditions, who: Looking) -> list[ColumnElement[bool]]:
    """Every condition that holds together; `values_of` gives the values of its parameters."""
    found = [*_of_view(asked.view, who), *_of_codes(asked, who), *_of_days(asked), *_of_words(asked)]
    return [*found, _only(asked.only, who)] if asked.only is not None else found


def _only(only: Only, who: Looking) -> ColumnElement[bool]:
    """As landlord or client, followed by whoever looks, or with a check of the interim controls missed."""
    if only is Only.CONCERNS:
        return Hazard.concerned_id == bindparam("organisation") if who.actor.enterprise_id is not None else false()
    if only is Only.FOLLOWED:
        return Hazard.id.in_(select(Watch.hazard_id).where(Watch.person_id == bindparam("self")))
    return Hazard.control_missed > 0


def _of_view(view: View, who: Looking) -> list[ColumnElement[bool]]:
    if view is View.ALL:
        return []
    if view is View.CLOSED:
        return [Hazard.state == State.CLOSED]
    is_open = Hazard.state.in_(OPEN)
    if view is View.MINE:
        return [is_open, _is_mine(who)]
    if view is View.OVERDUE:
        return _overdue()
    if view is View.SOON:
        return _due_until("soon_until")
    if view is View.CHANGED:
        return [is_open, Hazard.changed_since_signed > NONE]
    return [is_open, Hazard.grade == Grade.MAJOR] if view is View.MAJOR else [is_open]


def _is_mine(who: Looking) -> ColumnElement[bool]:
    if who.mine is not None:
        return among(Hazard.id, "mine")
    return Hazard.id.in_(select(Waiting.hazard_id).where(is_theirs(who.actor)))


def _overdue() -> list[ColumnElement[bool]]:
    return [*_running(), Hazard.deadline < _TODAY]


def _due_until(name: str) -> list[ColumnElement[bool]]:
    return [*_running(), Hazard.deadline.between(_TODAY, bindparam(name, type_=Date))]


def _running() -> list[ColumnElement[bool]]:
    """Open and with a deadline that counts; said twice, since the indexes are of the open ones."""
    return [Hazard.state.in_(OPEN), Hazard.state.in_(sorted(RUNNING))]


def _of_codes(asked: Conditions, who: Looking) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (Hazard.state, asked.state),
            (Hazard.grade, asked.grade),
            (Hazard.sector, asked.sector or None),
            (Hazard.import_id, asked.import_id),
        )
        if value is not None
    ]
    if asked.tier is not None:
        wanted.append(Hazard.standing.has(HazardStanding.tier == asked.tier))
    if asked.recurring:
        wanted.append(Hazard.recurrence_of_id.is_not(None))
    if asked.region:
        ends = bindparam("region", type_=String), bindparam("region_end", type_=String)
        wanted += [Hazard.region_path >= ends[0], Hazard.region_path < ends[1]]
    return wanted + _of_channel(asked.channel, who) + _of_listing(asked.listed)


def _of_channel(channel: Channel | None, who: Looking) -> list[ColumnElement[bool]]:
    """To an enterprise a complaint's hazard is one of a check like any other (domain.md §3)."""
    if channel is None:
        return []
    if who.actor.enterprise_id is not None and not channel.is_self_found:
        return [Hazard.channel != Channel.SELF_INSPECTION]
    return [Hazard.channel == channel]


def _of_listing(listed: str) -> list[ColumnElement[bool]]:
    if not listed:
        return []
    level = [Hazard.listed_level == level for level in ListingLevel if level.value == listed]
    return [Hazard.listed_level.is_not(None), Hazard.delisted_on.is_(None), *level]


def _of_days(asked: Conditions) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.overdue:
        wanted += _overdue()
    if asked.due_within is not None:
        wanted += _due_until("due_until")
    if asked.found_from is not None:
        wanted.append(Hazard.found_on >= _FROM)
    if asked.found_to is not None:
        wanted.append(Hazard.found_on <= _TO)
    return wanted


def _of_words(asked: Conditions) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if is_id(asked.enterprise):
        wanted.append(Hazard.enterprise_id == bindparam("firm", type_=Hazard.enterprise_id.type))
    elif asked.enterprise:
        named = func.lower(Enterprise.name).like(bindparam("firm_name", type_=String), escape="/")
        coded = Enterprise.uscc.like(bindparam("firm_code", type_=String), escape="/")
        wanted.append(Hazard.enterprise_id.in_(select(Enterprise.id).where(or_(named, coded))))
    if asked.words:
        wanted.append(among(Hazard.id, "hits"))
    return wanted


def is_id(text: str) -> bool:
    """Whether an enterprise is asked for by its id rather than by its name or code."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
