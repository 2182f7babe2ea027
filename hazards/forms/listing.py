"""The address of a list and what it asks: read from the query string, and written back into every link.

Whatever cannot be read is left out, so that an old or mistyped link still shows a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from accounts.rules import SECTORS
from hazards.conditions import Conditions, Only, SortBy, View
from hazards.forms.cleaning import member, one_line
from hazards.listing import Key
from workflows.vocabulary import OPEN_STATES, Channel, Grade, ListingLevel, State, Tier

LONGEST: Final = 100
FARTHEST_DAYS: Final = 366
ANY_LISTING: Final = "any"
_NOTHING = Conditions()
_LISTINGS = {ANY_LISTING, *(level.value for level in ListingLevel)}


def read_conditions(args: Mapping[str, str]) -> Conditions:
    """What a query string asks. Without a view, words are searched in everything; a state decides over the view."""
    words = _text(args, "q")
    state = member(State, args.get("state"))
    view = member(View, args.get("view")) or (View.ALL if words else View.OPEN)
    if state is not None and not _fits(view, state):
        view = View.ALL
    sector, listed, sort = _text(args, "sector"), args.get("listed", ""), args.get("sort", "")
    return Conditions(
        view=view,
        words=words,
        state=state,
        grade=member(Grade, args.get("grade")),
        tier=member(Tier, args.get("tier")),
        channel=member(Channel, args.get("channel")),
        sector=sector if sector in SECTORS else "",
        region=_code(args, "region"),
        enterprise=_text(args, "enterprise"),
        listed=listed if listed in _LISTINGS else "",
        overdue=args.get("due") == "overdue",
        recurring=args.get("recurring") == "1",
        due_within=_days(args.get("due", "")),
        found_from=_day(args.get("found_from", "")),
        found_to=_day(args.get("found_to", "")),
        import_id=_id(args.get("import", "")),
        only=member(Only, args.get("only")),
        sort=member(SortBy, sort.removeprefix("-")) or SortBy.DEADLINE,
        descending=sort.startswith("-"),
    )


def _fits(view: View, state: State) -> bool:
    if view is View.ALL:
        return True
    return state is State.CLOSED if view is View.CLOSED else state in OPEN_STATES


def query_of(asked: Conditions) -> dict[str, str]:
    """The query string that asks this again; what is preset is left out."""
    due = "overdue" if asked.overdue else "" if asked.due_within is None else str(asked.due_within)
    named: dict[str, Any] = {
        "view": "" if asked.view is (View.ALL if asked.words else View.OPEN) else asked.view.value,
        "q": asked.words,
        "due": due,
        "recurring": "1" if asked.recurring else "",
        "sort": ("-" if asked.descending else "") + ("" if _is_usual(asked) else asked.sort.value),
    }
    for name in ("state", "grade", "tier", "channel", "only"):
        value = getattr(asked, name)
        named[name] = value.value if value is not None else ""
    for name in ("sector", "region", "enterprise", "listed"):
        named[name] = getattr(asked, name)
    for name in ("found_from", "found_to"):
        value = getattr(asked, name)
        named[name] = value.isoformat() if value is not None else ""
    named["import"] = "" if asked.import_id is None else str(asked.import_id)
    return {name: value for name, value in named.items() if value}


def _is_usual(asked: Conditions) -> bool:
    return asked.sort is SortBy.DEADLINE and not asked.descending


def without(asked: Conditions, name: str) -> Conditions:
    """The list without one of its conditions, by the name of its field."""
    start: dict[str, Any] = {name: getattr(_NOTHING, name)}
    return replace(asked, **start)


# --- where a page begins ---------------------------------------------------------------------------------------


def read_key(args: Mapping[str, str], sort: SortBy) -> Key | None:
    """The key of a page (`after` or `before` in the query string); None for the first page."""
    for name, backwards in (("after", False), ("before", True)):
        value, mark, row = args.get(name, "")[:80].rpartition("~")
        if mark and row.isascii() and row.isdigit() and len(row) < 16:
            typed = _sort_value(value, sort)
            if typed is not None or not value:
                return Key(typed, int(row), backwards)
    return None


def key_query(key: Key) -> dict[str, str]:
    """The key as part of a query string."""
    value = "" if key.value is None else str(key.value)
    return {"before" if key.backwards else "after": f"{value}~{key.id}"}


def _sort_value(text: str, sort: SortBy) -> date | str | None:
    return one_line(text) or None if sort is SortBy.NUMBER else _day(text)


# --- single values ---------------------------------------------------------------------------------------------


def _text(args: Mapping[str, str], name: str) -> str:
    return one_line(args.get(name, "")[:LONGEST])


def _code(args: Mapping[str, str], name: str) -> str:
    code = args.get(name, "")
    return code if code.isascii() and code.isdigit() and len(code) <= 12 else ""


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _days(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 3
    return min(int(text), FARTHEST_DAYS) if is_number else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
