"""Ledgers as files: a layout as data, and streams of rows written as .xlsx, .csv and .jsonl.

Pure: no database, no request, no clock. The same layout, head and rows give the same bytes, since a month's
files are frozen byte for byte when the month is closed.

    layout.py     what a ledger looks like, as data
    values.py     a record's field as the value to print
    text.py       text made harmless for spreadsheets
    records.py    canonical lines and the digest of records
    delimited.py  .csv and .jsonl
    cells.py      one row as worksheet XML
    shell.py      all of the workbook but its rows: styles, head, foot, print set-up
    xlsx.py       shell and rows brought together as a stream
"""

from reports.sheet.delimited import write_csv, write_jsonl
from reports.sheet.layout import Column, Kind, LedgerHead, LedgerLayout, StateLook, WrittenLedger, long_text
from reports.sheet.xlsx import write_xlsx

__all__ = [
    "Column",
    "Kind",
    "LedgerHead",
    "LedgerLayout",
    "StateLook",
    "WrittenLedger",
    "long_text",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
