"""What the pages of an import of a table show: the door they stand behind, figures that filter, rows, the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from accounts.forms.base import clean
from accounts.importing import TableTask
from core.sheets.outcome import OUTCOME_LABELS, Outcome, RowOutcome, TableReport
from core.sheets.table_form import filled_form
from core.sheets.table_rules import ColumnRule, TableRule

LOOK: Final = "look"
HEAVIEST_CELL: Final = 200


@dataclass(frozen=True, slots=True)
class Door:
    """One import for one organisation, as the pages need it: where one came from, and where known records are shown."""

    task: TableTask
    back: tuple[str, str]  # words and address
    endpoint: str
    values: dict[str, Any]
    tab: str = ""
    subject_url: Callable[[int], str] | None = None
    accepts: str = ".xlsx,.xls,.ods,.csv"
    notes: tuple[str, ...] = ()

    def url(self, part: str = "", **more: Any) -> str:
        """The address of one of this import's pages."""
        return url_for(f"{self.endpoint}{part}", **self.values, **more)


def told(report: TableReport) -> str:
    """How many rows had which outcome, in one sentence."""
    counted = (
        f"{OUTCOME_LABELS[outcome]} {report.counts[outcome]} 行" for outcome in Outcome if report.counts[outcome]
    )
    return f"{'，'.join(counted)}。" if report.rows else ""


def chosen_filter(report: TableReport) -> str:
    """The filter asked for; at first what needs a look, else everything."""
    asked = clean(request.args.get("show"))
    if asked in (LOOK, "all", *Outcome):
        return asked
    return LOOK if any(row.needs_a_look for row in report.rows) else "all"


def filtered(report: TableReport, chosen: str) -> list[RowOutcome]:
    if chosen == LOOK:
        return [row for row in report.rows if row.needs_a_look]
    return [row for row in report.rows if chosen in ("all", row.outcome)]


def first_shown(total: int) -> int:
    text = clean(request.args.get("from"))
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return start if start < total else 0


def page_url(door: Door, token: str, chosen: str, start: int) -> str:
    return door.url("_checked", token=token, show=chosen, **({"from": start} if start > 0 else {}))


def tally_of(door: Door, token: str, report: TableReport, chosen: str) -> list[tuple[int, str, str, bool]]:
    """Four figures that filter; those without a change are reached from the sum above them."""
    tiles = (Outcome.CREATED, Outcome.CHANGED, Outcome.SKIPPED)
    figures = [(report.counts[outcome], OUTCOME_LABELS[outcome], outcome.value) for outcome in tiles]
    figures.append((sum(row.needs_a_look for row in report.rows), "有备注，须看一眼", LOOK))
    return [
        (count, label, door.url("_checked", token=token, show=code), code == chosen) for count, label, code in figures
    ]


def sum_of(report: TableReport) -> str:
    """All rows as what becomes of them: 数据 12 行 = 新建 9 + 没有变化 3."""
    parts = [f"{OUTCOME_LABELS[outcome]} {report.counts[outcome]}" for outcome in Outcome if report.counts[outcome]]
    return f"数据 {len(report.rows)} 行{' = ' if parts else ''}{' + '.join(parts)}"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page draws it."""

    place: str
    outcome: str
    label: str
    cells: tuple[str, ...]
    url: str
    reason: str
    changes: tuple[Any, ...]
    remarks: tuple[Any, ...]


def shown_row(door: Door, row: RowOutcome) -> ShownRow:
    url = door.subject_url(row.subject_id) if door.subject_url and row.subject_id is not None else ""
    cells = tuple(cell if len(cell) <= HEAVIEST_CELL else f"{cell[:HEAVIEST_CELL]}…" for cell in row.cells)
    label = OUTCOME_LABELS[row.outcome]
    return ShownRow(row.place, row.outcome.value, label, cells, url, row.reason, row.changes, row.remarks)


def report_book(report: TableReport) -> bytes:
    """The rows of a report with their remarks beside them."""
    heads = [ColumnRule(f"c{place}", head, width=24) for place, head in enumerate(report.heads)]
    rule = TableRule(
        "核对结果",
        (
            ColumnRule("place", "行", width=10),
            *heads,
            ColumnRule("outcome", "结果", width=10),
            ColumnRule("why", "原因、更正和备注", width=60),
        ),
        "每一行的结果。",
    )
    rows = (
        {
            "place": row.place,
            **{f"c{place}": cell for place, cell in enumerate(row.cells)},
            "outcome": OUTCOME_LABELS[row.outcome],
            "why": "\n".join(_why(row)),
        }
        for row in report.rows
    )
    return filled_form(rule, rows)


def _why(row: RowOutcome) -> list[str]:
    changes = [f"{change.label}：{change.before or '（空）'} → {change.after or '（空）'}" for change in row.changes]
    remarks = [f"{remark.title}“{remark.text}”{remark.reason}" for remark in row.remarks]
    return [*([row.reason] if row.reason else []), *changes, *remarks]
