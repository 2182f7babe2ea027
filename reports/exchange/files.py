"""A format's records as files: JSON, CSV in two encodings, and for pictures an archive with both and the remarks.

Machines read these files, but clerks open CSV in spreadsheets too. So, as in every CSV of this register, a text a
spreadsheet might run gets a leading apostrophe there (and stays within its length, and is remarked); the exact text
is in the JSON file. The digest of records is that of the canonical lines of `reports.sheet.records`, the same for
every file form.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from core.files import MEBIBYTE, file_store
from core.refusals import NotFound, TooLarge
from reports.exchange.formats import Fitter, HazardFacts, Picture, Remark, Value
from reports.exchange.formats.fitting import left_out
from reports.sheet import WrittenLedger
from reports.sheet.records import DigestingOut
from reports.sheet.text import for_csv, looks_like_formula

UTF8: Final = "utf-8-sig"  # with its mark: without it Excel reads Chinese as GBK
GB18030: Final = "gb18030"
MOST_PICTURES: Final = 5_000
MOST_BYTES: Final = 512 * MEBIBYTE
_RECORDS: Final = "hazards.json"
_REMARKS: Final = "remarks.csv"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # an archive's time carries no zone: every entry has the same
_GUARDED: Final = "可能被表格软件当公式执行，CSV 中前加单引号（JSON 中为原文）"
REMARK_HEADS: Final = ("隐患编号", "字段", "字段名称", "说明", "登记原文")

Write = Callable[[Iterable[HazardFacts], Fitter, BinaryIO], "WrittenExchange"]


@dataclass(frozen=True, slots=True)
class WrittenExchange:
    """What was written, how many hazards were left out, and all that is to be said of the records, in their order."""

    written: WrittenLedger
    left_out: int
    remarks: int


@dataclass(slots=True)
class _Tally:
    """Counts and digests the records while they stream by."""

    count: int = 0
    left_out: int = 0
    remarks: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def done(self, sha256: str, size: int) -> WrittenExchange:
        """What was written, as the person's history has it."""
        written = WrittenLedger(self.count, self.digest.hexdigest(), sha256, size)
        return WrittenExchange(written, self.left_out, self.remarks)


@dataclass(frozen=True, slots=True)
class _Record:
    facts: HazardFacts
    values: dict[str, Value]
    remarks: list[Remark]


def _records(every: Iterable[HazardFacts], fitter: Fitter, tally: _Tally) -> Iterator[_Record]:
    """The records; those left out come with their remark and no values."""
    for facts in every:
        if (remark := left_out(fitter.form, facts)) is not None:
            tally.left_out += 1
            tally.remarks += 1
            yield _Record(facts, {}, [remark])
            continue
        values, remarks = fitter.record(facts)
        tally.count += 1
        tally.remarks += len(remarks)
        tally.digest.update(_line(values))
        yield _Record(facts, values, remarks)


