"""Importing a ledger of hazards: read, planned, then written whole or not at all; what came in is kept.

States are taken over without signatures (hazards/ledger/states.py); what was signed here is never overwritten; the same
file twice creates nothing twice, also when two import it at once; and a whole import can be taken back while nothing of
it has moved on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from accounts.access import Actor
from core.days import SHANGHAI, shanghai_day
from core.db import db
from core.refusals import Conflict
from core.scope import everything
from core.sheets import media_type_of
from hazards.ledger import LedgerReading, read_ledger
from hazards.models import LedgerImport
from hazards.operations.importing.choices import Decisions, Options, Tick, Unknown, Wanted
from hazards.operations.importing.clearing import clear, give_up
from hazards.operations.importing.filling import Overtaken
from hazards.operations.importing.landing import STALLED, Coming, GivenUp, Source, UnderWay, finish_fills, land
from hazards.operations.importing.plan import check_importer, only_owner
from hazards.operations.importing.planner import Asked, make_plan
from hazards.operations.importing.report import Difference, ImportReport, RowOutcome
from hazards.operations.importing.taking_back import finish_putting_back, take_back, why_not_take_back

__all__ = [
    "Checked",
    "Decisions",
    "Difference",
    "ImportReport",
    "Options",
    "RowOutcome",
    "Tick",
    "Unknown",
    "check_ledger",
    "finish_imports",
    "import_ledger",
    "take_back",
    "why_not_take_back",
]

TRIES: Final = 3
_OVERTAKEN = (Overtaken, IntegrityError, StaleDataError, Conflict)


@dataclass(frozen=True, slots=True)
class Checked:
    """How a file was understood, and what would become of it."""

    reading: LedgerReading
    report: ImportReport


def check_ledger(
    data: bytes, filename: str, options: Options, *, by: Actor | None, now: datetime, tick: Tick | None = None
) -> Checked:
    """What the file holds and what an import would make of it; nothing is written.

    `tick(done, total)` is called now and then with the rows worked through. Refuses what `import_ledger` refuses.
    """
    check_importer(by)
    with everything("import by command"):
        asked = _ask(data, filename, options, by, now, tick)
        _plan, report = make_plan(asked)
    return Checked(asked.reading, report)


def import_ledger(
    data: bytes,
    filename: str,
    options: Options,
    *,
    by: Actor | None,
    now: datetime,
    dry_run: bool = False,
    tick: Tick | None = None,
    wanted: Wanted | None = None,
) -> ImportReport:
    """Take a ledger into the register, or only say what would become of it.

    `by` restricts what may be written to that person's scope; None is the operator at the command line. `tick` is told
    how far it is, outside any transaction; `wanted` is asked inside those that begin and end the write, and raises
    where it was called off. Raises `BadFile` and `NotALedger` for what is no ledger, `Invalid` for an option that names
    nothing, `NotAllowed` for a role that imports nothing, `Conflict` where others keep writing the same; nothing is
    written then.
    """
    check_importer(by)
    with everything("import by command"):
        asked = _ask(data, filename, options, by, now, tick)
        source = Source(data, filename, media_type_of(data))
        for _ in range(TRIES):
            plan, report = make_plan(asked)
            if dry_run:
                return report
            try:
                return land(Coming(plan, report, asked.reading, source, by, now, asked.tick, wanted or _always))
            except GivenUp:
                raise
            except UnderWay as other:
                _make_way(other.import_id, now)
            except _OVERTAKEN:
                continue
    raise Conflict("别人正在导入或修改同样的隐患，没有写入任何内容。请稍后再试。")


def _ask(data: bytes, filename: str, options: Options, by: Actor | None, now: datetime, tick: Tick | None) -> Asked:
    """The file read, for whom it is."""
    only = only_owner(options, by)
    reading = read_ledger(
        data,
        filename,
        today=shanghai_day(now),
        enterprise_name=only.name if only else "",
        corrections=options.corrections,
        titles=options.titles,
    )
    return Asked(reading, options, only, by, shanghai_day(now), tick or _nobody_asks)


def _always() -> None:
    """Nobody can call it off."""


def _nobody_asks(_done: int, _total: int) -> None:
    """How far it is interests nobody."""


# --- what others left ------------------------------------------------------------------------------------------


def _make_way(import_id: int, now: datetime) -> None:
    """Another import holds the same hazards: wait for one that lives, clear away one that does not."""
    entry = db.session.get_one(LedgerImport, import_id)
    if entry.given_up_at is not None:
        clear(import_id)
    elif _is_stalled(entry):
        give_up(import_id, now=now)
    else:
        since = entry.at.astimezone(SHANGHAI).strftime("%H:%M")
        raise Conflict(f"同样的隐患正在导入（{since} 开始），没有写入任何内容。请等它完成，或两分钟后再试。")


def _is_stalled(entry: LedgerImport) -> bool:
    alive_until = (entry.beat_at or entry.at) + STALLED
    return bool(current_app.extensions["clock"]() > alive_until)


def finish_imports(now: datetime) -> int:
    """The periodic job: bring to an end what imports that were interrupted have left; how many there were.

    One that came in is filled in to its end, one that was taken back is put back to its end, and one that did not come
    in is given up.
    """
    with everything("imports that were interrupted"):
        db.session.rollback()
        left = db.session.scalars(select(LedgerImport.id).where(LedgerImport.unfinished).order_by(LedgerImport.id))
        ended = [import_id for import_id in list(left) if _finish(import_id, now)]
    return len(ended)


def _finish(import_id: int, now: datetime) -> bool:
    entry = db.session.get_one(LedgerImport, import_id)
    if not _is_stalled(entry) and entry.taken_back_at is None and entry.given_up_at is None:
        return False
    if entry.taken_back_at is not None:
        finish_putting_back(import_id, now=now)
    elif entry.landed_at is not None:
        finish_fills(import_id, now=now)
    else:
        give_up(import_id, now=now)
    return True
