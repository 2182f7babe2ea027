"""CSV in the encodings that offices save: UTF-8 with or without a byte order mark, UTF-16, GB18030."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.grid import Grid
from core.sheets.work import Work

_SEPARATORS: Final = ",\t;"
_SAMPLE = 64 * 1024
_PIECE = 1024 * 1024
_LONGEST_LINE = 1_000_000
_END: Final = "\ufdd0"  # a noncharacter, which no text holds: a record of its own unless a quote is still open


def read_delimited(data: bytes, name: str, work: Work, first_rows: int | None = None) -> Grid:
    """The file as one grid of texts; a row is a record, which may hold line breaks. Raises BadFile."""
    encoding, lost = _encoding(data)
    csv.field_size_limit(work.limits.cell_characters)
    rows: list[tuple[str, ...]] = []
    kept: dict[str, str] = {}
    is_partial = False
    with _decoded(data, encoding) as sample:
        separator = max(_SEPARATORS, key=sample.read(_SAMPLE).count)
    with _decoded(data, encoding) as text:
        try:
            for record in csv.reader(_with_end(text), delimiter=separator):
                if record == [_END]:
                    break
                if len(rows) == first_rows:
                    is_partial = True
                    break
                if record and record[-1].endswith(_END):
                    raise _unpaired(len(rows) + 1, work)
                rows.append(_row(record, kept, work))
                work.row(len(rows))
        except csv.Error as error:
            raise _unpaired(len(rows) + 1, work) from error
    while rows and not any(value.strip() for value in rows[-1]):
        rows.pop()
    return Grid(name=name, rows=tuple(rows), lost_characters=lost, is_partial=is_partial)


def _row(record: list[str], kept: dict[str, str], work: Work) -> tuple[str, ...]:
    """The record, counted; short texts, which come again and again, are kept once."""
    work.column(len(record))
    work.fill(len(record))
    for value in record:
        if value:
            work.text(len(value))
    return tuple(kept.setdefault(value, value) if len(value) <= 20 else value for value in record)


def _unpaired(row: int, work: Work) -> BadFile:
    return BadFile(f"第 {row} 行的引号没有配对，或某一格超过 {work.limits.cell_characters} 字。请改正后再导入。")


def _with_end(text: TextIOWrapper) -> Iterator[str]:
    """The lines, and one more after the last: inside an open quote it would become part of a cell."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise BadFile(f"文件里有超过 {_LONGEST_LINE // 10_000} 万字的一行，不是表格。请检查是否选错了文件。")
        if "\x00" in line or _END in line:
            raise BadFile("这不是文本表格，没有写入任何内容。请选择 .xlsx 或 .csv 文件。")
        yield line
    yield _END


def _decoded(data: bytes, encoding: str) -> TextIOWrapper:
    return TextIOWrapper(BytesIO(data), encoding=encoding, errors="replace", newline="")


def _encoding(data: bytes) -> tuple[str, int]:
    """The encoding, and how many characters are lost in it."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16", _lost(data, "utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        if _fits(data, encoding):
            return encoding, 0
    encoding = "utf-8-sig" if data.startswith(BOM_UTF8) else "gb18030"
    return encoding, _lost(data, encoding)


def _fits(data: bytes, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        for place in range(0, len(data), _PIECE):
            decoder.decode(data[place : place + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lost(data: bytes, encoding: str) -> int:
    lost = total = 0
    with _decoded(data, encoding) as text:
        while piece := text.read(_PIECE):
            lost += piece.count("\ufffd")
            total += len(piece)
    if lost > max(20, total // 50):
        raise BadFile("这不是文本表格，或者编码不是 UTF-8、GB18030。请另存为 .xlsx 再导入。")
    return lost
