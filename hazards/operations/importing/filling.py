"""What an import adds to hazards that were there before: empty, unsigned columns, and their putting back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, select, update
from sqlalchemy.orm import joinedload

from core.db import Code, UtcDateTime, db
from hazards.models import DeadlineChange, Hazard
from hazards.operations import tiers
from hazards.operations.importing.plan import Fill
from hazards.operations.importing.register import signed_among
from hazards.recording import record_many
from hazards.snapshot import plain
from workflows.cadence import is_listed
from workflows.closure import Origin
from workflows.vocabulary import Action, Grade, State

AS_WRITTEN: Final = "导入：按台账所写"
TAKEN_BACK: Final = "导入：按台账所写（导入已撤回）"
_TABLE = Hazard.__table__


class Overtaken(Exception):
    """Somebody wrote what the plan rests on after it was made: it must be made again."""


def fill(fills: Sequence[Fill], origin: Mapping[str, Any], *, by: int | None, now: datetime) -> list[dict[str, Any]]:
    """Fill what stands empty and unsigned; raises `Overtaken` where somebody changed one since the plan was made."""
    by_id = {one.hazard_id: one for one in fills}
    done = []
    for hazard in _locked(by_id):
        if hazard.version != by_id[hazard.id].version:
            raise Overtaken
        done.append((hazard, by_id[hazard.id].row, by_id[hazard.id].values))
    return _filled(done, origin, by=by, now=now)


def fill_later(
    pending: Sequence[Mapping[str, Any]], origin: Mapping[str, Any], *, by: int | None, now: datetime
) -> list[dict[str, Any]]:
    """Fill a page of what was left pending when the import came in: only what is still empty and unsigned by now."""
    by_id = {int(one["hazard"]): one for one in pending}
    signed = signed_among(sorted(by_id))
    done = []
    for hazard in _locked(by_id):
        told = by_id[hazard.id]
        values = {name: decoded(name, value) for name, value in told["values"].items()}
        still = {name: value for name, value in values.items() if is_empty(name, getattr(hazard, name))}
        if still and hazard.id not in signed and not hazard.hidden:
            done.append((hazard, int(told["row"]), still))
    return _filled(done, origin, by=by, now=now)


def put_back(filled: Sequence[Mapping[str, Any]], origin: Mapping[str, Any], *, by: int | None, now: datetime) -> None:
    """Empty again what an import filled in, as far as nobody has changed the hazard since."""
    by_id = {int(one["hazard"]): one for one in filled}
    entries = []
    for hazard in _locked(by_id):
        told = by_id[hazard.id]
        if hazard.chain_length != told["length"]:
            continue
        for name in told["changed"]:
            setattr(hazard, name, _empty(name))
        if "basis" in told["changed"] and not hazard.criterion_clause:
            hazard.basis_unconfirmed = hazard.grade is Grade.MAJOR
        entries.append((hazard, {**origin, "changed": sorted(told["changed"])}))
    # a deadline was filled in only where there was none, so what was set as written was set by this import
    ids = [hazard.id for hazard, content in entries if {"deadline", "deadline_first"} & set(content["changed"])]
    set_here = DeadlineChange.hazard_id.in_(ids) & (DeadlineChange.counted == AS_WRITTEN)
    db.session.execute(
        update(DeadlineChange).where(set_here).values(counted=TAKEN_BACK),
        execution_options={"synchronize_session": False},
    )
    record_many(entries, "import_back", by=by, now=now)


def _locked(ids: Iterable[int]) -> Sequence[Hazard]:
    wanted = select(Hazard).options(joinedload(Hazard.enterprise)).order_by(Hazard.id)
    return db.session.scalars(wanted.where(Hazard.id.in_(sorted(ids))).with_for_update(of=Hazard)).all()


def _filled(
    done: Sequence[tuple[Hazard, int, Mapping[str, Any]]],
    origin: Mapping[str, Any],
    *,
    by: int | None,
    now: datetime,
) -> list[dict[str, Any]]:
    """Set the columns and record them; what was filled, by hazard, with the length of its history then."""
    entries, deadlines = [], []
    for hazard, row, values in done:
        for name, value in values.items():
            setattr(hazard, name, value)
        if "basis" in values and not hazard.criterion_clause:
            hazard.basis_unconfirmed = hazard.grade is Grade.MAJOR
        names = [name for name in ("deadline_first", "deadline") if name in values]
        db.session.add_all(deadline_changes(hazard, names, by, now))
        if names and hazard.deadline is not None and is_listed(hazard.state):
            deadlines.append((hazard, hazard.deadline))
        entries.append((hazard, {**origin, "row": row, "changed": sorted(values)}))
    tiers.hold_all(deadlines, now=now)
    record_many(entries, "import", by=by, now=now)
    return [
        {"hazard": hazard.id, "length": hazard.chain_length, "changed": sorted(values)} for hazard, _, values in done
    ]


def deadline_changes(hazard: Hazard, names: Sequence[str], by: int | None, now: datetime) -> Iterable[DeadlineChange]:
    """Every deadline the file has stays visible: the first one, and one that was put off before it came here."""
    days: dict[date, str] = {}
    for name in names:
        if (day := getattr(hazard, name)) is not None:
            days.setdefault(day, name)
    for day, name in days.items():
        action = Action.EXTEND if name == "deadline" and len(days) > 1 else _set_by(hazard)
        yield DeadlineChange(hazard_id=hazard.id, at=now, action=action, deadline=day, counted=AS_WRITTEN, by_id=by)


def _set_by(hazard: Hazard) -> Action:
    """Which action sets a first deadline in this procedure."""
    if hazard.state is State.REPORTED:
        return Action.REPORT
    return Action.ORDER if hazard.origin is Origin.ORDERED else Action.ACCEPT


# --- values that wait ------------------------------------------------------------------------------------------


def is_empty(name: str, value: Any) -> bool:
    """Whether a column of a hazard says nothing yet."""
    return value is None or value == "" or (name == "extensions" and value == 0)


def _empty(name: str) -> Any:
    column = _TABLE.c[name]
    if column.nullable:
        return None
    return 0 if name == "extensions" else ""


def encoded(fills: Iterable[Fill]) -> list[dict[str, Any]]:
    """Fills as they wait with the import; `decoded` reads a value back."""
    return [
        {"hazard": one.hazard_id, "row": one.row, "values": {name: plain(value) for name, value in one.values.items()}}
        for one in fills
    ]


def decoded(name: str, value: Any) -> Any:
    """A value that waited, as its column has it."""
    kind = _TABLE.c[name].type
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return kind.kind(value) if isinstance(kind, Code) else value
