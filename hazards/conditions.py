"""What may be asked of the list of hazards, and the conditions on rows that this becomes.

The search of words is a LIKE: it reads rows until a page is full, so it is bounded by the scope and by the page, not
by an index. At most five words count, and each must be found in the number, the description or the enterprise's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, select

from accounts.access import Actor
from accounts.models import Enterprise, Region
from core.db import db
from core.scope import subtree
from core.uscc import normal_uscc
from hazards.models import Hazard, Waiting, Watch
from hazards.waiting import is_theirs
from workflows.colours import SOON_DAYS
from workflows.deadlines import RUNNING
from workflows.vocabulary import OPEN_STATES, Channel, Grade, Label, ListingLevel, State, Tier

MOST_WORDS: Final = 5
LONGEST_ID: Final = 11  # digits; a longer number is no id but the beginning of a code


class View(Label):
    """A saved filter."""

    OPEN = "open", "全部未销号"
    MINE = "mine", "等我处理"
    OVERDUE = "overdue", "已逾期"
    SOON = "soon", "三天内到期"
    MAJOR = "major", "重大"
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
    """Who looks at the list and when; `behind` are the persons deputised."""

    actor: Actor
    today: date
    behind: tuple[int, ...] = ()


def in_view(asked: Conditions, view: View) -> Conditions:
    """The same list in another view: what the view itself settles is dropped from the conditions."""
    settled: dict[str, Any] = {"view": view, "state": None}
    if view in (View.OVERDUE, View.SOON, View.CLOSED):
        settled |= {"overdue": False, "due_within": None}
    if view is View.MAJOR:
        settled["grade"] = None
    return replace(asked, **settled)


# --- what is asked, as conditions on rows ----------------------------------------------------------------------


def conditions_on(asked: Conditions, who: Looking) -> list[ColumnElement[bool]]:
    """Every condition that holds together."""
    found = [*_of_view(asked.view, who), *_of_codes(asked, who), *_of_days(asked, who.today), *_of_words(asked)]
    return [*found, _only(asked.only, who)] if asked.only is not None else found


def _only(only: Only, who: Looking) -> ColumnElement[bool]:
    """As landlord or client, followed by whoever looks, or with a check of the interim controls missed."""
    if only is Only.CONCERNS:
        return Hazard.concerned_id == who.actor.enterprise_id if who.actor.enterprise_id is not None else false()
    if only is Only.FOLLOWED:
        return Hazard.id.in_(select(Watch.hazard_id).where(Watch.person_id == who.actor.person_id))
    return Hazard.control_missed > 0


def _of_view(view: View, who: Looking) -> list[ColumnElement[bool]]:
    if view is View.ALL:
        return []
    if view is View.CLOSED:
        return [Hazard.state == State.CLOSED]
    is_open = Hazard.state.in_(sorted(OPEN_STATES))
    if view is View.MINE:
        mine = select(Waiting.hazard_id).where(is_theirs(who.actor, who.behind))
        return [is_open, Hazard.id.in_(mine)]
    if view is View.OVERDUE:
        return _overdue(who.today)
    if view is View.SOON:
        return _due_within(who.today, SOON_DAYS)
    return [is_open, Hazard.grade == Grade.MAJOR] if view is View.MAJOR else [is_open]


def _overdue(today: date) -> list[ColumnElement[bool]]:
    return [Hazard.state.in_(sorted(RUNNING)), Hazard.deadline < today]


def _due_within(today: date, days: int) -> list[ColumnElement[bool]]:
    return [Hazard.state.in_(sorted(RUNNING)), Hazard.deadline.between(today, today + timedelta(days=days))]


def _of_codes(asked: Conditions, who: Looking) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (Hazard.state, asked.state),
            (Hazard.grade, asked.grade),
            (Hazard.tier, asked.tier),
            (Hazard.sector, asked.sector or None),
            (Hazard.import_id, asked.import_id),
        )
        if value is not None
    ]
    if asked.recurring:
        wanted.append(Hazard.recurrence_of_id.is_not(None))
    if asked.region:
        path = db.session.scalar(select(Region.path).where(Region.code == asked.region))
        wanted.append(subtree(Hazard.region_path, path) if path else false())
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


def _of_days(asked: Conditions, today: date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.overdue:
        wanted += _overdue(today)
    if asked.due_within is not None:
        wanted += _due_within(today, asked.due_within)
    if asked.found_from is not None:
        wanted.append(Hazard.found_on >= asked.found_from)
    if asked.found_to is not None:
        wanted.append(Hazard.found_on <= asked.found_to)
    return wanted


def _of_words(asked: Conditions) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if is_id(asked.enterprise):
        wanted.append(Hazard.enterprise_id == int(asked.enterprise))
    elif asked.enterprise:
        wanted.append(_firm_named(asked.enterprise))
    for word in asked.words.split()[:MOST_WORDS]:
        numbered = Hazard.number.istartswith(word, autoescape=True)
        wanted.append(or_(numbered, Hazard.description.icontains(word, autoescape=True), _firm_named(word)))
    return wanted


def is_id(text: str) -> bool:
    """Whether an enterprise is asked for by its id rather than by its name or code."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def _firm_named(text: str) -> ColumnElement[bool]:
    named = Enterprise.name.icontains(text, autoescape=True)
    coded = Enterprise.uscc.startswith(normal_uscc(text) or text, autoescape=True)
    return Hazard.enterprise_id.in_(select(Enterprise.id).where(or_(named, coded)))
