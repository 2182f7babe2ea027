"""Ledgers for the tests of reading: the sample files, and small ones made in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hazards.ledger import LedgerReading, LedgerRow, read_ledger
from tests.sheets.files import workbook

FOLDER = Path(__file__).parent.parent / "data" / "ledgers"
TODAY = date(2026, 11, 21)


def sample(name: str) -> LedgerReading:
    """One of the sample ledgers, as read on TODAY."""
    return read_ledger((FOLDER / name).read_bytes(), name, today=TODAY)


def made(*rows: Sequence[object], title: str = "隐患台账", **named: str) -> LedgerReading:
    """A ledger with a title and these rows, the first of them its header."""
    return read_ledger(workbook([[title], *rows]), "台账.xlsx", today=TODAY, **named)


def one(**cells: object) -> LedgerRow:
    """The one row of a ledger with these columns beside an enterprise and a description."""
    columns = {"企业名称": "甲厂", "隐患描述": "通道堵塞", "隐患等级": "一般"} | cells
    reading = made(list(columns), list(columns.values()))
    assert len(reading.rows) == 1, reading.skipped
    return reading.rows[0]


def reasons(row: LedgerRow, column: str) -> list[str]:
    """Why a column of a row was remarked."""
    return [remark.reason for remark in row.remarks if remark.column == column]


def kept(row: LedgerRow) -> dict[str, str]:
    """The texts kept with a row, by column."""
    return {kept.column: kept.text for kept in row.kept}
