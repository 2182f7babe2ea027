"""What names meant last time: a name led to one of the register is led there again in the organisation's next file.

Only that is remembered. A name that was registered is known from then on, and one that was left out says nothing about
the next file. What is no longer registered, or not to be seen by the importer, is not recalled.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select

from accounts.access import Actor
from accounts.models import Enterprise, OrgUnit, Region
from core.db import db, unit_of_work
from core.refusals import Conflict
from hazards.models import NameDecision
from hazards.operations.importing import Decisions

MOST_KEPT: Final = 2_000
"""So many names an organisation remembers; the oldest are forgotten first."""
LONGEST_KEY: Final = 300
AT_ONCE: Final = 500
_REGISTERS: Final[dict[str, tuple[Any, Any, tuple[Any, ...]]]] = {
    "enterprise": (Enterprise.id, Enterprise.name, (~Enterprise.hidden,)),
    "unit": (OrgUnit.id, OrgUnit.name, (OrgUnit.active, ~OrgUnit.hidden)),
    "region": (Region.code, Region.name, ()),
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a name meant last time: id or code, and how that is called today."""

    value: str
    label: str


def recall() -> dict[str, Recalled]:
    """By the key of a name, what the viewer's organisation decided last time, where it still holds."""
    wanted = select(NameDecision.key, NameDecision.value).order_by(NameDecision.id.desc()).limit(MOST_KEPT)
    kept = {row.key: row.value for row in db.session.execute(wanted)}
    called = {kind: _called(kind, {kept[key] for key in kept if _kind(key) == kind}) for kind in _REGISTERS}
    return {
        key: Recalled(value, label)
        for key, value in kept.items()
        if (label := called.get(_kind(key), {}).get(value)) is not None
    }


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _called(kind: str, values: set[str]) -> dict[str, str]:
    """How these are called in the register, as far as the viewer may see them."""
    column, name, conditions = _REGISTERS[kind]
    ordered, found = sorted(values), dict[str, str]()
    for some in (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)):
        among = some if kind == "region" else [int(value) for value in some]
        rows = db.session.execute(select(column, name).where(column.in_(among), *conditions))
        found |= {str(row[0]): row[1] for row in rows}
    return found


def with_recalled(decided: Decisions, recalled: Mapping[str, Recalled], keys: Iterable[str] | None = None) -> Decisions:
    """The decisions with what was recalled about names of which this file's person has said nothing."""
    made = {"enterprise": dict(decided.enterprises), "unit": dict(decided.units), "region": dict(decided.regions)}
    for key in recalled if keys is None else (key for key in keys if key in recalled):
        made[_kind(key)].setdefault(key, recalled[key].value)
    return Decisions(decided.confirmed, made["enterprise"], made["unit"], made["region"])


def remember(unknown: Iterable[Mapping[str, Any]], decided: Decisions, *, by: Actor, now: datetime) -> None:
    """Keep what the names of a file that came in were led to; what was decided otherwise is forgotten."""
    chosen = {one["key"]: decided.of(one["kind"], one["key"]) for one in unknown if len(one["key"]) <= LONGEST_KEY}
    keys = sorted(chosen)
    try:
        for some in (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)):
            with unit_of_work():
                _keep({key: chosen[key] for key in some}, by, now)
    except Conflict:  # a colleague kept the same name in this very moment: theirs stands
        log.info("what a name means was kept by somebody else first")


def _keep(chosen: Mapping[str, str], by: Actor, now: datetime) -> None:
    gone = delete(NameDecision).where(NameDecision.key.in_(list(chosen)))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    organisation = {"enterprise_id": by.enterprise_id, "regulator_id": None if by.enterprise_id else by.regulator_id}
    db.session.add_all(
        NameDecision(**organisation, key=key, value=value, kept_at=now, kept_by_id=by.person_id)
        for key, value in chosen.items()
        if value.isdecimal()
    )
    db.session.flush()
    oldest = select(NameDecision.id).order_by(NameDecision.id.desc()).offset(MOST_KEPT).limit(AT_ONCE)
    if ids := db.session.scalars(oldest).all():
        forget = delete(NameDecision).where(NameDecision.id.in_(ids))
        db.session.execute(forget, execution_options={"synchronize_session": False})
