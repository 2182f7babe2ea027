"""Importing a ledger of hazards: read, planned, then written in one transaction; what came in is kept.

States are taken over without signatures (hazards/ledger/states.py); what was signed here is never overwritten; the same
file twice creates nothing twice, also when two import it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from accounts.access import Actor
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Conflict
from core.scope import everything
from core.sniffing import XLSX
from hazards.ledger import LedgerReading, read_ledger
from hazards.operations.importing.choices import Decisions, Options, Tick, Unknown
from hazards.operations.importing.enterprises import Owner
from hazards.operations.importing.plan import check_importer, make_plan, only_owner
from hazards.operations.importing.report import Difference, ImportReport, RowOutcome
from hazards.operations.importing.writing import Overtaken, Source, write_plan

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
    "import_ledger",
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
        only = only_owner(options, by)
        reading = _read(data, filename, options, only, now)
        _plan, report = make_plan(reading, options, only, by, tick)
    return Checked(reading, report)


def import_ledger(
    data: bytes,
    filename: str,
    options: Options,
    *,
    by: Actor | None,
    now: datetime,
    dry_run: bool = False,
    tick: Tick | None = None,
) -> ImportReport:
    """Take a ledger into the register, or only say what would become of it.

    `by` restricts what may be written to that person's scope; None is the operator at the command line. Raises
    `BadFile` and `NotALedger` for what is no ledger, `Invalid` for an option that names nothing, `NotAllowed` for a
    role that imports nothing, `Conflict` where others keep writing the same; nothing is written then.
    """
    check_importer(by)
    with everything("import by command"):
        only = only_owner(options, by)
        reading = _read(data, filename, options, only, now)
        media_type = XLSX if data.startswith(b"PK") else "text/csv"
        for _ in range(TRIES):
            plan, report = make_plan(reading, options, only, by, tick)
            if dry_run:
                return report
            try:
                with unit_of_work():
                    written = write_plan(plan, report, reading, Source(data, filename, media_type), by=by, now=now)
            except _OVERTAKEN:
                continue
            return written
    raise Conflict("别人正在导入或修改同样的隐患，没有写入任何内容。请稍后再试。")


def _read(data: bytes, filename: str, options: Options, only: Owner | None, now: datetime) -> LedgerReading:
    return read_ledger(
        data,
        filename,
        today=shanghai_day(now),
        enterprise_name=only.name if only else "",
        corrections=options.corrections,
        titles=options.titles,
    )
