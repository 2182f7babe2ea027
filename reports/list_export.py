"""The list of hazards as a file: /reports/list.xlsx and .csv, exactly the rows of the list with the same query string.

Rows are read and written piece by piece into a temporary file: a list of any length stays within a few megabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final

from flask import request, send_file
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.history import record
from accounts.queries import get_person
from core.days import SHANGHAI, shanghai_day
from core.db import unit_of_work
from core.refusals import NotAllowed
from core.web import now
from hazards.columns import MORE, USUAL, Columns, value_of
from hazards.conditions import Conditions, Looking
from hazards.preferences import preferences_of
from hazards.taking_out import may_take_out, rows_to_take_out
from hazards.views.listing import asked_by, condition_words
from hazards.waiting import deputised
from reports.operations import FORMATS, write_rows
from reports.sheet import Column, Kind, LedgerHead, LedgerLayout, WrittenLedger
from reports.views import blueprint as blueprint
from reports.whole_file import whole_stream
from workflows.colours import days_words

CODE: Final = "list"
MOST_WORDS: Final = 60  # of a filter in the name of a file
_NO_NAME: Final = re.compile(r"[\\/:*?\"<>|\x00-\x1f]+")
EVERY: Final = Columns(tuple(USUAL), tuple(MORE))
_WIDE: Final[dict[str, float]] = {"place": 14, "order": 14, "controls": 14, "responsible": 9, "sector": 9}
_KINDS: Final[dict[str, Kind]] = {"found": "date", "first": "date", "extensions": "integer"}
_USUAL_COLUMNS: Final[dict[str, Column]] = {
    "grade": Column("grade", "等级", width=5),
    "state": Column("state", "状态", "state", 8),
    "who": Column("who", "现由谁办", width=13),
    "tier": Column("tier", "清单", width=5),
    "due": Column("due", "整改期限", "date", 10),
    "days": Column("days", "剩余", width=9),
}


@dataclass(frozen=True, slots=True)
class ListOrder:
    """A list to be taken out: what it asks, for whom, with which columns."""

    asked: Conditions
    who: Looking
    columns: Columns
    words: str
    now: datetime

    @property
    def actor(self) -> Actor:
        """Who takes it out."""
        return self.who.actor

    @property
    def file_name(self) -> str:
        """隐患清单_全部未销号；重大_安全管理人员·镕_20261116-1000: by which filter, by whom, when; without its ending.

        A CSV says it in its name alone: further lines would be rows to whatever reads it.
        """
        words = _NO_NAME.sub(" ", self.words)[:MOST_WORDS]
        return f"隐患清单_{words}_{_NO_NAME.sub(' ', self.actor.name)}_{self.now.astimezone(SHANGHAI):%Y%m%d-%H%M}"


@blueprint.get("/reports/list.<any(xlsx,csv):ending>")
def list_file(ending: str) -> ResponseReturnValue:
    """Exactly the list that the same query string shows, in its order; noted in the person's own history."""
    actor, moment = current_actor(), now()
    if not may_take_out(actor):
        raise NotAllowed("隐患清单由监管部门，或本企业的主要负责人、厂长/经理、安全管理人员导出。请由他们办理。")
    asked = asked_by(actor, request.args)
    columns = EVERY if request.args.get("columns") == "all" else preferences_of(actor, limit=0).columns
    who = Looking(actor, shanghai_day(moment), deputised(actor.person_id, now=moment))
    order = ListOrder(asked, who, columns, condition_words(asked), moment)
    file, written = written_list(order, ending)
    with unit_of_work():
        note_list(order, written, ending)
    answer = send_file(file, FORMATS[ending][1], as_attachment=True, download_name=f"{order.file_name}.{ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def written_list(order: ListOrder, ending: str) -> tuple[BinaryIO, WrittenLedger]:
    """The whole list as a file at its beginning."""
    return whole_stream(lambda out: write_rows(layout_of(order), _head(order), records_of(order), ending, out))


def note_list(order: ListOrder, written: WrittenLedger, ending: str) -> None:
    """Put into the person's own history what was taken out: by which filter, how many records, their digest."""
    record(
        get_person(order.actor.person_id),
        "ledger_exported",
        by=order.actor,
        now=order.now,
        ledger=CODE,
        form=ending,
        filter=order.words,
        records=written.count,
        digest=written.digest_of_records,
    )


# --- what stands in it -----------------------------------------------------------------------------------------


def layout_of(order: ListOrder) -> LedgerLayout:
    """Number and description always, the usual columns and the further ones as chosen."""
    usual = order.columns.usual
    firm = [Column("enterprise_name", "企业名称", width=18)] if "firm" in usual else []
    more = [Column(key, MORE[key].head, _KINDS.get(key, "text"), _WIDE.get(key, 9)) for key in order.columns.more]
    return LedgerLayout(
        code=CODE,
        name="隐患清单",
        title_template="隐患清单",
        columns=(
            Column("serial", "序号", "serial", 6),
            Column("number", "隐患编号", width=12, latin=True),
            Column("description", "隐患描述", width=40, align="left"),
            *firm,
            *(_USUAL_COLUMNS[key] for key in usual if key in _USUAL_COLUMNS),
            *more,
        ),
        notes=(f"导出人：{order.actor.name}（{order.actor.org_name}）", f"筛选条件：{order.words}"),
        called="本清单",
        empty_line="没有符合条件的隐患。",
    )


def _head(order: ListOrder) -> LedgerHead:
    today = shanghai_day(order.now)
    clock = f"{order.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return LedgerHead(
        period="",
        office=order.actor.org_name,
        filled_on=today,
        made_at=order.now,
        as_of=today,
        line=(f"导出：{order.actor.name}，{clock}", f"条件：{order.words}"),
    )


class _Record:
    """One row of the list by the keys of the layout; values are worked out as the writer asks for them."""

    __slots__ = ("_masked", "_row", "_today")

    def __init__(self, row: Any, order: ListOrder) -> None:
        self._row: Any = row
        self._today = order.who.today
        self._masked = order.actor.enterprise_id is not None

    def __getattr__(self, key: str) -> Any:
        row = self._row
        if key in MORE:
            return value_of(key, row, masked=self._masked)
        if key in ("grade", "tier"):
            return getattr(row, key).label
        if key == "state":
            return getattr(row, key).value
        if key == "who":
            return row.holder
        if key == "due":
            return row.deadline or row.deadline_text
        if key == "days":
            return days_words(row.state, row.deadline, self._today)[0]
        return getattr(row, key)


def records_of(order: ListOrder) -> Iterator[object]:
    """The rows as the writer reads them."""
    rows: Iterable[object] = rows_to_take_out(order.asked, order.who, order.columns)
    return (_Record(row, order) for row in rows)
