"""Clauses from a file: Excel by the columns below, or JSON of the shape of data/criteria.json.

A clause is known by standard, document number, industry and its own number: so a new edition stands beside the old one,
and the same document loaded again corrects what reads differently.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.importing import Handout, TablePlan, TableTask
from accounts.importing.task import Readings
from accounts.passwords import OneTime
from core.db import db
from core.sheets import squeeze
from core.sheets.outcome import Change, Outcome, RowOutcome, TableReport, place_of, skipped_rows
from core.sheets.table_rules import ColumnRule, Kind, TableRemark, TableRow, TableRule
from hazards.criteria_json import read_criteria
from hazards.editions import Edition, editions
from hazards.models import Criterion
from hazards.operations.criteria import LONGEST_TEXT, ClauseDetails, add_criteria, allow_keeping, correct_criterion

HEADS: Final = ("标准", "行业", "条款", "内容")
SOURCE: Final = "按文件更正"
Key = tuple[str, str, str, str]

CRITERIA: Final = TableRule(
    "判定标准",
    (
        ColumnRule("standard", "标准名称", ("标准", "判定标准", "依据"), longest=120, is_required=True, width=36),
        ColumnRule("document_no", "文号", ("发布文号", "标准号", "文件号"), longest=60, width=24),
        ColumnRule("effective_from", "施行日期", ("生效日期", "实施日期", "施行时间"), Kind.DATE, width=12),
        ColumnRule("effective_to", "有效至", ("有效期至",), Kind.DATE, hint="最后一天；仍在施行的不填", width=12),
        ColumnRule(
            "industry",
            "行业",
            ("行业领域", "适用行业", "类别"),
            longest=60,
            is_required=True,
            hint="如 工贸-冶金",
            width=18,
        ),
        ColumnRule("clause", "条款", ("条款号", "条号", "条款项", "序号条款"), longest=60, is_required=True, width=18),
        ColumnRule(
            "text",
            "内容",
            ("条款内容", "判定情形", "情形", "隐患内容", "具体情形"),
            Kind.LINES,
            longest=LONGEST_TEXT,
            is_required=True,
            width=80,
        ),
        ColumnRule(
            "precondition", "前提", ("前提条件",), longest=60, hint="如 有该情形仍继续使用的，接在内容后面", width=24
        ),
    ),
    "一行一条。标准名称、文号、行业、条款都相同的是同一条：内容不同的更正，原文留存；文号不同的是新的一版，与旧版并存。",
)


def criteria_task(actor: Actor) -> TableTask:
    """The import of standards, for the system administrator; `NotAllowed` for anybody else."""
    allow_keeping(actor)
    return TableTask(
        purpose="criteria",
        title="导入判定标准",
        form_name="判定标准模板.xlsx",
        rules=(CRITERIA,),
        plan=plan_criteria,
        read=read_criteria,
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    row: TableRow
    known: Criterion | None
    values: dict[str, Any]
    changes: tuple[Change, ...]

    @property
    def details(self) -> ClauseDetails:
        return ClauseDetails(self.values["text"], self.values["effective_from"], self.values["effective_to"])

    def outcome(self) -> RowOutcome:
        outcome = Outcome.CHANGED if self.changes else Outcome.CREATED if self.known is None else Outcome.UNCHANGED
        number = f"（{self.values['document_no']}）" if self.values["document_no"] else ""
        cells = (
            f"{self.values['standard']}{number}",
            self.values["industry"],
            self.values["clause"],
            self.values["text"],
        )
        known_id = self.known.id if self.known else None
        remarks = self.row.remarks
        if self.known is None and self.values["effective_from"] is None:
            remarks = (*remarks, TableRemark("施行日期", "", "没有写，留空：不推测"))
        return RowOutcome(
            place_of(self.row.row), outcome, cells, changes=self.changes, remarks=remarks, subject_id=known_id
        )


def plan_criteria(readings: Readings, _by: Actor) -> TablePlan:
    """What becomes of every row, and which editions of the same standards are there already."""
    (reading,) = readings
    assert reading is not None
    known = _known(reading.rows)
    seen: dict[Key, int] = {}
    entries: list[_Entry] = []
    told: list[tuple[int, RowOutcome]] = []
    for row in reading.rows:
        values = _values(row.values)
        key = _key(values)
        if key in seen:
            cells = (values["standard"], values["industry"], values["clause"], values["text"])
            reason = f"与第 {seen[key]} 行是同一条款"
            told.append((row.row, RowOutcome(place_of(row.row), Outcome.SKIPPED, cells, reason)))
            continue
        seen[key] = row.row
        entry = _entry(row, values, known.get(key))
        entries.append(entry)
        told.append((row.row, entry.outcome()))
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    rows = tuple(outcome for _row, outcome in sorted(told, key=lambda one: one[0]))
    notes = tuple(_notes(entries))

    def write(by: Actor, now: datetime, _passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        add_criteria([entry.values for entry in entries if entry.known is None], by=by, now=now)
        for entry in entries:
            if entry.known is not None and entry.changes:
                correct_criterion(entry.known, entry.details, source=SOURCE, by=by, now=now)
        return ()

    return TablePlan(TableReport(HEADS, rows, ((reading.sheet, reading.columns),), notes), write)


def _values(read: Mapping[str, Any]) -> dict[str, Any]:
    """A row as columns; a condition set before the clause is put after its text, lest it get lost."""
    text, condition = read["text"], read.get("precondition", "")
    if condition and not text.endswith(condition):
        text = f"{text.rstrip('。')}，{condition}"
    return {
        "standard": read["standard"].removeprefix("《").removesuffix("》"),
        "document_no": read.get("document_no", ""),
        "effective_from": read.get("effective_from"),
        "effective_to": read.get("effective_to"),
        "industry": read["industry"],
        "clause": read["clause"],
        "text": text,
    }


def _key(values: Mapping[str, Any]) -> Key:
    standard, number, industry, clause = (
        squeeze(values[name]) for name in ("standard", "document_no", "industry", "clause")
    )
    return standard, number.replace("[", "〔").replace("]", "〕"), industry, clause


def _known(rows: Sequence[TableRow]) -> dict[Key, Criterion]:
    """The registered clauses of the standards that the file names."""
    names = sorted({_values(row.values)["standard"] for row in rows})
    known: dict[Key, Criterion] = {}
    for start in range(0, len(names), 500):
        wanted = select(Criterion).where(Criterion.standard.in_(names[start : start + 500]))
        for found in db.session.scalars(wanted.order_by(Criterion.id)):
            columns = ("standard", "document_no", "industry", "clause")
            known.setdefault(_key({name: getattr(found, name) for name in columns}), found)
    return known


def _entry(row: TableRow, values: dict[str, Any], known: Criterion | None) -> _Entry:
    if known is None:
        return _Entry(row, None, values, ())
    for name in ("effective_from", "effective_to"):
        values[name] = values[name] or getattr(known, name)  # a blank cell changes nothing
    labels = {"text": "内容", "effective_from": "施行日期", "effective_to": "有效至"}
    changes = tuple(
        Change(label, str(getattr(known, name) or ""), str(values[name] or ""))
        for name, label in labels.items()
        if getattr(known, name) != values[name]
    )
    return _Entry(row, known, values, changes)


def _notes(entries: Iterable[_Entry]) -> Iterator[str]:
    """Editions that will stand beside others, and clauses of a known edition that the file leaves out."""
    of_file: dict[str, Counter[str]] = defaultdict(Counter)
    new = {(entry.values["standard"], entry.values["document_no"]) for entry in entries if entry.known is None}
    for entry in entries:
        number = entry.known.document_no if entry.known else entry.values["document_no"]
        of_file[entry.values["standard"]][number] += 1
    for standard, counts in of_file.items():
        registered = {edition.document_no: edition for edition in editions(standard)}
        for number, count in counts.items():
            if number not in registered:
                yield from _beside(standard, number, list(registered.values()))
            elif (standard, number) not in new and count < registered[number].clauses:
                left = registered[number].clauses - count
                yield f"《{standard}》（{number}）登记有 {left} 条不在这份文件里：不动。"


def _beside(standard: str, number: str, others: list[Edition]) -> Iterator[str]:
    if others:
        listed = "、".join(f"{other.document_no or '没有文号'}（{other.clauses} 条）" for other in others)
        yield (
            f"《{standard}》（{number or '没有文号'}）是新的一版，与登记的 {listed} 并存。"
            "导入后请在旧版的页面写明有效至哪一天。"
        )
