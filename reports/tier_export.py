"""The 日周月季 lists as a file: /reports/tiers.xlsx and .csv, the entries of the page with the same query.

Rows are read and written piece by piece into a temporary file: a list of any length stays within a few megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from flask import send_file
from flask.typing import ResponseReturnValue

from accounts.access import Actor
from accounts.history import record
from accounts.queries import get_person
from core.days import SHANGHAI, shanghai_day
from core.db import unit_of_work
from core.refusals import NotAllowed
from core.web import now
from hazards.taking_out import may_take_out
from inspections.queries.lists import every_entry
from inspections.views.facts import reader
from inspections.views.lists import Looked, entries_of, looked_at
from reports.operations import FORMATS, write_rows
from reports.sheet import Column, LedgerHead, LedgerLayout, WrittenLedger
from reports.views import blueprint
from reports.whole_file import whole_stream

CODE: Final = "tiers_now"
NAME: Final = "日周月季分色分类清单"
COLUMNS: Final = (
    Column("serial", "序号", "serial", 5),
    Column("tier", "清单", width=7),
    Column("colour", "颜色（非风险等级色）", width=8),
    Column("number", "隐患编号", width=13, latin=True),
    Column("what", "隐患描述", width=34, align="left"),
    Column("where", "单位、部位", width=18, align="left"),
    Column("category", "类别", width=8),
    Column("since", "进入清单日期", width=10),
    Column("came", "从哪来", width=9),
    Column("stands", "已在清单（天）", "integer", 8),
    Column("owner", "清单责任人", width=12),
    Column("holder", "现由谁办", width=13),
    Column("deadline", "整改期限", width=10),
    Column("timing", "按期/临期/逾期", width=8),
    Column("days", "剩余", width=9),
)


@blueprint.get("/reports/tiers.<any(xlsx,csv):ending>")
def tier_file(ending: str) -> ResponseReturnValue:
    """The entries of the lists as the page shows them, all of them; noted in the person's own history."""
    actor, moment = reader(), now()
    if not may_take_out(actor):
        raise NotAllowed("清单由监管部门，或本企业的主要负责人、厂长/经理、安全管理人员导出。请由他们办理。")
    looked = looked_at(actor)
    file, written = _written(looked, actor, moment, ending)
    with unit_of_work():
        record(
            get_person(actor.person_id),
            "ledger_exported",
            by=actor,
            now=moment,
            ledger=CODE,
            form=ending,
            filter=looked.name,
            records=written.count,
            digest=written.digest_of_records,
        )
    name = f"{NAME}_{looked.name}_{moment.astimezone(SHANGHAI):%Y%m%d-%H%M}.{ending}"
    answer = send_file(file, FORMATS[ending][1], as_attachment=True, download_name=name.replace("/", " "))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _written(looked: Looked, actor: Actor, moment: datetime, ending: str) -> tuple[BinaryIO, WrittenLedger]:
    """The whole list as a file at its beginning."""
    rows = _records(looked, shanghai_day(moment))
    layout = LedgerLayout(
        code=CODE,
        name=NAME,
        title_template=NAME,
        columns=COLUMNS,
        notes=(f"导出人：{actor.name}（{actor.org_name}）", f"范围：{looked.name}", "颜色非风险等级色。"),
        called="本清单",
        empty_line="没有符合条件的隐患。",
    )
    return whole_stream(lambda out: write_rows(layout, _head(looked, actor, moment), rows, ending, out))


def _head(looked: Looked, actor: Actor, moment: datetime) -> LedgerHead:
    today = shanghai_day(moment)
    return LedgerHead(
        period="",
        office=actor.org_name,
        filled_on=today,
        made_at=moment,
        as_of=today,
        line=(f"导出：{actor.name}，{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", f"范围：{looked.name}"),
    )


def _records(looked: Looked, today: date) -> Iterator[Any]:
    for rows in every_entry(looked.asked, today):
        yield from entries_of(rows, today, looked)
