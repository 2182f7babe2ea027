"""Who answered for the list of a hazard at a moment, as it was written down when it changed.

Two things say it: a move up names the owner on the list left and on the new one (TierMove), a hand-over its leaver and
its receiver (its event). A list that neither touched has the owner the hazard names, also once it is cleared. Of a
move from before it named the owner on the list left, that owner is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from accounts.models import Person
from core.db import db
from core.models import Event
from hazards.models import TierMove
from hazards.open_work import LIST


class _Change(NamedTuple):
    """From when a list was in whose care, and in whose it was before."""

    at: datetime
    before: int | None
    after: int | None


def owners_at(standing: Mapping[int, int | None], moment: datetime) -> dict[int, str]:
    """Names of the owners just before a moment, "" where nobody or unknown; `standing` is the owner of each now.

    Two queries for all, inside a scope that may read them, and one for the names.
    """
    ids = list(standing)
    changes: defaultdict[int, list[_Change]] = defaultdict(list)
    for hazard_id, change in (*_moves(ids), *_hand_overs(ids)):
        changes[hazard_id].append(change)
    owners = {id_: _owner(sorted(changes[id_], key=lambda one: one.at), now, moment) for id_, now in standing.items()}
    wanted = {owner for owner in owners.values() if owner is not None}
    people = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    names = {person.id: person.name for person in people}
    return {id_: "" if owner is None else names.get(owner, "") for id_, owner in owners.items()}


def _owner(changes: Sequence[_Change], now: int | None, moment: datetime) -> int | None:
    earlier = [change for change in changes if change.at < moment]
    if earlier:
        return earlier[-1].after
    return changes[0].before if changes else now


def _moves(ids: Sequence[int]) -> Iterator[tuple[int, _Change]]:
    wanted = select(TierMove.hazard_id, TierMove.at, TierMove.from_owner_id, TierMove.owner_id).where(
        TierMove.hazard_id.in_(ids)
    )
    for hazard_id, at, before, after in db.session.execute(wanted.order_by(TierMove.id)):
        yield hazard_id, _Change(at, before, after)


def _hand_overs(ids: Sequence[int]) -> Iterator[tuple[int, _Change]]:
    own = (Event.subject_kind == "hazard", Event.subject_id.in_(ids), Event.kind == "hand_over")
    for hazard_id, at, content in db.session.execute(
        select(Event.subject_id, Event.at, Event.content).where(*own).order_by(Event.subject_id, Event.seq)
    ):
        if LIST in content["what"]:
            yield hazard_id, _Change(at, content["leaver"], content["receiver"])
