"""Departments and teams of one enterprise from a file: what is not there yet is added under its department."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow, may_keep_contacts
from accounts.importing.tables import UNITS
from accounts.importing.task import Handout, Readings, TablePlan, TableTask
from accounts.models import Enterprise, OrgUnit
from accounts.organisations import add_unit
from accounts.passwords import OneTime
from accounts.queries import get_enterprise
from core.db import db
from core.sheets import squeeze
from core.sheets.outcome import Outcome, RowOutcome, TableReport, place_of, skipped_rows
from core.sheets.table_rules import TableRow

HEADS: Final = ("部门、班组", "上级")
LONGEST: Final = 60
_BETWEEN = re.compile(r"\s*[/／\\>＞→]\s*")
Path = tuple[str, ...]


def units_task(actor: Actor, enterprise: Enterprise) -> TableTask:
    """The import of an enterprise's departments and teams; `NotAllowed` for whoever does not keep them."""
    allow(may_keep_contacts(actor, enterprise), "导入部门、班组", "本企业安全管理人员")
    enterprise_id = enterprise.id
    return TableTask(
        purpose=f"units:{enterprise_id}",
        title="导入部门、班组",
        form_name="部门班组模板.xlsx",
        rules=(UNITS,),
        plan=lambda readings, _by: plan_units(readings, enterprise_id),
    )


@dataclass(slots=True)
class UnitTree:
    """The units of an enterprise by their paths of names, open ones before closed ones."""

    ids: dict[Path, int] = field(default_factory=dict)
    closed: set[Path] = field(default_factory=set)
    double: set[Path] = field(default_factory=set)

    @classmethod
    def of(cls, enterprise_id: int) -> UnitTree:
        """All units, closed ones too: an enterprise has some dozens."""
        units = db.session.scalars(select(OrgUnit).where(OrgUnit.enterprise_id == enterprise_id).order_by(OrgUnit.id))
        by_id = {unit.id: unit for unit in units}
        tree = cls()
        for unit in by_id.values():
            path = _path_of(unit, by_id)
            if not unit.active:
                tree.closed.add(path)
            elif path in tree.ids:
                tree.double.add(path)
            else:
                tree.ids[path] = unit.id
        return tree

    def named(self, department: str, team: str) -> list[int]:
        """The open units that these words mean: a whole path, or a name that only its own place bears."""
        wanted = tuple(squeeze(name) for name in (*path_in(department), *path_in(team)))
        if not wanted:
            return []
        if wanted in self.ids:
            return [] if wanted in self.double else [self.ids[wanted]]
        return [unit_id for path, unit_id in self.ids.items() if path[-len(wanted) :] == wanted]


def _path_of(unit: OrgUnit, by_id: dict[int, OrgUnit]) -> Path:
    names: list[str] = []
    one: OrgUnit | None = unit
    while one is not None and len(names) < len(by_id):
        names.append(squeeze(one.name))
        one = by_id.get(one.parent_id) if one.parent_id else None
    return tuple(reversed(names))


def path_in(text: str) -> Path:
    """生产部/熔炼车间 as names from the top."""
    return tuple(name for part in _BETWEEN.split(text) if (name := part.strip()))


def plan_units(readings: Readings, enterprise_id: int) -> TablePlan:
    """What becomes of every row: one unit each, and the departments above it where they are not there yet."""
    (reading,) = readings
    assert reading is not None
    tree, to_add = UnitTree.of(enterprise_id), dict[Path, str]()
    told = [(row.row, _outcome(row, tree, to_add)) for row in reading.rows]
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    rows = tuple(outcome for _row, outcome in sorted(told, key=lambda one: one[0]))

    def write(by: Actor, now: datetime, _passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        enterprise, ids = get_enterprise(enterprise_id), dict(tree.ids)
        for path, name in to_add.items():
            ids[path] = add_unit(enterprise, name, ids.get(path[:-1]), by=by, now=now).id
        return ()

    return TablePlan(TableReport(HEADS, rows, ((reading.sheet, reading.columns),)), write)


def _outcome(row: TableRow, tree: UnitTree, to_add: dict[Path, str]) -> RowOutcome:
    names = (*path_in(row.text("department")), *path_in(row.text("team")))
    place, cells = place_of(row.row), (names[-1] if names else "", " / ".join(names[:-1]))
    if not names:
        return RowOutcome(place, Outcome.SKIPPED, cells, "没有部门，也没有班组", remarks=row.remarks)
    if too_long := next((name for name in names if len(name) > LONGEST), ""):
        return RowOutcome(place, Outcome.SKIPPED, cells, f"“{too_long[:20]}…”超过 {LONGEST} 个字，请缩短")
    path = tuple(squeeze(name) for name in names)
    if path in tree.ids:
        return RowOutcome(place, Outcome.UNCHANGED, cells, remarks=row.remarks)
    if path in to_add:
        return RowOutcome(place, Outcome.UNCHANGED, cells, "前面的行已写过", remarks=row.remarks)
    notes = []
    if not row.text("department"):
        notes.append("没有写部门，直接放在企业下面")
    if path in tree.closed:
        notes.append("原有同名的已关闭，另建一个")
    above = [end for end in range(1, len(path)) if path[:end] not in tree.ids and path[:end] not in to_add]
    if above:
        notes.append(f"上级“{' / '.join(names[: above[-1]])}”还没有，一起建立")
    for end in (*above, len(path)):
        to_add[path[:end]] = names[end - 1]
    return RowOutcome(place, Outcome.CREATED, cells, "；".join(notes), remarks=row.remarks)
