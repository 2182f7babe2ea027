"""The parts of a sheet: title, lines above the header, header, data rows, and what stands below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from core.sheets.grid import Grid
from core.sheets.header import Header, Known, find_header, header_at
from core.sheets.text import Value, as_text, squeeze

_LINE = re.compile(r"^\s*([^：:\s]{2,14})\s*[：:]\s*(.*)$", re.DOTALL)
_PARTS = re.compile(r"[\s\u3000]{3,}")
_SIGNATURE: Final = re.compile(
    r"^(?:审核人?|审批人?|审定人?|填表人?|填报人|制表人?|经办人|统计人|复核人?|批准人?|编制人?|联系人|联系电话|电话|"
    r"单位负责人|主要负责人|安全管理人员|分管负责人|分管领导|负责人|填报单位|填报日期|填表日期|制表日期|日期)"
    r"(?:\([^)]{1,8}\)|签字|签名|签章|盖章)?(?:[:：]|$|\()"
    r"|^[^\d:：,，。;；]{2,16}(?:签字|签名|签章|盖章)(?:[:：]|$|\()"
)
_NOTE: Final = re.compile(r"^(?:填写?要求|填表?说明|填报说明|说明|备注|注|附注|备注说明)\d?[:：.、]")
_HEADING: Final = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}[章节类部])"
)
_ATTACHMENT: Final = re.compile(r"^\s*附[件表录]\s*[\d一二三四五六七八九十-]*\s*[:：]?\s*")
_SUM: Final = re.compile(r"^(?:合计|总计|小计|共计|累计|本页合计|本页小计)(?=$|[\d:：(（,，、共条项家户元万])")
_EXAMPLES: Final = frozenset({"示例", "样例", "例", "范例", "填写示例", "填报示例", "例如", "举例", "样表"})
_REQUIREMENTS: Final = frozenset(
    ["必填", "选填", "非必填", "必填项", "选填项", "必选", "可选", "文本", "日期", "数字", "下拉选择", "单选", "多选"]
)
Columns = tuple[int, ...]

SUM_REASON = "这是合计行，不是一条记录"
TITLE_REASON = "整行只有一段文字，像小标题，不是一条记录"
EXAMPLE_REASON = "这是填写示例，不是一条记录"
REQUIREMENT_REASON = "这一行写的是填报要求，不是一条记录"
REPEATED_REASON = "这是重复的表头，不是一条记录"


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line above the header such as 填报日期：2026年11月10日; `value` is a real date where the cell is one."""

    label: str
    value: Value
    row: int
    column: int = 0
    """Where the label stands."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A row between the data rows that is no record, with the reason."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Which row is what. Every row with content of its own below the header is in exactly one of
    `data_rows`, `asides` and `footer_rows`."""

    title: str
    head_lines: tuple[HeadLine, ...]
    header: Header
    data_rows: tuple[int, ...]
    asides: tuple[Aside, ...]
    footer_rows: tuple[int, ...]
    footer: str


def find_layout(grid: Grid, is_known: Known, *, header_rows: tuple[int, int] | None = None) -> Layout | None:
    """The layout of a sheet whose header names `is_known` recognises; None where there is no such header.

    `header_rows` are the rows a person says the header has; rows that the sheet does not have say nothing.
    """
    told = header_at(grid, *header_rows) if header_rows else None
    header = told or find_header(grid, is_known)
    if header is None:
        return None
    body = [(row, columns) for row in range(header.last_row + 1, grid.height + 1) if (columns := grid.filled(row))]
    footer_rows = _footer(grid, header, body)
    inside = [(row, columns) for row, columns in body if row not in footer_rows]
    asides = tuple(aside for row, columns in inside if (aside := _aside(grid, header, row, columns)))
    beside = {aside.row for aside in asides}
    return Layout(
        title=title_of(grid, header.first_row),
        head_lines=head_lines(grid, header.first_row),
        header=header,
        data_rows=tuple(row for row, _ in inside if row not in beside),
        asides=asides,
        footer_rows=tuple(sorted(footer_rows)),
        footer="\n".join(as_text(grid.own(r, c)) for r in sorted(footer_rows) for c in grid.filled(r)),
    )


