"""Enterprises from a file: new ones registered, known ones corrected field by field, links between them registered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow, may_add_enterprises
from accounts.importing.entries import LABELS, Entry, NotTaken
from accounts.importing.links import LinkPlan, plan_links
from accounts.importing.reader import Reader
from accounts.importing.register import Register, alike, code_in
from accounts.importing.tables import ENTERPRISES, LINKS
from accounts.importing.task import Handout, Readings, TablePlan, TableTask
from accounts.models import Enterprise
from accounts.organisations import add_enterprises, change_enterprises
from accounts.passwords import OneTime
from accounts.queries.taken import pages
from accounts.rules import core_of_name
from core.db import db
from core.sheets.outcome import Outcome, RowOutcome, TableReport, place_of, skipped_rows
from core.sheets.table_rules import TableRow

HEADS: Final = ("企业", "信用代码", "区域", "行业")
REFERRING: Final = ("contractor", "tenant", "landlord", "owner")


def enterprises_task(actor: Actor) -> TableTask:
    """The import of the list of enterprises, for whoever may register them; `NotAllowed` for anybody else."""
    allow(may_add_enterprises(actor), "导入企业名录", "监管部门或系统管理员")
    return TableTask(
        purpose="enterprises",
        title="导入企业名录",
        form_name="企业名录模板.xlsx",
        rules=(ENTERPRISES, LINKS),
        plan=plan_enterprises,
    )


def plan_enterprises(readings: Readings, by: Actor) -> TablePlan:
    """What becomes of every row of both sheets."""
    reading, of_links = readings
    assert reading is not None
    register = _register(reading.rows, of_links.rows if of_links else ())
    reader = Reader(register, by)
    taken: list[Entry] = []
    told: list[tuple[int, RowOutcome]] = []
    for row in reading.rows:
        try:
            taken.append(reader.entry(row))
        except NotTaken as refusal:
            cells = (row.text("name"), row.text("uscc"), row.text("region"), row.text("industry"))
            skipped = RowOutcome(place_of(row.row), Outcome.SKIPPED, cells, refusal.reason, remarks=refusal.remarks)
            told.append((row.row, skipped))
    _remark_alike(taken)
    links = plan_links(reader, taken, of_links)
    told += [(entry.row, _outcome(entry, links, reader)) for entry in taken]
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    rows = (*(outcome for _row, outcome in sorted(told, key=lambda one: one[0])), *links.outcomes)
    sheets = ((reading.sheet, reading.columns), *(((of_links.sheet, of_links.columns),) if of_links else ()))
    report = TableReport(HEADS, rows, sheets)

    def write(by: Actor, now: datetime, _passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        _write(taken, links, reader, by, now)
        return ()

    return TablePlan(report, write)


def _register(rows: Sequence[TableRow], links: Sequence[TableRow]) -> Register:
    """Everything registered that any cell may name."""
    said = {row.text("name") for row in rows} | {row.text("uscc") for row in rows}
    said |= {name for row in rows for key in REFERRING for name in row.values.get(key, ())}
    said |= {row.text(key) for row in links for key in ("enterprise", "other")}
    said.discard("")
    codes = {code for text in said if (code := code_in(text))}
    return Register(codes, {text for text in said if not code_in(text)})


def _remark_alike(entries: Sequence[Entry]) -> None:
    """Point out new enterprises that may be registered already, or stand in the file twice, under a similar name."""
    new = [entry for entry in entries if entry.known is None]
    registered = alike((entry.details.region_code, entry.details.name) for entry in new)
    before: dict[tuple[str, str], Entry] = {}
    for entry in new:
        name, region = entry.details.name, entry.details.region_code
        if similar := registered.get((region, name)):
            entry.remark("企业名称", name, f"与已登记的“{similar}”相近。如是同一家，请改用登记的名称或补信用代码")
        first = before.setdefault((region, core_of_name(name)), entry)
        if first is not entry:
            entry.remark("企业名称", name, f"与第 {first.row} 行的“{first.details.name}”相近，请核对是不是同一家")


def _outcome(entry: Entry, links: LinkPlan, reader: Reader) -> RowOutcome:
    changes = (*entry.changes(reader.places), *links.changes_of(entry))
    details = entry.details
    cells = (
        details.name,
        details.uscc or "—",
        reader.places.name(details.region_code, details.town_code),
        details.industry or details.sector or "—",
    )
    outcome = Outcome.CREATED if entry.known is None else Outcome.CHANGED if changes else Outcome.UNCHANGED
    remarks = (*entry.remarks, *links.remarks_of(entry))
    known_id = entry.known.id if entry.known else None
    shown = changes if entry.known else tuple(change for change in changes if change.label not in LABELS.values())
    return RowOutcome(place_of(entry.row), outcome, cells, changes=shown, remarks=remarks, subject_id=known_id)


def _write(entries: Sequence[Entry], links: LinkPlan, reader: Reader, by: Actor, now: datetime) -> None:
    new = [entry for entry in entries if entry.known is None]
    made = add_enterprises([(entry.details, entry.contacts) for entry in new], by=by, now=now, imported=True)
    for entry, enterprise in zip(new, made, strict=True):
        entry.enterprise = enterprise
    changed = [entry for entry in entries if entry.changes(reader.places)]
    _load([*changed, *links.entries()])
    change_enterprises([(entry.loaded(), entry.details, entry.contacts) for entry in changed], by=by, now=now)
    links.write(by, now)


def _load(entries: Sequence[Entry]) -> None:
    """The rows of the register behind these entries, in few queries."""
    wanted = {entry.known.id: entry for entry in entries if entry.known is not None and entry.enterprise is None}
    for some in pages(sorted(wanted)):
        found = db.session.scalars(select(Enterprise).where(Enterprise.id.in_(some)))
        rows = {enterprise.id: enterprise for enterprise in found}
        for entry in entries:
            if entry.known is not None and entry.known.id in rows:
                entry.enterprise = rows[entry.known.id]
