"""Importing a ledger of hazards: read, planned, then written in one transaction; what came in is kept.

States are taken over without signatures (hazards/ledger/states.py); what was signed here is never overwritten; the same
file twice creates nothing twice, also when two import it at once.
"""

from __future__ import annotations

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
from hazards.ledger import read_ledger
from hazards.operations.importing.plan import Options, check_importer, make_plan, only_owner
from hazards.operations.importing.report import Difference, ImportReport
from hazards.operations.importing.writing import Overtaken, Source, write_plan

__all__ = ["Difference", "ImportReport", "Options", "import_ledger"]

TRIES: Final = 3
_OVERTAKEN = (Overtaken, IntegrityError, StaleDataError, Conflict)


def import_ledger(
    data: bytes, filename: str, options: Options, *, by: Actor | None, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Take a ledger into the register, or only say what would become of it.

    `by` restricts what may be written to that person's scope; None is the operator at the command line. Raises
    `BadFile` and `NotALedger` for what is no ledger, `Invalid` for an option that names nothing, `NotAllowed` for a
    role that imports nothing, `Conflict` where others keep writing the same; nothing is written then.
    """
    check_importer(by)
    with everything("import by command"):
        only = only_owner(options, by)
        reading = read_ledger(data, filename, today=shanghai_day(now), enterprise_name=only.name if only else "")
        media_type = XLSX if data.startswith(b"PK") else "text/csv"
        for _ in range(TRIES):
            plan, report = make_plan(reading, options, only, by)
            if dry_run:
                return report
            try:
                with unit_of_work():
                    write_plan(plan, report, reading, Source(data, filename, media_type), by=by, now=now)
            except _OVERTAKEN:
                continue
            return report
    raise Conflict("别人正在导入或修改同样的隐患，没有写入任何内容。请稍后再试。")
