"""The columns of the list a person may choose from: what each reads of a hazard's row, and how it is written.

Only what stands in the hazard's own row: a chosen column costs no further query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from core.days import SHANGHAI
from hazards.models import Hazard
from workflows.vocabulary import Channel

MOST_MORE: Final = 6  # further columns at once: more would leave the description no room

Written = str | int | date | None


@dataclass(frozen=True, slots=True)
class MoreColumn:
    """A column beside the usual ones: its head, what it reads that no list reads anyway, and what it writes."""

    key: str
    head: str
    reads: tuple[Any, ...]
    write: Callable[[Any], Written]


def _channel(row: Any) -> str:
    return str(row.channel.label)


def _controls(row: Any) -> str:
    due: datetime | None = row.control_next_at
    if due is None:
        return ""
    missed = f"（漏检 {row.control_missed} 次）" if row.control_missed else ""
    return due.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") + missed


def _points(row: Any) -> str:
    return f"{row.points_done}/{row.points_total}" if row.points_total else ""


USUAL: Final[dict[str, str]] = {
    "firm": "企业或部位",
    "grade": "等级",
    "state": "状态",
    "who": "现由谁办",
    "tier": "清单",
    "due": "整改期限",
    "days": "剩余",
}

MORE: Final[dict[str, MoreColumn]] = {
    column.key: column
    for column in (
        MoreColumn("place", "隐患位置", (), lambda row: row.place),
        MoreColumn("category", "类别", (Hazard.category,), lambda row: row.category.label if row.category else ""),
        MoreColumn("sector", "行业领域", (Hazard.sector,), lambda row: row.sector),
        MoreColumn("channel", "隐患来源", (Hazard.channel,), _channel),
        MoreColumn("found", "发现时间", (), lambda row: row.found_on),
        MoreColumn("responsible", "整改责任人", (Hazard.responsible_person,), lambda row: row.responsible_person),
        MoreColumn("first", "首次期限", (Hazard.deadline_first,), lambda row: row.deadline_first),
        MoreColumn("extensions", "延期次数", (Hazard.extensions,), lambda row: row.extensions),
        MoreColumn("order", "责令文书号", (Hazard.order_number,), lambda row: row.order_number),
        MoreColumn("points", "要点完成", (Hazard.points_done, Hazard.points_total), _points),
        MoreColumn("controls", "下次管控检查", (Hazard.control_next_at, Hazard.control_missed), _controls),
    )
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list shows: which of the usual columns, and which further ones, in the order of the tables above."""

    usual: tuple[str, ...] = tuple(USUAL)
    more: tuple[str, ...] = ()

    @property
    def hidden(self) -> frozenset[str]:
        """The usual columns that are left out."""
        return frozenset(USUAL) - frozenset(self.usual)

    @property
    def reads(self) -> tuple[Any, ...]:
        """What the list must read beside what it reads anyway."""
        return tuple(column for key in self.more for column in MORE[key].reads)

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the further columns."""
        return tuple(MORE[key].head for key in self.more)

    def written(self, row: Any, *, masked: bool) -> tuple[str, ...]:
        """The further cells of a row as text; `masked` hides from an enterprise that it came from a complaint."""
        return tuple(as_text(value_of(key, row, masked=masked)) for key in self.more)


def value_of(key: str, row: Any, *, masked: bool) -> Written:
    """One further cell."""
    if masked and key == "channel" and row.channel is Channel.COMPLAINT:
        return Channel.SUPERVISION.label
    return MORE[key].write(row)


def as_text(value: Written) -> str:
    """A cell as the page prints it."""
    if value is None or value == "":
        return "—"
    return value.isoformat() if isinstance(value, date) else str(value)


def chosen(keys: Iterable[str] | None) -> Columns:
    """The columns of these keys; the usual ones where nothing was chosen. Unknown keys are left out."""
    if keys is None:
        return Columns()
    wanted = set(keys)
    return Columns(
        tuple(key for key in USUAL if key in wanted), tuple(key for key in MORE if key in wanted)[:MOST_MORE]
    )


def keys_of(columns: Columns) -> Sequence[str]:
    """What is kept of a choice."""
    return [*columns.usual, *columns.more]
