"""The same rows as .csv, to open in a spreadsheet, and as .jsonl, exact, for machines."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from reports.sheet.layout import LedgerLayout, WrittenLedger
from reports.sheet.records import DigestingOut, RecordDigest, field_reader
from reports.sheet.text import for_csv
from reports.sheet.values import Printed, printer

_BOM = b"\xef\xbb\xbf"  # without it Excel reads Chinese as GBK


def write_csv(layout: LedgerLayout, rows: Iterable[object], out: BinaryIO) -> WrittenLedger:
    """Headings and rows, nothing else: UTF-8 with BOM, CRLF, days as YYYY-MM-DD, money in 万元.

    CSV has no types, so a text a spreadsheet might run gets a leading apostrophe: safety before sameness,
    because this form is the one people double-click. The exact form is .jsonl.
    """
    sink, records, read = DigestingOut(out), RecordDigest(layout), field_reader(layout)
    printers = [printer(column, layout.states) for column in layout.columns if column.kind != "serial"]
    serial_at = [at for at, column in enumerate(layout.columns) if column.kind == "serial"]
    sink.write(_BOM + _line([column.full_heading for column in layout.columns]))
    for row in rows:
        fields = read(row)
        records.add(fields)
        texts = [_field(show(value)) for show, value in zip(printers, fields, strict=True)]
        for at in serial_at:
            texts.insert(at, str(records.count))
        sink.write(_line(texts))
    return WrittenLedger(records.count, records.digest, sink.sha256, sink.size)


def write_jsonl(layout: LedgerLayout, rows: Iterable[object], out: BinaryIO) -> WrittenLedger:
    """One canonical line per record; the file's SHA-256 is the digest of records."""
    sink, records, read = DigestingOut(out), RecordDigest(layout), field_reader(layout)
    for row in rows:
        sink.write(records.add(read(row)))
    return WrittenLedger(records.count, records.digest, sink.sha256, sink.size)


def _field(shown: Printed) -> str:
    if shown is None:
        return ""
    if isinstance(shown, str):
        return for_csv(shown)
    if isinstance(shown, date):
        return shown.isoformat()
    return format(shown, "f") if isinstance(shown, Decimal) else str(shown)


def _line(texts: list[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(texts)
    return line.getvalue().encode("utf-8")