def _line(values: dict[str, Value]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


# --- JSON and CSV ----------------------------------------------------------------------------------------------


def write_json(every: Iterable[HazardFacts], fitter: Fitter, out: BinaryIO) -> WrittenExchange:
    """A list of objects, one a line; every value a text, pictures a list of names."""
    sink, tally = DigestingOut(out), _Tally()
    for piece in _json(_records(every, fitter, tally)):
        sink.write(piece)
    return tally.done(sink.sha256, sink.size)


def _json(records: Iterable[_Record]) -> Iterator[bytes]:
    before = b"[\n"
    for record in records:
        if record.values:
            yield before + json.dumps(record.values, ensure_ascii=False).encode("utf-8")
            before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def csv_writer(encoding: str) -> Write:
    """The function that writes CSV in this encoding: the field names, then the records, CRLF."""

    def write(every: Iterable[HazardFacts], fitter: Fitter, out: BinaryIO) -> WrittenExchange:
        sink, tally = DigestingOut(out), _Tally()
        sink.write(_csv_line(fitter.form.names, encoding))
        for record in _records(every, fitter, tally):
            if record.values:
                row = [_guarded(fitter, name, value) for name, value in record.values.items()]
                sink.write(_csv_line(row, encoding.removesuffix("-sig")))
        return tally.done(sink.sha256, sink.size)

    return write


def _guarded(fitter: Fitter, name: str, value: Value) -> str:
    if isinstance(value, list):
        return ";".join(value)
    return fitter.fits(name, for_csv(value)) if looks_like_formula(value) else value


def _csv_line(texts: Iterable[str], encoding: str) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(texts)
    return line.getvalue().encode(encoding)


# --- remarks ---------------------------------------------------------------------------------------------------


def write_remarks(every: Iterable[HazardFacts], fitter: Fitter, out: BinaryIO) -> WrittenExchange:
    """All that is to be said of the records, as CSV for people; what a spreadsheet might run is said too."""
    sink, tally = DigestingOut(out), _Tally()
    sink.write(_csv_line(REMARK_HEADS, UTF8))
    said = 0
    for record in _records(every, fitter, tally):
        for remark in remarks_of(fitter, record.values, record.remarks, record.facts):
            sink.write(_remark_line(remark))
            said += 1
    tally.remarks = said
    return tally.done(sink.sha256, sink.size)


def remarks_of(fitter: Fitter, values: dict[str, Value], remarks: list[Remark], facts: HazardFacts) -> Iterator[Remark]:
    """The remarks on a record, with those on what CSV must write otherwise."""
    yield from remarks
    for one in fitter.form.fields:
        value = values.get(one.name, "")
        if isinstance(value, str) and looks_like_formula(value):
            yield Remark(facts.number, one.name, one.title, _GUARDED, value)


def _remark_line(remark: Remark) -> bytes:
    texts = (remark.number, remark.field, remark.title, remark.reason, remark.said)
    return _csv_line([for_csv(text) for text in texts], "utf-8")


# --- the archive -----------------------------------------------------------------------------------------------


def write_archive(every: Iterable[HazardFacts], fitter: Fitter, out: BinaryIO) -> WrittenExchange:
    """ZIP: the JSON file, the pictures under the names it gives, the remarks.

    Pictures are copied piece by piece; `TooLarge` beyond `MOST_PICTURES` or `MOST_BYTES`. One that the store has lost
    is remarked.
    """
    sink, tally = DigestingOut(out), _Tally()
    pictures: dict[str, Picture] = {}
    with tempfile.SpooledTemporaryFile(MEBIBYTE) as kept, zipfile.ZipFile(_Unseekable(sink), "w") as archive:
        remarks = cast(BinaryIO, kept)
        remarks.write(_csv_line(REMARK_HEADS, UTF8))
        with archive.open(_entry(_RECORDS, zipfile.ZIP_DEFLATED), "w") as file:
            for piece in _json(_noted(_records(every, fitter, tally), fitter, remarks, pictures)):
                file.write(piece)
        for remark in _add_pictures(archive, pictures):
            tally.remarks += 1
            remarks.write(_remark_line(remark))
        remarks.seek(0)
        with archive.open(_entry(_REMARKS, zipfile.ZIP_DEFLATED), "w") as file:
            shutil.copyfileobj(remarks, file)
    return tally.done(sink.sha256, sink.size)


def _noted(
    records: Iterable[_Record], fitter: Fitter, remarks: BinaryIO, pictures: dict[str, Picture]
) -> Iterator[_Record]:
    """Pass the records through; keep their remarks and which pictures they name."""
    for record in records:
        for remark in remarks_of(fitter, record.values, record.remarks, record.facts):
            remarks.write(_remark_line(remark))
        if record.values:
            pictures |= {picture.name: picture for picture in (*record.facts.before, *record.facts.after)}
        if len(pictures) > MOST_PICTURES:
            raise TooLarge(f"照片超过 {MOST_PICTURES:,} 张，一个压缩包放不下。请缩短期间，分几次下载。")
        yield record


def _add_pictures(archive: zipfile.ZipFile, pictures: dict[str, Picture]) -> Iterator[Remark]:
    store, size = file_store(), 0
    for name, picture in pictures.items():
        try:
            source = store.open(picture.digest)
        except NotFound:
            yield Remark("", "", "照片", "照片在文件存放处缺失，没有放进压缩包。请联系系统管理员从备份恢复", name)
            continue
        with source, archive.open(_entry(name, zipfile.ZIP_STORED), "w") as file:
            shutil.copyfileobj(source, file)
            size += source.tell()
        if size > MOST_BYTES:
            raise TooLarge(f"照片合计超过 {MOST_BYTES // MEBIBYTE} MB，一个压缩包放不下。请缩短期间，分几次下载。")


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = method
    entry.external_attr = 0o600 << 16
    return entry


class _Unseekable(io.RawIOBase):
    """What an archive is written to in one go, so that its digest can be taken on the way."""

    def __init__(self, sink: DigestingOut) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(cast(bytes, data))
        self._sink.write(piece)
        return len(piece)
