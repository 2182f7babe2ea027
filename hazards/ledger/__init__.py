"""Reading ledgers of hazards as offices send them. Pure: no database, no request, no clock.

`read_ledger` is the door; `merge_key` says by what a row is known again.
"""

from __future__ import annotations

from hazards.ledger.fields import RULES, Field, FieldRule
from hazards.ledger.keys import merge_key
from hazards.ledger.reading import read_ledger
from hazards.ledger.record import Column, Kept, LedgerReading, LedgerRow, NotALedger, Remark, Skipped

__all__ = [
    "RULES",
    "Column",
    "Field",
    "FieldRule",
    "Kept",
    "LedgerReading",
    "LedgerRow",
    "NotALedger",
    "Remark",
    "Skipped",
    "merge_key",
    "read_ledger",
]
