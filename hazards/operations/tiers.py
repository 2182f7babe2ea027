"""On which list a hazard stands (日周月季): the only place, beside the move itself, that changes it.

It enters the day's list of its team when it is reported, stands higher at once where a later deadline is approved,
leaves once it is verified or dismissed, and comes back to the list it left. It never moves down (workflows/cadence.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from accounts.models import Person
from accounts.news import PersonLeft, RolesChanged, ShiftsChanged, UnitClosed
from core.bulk import change_rows
from core.calendar import CalendarLoaded
from core.changes import PreparedInsert
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.outbox import tell
from core.scope import everything
from hazards.listed import Lists
from hazards.models import Hazard, HazardStanding, TierMove
from workflows.cadence import ORDER, Standing, entry, held, holding, is_listed, reentry
from workflows.deadlines import RUNNING
from workflows.vocabulary import State, Tier

AT_ONCE: Final = 1000
LISTED: Final = sorted(RUNNING)


def enter(hazard: Hazard, *, now: datetime) -> None:
    """A new hazard stands on the day's list of its team; of the next shift, if it was found late in the day."""
    enter_all((hazard,), now=now)


def enter_all(hazards: Sequence[Hazard], *, now: datetime) -> None:
    """The same for several that come in together: who answers and when they work is read once."""
    lists = Lists({one.enterprise_id for one in hazards}, has_units=any(one.unit_id is not None for one in hazards))
    for hazard in hazards:
        shifts = lists.shifts(hazard.enterprise_id, hazard.unit_id)
        found = hazard.found_at or now
        # what was found on an earlier day comes onto the list of the day on which it is reported
        _stand(hazard, entry(found if shifts.day_of(found) == shifts.day_of(now) else now, shifts), lists)


def hold(hazard: Hazard, deadline: date, *, now: datetime) -> None:
    """With a deadline beyond its list's period it stands on the list whose period holds the deadline; never lower."""
    hold_all(((hazard, deadline),), now=now)


def hold_all(deadlines: Sequence[tuple[Hazard, date]], *, now: datetime) -> None:
    """The same for several at once (a file's deadlines): who answers and when they work is read once."""
    rising = [(hazard, deadline) for hazard, deadline in deadlines if _could_rise(standing_of(hazard), deadline, now)]
    if not rising:
        return
    firms = {hazard.enterprise_id for hazard, _ in rising}
    lists = Lists(firms, has_units=any(hazard.unit_id is not None for hazard, _ in rising))
    moves = (_held(hazard, deadline, lists, now) for hazard, deadline in rising)
    _moves.put([move for move in moves if move is not None])


def _held(hazard: Hazard, deadline: date, lists: Lists, now: datetime) -> TierMove | None:
    at = standing_of(hazard)
    then = held(at, deadline, lists.shifts(hazard.enterprise_id, hazard.unit_id).day_of(now))
    if then == at:
        return None
    owner = hazard.list_owner_id
    _stand(hazard, then, lists)
    if not is_listed(hazard.state):
        hazard.tier_until = None  # returned or reopened it enters in a moment
    return TierMove(
        hazard_id=hazard.id,
        enterprise_id=hazard.enterprise_id,
        unit_id=hazard.unit_id,
        region_path=hazard.region_path,
        on_day=then.since,
        at=now,
        from_tier=at.tier,
        to_tier=then.tier,
        from_owner_id=owner,
        owner_id=hazard.list_owner_id,
    )


_moves = PreparedInsert(TierMove)


def _could_rise(at: Standing, deadline: date, now: datetime) -> bool:
    """Whether any way of working could lift it: a night shift's day may still be yesterday."""
    earliest = max(at.since, shanghai_day(now) - timedelta(days=1))
    return ORDER.index(holding(deadline, earliest)) > ORDER.index(at.tier)


def follow(hazard: Hazard, before: State, *, now: datetime) -> None:
    """After an act: it leaves its list, or comes back to it, as its state says."""
    if is_listed(before) and not is_listed(hazard.state):
        leave(hazard)
    elif is_listed(hazard.state) and not is_listed(before):
        re_enter(hazard, now=now)


def leave(hazard: Hazard) -> None:
    """Cleared or dismissed it stands on no list; which one it left, and in whose care it was there, is kept."""
    hazard.tier_until = None


def re_enter(hazard: Hazard, *, now: datetime) -> None:
    """Returned or reopened it stands again on the list it left."""
    lists = _lists_of(hazard)
    _stand(hazard, reentry(hazard.tier, now, lists.shifts(hazard.enterprise_id, hazard.unit_id)), lists)


def standing_of(hazard: Any) -> Standing:
    """Where a hazard (its row) stands; an old record without a day stands since it was reported."""
    return Standing(hazard.tier or Tier.DAY, hazard.tier_since or shanghai_day(hazard.reported_at))


def _lists_of(hazard: Hazard) -> Lists:
    return Lists((hazard.enterprise_id,), has_units=hazard.unit_id is not None)


def _stand(hazard: Hazard, standing: Standing, lists: Lists) -> None:
    for name, value in _columns(standing, hazard.enterprise_id, hazard.unit_id, lists).items():
        setattr(hazard, name, value)


def _columns(standing: Standing, enterprise_id: int, unit_id: int | None, lists: Lists) -> dict[str, Any]:
    return {
        "tier": standing.tier,
        "tier_since": standing.since,
        "tier_until": lists.until(standing, enterprise_id, unit_id),
        "list_owner_id": lists.owner(standing.tier, enterprise_id, unit_id),
    }


