"""Risk points of one enterprise from a file: new ones added, known ones corrected, their measures with them.

Several rows of one point (the same code, or the same name and place) make one point; its grade is the gravest of
them, since a point is graded by its worst risk.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.access import Actor
from accounts.authority import allow
from accounts.importing import Handout, TablePlan, TableTask
from accounts.importing.task import Readings
from accounts.models import Enterprise
from accounts.passwords import OneTime
from core.sheets.outcome import Change, Outcome, RowOutcome, TableReport, in_order, place_of, skipped_rows
from core.sheets.table_rules import TableRow
from inspections.operations.point_rows import Around, new_controls, understood
from inspections.operations.points import KEEPS_ALL, WHO_KEEPS, add_control, add_point, change_point
from inspections.point_table import POINTS

HEADS: Final = ("风险点", "部位", "等级", "管控措施")


def points_task(actor: Actor, enterprise: Enterprise) -> TableTask:
    """The import of an enterprise's list of risk points; `NotAllowed` for whoever does not keep all of them."""
    allow(actor.enterprise_id == enterprise.id and actor.holds(*KEEPS_ALL), "导入风险点", WHO_KEEPS)
    enterprise_id = enterprise.id
    return TableTask(
        purpose=f"points:{enterprise_id}",
        title="导入风险点",
        form_name="风险点清单模板.xlsx",
        rules=(POINTS,),
        plan=lambda readings, _by: plan_points(readings, enterprise_id),
    )


def plan_points(readings: Readings, enterprise_id: int) -> TablePlan:
    """What becomes of every row."""
    (reading,) = readings
    assert reading is not None
    around = Around.of(enterprise_id)
    told = [(row.row, _outcome(row, around)) for row in reading.rows]
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    report = TableReport(HEADS, in_order(told), ((reading.sheet, reading.columns),))

    def write(by: Actor, now: datetime, _passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        for entry in around.entries.values():
            if entry.known is None:
                add_point(enterprise_id, entry.details, entry.controls, code=entry.code, by=by, now=now)
                continue
            change_point(entry.known, entry.details, by=by, now=now)
            for control in entry.controls:
                add_control(entry.known, control, by=by, now=now)
        return ()

    return TablePlan(report, write)


def _outcome(row: TableRow, around: Around) -> RowOutcome:
    entry, notes, remarks = understood(row, around)
    fresh, left_out = new_controls(row, entry)
    entry.controls += fresh
    remarks += left_out
    units = {unit_id: "/".join(path) for path, unit_id in around.tree.ids.items()}
    changes = () if entry.told else entry.changes(units)
    entry.told = True
    if entry.known is not None or entry.row != row.row:
        changes += tuple(Change("管控措施", "", one.text) for one in fresh)
    is_new = entry.known is None and entry.row == row.row
    outcome = Outcome.CREATED if is_new else Outcome.CHANGED if changes or notes else Outcome.UNCHANGED
    details = entry.details
    cells = (details.name, details.place, details.grade.label, f"{len(fresh)} 条" if fresh else "—")
    known_id = entry.known.id if entry.known else None
    remarks_of_row = (*row.remarks, *remarks)
    return RowOutcome(place_of(row.row), outcome, cells, "；".join(notes), changes, remarks_of_row, subject_id=known_id)
