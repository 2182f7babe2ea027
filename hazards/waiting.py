"""What waits for a person now: hazards whose next act is theirs, by role or by name, earliest due first.

Rows of table `waiting` are worked out after each operation (recording.py); here they are only read. A deputy sees what
waits for the deputised by name; what waits for a role is seen by whoever holds it, since a deputy signs by an own role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from accounts.access import Actor
from accounts.models import Deputation, Enterprise
from accounts.roles import Role
from core.db import Id, among, ids_text, is_sqlite
from core.prepared import Prepared, PreparedByShape
from hazards.models import Hazard, HazardStanding, Waiting
from hazards.rules import SIGNED_AS_OPENED, WaitingFor
from workflows.vocabulary import Action, Grade, State, Tier

PAGE = 50
COUNTED = 1000  # beyond it a count says "1,000 以上"
READ = 2 * COUNTED  # rows of `waiting` read at once; a hazard has one, seldom more


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One hazard that waits for somebody; `instead_of` is the person deputised, where it is not one's own."""

    number: str
    description: str
    place: str
    enterprise_name: str
    state: State
    grade: Grade
    tier: Tier
    deadline: date | None
    provisional: bool
    what: WaitingFor
    action: Action
    step_label: str
    role: Role | None
    due_on: date | None
    since: datetime
    sender_id: int | None
    instead_of: int | None


def deputised(person_id: int, *, now: datetime) -> tuple[int, ...]:
    """For whom this person acts at this moment; asked once a request, since bar and page both need it."""
    kept = _kept("hazards.deputised")
    if person_id not in kept:
        kept[person_id] = tuple(sorted(set(_deputised.scalars(self=person_id, now=now))))
    found: tuple[int, ...] = kept[person_id]
    return found


def _kept(name: str) -> dict[int, Any]:
    """What this request has found out already, by person; nothing where there is none."""
    kept: dict[int, Any] = request.environ.setdefault(name, {}) if has_request_context() else {}
    return kept


def _deputised_now() -> Select[Any]:
    return select(Deputation.person_id).where(
        Deputation.deputy_id == bindparam("self", type_=Id),
        Deputation.starts_at <= bindparam("now"),
        Deputation.ends_at > bindparam("now"),
    )


_deputised = Prepared(_deputised_now)


_SHOWN = (
    Waiting.id,
    Waiting.what,
    Waiting.action,
    Waiting.step_label,
    Waiting.role,
    Waiting.person_id,
    Waiting.due_on,
    Waiting.since,
    Waiting.sender_id,
    Hazard.number,
    func.substr(Hazard.description, 1, 200).label("description"),
    Hazard.place,
    Hazard.state,
    Hazard.grade,
    HazardStanding.tier,
    Hazard.deadline,
    Hazard.deadline_provisional,
    Enterprise.name.label("enterprise_name"),
)


@dataclass(frozen=True, slots=True)
class Mine:
    """The hazards that wait for a person, earliest due first; `is_cut` where there are more than were read.

    `first` gives by hazard the row of `waiting` that comes first, `signs` whether a signature alone is waited for,
    `ids` the hazards as `among` takes them.
    """

    first: Mapping[int, int] = field(default_factory=dict, compare=False)
    signs: Mapping[int, bool] = field(default_factory=dict, compare=False)
    is_cut: bool = False
    ids: str = field(default="", compare=False)


def mine_of(actor: Actor, *, now: datetime, behind: tuple[int, ...] | None = None) -> Mine:
    """What waits for this person at this moment; read once a request, since rows, figures and the bar all need it."""
    kept = _kept("hazards.mine")
    found: Mine | None = kept.get(actor.person_id)
    if found is None:
        behind = deputised(actor.person_id, now=now) if behind is None else behind
        rows = _mine.of(shape_of_actor(actor)).all(most=READ + 1, **their_values(actor, behind))
        first: dict[int, int] = {}
        signs: dict[int, bool] = {}
        for row in rows:
            first.setdefault(row.hazard_id, row.id)
            signs[row.hazard_id] = signs.get(row.hazard_id, False) or bool(row.signs)
        found = kept[actor.person_id] = Mine(first, signs, len(rows) > READ, ids_text(first))
    return found


def _mine_of(actor: Actor) -> Select[Any]:
    return (
        select(Waiting.id, Waiting.hazard_id, case((signs_alone(), 1), else_=0).label("signs"))
        .where(is_theirs(actor))
        .order_by(Waiting.due_on.is_(None), Waiting.due_on, Waiting.since, Waiting.hazard_id, Waiting.id)
        .limit(bindparam("most", type_=Integer))
    )


_mine = PreparedByShape(_mine_of)


def signs_alone() -> ColumnElement[bool]:
    """Whether a signature is all that is asked, be it of a request that opens with it."""
    return or_(Waiting.what == WaitingFor.SIGN, Waiting.action.in_(sorted(SIGNED_AS_OPENED)))


