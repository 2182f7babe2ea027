"""The write of an import: whole or not at all, and never in the way of others for long.

A small one is one transaction. A large one is written in pages that nobody sees (`Hazard.hidden`), each a short
transaction of its own, then comes in with one more; whoever dies before that leaves nothing that anybody sees, and what
is left is cleared away (`clearing.py`). What it fills into hazards that were there before follows once it has come in,
in pages too: from then on it is finished, not undone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import select, update

from accounts.access import Actor
from accounts.models import Enterprise, OrgUnit
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.files import store_file
from core.history import append
from core.models import StoredFile
from core.refusals import Conflict
from core.sheets import STANDARD, clean
from hazards.ledger import LedgerReading
from hazards.models import Hazard, LedgerImport
from hazards.operations.importing.choices import Tick, Wanted
from hazards.operations.importing.clearing import give_up
from hazards.operations.importing.filling import Overtaken, encoded, fill, fill_later
from hazards.operations.importing.pace import FIRST, breathe, next_size
from hazards.operations.importing.plan import Plan, Where
from hazards.operations.importing.report import ImportReport, landed_outcomes
from hazards.operations.importing.writing import Prepared, complete, person_of, prepare, put_down, take_their_numbers
from hazards.recording import Unheld, tell_unheld

AT_ONCE: Final = 500
ONE_WRITE: Final = 200  # what an import may write in one transaction
STALLED: Final = timedelta(minutes=2)
GIVEN_UP: Final = "导入中断太久，已按未导入处理，没有写入任何内容。请重新导入。"


class UnderWay(Exception):
    """Another import that has not come in yet brings the same hazards or enterprises."""

    def __init__(self, import_id: int) -> None:
        super().__init__(import_id)
        self.import_id = import_id


@dataclass(frozen=True, slots=True)
class Source:
    """The file as it came in."""

    data: bytes
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Coming:
    """What is to be written, for whom, and when."""

    plan: Plan
    report: ImportReport
    reading: LedgerReading
    source: Source
    by: Actor | None
    now: datetime
    tick: Tick
    wanted: Wanted

    @property
    def is_small(self) -> bool:
        """Whether one transaction takes it without keeping others waiting."""
        return len(self.plan.created) + len(self.plan.fills) <= ONE_WRITE


def land(coming: Coming) -> ImportReport:
    """Write the plan; raises `Overtaken` or `UnderWay` where it is no longer true, and leaves nothing then."""
    return _at_once(coming) if coming.is_small else _in_pages(coming)


def _at_once(coming: Coming) -> ImportReport:
    plan, by, now = coming.plan, coming.by, coming.now
    with unit_of_work():
        coming.wanted()
        entry = _entry(coming, unfinished=False)
        check_still_true(plan)  # after the file: whoever imports the same one at once has waited there
        origin = _origin(entry)
        filled = fill(plan.fills, origin, by=person_of(by), now=now) if plan.fills else []
        numbers = take_their_numbers(plan.created, shanghai_day(now).year)
        unheld = _written(coming, numbers, origin) if plan.created else []
        _record_units(plan, by, now)
        report = _reported(coming, numbers, entry.id)
        _keep_report(entry, report, plan, numbers)
        entry.filled = filled
        _come_in(entry, report, unheld, coming)
    coming.tick(len(plan.created), len(plan.created))
    return report


def _in_pages(coming: Coming) -> ImportReport:
    plan = coming.plan
    with unit_of_work():
        coming.wanted()
        entry = _entry(coming, unfinished=True)
        check_still_true(plan)
        origin, import_id = _origin(entry), entry.id
        numbers = take_their_numbers(plan.created, shanghai_day(coming.now).year)
    try:
        unheld = _pages_written(coming, numbers, origin)
        report = _reported(coming, numbers, import_id)
        with unit_of_work():
            entry = under_way(import_id)
            _keep_report(entry, report, plan, numbers)
            entry.pending = encoded(plan.fills)
        with unit_of_work():
            coming.wanted()  # before the import is locked, in the order in which it is called off
            entry = under_way(import_id)
            _show(import_id)
            _record_units(plan, coming.by, coming.now)
            entry.unfinished = bool(plan.fills)
            _come_in(entry, report, unheld, coming)
    except Exception:
        _leave(import_id, coming.now)
        raise
    finish_fills(import_id, now=coming.now)
    return report


def _leave(import_id: int, now: datetime) -> None:
    """Give it up after a failure; where even that fails (a full disk), the periodic job does it."""
    try:
        give_up(import_id, now=now)
    except Exception:
        current_app.logger.exception("import %s could not be given up at once", import_id)


# --- pages -----------------------------------------------------------------------------------------------------


def _written(coming: Coming, numbers: Mapping[Where, str], origin: Mapping[str, Any]) -> list[Unheld]:
    """Write all new hazards inside the running unit of work."""
    page, by, now = coming.plan.created, coming.by, coming.now
    hazards = put_down(page, numbers, int(origin["import"]), by=by, now=now, hidden=False)
    prepared = prepare(page, hazards, origin, by=by, now=now)
    complete(prepared)
    return prepared.arrivals.unheld


def _pages_written(coming: Coming, numbers: Mapping[Where, str], origin: Mapping[str, Any]) -> list[Unheld]:
    """Write all new hazards hidden: each unit of work completes one page and puts down the next.

    What can be worked out between two units keeps nobody waiting. How many make a page follows from how long the one
    before took.
    """
    created, by, now, import_id = coming.plan.created, coming.by, coming.now, int(origin["import"])
    unheld: list[Unheld] = []
    prepared: Prepared | None = None
    at, size = 0, FIRST
    while at < len(created) or prepared is not None:
        coming.tick(at, len(created))
        page = created[at : at + size]
        begun = time.monotonic()
        with unit_of_work():
            beat(import_id)
            if prepared is not None:
                complete(prepared)
            hazards = put_down(page, numbers, import_id, by=by, now=now, hidden=True) if page else []
        free = time.monotonic()
        prepared = prepare(page, hazards, origin, by=by, now=now) if page else None
        unheld += prepared.arrivals.unheld if prepared is not None else []
        at += len(page)
        size = next_size(len(page), free - begun)
        breathe(time.monotonic() - free)
    coming.tick(len(created), len(created))
    return unheld


def beat(import_id: int) -> None:
    """A sign of life with each page; raises `Conflict` where the import was given up meanwhile."""
    open_still = LedgerImport.landed_at.is_(None) & LedgerImport.given_up_at.is_(None)
    done = db.session.execute(
        update(LedgerImport)
        .where(LedgerImport.id == import_id, open_still)
        .values(beat_at=current_app.extensions["clock"]())
        .returning(LedgerImport.id),
        execution_options={"synchronize_session": False},
    )
    if done.first() is None:
        raise GivenUp(GIVEN_UP)


class GivenUp(Conflict):
    """The import was given up while it was being written."""


def under_way(import_id: int) -> LedgerImport:
    """The import, locked, while it is still on its way; `GivenUp` else."""
    entry = db.session.get_one(LedgerImport, import_id, with_for_update=True)
    if entry.landed_at is not None or entry.given_up_at is not None:
        raise GivenUp(GIVEN_UP)
    return entry


def _show(import_id: int) -> None:
    """Let everybody see what the import brings."""
    brought = select(Hazard.enterprise_id).where(Hazard.import_id == import_id)
    units = select(Hazard.unit_id).where(Hazard.import_id == import_id, Hazard.unit_id.is_not(None))
    for wanted in (
        update(Enterprise).where(Enterprise.hidden, Enterprise.id.in_(brought)).values(hidden=False),
        update(OrgUnit).where(OrgUnit.hidden, OrgUnit.id.in_(units)).values(hidden=False),
        update(Hazard).where(Hazard.import_id == import_id, Hazard.hidden).values(hidden=False),
    ):
        db.session.execute(wanted, execution_options={"synchronize_session": False})


def finish_fills(import_id: int, *, now: datetime) -> None:
    """Fill in what is pending with an import that has come in, in pages; again and again does no harm."""
    while True:
        with unit_of_work():
            entry = db.session.get_one(LedgerImport, import_id, with_for_update=True)
            if not entry.unfinished or entry.landed_at is None or entry.taken_back_at is not None:
                return
            page, rest = entry.pending[:ONE_WRITE], entry.pending[ONE_WRITE:]
            entry.filled = [*entry.filled, *fill_later(page, _origin(entry), by=entry.by_id, now=now)]
            entry.pending, entry.unfinished = rest, bool(rest)
        breathe()


# --- the import itself -----------------------------------------------------------------------------------------


def _entry(coming: Coming, *, unfinished: bool) -> LedgerImport:
    source, by, report = coming.source, coming.by, coming.report
    file = store_file(source.data, source.media_type, coming.now, limit=STANDARD.file_bytes)
    entry = LedgerImport(
        file_id=file.id,
        file_name=clean(source.name)[-200:],
        by_id=person_of(by),
        enterprise_id=by.enterprise_id if by is not None else None,
        regulator_id=by.regulator_id if by is not None else None,
        at=coming.now,
        beat_at=current_app.extensions["clock"](),
        unfinished=unfinished,
        filed_by=coming.reading.filed_by[:100],
        filed_on=coming.reading.filed_on,
        created=report.created,
        merged=report.merged,
        skipped=len(report.skipped),
        hazards=report.hazards,
        report={},
        filled=[],
        pending=[],
        complaints=report.complaints_as_kept(),
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _origin(entry: LedgerImport) -> dict[str, Any]:
    """What each event of the import names."""
    return {"import": entry.id, "file": db.session.get_one(StoredFile, entry.file_id).digest}


def _reported(coming: Coming, numbers: Mapping[Where, str], import_id: int) -> ImportReport:
    outcomes = landed_outcomes(coming.report.outcomes, all_numbers(coming.plan, numbers))
    return replace(coming.report, outcomes=outcomes, import_id=import_id)


def _keep_report(entry: LedgerImport, report: ImportReport, plan: Plan, numbers: Mapping[Where, str]) -> None:
    entry.report = report.as_kept(all_numbers(plan, numbers))
    entry.brought = {
        "enterprises": [owner.id for owner in plan.new_owners if owner.id is not None],
        "units": [team.id for team in plan.new_teams if team.id is not None],
    }


def all_numbers(plan: Plan, numbers: Mapping[Where, str]) -> dict[Where, str]:
    """The hazard of every row that became or met one."""
    met = {where: had if isinstance(had, str) else numbers[had.where] for where, had in plan.merged.items()}
    return {**numbers, **met}


def _come_in(entry: LedgerImport, report: ImportReport, unheld: Sequence[Unheld], coming: Coming) -> None:
    """From here on the import has come in: its event, and the messages about what nobody can sign."""
    entry.landed_at = coming.now
    figures = {"created": report.created, "merged": report.merged, "skipped": len(report.skipped)}
    content = {"file": _origin(entry)["file"], "hazards": report.hazards, **figures}
    append(entry, "landed", at=coming.now, actor_id=person_of(coming.by), content=content)
    tell_unheld(unheld, now=coming.now)


def _record_units(plan: Plan, by: Actor | None, now: datetime) -> None:
    """The units that came are entries in their enterprises' histories."""
    found: dict[int, list[int]] = {}
    for team in plan.new_teams:
        if team.id is not None and team.owner.id is not None:
            found.setdefault(team.owner.id, []).append(team.id)
    for some in _pages(sorted(found)):
        wanted = select(Enterprise).where(Enterprise.id.in_(some)).order_by(Enterprise.id)
        for enterprise in db.session.scalars(wanted.with_for_update(of=Enterprise)):
            for unit_id in found[enterprise.id]:
                append(enterprise, "unit_added", at=now, actor_id=person_of(by), content={"unit": unit_id})


