"""Rows of a check as the page draws them: cells marked, remarks under the row, differences field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hazards.ledger import Field
from hazards.models import ImportDraftRow

HEADS: Final = (
    ("found_on", "检查时间"),
    ("enterprise", "企业"),
    ("place", "部位"),
    ("description", "隐患描述"),
    ("grade", "等级"),
    ("deadline", "整改期限"),
    ("status", "状态"),
)
_SHOWN_AS: Final[Mapping[str, str]] = {
    Field.FOUND_ON.value: "found_on",
    Field.ENTERPRISE_NAME.value: "enterprise",
    Field.USCC.value: "enterprise",
    Field.REGION_NAME.value: "enterprise",
    Field.PLACE.value: "place",
    Field.DESCRIPTION.value: "description",
    Field.GRADE.value: "grade",
    Field.DEADLINE.value: "deadline",
    Field.FIRST_DEADLINE.value: "deadline",
    Field.STATUS.value: "status",
    Field.PROGRESS.value: "status",
}
LONGEST: Final = 80
_BECAME: Final = {"created": "新建", "merged": "并入", "skipped": "不导入"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text and how it is marked."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A line of the table with what is to be said under it."""

    row: int
    part: int
    cells: tuple[Cell, ...]
    became: str
    number: str
    reason: str
    remarks: tuple[str, ...]
    differences: tuple[tuple[str, str, str], ...]
    parts: tuple[str, ...]
    says: bool
    marked: tuple[str, ...] = ()
    """The letters of the cells with a remark."""


def preview_row(found: ImportDraftRow) -> PreviewRow:
    """One line as it is shown."""
    content = found.content
    values, remarks = content["values"], content["remarks"]
    marked = {_SHOWN_AS[field]: text for _column, text, *_rest, field in reversed(remarks) if field in _SHOWN_AS}
    reason = found.reason
    more = (f"另有 {content['more']} 处备注，见带备注的 Excel。",) if content["more"] else ()
    said = tuple(_sentence(*remark) for remark in remarks) + more
    differences = tuple((column, here, file) for column, here, file in content["differences"])
    parts = tuple(content["parts"])
    return PreviewRow(
        row=found.row,
        part=found.part,
        cells=tuple(_cell(values.get(name, ""), marked.get(name)) for name, _head in HEADS),
        became=_BECAME[content["became"]],
        number=found.number,
        reason=reason,
        remarks=said,
        differences=differences,
        parts=parts,
        says=bool(reason or said or differences or parts or found.part),
        marked=tuple(filter(None, found.marked.split("|"))),
    )


def _cell(text: str, remarked: str | None) -> Cell:
    """The text as understood; where nothing was, what stands in the file."""
    if remarked is None:
        return Cell(_short(text))
    shown = text or remarked
    return Cell(_short(shown), "flag") if shown else Cell("空", "flag-bad")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"


def _sentence(column: str, _text: str, reason: str, cell: str, _field: Any) -> str:
    where = f"（{cell}）" if cell else ""
    return f"{column}{where}：{reason}" if column else reason
