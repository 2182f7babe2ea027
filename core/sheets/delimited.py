"""CSV in the encodings that offices save: UTF-8 with or without a byte order mark, UTF-16, GB18030."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.grid import Grid
from core.sheets.limits import Limits

_SEPARATORS: Final = ",\t;"
_SAMPLE = 64 * 1024


def read_delimited(data: bytes, name: str, limits: Limits, first_rows: int | None = None) -> Grid:
    """The file as one grid of texts; a row is a record, which may hold line breaks. Raises BadFile."""
    text, lost = _decoded(data)
    if "\x00" in text:
        raise BadFile("这不是文本表格，没有写入任何内容。请选择 .xlsx 或 .csv 文件。")
    csv.field_size_limit(limits.cell_characters)
    rows: list[tuple[str, ...]] = []
    cells = 0
    is_partial = False
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=_separator(text)):
            if len(rows) == first_rows:
                is_partial = True
                break
            cells += len(record)
            rows.append(tuple(record))
            if len(rows) > limits.rows or len(record) > limits.columns or cells > limits.cells:
                raise BadFile(f"表格超过 {limits.rows} 行或 {limits.columns} 列的上限，请拆成几个文件分别导入。")
    except csv.Error as error:
        raise BadFile(
            f"第 {len(rows) + 1} 行的引号没有配对，或某一格超过 {limits.cell_characters} 字。请改正后再导入。"
        ) from error
    while rows and not any(value.strip() for value in rows[-1]):
        rows.pop()
    return Grid(name=name, rows=tuple(rows), lost_characters=lost, is_partial=is_partial)


def _decoded(data: bytes) -> tuple[str, int]:
    """The text and how many of its characters are lost."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
        return text, text.count("\ufffd")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), 0
        except UnicodeDecodeError:
            continue
    encoding = "utf-8-sig" if data.startswith(BOM_UTF8) else "gb18030"
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    if lost > max(20, len(text) // 50):
        raise BadFile("这不是文本表格，或者编码不是 UTF-8、GB18030。请另存为 .xlsx 再导入。")
    return text, lost


def _separator(text: str) -> str:
    sample = text[:_SAMPLE]
    return max(_SEPARATORS, key=sample.count)
