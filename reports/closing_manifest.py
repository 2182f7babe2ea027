"""What a close froze, in one digest: the event of the office holds it, and a verification works it out again."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from core.chain import canonical, digest
from core.models import StoredFile
from reports.models import ClosedLedger, CorrectedLedger

FORMS: Final = ("xlsx", "csv", "jsonl")
"""Each ledger is frozen in these; of no records there is no .jsonl, since no file is empty."""


def frozen_ledgers(connection: Connection, close_id: int) -> list[dict[str, Any]]:
    """The ledgers of a close as plain values, each with the digests of its files."""
    table: Any = ClosedLedger.__table__
    files = {form: StoredFile.__table__.alias(form) for form in FORMS}
    wanted = select(
        *(table.c.code, table.c.name, table.c.file_name, table.c.records, table.c.digest_of_records),
        *(files[form].c.digest.label(form) for form in FORMS),
    ).select_from(table)
    joined: Any = table
    for form in FORMS:
        joined = joined.outerjoin(files[form], files[form].c.id == table.c[f"{form}_id"])
    rows = connection.execute(
        wanted.select_from(joined).where(table.c.close_id == close_id).order_by(table.c.position, table.c.id)
    )
    return [dict(row._mapping) for row in rows]


def corrected_ledgers(connection: Connection, close_id: int) -> list[dict[str, Any]]:
    """What a close found changed in earlier months, each with the digest of the records as they were then."""
    table, file = CorrectedLedger.__table__, StoredFile.__table__
    wanted = (
        select(table.c.ledger_id, table.c.corrections, file.c.digest.label("jsonl"))
        .select_from(table.outerjoin(file, file.c.id == table.c.jsonl_id))
        .where(table.c.close_id == close_id)
        .order_by(table.c.ledger_id)
    )
    return [dict(row._mapping) for row in connection.execute(wanted)]


def manifest_of(connection: Connection, close_id: int) -> dict[str, Any]:
    """What the event of a close holds: how many ledgers, and the digest of all that was frozen."""
    ledgers, corrected = frozen_ledgers(connection, close_id), corrected_ledgers(connection, close_id)
    return {
        "ledgers": len(ledgers),
        "manifest": digest(canonical({"ledgers": ledgers, "corrected": corrected})),
    }