def waiting_for(
    actor: Actor, *, now: datetime, limit: int = PAGE, behind: tuple[int, ...] | None = None
) -> list[WaitingItem]:
    """What waits for this person, earliest due first; at most `limit` hazards."""
    wanted = list(mine_of(actor, now=now, behind=behind).first.values())[:limit]
    rows = {row.id: row for row in _waiting.all(page=ids_text(wanted))} if wanted else {}
    return [_item(rows[one], actor) for one in wanted if one in rows]


_waiting = Prepared(
    lambda: (
        select(*_SHOWN)
        .join(Hazard, Hazard.id == Waiting.hazard_id)
        .join(Hazard.standing)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .where(among(Waiting.id, "page"))
    )
)


def count_waiting_for(
    actor: Actor, *, now: datetime, most: int = COUNTED, behind: tuple[int, ...] | None = None
) -> int:
    """How many hazards wait for this person; stops counting one beyond `most`."""
    mine: Mine | None = _kept("hazards.mine").get(actor.person_id)
    if mine is not None and not mine.is_cut:
        return min(len(mine.first), most + 1)
    behind = _kept("hazards.deputised").get(actor.person_id) if behind is None else behind
    values = their_values(actor, behind or ()) | {"most": most + 1, "now": now}
    return int(_count.of(shape_of_actor(actor), behind is None).scalar(**values) or 0)


def _count_of(actor: Actor, looks_behind: bool) -> Select[Any]:
    """Where it is not known yet for whom the person acts, the same query finds that out."""
    names: Any = _deputised_now() if looks_behind else ()
    mine = select(Waiting.hazard_id).where(is_theirs(actor, names)).distinct()
    mine = mine.limit(bindparam("most", type_=Integer))
    return select(func.count().label("number")).select_from(mine.subquery())


_count = PreparedByShape(_count_of)


def _item(row: Any, actor: Actor) -> WaitingItem:
    return WaitingItem(
        number=row.number,
        description=row.description,
        place=row.place,
        enterprise_name=row.enterprise_name or "",
        state=row.state,
        grade=row.grade,
        tier=row.tier,
        deadline=row.deadline,
        provisional=row.deadline_provisional,
        what=row.what,
        action=row.action,
        step_label=row.step_label,
        role=row.role,
        due_on=row.due_on,
        since=row.since,
        sender_id=row.sender_id,
        instead_of=row.person_id if row.person_id != actor.person_id else None,
    )


# --- whose turn it is, as a condition with parameters ----------------------------------------------------------


def shape_of_actor(actor: Actor) -> Actor:
    """What the condition's text depends on of a person: the roles and the kind of organisation."""
    return Actor(
        0,
        "",
        actor.roles,
        enterprise_id=None if actor.enterprise_id is None else 0,
        regulator_id=None if actor.regulator_id is None else 0,
    )


def their_values(actor: Actor, behind: Collection[int]) -> dict[str, Any]:
    """The values of the condition's parameters."""
    return {
        "self": actor.person_id,
        "barred": [actor.person_id],
        "persons": [actor.person_id, *behind],
        "organisation": actor.enterprise_id if actor.enterprise_id is not None else actor.regulator_id,
    }


def is_theirs(actor: Actor, names: Any = ()) -> ColumnElement[bool]:
    """By name (or by one that the query `names` gives), or by a role held in the organisation asked, and not barred."""
    by_name: ColumnElement[bool] = Waiting.person_id.in_(bindparam("persons", expanding=True))
    if isinstance(names, Select):
        by_name = or_(by_name, Waiting.person_id.in_(names))
    # said in this way, each half of the first line is found by its index
    return and_(or_(by_name, _by_role(actor)), or_(by_name, _not_barred()))


def _by_role(actor: Actor) -> ColumnElement[bool]:
    roles, organisation = sorted(actor.roles), bindparam("organisation", type_=Id)
    if not roles:
        return false()
    if actor.enterprise_id is not None:
        return and_(Waiting.enterprise_id == organisation, Waiting.role.in_(roles))
    if actor.regulator_id is not None:
        return and_(Waiting.regulator_id == organisation, Waiting.role.in_(roles))
    return false()


def _not_barred() -> ColumnElement[bool]:
    """Whether the list of barred persons does not hold this one; each database reads JSON in its own words."""
    if is_sqlite():
        barred = func.json_each(Waiting.barred).table_valued(column("value"), name="barred_person")
        wanted = select(true()).select_from(barred).where(barred.c.value == bindparam("self", type_=Id))
        # nearly always nobody is barred, which is seen without reading the list
        return or_(type_coerce(Waiting.barred, String) == literal_column("'[]'"), ~exists(wanted.correlate(Waiting)))
    return ~type_coerce(Waiting.barred, JSONB).contains(bindparam("barred", type_=JSONB))
