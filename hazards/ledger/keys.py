"""By what a row of a ledger is known again when the same or a corrected file comes in."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

from core.sheets import squeeze
from hazards.ledger.record import LedgerRow

OWN_NUMBER = re.compile(r"YH-\d{6}-\d{4}-\d{6}", re.IGNORECASE)
"""The register's own numbers."""
_POINTS = re.compile(r"[\W_]+")


def normal_text(text: str) -> str:
    """A description for comparing: no blanks, no punctuation, half-width, lower case."""
    return _POINTS.sub("", squeeze(text))


def merge_key(row: LedgerRow, *, enterprise: str = "") -> str:
    """A stable digest (64 hex digits) of what makes the row, or one part of a split row, the same hazard.

    The file's own number where it has one; else credit code, day found, place and normalised text. Numbers of
    other systems are short and start again in every enterprise, so one counts within its enterprise only; the
    register's own number (`YH-…`) counts alone. `enterprise` is the code of the enterprise if the caller
    knows it better than the file, so that a row keeps its key when the file's code is corrected. The parts of a
    row with a number are told apart by their order, others by their own texts.
    """
    whose = enterprise or row.uscc or normal_text(row.enterprise_name)
    parts: tuple[str, ...]
    part = (f"#{row.part}",) if row.part else ()
    if OWN_NUMBER.fullmatch(row.number):
        parts = ("number", row.number.upper(), *part)
    elif row.number:
        parts = ("number", whose, squeeze(row.number), *part)
    else:
        found = row.found_on.isoformat() if row.found_on else ""
        parts = ("facts", whose, found, normal_text(row.place), normal_text(row.description))
    return sha256("\x1f".join(parts).encode()).hexdigest()


def whole_key(row: LedgerRow, *, enterprise: str = "") -> str:
    """The key that the whole row has, whatever part of it this is: by it a row that came in unsplit is known."""
    return merge_key(replace(row, part=0, description=row.original or row.description), enterprise=enterprise)
