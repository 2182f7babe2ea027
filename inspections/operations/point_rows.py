"""Which risk point a row of a list means, and what it says of it: of an earlier row, of the register, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts.importing.units import UnitTree
from accounts.queries import people_of
from core.db import db
from core.sheets import squeeze
from core.sheets.outcome import Change
from core.sheets.table_rules import TableRemark, TableRow
from inspections.measures import split_measures, who_answers
from inspections.models import RiskPoint
from inspections.operations.points import DETAILS, LONGEST_CONTROL, MOST_CONTROLS, ControlDetails, PointDetails
from inspections.point_table import MEASURES, PLAIN_MEASURES
from inspections.rules import ControlKind, PointKind, RiskGrade

LABELS: Final = {
    "name": "名称",
    "place": "部位",
    "unit_id": "部门、班组",
    "kind": "类型",
    "grade": "风险等级",
    "possible_harm": "可能导致的事故类型",
    "responsible_id": "责任人账号",
    "responsible": "责任人",
}
_GRAVEST: Final = list(RiskGrade)


@dataclass(slots=True, eq=False)
class Entry:
    """A point that is to be, or to be changed: `known` stands in the register."""

    row: int
    code: str
    details: PointDetails
    known: RiskPoint | None
    controls: list[ControlDetails] = field(default_factory=list)
    told: bool = False  # whether its own row says already that it changes

    def changes(self, units: dict[int, str]) -> tuple[Change, ...]:
        """Field by field what stands there and what will."""
        if self.known is None:
            return ()
        pairs = ((name, getattr(self.known, name), getattr(self.details, name)) for name in LABELS)
        return tuple(
            Change(LABELS[name], _words(name, before, units), _words(name, after, units))
            for name, before, after in pairs
            if before != after
        )


@dataclass(slots=True)
class Around:
    """What the rows are understood by: the enterprise's units, people and points."""

    enterprise_id: int
    tree: UnitTree
    people: dict[str, list[int]]
    by_code: dict[str, RiskPoint]
    by_name: dict[tuple[str, str], RiskPoint]
    entries: dict[object, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, enterprise_id: int) -> Around:
        """Some thousands of points at most; their measures come in a few statements."""
        wanted = select(RiskPoint).where(RiskPoint.enterprise_id == enterprise_id).order_by(RiskPoint.id.desc())
        points = db.session.scalars(wanted.options(selectinload(RiskPoint.controls))).all()
        people: dict[str, list[int]] = {}
        for person in people_of(enterprise_id=enterprise_id):
            people.setdefault(squeeze(person.name), []).append(person.id)
        return cls(
            enterprise_id,
            UnitTree.of(enterprise_id),
            people,
            {point.code: point for point in points},
            {(squeeze(point.name), squeeze(point.place)): point for point in points},
        )


def understood(row: TableRow, around: Around) -> tuple[Entry, list[str], list[TableRemark]]:
    """The point a row means: of an earlier row, of the register, or a new one."""
    remarks: list[TableRemark] = []
    code, name, place = row.text("code"), row.text("name"), row.text("place")
    by_name = (squeeze(name), squeeze(place))
    known = around.by_code.get(code) if code else around.by_name.get(by_name)
    key: object = known.id if known is not None else code or by_name
    said = _details(row, known, around, remarks)
    before = around.entries.get(key)
    if before is None:
        made = around.entries[key] = Entry(row.row, code, said, known)
        notes = ["已停用的风险点，内容照改，仍为停用"] if known is not None and not known.active else []
        return made, notes, remarks
    graver = _GRAVEST.index(said.grade) < _GRAVEST.index(before.details.grade)
    if said.grade is not before.details.grade:
        remarks.append(TableRemark("风险等级", said.grade.label, f"与第 {before.row} 行不同，按较高的等级"))
    before.details = _joined(before.details, said, graver=graver)
    return before, [f"与第 {before.row} 行是同一个风险点，合在一起"], remarks


def _joined(first: PointDetails, more: PointDetails, *, graver: bool) -> PointDetails:
    """A further row of the same point adds what it says besides."""
    harms = [first.possible_harm, *(more.possible_harm.split("\n") if more.possible_harm else ())]
    harm = "\n".join(dict.fromkeys(one for one in "\n".join(harms).split("\n") if one))[:1000]
    return replace(first, grade=more.grade if graver else first.grade, possible_harm=harm)


