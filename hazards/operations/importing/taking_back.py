"""Taking an import back as a whole, while nothing of it has moved on.

Its hazards and the enterprises and units that came with them are no longer seen, what it filled in elsewhere is emptied
again, and the same file may come in once more. Nothing is deleted, and no number is used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from accounts.access import Actor
from accounts.models import Enterprise, EnterpriseLink, OrgUnit, Person
from core.chain import canonical, digest
from core.days import SHANGHAI
from core.db import db, unit_of_work
from core.history import append
from core.models import Event, StoredFile
from core.refusals import Conflict, NotAllowed, NotFound
from core.scope import everything
from hazards.models import Hazard, HazardStanding, LedgerImport, Waiting
from hazards.operations.importing.filling import put_back
from hazards.operations.importing.pace import breathe
from hazards.operations.importing.plan import IMPORTERS
from hazards.operations.importing.writing import person_of
from hazards.queries import counts_still

AT_ONCE: Final = 200


def why_not_take_back(import_id: int) -> str:
    """Why this import cannot be taken back as a whole, naming what moved on; empty where it can."""
    with everything("whether an import may be taken back"):
        entry = db.session.get(LedgerImport, import_id)
        return "找不到这次导入。请核对。" if entry is None else _why_not(entry)


def take_back(import_id: int, *, by: Actor | None, now: datetime) -> None:
    """Take it back; refuses with what moved on. By the importer, or by whoever of the same organisation may import."""
    with everything("taking back an import"):
        with unit_of_work():
            entry = db.session.get(LedgerImport, import_id, with_for_update=True)
            if entry is None:
                raise NotFound("找不到这次导入。请核对。")
            if not may_take_back(entry, by):
                raise NotAllowed("您不能撤回这次导入。请由导入人或同单位可以导入台账的人员撤回。")
            if why := _why_not(entry):
                raise Conflict(why)
            _hide(entry, by, now)
            entry.taken_back_at, entry.taken_back_by_id = now, person_of(by)
            entry.pending, entry.unfinished = entry.filled, bool(entry.filled)
            numbers = db.session.scalars(select(Hazard.number).where(Hazard.import_id == entry.id).order_by(Hazard.id))
            content = {"hazards": entry.hazards, "numbers": digest(canonical({"numbers": list(numbers)}))}
            append(entry, "taken_back", at=now, actor_id=person_of(by), content=content)
        finish_putting_back(import_id, now=now)


def may_take_back(entry: LedgerImport, by: Actor | None) -> bool:
    """Whether this person may take an import back; the operator at the command line may take back any."""
    if by is None or entry.by_id == by.person_id:
        return True
    own = (by.enterprise_id is not None and by.enterprise_id == entry.enterprise_id) or (
        by.regulator_id is not None and by.regulator_id == entry.regulator_id
    )
    return own and by.holds(*IMPORTERS)


def finish_putting_back(import_id: int, *, now: datetime) -> None:
    """Empty again what a taken-back import filled in, in pages; again and again does no harm."""
    while True:
        with unit_of_work():
            entry = db.session.get_one(LedgerImport, import_id, with_for_update=True)
            if not entry.unfinished or entry.taken_back_at is None:
                return
            page, rest = entry.pending[:AT_ONCE], entry.pending[AT_ONCE:]
            origin = {"import": entry.id, "file": db.session.get_one(StoredFile, entry.file_id).digest}
            put_back(page, origin, by=entry.taken_back_by_id, now=now)
            entry.pending, entry.unfinished = rest, bool(rest)
        breathe()


# --- whether it may be -----------------------------------------------------------------------------------------


def _why_not(entry: LedgerImport) -> str:
    if entry.taken_back_at is not None:
        return "这次导入已经撤回。"
    if entry.landed_at is None:
        return "这次导入没有写入任何内容，不需要撤回。"
    if entry.chain_length == 0:
        return "这次导入写入时的版本没有留下撤回所需的记录，不能整批撤回。请逐条更正。"
    if entry.unfinished:
        return "这次导入还在补充已有隐患，请稍后再撤回。"
    moved = _moved_on(entry) or _filled_moved_on(entry.filled)
    if not moved:
        return ""
    number, at = moved
    return f"{number} 已于 {at} 有后续办理，不能整批撤回。请逐条更正。"


def _moved_on(entry: LedgerImport) -> tuple[str, str] | None:
    """The first hazard of the import with an entry after the import's own, and when that was."""
    brought = select(Hazard.id, Hazard.number).join(Hazard.standing)
    brought = brought.where(Hazard.import_id == entry.id, HazardStanding.chain_length > 1)
    row = db.session.execute(brought.order_by(Hazard.id).limit(1)).first()
    return (row.number, _when(row.id)) if row is not None else None


