"""How a person works with the list: saved filters, own and shared, the columns, and what the list opens with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy import Integer, bindparam, select

from accounts.access import Actor
from accounts.queries import person_labels
from core.db import Id, db
from core.prepared import Prepared
from core.refusals import NotFound
from hazards.columns import Columns, chosen
from hazards.models import ListPreference, SavedFilter

SHOWN: Final = 12  # beside the standard views; the others stand on the page of filters


@dataclass(frozen=True, slots=True)
class Kept:
    """One saved filter as the list shows it."""

    id: int
    name: str
    query: str
    shared: bool
    is_own: bool
    owner_id: int


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything the list asks of them, read in two queries."""

    columns: Columns
    opens_with: str | None
    filters: tuple[Kept, ...]


def preferences_of(actor: Actor, limit: int = SHOWN) -> Preferences:
    """The person's own, and the filters that others of the organisation share; own ones first, by name."""
    row = _preference.first(person=actor.person_id)
    columns, opens_with = (row.columns, row.opens_with) if row is not None else (None, None)
    return Preferences(chosen(columns), opens_with, kept_filters(actor, limit))


def kept_filters(actor: Actor, limit: int = 200) -> tuple[Kept, ...]:
    """Saved filters the person sees: own ones first, by name."""
    return tuple(
        Kept(row.id, row.name, row.query, row.shared, row.person_id == actor.person_id, row.person_id)
        for row in _filters.all(person=actor.person_id, most=limit)
    )


_PERSON: Final = bindparam("person", type_=Id)
_preference = Prepared(
    lambda: select(ListPreference.columns, ListPreference.opens_with).where(ListPreference.person_id == _PERSON)
)
_filters = Prepared(
    lambda: (
        select(SavedFilter.id, SavedFilter.name, SavedFilter.query, SavedFilter.shared, SavedFilter.person_id)
        .order_by(SavedFilter.person_id != _PERSON, SavedFilter.name, SavedFilter.id)
        .limit(bindparam("most", type_=Integer))
    )
)


def own_filter(filter_id: int, actor: Actor) -> SavedFilter:
    """The person's own filter of this id; `NotFound` else."""
    wanted = select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.person_id == actor.person_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("找不到这个常用筛选，或者它是别人的。")
    return found


def owners_of(filters: tuple[Kept, ...]) -> dict[int, str]:
    """By whom the shared ones of others are shared, by person."""
    others = {kept.owner_id for kept in filters if not kept.is_own}
    return {person: label.name for person, label in person_labels(others).items()} if others else {}


def args_of(query: str) -> Mapping[str, str]:
    """A kept query string as the list reads it."""
    return dict(parse_qsl(query))