def title_of(grid: Grid, before: int) -> str:
    """The title: the first text above row `before` that is no line with a label."""
    for row in range(1, min(before, grid.height + 1)):
        for column in grid.filled(row):
            text = _ATTACHMENT.sub("", as_text(grid.own(row, column)))
            if isinstance(grid.own(row, column), str) and not _LINE.match(text) and len(text) >= 4:
                return " ".join(text.split())
    return ""


def head_lines(grid: Grid, before: int) -> tuple[HeadLine, ...]:
    """The labelled lines above row `before`; a label with nothing after it takes the next cell's value.

    Of cells without a colon the first of two neighbours is taken for the label of the second (单位名称 | 甲厂).
    """
    lines: list[HeadLine] = []
    for row in range(1, min(before, grid.height + 1)):
        columns = grid.filled(row)
        answered = -1
        for place, column in enumerate(columns):
            value = grid.own(row, column)
            following = grid.own(row, columns[place + 1]) if place + 1 < len(columns) else None
            lone: Value = None if place <= answered else _answer(following)
            found = [
                match for part in _PARTS.split(as_text(value)) if (match := _LINE.match(_ATTACHMENT.sub("", part)))
            ]
            if not found and isinstance(value, str) and lone and 2 <= len(squeeze(value)) <= 14:
                lines.append(HeadLine(squeeze(value), lone, row, column))
                answered = place + 1
            for match in found:
                lines.append(HeadLine(squeeze(match[1]), match[2].strip() or _answer(following), row, column))
    return tuple(lines)


def _answer(value: Value) -> Value:
    """The next cell's value, unless it is a label itself."""
    if isinstance(value, date | datetime | int | float):
        return value
    text = as_text(value)
    return "" if _LINE.match(text) else text


def _footer(grid: Grid, header: Header, body: Sequence[tuple[int, Columns]]) -> set[int]:
    """The rows at the end that are sums, signatures or instructions, found from the last row upwards."""
    footer: set[int] = set()
    few = max(4, sum(bool(path) for path in header.paths) // 2)
    for row, columns in reversed(body):
        first = squeeze(as_text(grid.own(row, columns[0])))
        is_said = len(columns) <= few and bool(_SIGNATURE.match(first) or _NOTE.match(first))
        if not (is_said or _SUM.match(first) or _is_lone_text(grid, row, columns)):
            break
        footer.add(row)
    return footer


def _is_lone_text(grid: Grid, row: int, columns: Columns) -> bool:
    """Whether a row is one text across three merged columns or more, or a numbered heading (一、…)."""
    if len(columns) != 1 or not isinstance(grid.own(row, columns[0]), str):
        return False
    if any(grid.is_inherited(row, column) for column in range(1, grid.width + 1)):
        return False
    is_across = grid.merges.get((row, columns[0] + 2)) == (row, columns[0])
    return is_across or bool(_HEADING.match(squeeze(as_text(grid.own(row, columns[0])))))


def _aside(grid: Grid, header: Header, row: int, columns: Columns) -> Aside | None:
    first = [squeeze(as_text(grid.own(row, column))) for column in columns[:2]]
    if any(_SUM.match(text) for text in first):
        return Aside(row, SUM_REASON)
    if any(text in _EXAMPLES for text in first):
        return Aside(row, EXAMPLE_REASON)
    if first[0] in _REQUIREMENTS and _is_requirement(grid, row, columns):
        return Aside(row, REQUIREMENT_REASON)
    if _is_lone_text(grid, row, columns):
        return Aside(row, TITLE_REASON)
    return Aside(row, REPEATED_REASON) if _repeats_header(grid, header, row, columns) else None


def _is_requirement(grid: Grid, row: int, columns: Columns) -> bool:
    """Whether nearly every cell says how its column is to be filled in (必填, 选填, 日期)."""
    words = sum(squeeze(as_text(grid.own(row, column))) in _REQUIREMENTS for column in columns)
    return words >= 3 and words >= len(columns) - 1


def _repeats_header(grid: Grid, header: Header, row: int, columns: Columns) -> bool:
    """Whether nearly every cell of a row says what its header says, as on each page of a printed list."""

    def is_name(column: int) -> bool:
        path = header.path(column)
        return bool(path) and squeeze(as_text(grid.own(row, column))) == squeeze(path[-1])

    if not any(is_name(column) for column in columns[:2]):
        return False
    names = sum(is_name(column) for column in columns)
    return names >= 2 and names >= len(columns) - 1