def _filled_moved_on(filled: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    for start in range(0, len(filled), AT_ONCE):
        lengths = {int(one["hazard"]): one["length"] for one in filled[start : start + AT_ONCE]}
        wanted = select(Hazard.id, Hazard.number, HazardStanding.chain_length).join(Hazard.standing)
        wanted = wanted.where(Hazard.id.in_(lengths))
        for row in db.session.execute(wanted.order_by(Hazard.id)):
            if row.chain_length != lengths[row.id]:
                return row.number, _when(row.id)
    return None


def _when(hazard_id: int) -> str:
    own = (Event.subject_kind == "hazard", Event.subject_id == hazard_id)
    at = db.session.scalar(select(Event.at).where(*own).order_by(Event.seq.desc()).limit(1))
    assert at is not None, "a hazard that moved on has an event"
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


# --- what it brought -------------------------------------------------------------------------------------------


def _hide(entry: LedgerImport, by: Actor | None, now: datetime) -> None:
    """Hide everything it brought; `Conflict` where somebody was quicker with one of its hazards."""
    own: ColumnElement[bool] = Hazard.import_id == entry.id
    locked = select(Hazard.id).join(Hazard.standing).where(own).with_for_update().subquery()
    brought = db.session.scalar(select(func.count()).select_from(locked))
    # the version goes up, so that whoever has one of them open is told and signs nothing that nobody sees
    values = {"hidden": True, "merge_key": None, "holder": "", "holder_since": None, "version": Hazard.version + 1}
    _quietly(delete(Waiting).where(Waiting.hazard_id.in_(select(Hazard.id).where(own))))
    untouched = select(HazardStanding.id).where(HazardStanding.chain_length == 1)
    if _quietly(update(Hazard).where(own, Hazard.id.in_(untouched)).values(values)) != brought:
        raise Conflict("刚有人办理了其中的隐患，不能整批撤回。请刷新后核对。")
    _hide_units(entry.brought.get("units", []), by, now)
    _hide_enterprises(entry.brought.get("enterprises", []))


def _hide_units(units: Sequence[int], by: Actor | None, now: datetime) -> None:
    """Units that came with it and that nobody uses: each an entry in its enterprise's history."""
    for some in _pages(units):
        used = exists().where(Hazard.unit_id == OrgUnit.id, counts_still())
        peopled = exists().where(Person.unit_id == OrgUnit.id)
        below = exists().where(_Below.parent_id == OrgUnit.id)
        mine = OrgUnit.id.in_(some) & ~used & ~peopled & ~below
        rows = db.session.execute(select(OrgUnit.id, OrgUnit.enterprise_id).where(mine).order_by(OrgUnit.id)).all()
        _quietly(update(OrgUnit).where(OrgUnit.id.in_([row.id for row in rows])).values(hidden=True))
        firms = select(Enterprise).where(Enterprise.id.in_({row.enterprise_id for row in rows})).order_by(Enterprise.id)
        known = {firm.id: firm for firm in db.session.scalars(firms.with_for_update(of=Enterprise))}
        for row in rows:
            content = {"unit": row.id}
            append(known[row.enterprise_id], "unit_closed", at=now, actor_id=person_of(by), content=content)
    db.session.flush()


def _hide_enterprises(enterprises: Sequence[int]) -> None:
    """Enterprises that came with it and that nobody has used since; others stay, as their users rely on them."""
    for some in _pages(enterprises):
        in_use = (
            exists().where(
                (Hazard.enterprise_id == Enterprise.id) | (Hazard.concerned_id == Enterprise.id), counts_still()
            ),
            exists().where(Person.enterprise_id == Enterprise.id),
            exists().where(OrgUnit.enterprise_id == Enterprise.id, ~OrgUnit.hidden),
            exists().where(
                (EnterpriseLink.enterprise_id == Enterprise.id) | (EnterpriseLink.other_id == Enterprise.id)
            ),
            exists().where(
                Event.subject_kind == "enterprise",
                Event.subject_id == Enterprise.id,
                Event.kind.not_in(("created", "unit_added", "unit_closed")),
            ),
        )
        unused = [~condition for condition in in_use]
        _quietly(update(Enterprise).where(Enterprise.id.in_(some), *unused).values(hidden=True, uscc=None))


_Below = aliased(OrgUnit)


def _quietly(wanted: Any) -> int:
    """Say it to the database alone; nothing of it is in the session. How many rows it met."""
    done: Any = db.session.execute(wanted, execution_options={"synchronize_session": False})
    return int(done.rowcount)


def _pages(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
