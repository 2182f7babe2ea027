"""Keeping filters of the list, sharing them with the own organisation, and choosing columns: wishes, no records."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select

from accounts.access import Actor
from core.db import db
from core.refusals import Invalid
from hazards.columns import Columns, keys_of
from hazards.models import ListPreference, SavedFilter
from hazards.preferences import own_filter

MOST: Final = 30
LONGEST_NAME: Final = 20


def save_filter(name: str, query: str, *, shared: bool, by: Actor, now: datetime) -> SavedFilter:
    """Keep a list under a name of one's own."""
    _check(name, by, besides=None)
    mine = select(func.count()).select_from(SavedFilter).where(SavedFilter.person_id == by.person_id)
    if (db.session.scalar(mine) or 0) >= MOST:
        raise Invalid(f"常用筛选最多 {MOST} 个。请先删除不用的。")
    kept = SavedFilter(
        person_id=by.person_id,
        enterprise_id=by.enterprise_id,
        regulator_id=by.regulator_id,
        name=name,
        query=query,
        shared=shared,
        saved_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def change_filter(filter_id: int, name: str, *, shared: bool, by: Actor) -> None:
    """Call one's own filter otherwise, share it or take it back to oneself."""
    kept = own_filter(filter_id, by)
    _check(name, by, besides=kept.id)
    kept.name, kept.shared = name, shared
    kept.enterprise_id, kept.regulator_id = by.enterprise_id, by.regulator_id


def remove_filter(filter_id: int, *, by: Actor) -> tuple[str, str]:
    """Take one's own filter away; its name and query, so that it can be kept again."""
    kept = own_filter(filter_id, by)
    was = (kept.name, kept.query)
    db.session.execute(
        delete(SavedFilter).where(SavedFilter.id == kept.id), execution_options={"synchronize_session": False}
    )
    preference = _preference(by)
    if preference.opens_with == was[1]:
        preference.opens_with = None
    return was


def open_with(query: str | None, *, by: Actor) -> None:
    """What the list opens with when nothing is asked for; None for everything that is open."""
    _preference(by).opens_with = query


def choose_columns(columns: Columns | None, *, by: Actor) -> None:
    """The columns this person wants; None for the usual ones."""
    _preference(by).columns = None if columns is None else list(keys_of(columns))


def _preference(by: Actor) -> ListPreference:
    kept = db.session.scalar(select(ListPreference).where(ListPreference.person_id == by.person_id))
    if kept is None:
        kept = ListPreference(person_id=by.person_id)
        db.session.add(kept)
    return kept


def _check(name: str, by: Actor, *, besides: int | None) -> None:
    if not name:
        raise Invalid("请填名称。", fields={"name": "请填名称。"})
    if len(name) > LONGEST_NAME:
        raise Invalid("名称太长。", fields={"name": f"最多 {LONGEST_NAME} 个字。"})
    same = select(SavedFilter.id).where(SavedFilter.person_id == by.person_id, SavedFilter.name == name)
    found = db.session.scalar(same)
    if found is not None and found != besides:
        raise Invalid("名称已有。", fields={"name": f"您已有名为“{name}”的常用筛选。请换一个名称。"})
