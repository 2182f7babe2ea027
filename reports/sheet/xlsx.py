"""A ledger as .xlsx, written as a stream: rows are read one by one and never kept.

The file is put together in a temporary file and copied to `out` when it is whole, so a row that fails leaves
no half ledger behind. Times inside the archive come from `head.made_at`: same input, same bytes.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, BinaryIO, cast
from zoneinfo import ZoneInfo

from reports.sheet import page
from reports.sheet.cells import RowWriter
from reports.sheet.layout import LedgerHead, LedgerLayout, WrittenLedger
from reports.sheet.records import DigestingOut, RecordDigest, field_reader
from reports.sheet.shell import Shell

EXCEL_ROWS = 1_048_576
"""Rows of a worksheet (Excel specifications and limits)."""

_SHEET_BYTES = 1_900_000_000  # below the 2 GiB where the archive would need ZIP64, which Excel wants repaired
_BUFFER = 1 << 18  # characters gathered before they are compressed
_UNIX, _READABLE = 3, 0o644 << 16

Record = tuple[object, ...]


def write_xlsx(
    layout: LedgerLayout,
    head: LedgerHead,
    rows: Iterable[object],
    out: BinaryIO,
    *,
    sheet_rows: int = EXCEL_ROWS,
) -> WrittenLedger:
    """Write the ledger: `rows` are objects with the layout's keys as attributes, in the order of the ledger.

    More than `sheet_rows` rows, head and foot included, go on in further worksheets. Raises TypeError or
    ValueError with the column's heading for a value its column does not take; then nothing is written.
    """
    with tempfile.TemporaryFile() as whole:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            book = _Book(archive, layout, head, sheet_rows)
            records = book.write(rows)
        whole.seek(0)
        sink = DigestingOut(out)
        shutil.copyfileobj(whole, cast(IO[bytes], sink), 1 << 20)
    return WrittenLedger(records.count, records.digest, sink.sha256, sink.size, book.sheets)


class _Book:
    """The archive while it is being written."""

    def __init__(self, archive: zipfile.ZipFile, layout: LedgerLayout, head: LedgerHead, sheet_rows: int) -> None:
        self.sheets = 0
        self._archive, self._layout, self._head = archive, layout, head
        self._date_time = _stamp(head.made_at)
        self._capacity = max(1, sheet_rows - page.first_row(layout) + 1 - page.FOOT_ROWS)
        self._shell = Shell(layout, head)
        self._rows = RowWriter(layout, self._shell.styles)
        self._records = RecordDigest(layout)

    def write(self, rows: Iterable[object]) -> RecordDigest:
        """All parts, worksheets where openpyxl has them: programs guess the type from the first names."""
        written = set()
        for name, content in self._shell.parts():
            if name.startswith(("docProps/", "xl/theme/")):
                self._add(name, content)
                written.add(name)
        self._write_sheets(map(field_reader(self._layout), rows))
        for name, content in self._shell.parts():
            if name not in written:
                self._add(name, content)
        return self._records

    def _write_sheets(self, records: Iterator[Record]) -> None:
        waiting = next(records, None)
        while self.sheets == 0 or waiting is not None:
            self.sheets += 1
            info = self._info(f"xl/worksheets/sheet{self.sheets}.xml")
            with self._archive.open(info, "w") as part:
                part.write(self._shell.begin_sheet(self.sheets))
                before = self._records.count
                waiting = self._write_rows(part.write, waiting, records)
                notes = self._notes() if waiting is None else None
                part.write(self._shell.end_sheet(self.sheets, self._records.count - before, notes))

    def _write_rows(
        self, write: Callable[[bytes], object], waiting: Record | None, records: Iterator[Record]
    ) -> Record | None:
        """Fill a worksheet; returns the record that no longer fits, None when all are written."""
        first, gathered = page.first_row(self._layout), _Gathered(write)
        number = first
        while waiting is not None and number < first + self._capacity and gathered.size < _SHEET_BYTES:
            self._records.add(waiting)
            gathered.add(self._rows.write(number, self._records.count, waiting))
            number += 1
            waiting = next(records, None)
        gathered.flush()
        return waiting

    def _notes(self) -> Sequence[str]:
        records = self._records
        anchor = f"；事件链锚点：{self._head.anchor}" if self._head.anchor else ""
        counted = f"{self._layout.called}共 {records.count} {self._layout.counted}"
        closing = f"{counted}；记录摘要（SHA-256）：{records.digest}{anchor}"
        return (*self._layout.notes, *self._overlong(), closing)

    def _overlong(self) -> Iterator[str]:
        """What paper cannot show is said on paper."""
        if self._rows.overlong:
            named = "、".join(map(str, self._rows.first_overlong))
            more = "等" if self._rows.overlong > len(self._rows.first_overlong) else ""
            yield (f"序号 {named} {more}共 {self._rows.overlong} 条文字较多，纸面只印得下开头，全文见本文件的单元格。")

    def _add(self, name: str, content: bytes) -> None:
        self._archive.writestr(self._info(name), content)

    def _info(self, name: str) -> zipfile.ZipInfo:
        """An entry that depends on nothing but the ledger, neither on the hour nor on the system."""
        info = zipfile.ZipInfo(name, self._date_time)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = _UNIX, _READABLE
        return info


class _Gathered:
    """Rows as text, compressed some hundred at a time."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._texts: list[str] = []
        self._length = 0
        self.size = 0
        """Bytes handed on so far."""

    def add(self, text: str) -> None:
        """Take one row."""
        self._texts.append(text)
        self._length += len(text)
        if self._length > _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Hand on what was gathered."""
        data = "".join(self._texts).encode("utf-8")
        self._write(data)
        self.size += len(data)
        self._texts, self._length = [], 0


def _stamp(made_at: datetime) -> tuple[int, int, int, int, int, int]:
    """The archive's time of the entries, Shanghai time; ZIP begins with 1980."""
    local = made_at.astimezone(ZoneInfo("Asia/Shanghai"))
    return (max(1980, local.year), local.month, local.day, local.hour, local.minute, local.second)