# --- whether the plan is still true ----------------------------------------------------------------------------


def check_still_true(plan: Plan) -> None:
    """What was to be created must not have come in since the plan was made, nor be coming in with another import."""
    keys = [made.key for made in plan.created]
    for some in _pages(keys):
        _check(select(Hazard.hidden, Hazard.import_id).where(Hazard.merge_key.in_(some)).order_by(Hazard.hidden))
    brought = select(Enterprise.hidden, Hazard.import_id).outerjoin(Hazard, Hazard.enterprise_id == Enterprise.id)
    codes = [owner.uscc for owner in plan.new_owners if owner.uscc]
    for some in _pages(codes):
        _check(brought.where(Enterprise.uscc.in_(some)).order_by(Enterprise.hidden))
    names = [owner.name for owner in plan.new_owners if not owner.uscc]
    regions = sorted({owner.region_code for owner in plan.new_owners})
    nameless = Enterprise.uscc.is_(None) & Enterprise.region_code.in_(regions)
    coming_in = Enterprise.hidden.is_(False) | Hazard.merge_key.is_not(None)
    for some in _pages(names):
        _check(brought.where(nameless, Enterprise.name.in_(some), coming_in).order_by(Enterprise.hidden))


def _check(wanted: Any) -> None:
    found = db.session.execute(wanted.limit(1)).first()
    if found is None:
        return
    if not found[0] or found[1] is None:
        raise Overtaken
    raise UnderWay(int(found[1]))


def _pages(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]
