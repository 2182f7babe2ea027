"""The hazards of a notice as a table: which columns each family shows is data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notices.fonts import FontBook
from notices.parts.bordered import Bordered
from notices.parts.cleaning import day_text, one_line
from notices.snapshots import AnnexSnapshot, ItemSnapshot, NoticeSnapshot
from workflows.notices import Family, NoticeKind

ANNEX_TITLE = "事故隐患清单"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its part of the width beside the others', and the text of an item."""

    head: str
    weight: float
    text: Callable[[ItemSnapshot], str]


def _hazard(item: ItemSnapshot) -> str:
    place = one_line(item.place)
    return f"{place}：{item.description}" if place and place not in item.description else item.description


def _state(item: ItemSnapshot) -> str:
    return f"{item.state}\n逾期{item.overdue_days}天" if item.overdue_days else item.state


POSITION = Column("序号", 0.07, lambda item: str(item.position))
NUMBER = Column("隐患编号", 0.17, lambda item: item.number)
ENTERPRISE = Column("企业名称", 0.2, lambda item: item.enterprise)
HAZARD = Column("隐患", 0.4, _hazard)
GRADE = Column("等级", 0.08, lambda item: item.grade)
BASIS = Column("依据", 0.3, lambda item: item.basis)
DEADLINE = Column("整改期限", 0.2, lambda item: day_text(item.deadline, ""))
STATE = Column("整改进展", 0.14, _state)
OPINION = Column("复查意见", 0.14, lambda item: item.opinion)

BY_FAMILY: Final[Mapping[Family, tuple[Column, ...]]] = {
    Family.LETTER: (POSITION, ENTERPRISE, HAZARD, GRADE, DEADLINE, STATE),
    Family.ENFORCEMENT: (POSITION, HAZARD, BASIS, DEADLINE, OPINION),
    Family.FORM: (POSITION, HAZARD, GRADE, DEADLINE, STATE),
}
BY_KIND: Final[Mapping[NoticeKind, tuple[Column, ...]]] = {
    NoticeKind.INSPECTION_RECORD: (POSITION, HAZARD, BASIS),
    NoticeKind.TRANSFER: (POSITION, ENTERPRISE, HAZARD, BASIS, STATE),
}
"""Kinds that show other columns than their family."""


Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[float, ...]]


def as_table(items: Sequence[ItemSnapshot], columns: Sequence[Column]) -> Table:
    """Heads, rows and shares of the width; a column that would be empty for all items is left out."""
    texts = [tuple(column.text(item) for item in items) for column in columns]
    shown = [(column, cells) for column, cells in zip(columns, texts, strict=True) if any(map(str.strip, cells))]
    whole = sum(column.weight for column, _ in shown)
    heads = tuple(column.head for column, _ in shown)
    return heads, tuple(zip(*(cells for _, cells in shown), strict=True)), tuple(c.weight / whole for c, _ in shown)


def items_table(book: FontBook, items: Sequence[ItemSnapshot], columns: Sequence[Column]) -> Bordered:
    """The items under these columns."""
    return Bordered(book, *as_table(items, columns))


def items_annex(snapshot: NoticeSnapshot) -> list[AnnexSnapshot]:
    """The items of a letter as its last annex; none where they are not to be shown."""
    if not snapshot.items or not snapshot.items_shown:
        return []
    heads, rows, shares = as_table(snapshot.items, BY_FAMILY[Family.LETTER])
    return [AnnexSnapshot(ANNEX_TITLE, heads=heads, shares=shares, rows=rows)]
