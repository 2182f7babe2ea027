"""Reading ledgers of hazards as offices send them. Pure: no database, no request, no clock.

`read_ledger` is the door; `merge_key` says by what a row is known again.
"""

from __future__ import annotations

from hazards.ledger.clauses import NamedClause, clause_key, named_clauses, names_clause
from hazards.ledger.corrections import Corrections
from hazards.ledger.fields import RULES, Field, FieldRule
from hazards.ledger.keys import merge_key, whole_key
from hazards.ledger.reading import read_ledger
from hazards.ledger.record import Column, Kept, LedgerReading, LedgerRow, NotALedger, Outline, Remark, Skipped

__all__ = [
    "RULES",
    "Column",
    "Corrections",
    "Field",
    "FieldRule",
    "Kept",
    "LedgerReading",
    "LedgerRow",
    "NamedClause",
    "NotALedger",
    "Outline",
    "Remark",
    "Skipped",
    "clause_key",
    "merge_key",
    "named_clauses",
    "names_clause",
    "read_ledger",
    "whole_key",
]
