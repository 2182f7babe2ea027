"""A checklist as an Excel table: taken out, changed at the desk, and brought back as its next version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.importing import Handout, TablePlan, TableTask
from accounts.importing.task import Readings
from accounts.passwords import OneTime
from core.db import db
from core.sheets.outcome import Outcome, RowOutcome, TableReport, place_of, skipped_rows
from core.sheets.table_rules import ColumnRule, Kind, TableRow, TableRule
from hazards.models import Criterion
from inspections.models import Checklist
from inspections.operations.checklists import (
    LONGEST,
    Details,
    ItemDetails,
    allow_keeping,
    change_checklist,
    details_of,
)
from inspections.operations.templates import basis_of
from inspections.queries.checklists import get_checklist, items_of, newest_version
from workflows.vocabulary import Category, Grade

HEADS: Final = ("分组", "检查内容")
USES: Final = {
    "for_hazards": ("隐患排查", "隐患", "企业排查"),
    "for_standard": ("标准化自评", "标准化", "标准化自查"),
    "for_regulator": ("监管检查", "监管", "执法检查"),
}
ITEMS: Final = TableRule(
    "检查表",
    (
        ColumnRule(
            "heading", "分组", ("类别分组", "检查项目", "检查部位", "项目"), longest=LONGEST["heading"], width=18
        ),
        ColumnRule(
            "text",
            "检查内容",
            ("检查标准", "检查要点", "排查内容", "内容", "检查内容及要求"),
            longest=LONGEST["text"],
            is_required=True,
            width=60,
        ),
        ColumnRule("method", "检查方法", ("方法", "检查方式"), longest=LONGEST["method"], width=28),
        ColumnRule(
            "grade",
            "不合格时",
            ("隐患等级", "等级", "级别"),
            Kind.CHOICE,
            choices={grade.value: (grade.label, f"{grade.label}隐患", f"{grade.label}事故隐患") for grade in Grade},
            width=10,
        ),
        ColumnRule(
            "category",
            "隐患类别",
            ("类别", "隐患分类"),
            Kind.CHOICE,
            choices={one.value: (one.label,) for one in Category},
            width=12,
        ),
        ColumnRule(
            "uses", "用途", ("三标用途",), Kind.CHOICES, choices=USES, hint="可写几种；不写为隐患排查", width=24
        ),
        ColumnRule("basis", "依据条款", ("依据", "判定依据", "检查依据"), longest=LONGEST["basis"], width=50),
    ),
    "一行一项，按行的先后排列。导入后成为这份检查表的新一版；文件里没有的项，新版里也没有。",
)


def rows_for(items: Iterable[ItemDetails]) -> Iterator[dict[str, Any]]:
    """The items as rows, by the columns of the import: they come back as they are."""
    for item in items:
        uses = [words[0] for name, words in USES.items() if getattr(item, name)]
        yield {
            "heading": item.heading,
            "text": item.text,
            "method": item.method,
            "grade": item.grade.label,
            "category": item.category.label if item.category else "",
            "uses": "、".join(uses),
            "basis": item.basis,
        }


def checklist_task(actor: Actor, checklist: Checklist) -> TableTask:
    """The import of a new version; `NotAllowed` for whoever does not keep the checklist."""
    allow_keeping(actor, checklist.enterprise_id, "导入检查表")
    checklist_id = checklist.id
    return TableTask(
        purpose=f"checklist:{checklist_id}",
        title=f"导入新版：{checklist.name}",
        form_name="检查表模板.xlsx",
        rules=(ITEMS,),
        plan=lambda readings, _by: plan_items(readings, checklist_id),
    )


def plan_items(readings: Readings, checklist_id: int) -> TablePlan:
    """What becomes of every row; those of the newest version that the file lacks are named."""
    (reading,) = readings
    assert reading is not None
    newest = newest_version(checklist_id)
    known = {item.text: item for item in map(details_of, items_of(newest.id))}
    clauses = {basis_of(clause): clause.id for clause in db.session.scalars(select(Criterion).order_by(Criterion.id))}
    items: dict[str, ItemDetails] = {}
    told = []
    for row in reading.rows:
        item = _item(row, clauses)
        told.append((row.row, _outcome(row, item, known, items)))
        items.setdefault(item.text, item)
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    rows = tuple(outcome for _row, outcome in sorted(told, key=lambda one: one[0]))
    left = [text for text in known if text not in items]
    notes = (f"第 {newest.version} 版里的 {len(left)} 项不在这份文件里，新版将没有它们。",) if left else ()

    def write(by: Actor, now: datetime, _passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        found = get_checklist(checklist_id)
        details = Details(found.name, found.industry, found.tier)
        change_checklist(
            found, details, list(items.values()), note="从文件导入", expected=newest.version, by=by, now=now
        )
        return ()

    return TablePlan(TableReport(HEADS, rows, ((reading.sheet, reading.columns),), notes), write)


def _item(row: TableRow, clauses: dict[str, int]) -> ItemDetails:
    uses = row.values.get("uses") or ("for_hazards",)
    grade, category = row.text("grade"), row.text("category")
    item = ItemDetails(
        text=row.text("text"),
        heading=row.text("heading"),
        method=row.text("method"),
        grade=Grade(grade) if grade else Grade.GENERAL,
        category=Category(category) if category else None,
        basis=row.text("basis"),
        for_hazards="for_hazards" in uses,
        for_standard="for_standard" in uses,
        for_regulator="for_regulator" in uses,
    )
    return replace(item, criterion_id=clauses.get(item.basis))


def _outcome(
    row: TableRow, item: ItemDetails, known: dict[str, ItemDetails], before: dict[str, ItemDetails]
) -> RowOutcome:
    cells = (item.heading, item.text)
    if item.text in before:
        return RowOutcome(place_of(row.row), Outcome.SKIPPED, cells, "前面的行已写过这一项")
    outcome = Outcome.CREATED
    if item.text in known:
        outcome = Outcome.UNCHANGED if known[item.text] == item else Outcome.CHANGED
    return RowOutcome(place_of(row.row), outcome, cells, remarks=row.remarks)