def _details(row: TableRow, known: RiskPoint | None, around: Around, remarks: list[TableRemark]) -> PointDetails:
    """What a row says; blank cells leave what is registered."""
    unit_id = _unit(row, around, remarks)
    name = row.text("responsible")
    person = _person(name, around, remarks)
    kind = PointKind(row.values["kind"]) if "kind" in row.values else None
    said = PointDetails(
        name=row.text("name"),
        grade=RiskGrade(row.values["grade"]),
        kind=kind or PointKind.PLACE,
        place=row.text("place"),
        unit_id=unit_id,
        possible_harm=row.text("possible_harm"),
        responsible_id=person,
        responsible=name,
    )
    if known is None:
        return said
    kept = {one: getattr(known, one) for one in DETAILS}
    stands = PointDetails(**kept)
    return replace(
        stands,
        name=said.name,
        grade=said.grade,
        kind=kind or stands.kind,
        place=said.place or stands.place,
        unit_id=unit_id if unit_id is not None else stands.unit_id,
        possible_harm=said.possible_harm or stands.possible_harm,
        responsible_id=person if name else stands.responsible_id,
        responsible=name or stands.responsible,
    )


def _unit(row: TableRow, around: Around, remarks: list[TableRemark]) -> int | None:
    text = row.text("unit")
    found = around.tree.named(text, "") if text else []
    if text and len(found) != 1:
        why = "同名的不止一个，请写上级，如 生产部/熔炼车间" if found else "这家企业没有这个部门或班组，请先增加"
        remarks.append(TableRemark("部门、班组", text, f"{why}。风险点照写，部门留空"))
    return found[0] if len(found) == 1 else None


def _person(name: str, around: Around, remarks: list[TableRemark]) -> int | None:
    found = around.people.get(squeeze(name), []) if name else []
    if len(found) > 1:
        remarks.append(TableRemark("责任人", name, "本企业同名的不止一人，只写了姓名"))
    return found[0] if len(found) == 1 else None


def new_controls(row: TableRow, entry: Entry) -> tuple[list[ControlDetails], list[TableRemark]]:
    """The measures of a row that its point has not yet; what cannot be taken is remarked, with its beginning."""
    have = {squeeze(one.text) for one in entry.controls}
    standing = [one for one in entry.known.controls if one.struck_at is None] if entry.known else []
    have |= {squeeze(one.text) for one in standing}
    room = MOST_CONTROLS - len(standing) - len(entry.controls)
    fresh: list[ControlDetails] = []
    remarks: list[TableRemark] = []
    for control in _controls(row):
        if squeeze(control.text) in have:
            continue
        have.add(squeeze(control.text))
        if len(control.text) > LONGEST_CONTROL["text"]:
            remarks.append(_not_taken(control, f"有 {len(control.text)} 个字，一条最多 {LONGEST_CONTROL['text']} 个"))
        elif len(fresh) >= room:
            remarks.append(_not_taken(control, f"一个风险点最多 {MOST_CONTROLS} 条"))
        else:
            fresh.append(control)
    return fresh, remarks


def _not_taken(control: ControlDetails, why: str) -> TableRemark:
    return TableRemark("管控措施", control.text[:60], f"{why}，没有写入。请缩短或分开后再导入")


def _controls(row: TableRow) -> Sequence[ControlDetails]:
    found = [_control(text, ControlKind.MANAGEMENT) for text in split_measures(row.text(PLAIN_MEASURES))]
    for key, kind in MEASURES.items():
        found += [_control(text, kind) for text in split_measures(row.text(key))]
    return found


def _control(text: str, kind: ControlKind) -> ControlDetails:
    measure, answers = who_answers(text)
    return ControlDetails(measure, kind, answers)


def _words(name: str, value: object, units: dict[int, str]) -> str:
    if isinstance(value, PointKind | RiskGrade):
        return value.label
    if name == "unit_id":
        return units.get(value, "已关闭的部门") if isinstance(value, int) else "不分部门"
    if name == "responsible_id":
        return "有" if value else "无"
    return str(value or "")