def arrivals(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> list[dict[str, Any]]:
    """The standings of hazards that come with a file, in their order: on the lists from the day they come.

    A deadline in the file holds them on the list of its period; what is verified or beyond stands on none.
    """
    lists = Lists({row["enterprise_id"] for row in rows})
    return [_arrived(row, lists, now) for row in rows]


def _arrived(row: Mapping[str, Any], lists: Lists, now: datetime) -> dict[str, Any]:
    place = row["enterprise_id"], row.get("unit_id")
    shifts = lists.shifts(*place)
    standing = entry(now, shifts)
    if row.get("deadline") is not None:
        standing = held(standing, row["deadline"], shifts.day_of(now))
    found = _columns(standing, *place, lists)
    return found if is_listed(row["state"]) else found | {"tier_until": None, "list_owner_id": None}


# --- when something below changes ------------------------------------------------------------------------------

_READ = (
    Hazard.id,
    Hazard.enterprise_id,
    Hazard.unit_id,
    HazardStanding.tier,
    HazardStanding.tier_since,
    HazardStanding.tier_until,
    HazardStanding.list_owner_id,
    Hazard.reported_at,
    Hazard.hidden,
)


def shifts_changed(news: ShiftsChanged) -> None:
    """Shifts or stops of an enterprise changed: when its hazards move up is worked out anew.

    What is due already by the new shifts moves with the next run.
    """
    with everything("lists of an enterprise whose shifts changed"):
        _reckon(Hazard.enterprise_id == news.enterprise_id)


def calendar_loaded(news: CalendarLoaded) -> None:
    """Official working days decide on which day a list that was entered around a rest day ends."""
    since = date(news.year - 1, 12, 20)
    with everything("lists of an enterprise whose shifts changed"):
        _reckon((HazardStanding.tier_since >= since) & (HazardStanding.tier != Tier.QUARTER))


def give_standing(_now: datetime) -> str:
    """The step of `flask init`: open hazards of before there were lists stand on one since they were reported."""
    without = HazardStanding.tier_until.is_(None) & (HazardStanding.tier != Tier.QUARTER)
    done, last = 0, 0
    with everything("lists of an enterprise whose shifts changed"):
        while True:
            with unit_of_work():
                rows = _chunk(without, last)
                done += _reckoned(rows)
            if not rows:
                return f"日周月季清单：{done:,} 条隐患。" if done else ""
            last = rows[-1].id


def _reckon(which: Any) -> int:
    return sum(_reckoned(rows) for rows in _chunks(which))


def _reckoned(rows: Sequence[Any]) -> int:
    lists = Lists({row.enterprise_id for row in rows})
    changed = []
    for row in rows:
        at = standing_of(row)
        until = lists.until(at, row.enterprise_id, row.unit_id)
        if (until, at.since) != (row.tier_until, row.tier_since):
            owner = row.list_owner_id or lists.owner(at.tier, row.enterprise_id, row.unit_id)
            changed.append((row.id, at.since, until, owner))
    _set(("id", "tier_since", "tier_until", "list_owner_id"), changed)
    return len(changed)


def person_left(news: PersonLeft) -> None:
    """The lists of a leaver pass at once to whoever answers for them now."""
    with everything("lists of an enterprise whose people changed"):
        person = db.session.get_one(Person, news.person_id)
        if person.enterprise_id is not None:
            _own_anew(person.enterprise_id, now=news.at)


def people_changed(news: RolesChanged | UnitClosed) -> None:
    """The lists of whoever no longer answers for them pass to those who do; so do those nobody answered for."""
    if news.enterprise_id is not None:
        with everything("lists of an enterprise whose people changed"):
            _own_anew(news.enterprise_id, now=news.at)


def _own_anew(enterprise_id: int, *, now: datetime) -> None:
    lists: Lists | None = None
    got: Counter[int] = Counter()
    for rows in _chunks(Hazard.enterprise_id == enterprise_id):
        lists = lists or Lists((enterprise_id,))
        changed = []
        for row in rows:
            place = row.tier, enterprise_id, row.unit_id
            if row.list_owner_id is not None and lists.may_own(row.list_owner_id, *place):
                continue
            owner = lists.owner(*place)
            if owner != row.list_owner_id:
                changed.append((row.id, owner))
                if owner is not None and row.list_owner_id is not None and not row.hidden:
                    got[owner] += 1
        _set(("id", "list_owner_id"), changed)
    for owner, count in got.items():
        text = f"人员或部门有变动，{count:,} 条隐患转入您的清单，请督促清零。"
        tell([owner], "lists", text, now=now, url="/inspections/lists/?mine=1")


def _chunks(which: Any) -> Iterator[Sequence[Any]]:
    """Rows of listed hazards by id, locked: a move at the same moment waits, or is waited for."""
    db.session.flush()
    last = 0
    while rows := _chunk(which, last):
        yield rows
        last = rows[-1].id


def _chunk(which: Any, after: int) -> Sequence[Any]:
    wanted = select(*_READ).join(Hazard.standing).where(which, Hazard.state.in_(LISTED), Hazard.id > after)
    wanted = wanted.order_by(Hazard.id).limit(AT_ONCE)
    return db.session.execute(wanted.with_for_update(of=HazardStanding)).all()


def _set(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Columns of bookkeeping alone, past the ORM; what a session already holds of them is read again."""
    change_rows(HazardStanding, names, rows)
    for row in rows:
        held_here = db.session.identity_map.get(db.session.identity_key(HazardStanding, row[0]))
        if held_here is not None:
            db.session.expire(held_here, names[1:])
