"""Risk points and their control measures: recognised, graded and kept by the enterprise itself (自辨自评自控).

The safety manager, the plant manager and the principal keep every point, a department head those of the own
department. A measure is struck, never rewritten, so that a hazard found by it keeps the words it failed by.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from accounts.access import Actor
from accounts.models import OrgUnit, Person
from accounts.queries import unit_subtree
from accounts.roles import Role
from core.db import db
from core.history import append
from core.numbering import next_number
from core.refusals import Conflict, Invalid, NotAllowed
from inspections.models import Checklist, RiskControl, RiskPoint
from inspections.operations.checklists import KEEPERS
from inspections.rules import ControlKind, PointKind, RiskGrade

KEEPS_ALL: Final = KEEPERS  # the same who keep checklists and plans
WHO_KEEPS: Final = "本企业安全管理人员、厂长或主要负责人"
MOST_CONTROLS: Final = 60
LONGEST: Final = {"code": 40, "name": 120, "place": 200, "possible_harm": 1000, "responsible": 60}
LONGEST_CONTROL: Final = {"text": 500, "answers": 60}
TOKEN_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class PointDetails:
    """What is kept of a risk point; `responsible` is the name of whoever has no account."""

    name: str
    grade: RiskGrade
    kind: PointKind
    place: str = ""
    unit_id: int | None = None
    possible_harm: str = ""
    responsible_id: int | None = None
    responsible: str = ""
    checklist_id: int | None = None


@dataclass(frozen=True, slots=True)
class ControlDetails:
    """One control measure, and who answers for it."""

    text: str
    kind: ControlKind = ControlKind.MANAGEMENT
    answers: str = ""
    answers_id: int | None = None


DETAILS: Final = tuple(one.name for one in fields(PointDetails))


def units_kept(actor: Actor) -> frozenset[int] | None:
    """The units whose points this person keeps; None is the whole enterprise."""
    if actor.enterprise_id is None:
        return frozenset()
    if actor.holds(*KEEPS_ALL):
        return None
    if actor.holds(Role.DEPARTMENT_HEAD) and actor.unit_id is not None:
        return unit_subtree(actor.enterprise_id, actor.unit_id)
    return frozenset()


def may_keep(actor: Actor, enterprise_id: int, unit_id: int | None) -> bool:
    """Whether this person changes points of that unit."""
    if actor.enterprise_id != enterprise_id:
        return False
    kept = units_kept(actor)
    return kept is None or unit_id in kept


def refuse_unless_kept(actor: Actor, enterprise_id: int, unit_id: int | None) -> None:
    """Refuse with who keeps it instead."""
    if not may_keep(actor, enterprise_id, unit_id):
        raise NotAllowed(f"您不能增改这个风险点。这一项由{WHO_KEEPS}办理；部门负责人只增改本部门的。")


# --- points ------------------------------------------------------------------------------------------------------


def add_point(
    enterprise_id: int,
    details: PointDetails,
    controls: Sequence[ControlDetails] = (),
    *,
    code: str = "",
    by: Actor,
    now: datetime,
) -> RiskPoint:
    """Put a risk point on the enterprise's list; without a code of its own it gets the next FX number."""
    refuse_unless_kept(by, enterprise_id, details.unit_id)
    _check(enterprise_id, details)
    if code and (len(code) > LONGEST["code"] or _is_taken(enterprise_id, code)):
        sentence = f"编号“{code[:40]}”太长，或者已经有风险点在用。请换一个，或者不填由系统编号。"
        raise Invalid(sentence, fields={"code": sentence})
    point = RiskPoint(
        enterprise_id=enterprise_id,
        code=code or _next_code(enterprise_id),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        created_at=now,
        **_values(details),
    )
    db.session.add(point)
    db.session.flush()
    append(point, "added", at=now, actor_id=by.person_id, content={"grade": point.grade.value})
    for control in controls:
        add_control(point, control, by=by, now=now)
    return point


def change_point(point: RiskPoint, details: PointDetails, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Change what is kept of it; the names of what changed. Moving it takes the right to both units."""
    refuse_unless_kept(by, point.enterprise_id, point.unit_id)
    refuse_unless_kept(by, point.enterprise_id, details.unit_id)
    _check(point.enterprise_id, details)
    before = {name: getattr(point, name) for name in DETAILS}
    changed = tuple(name for name in DETAILS if before[name] != getattr(details, name))
    if not changed:
        return ()
    for name, value in _values(details).items():
        setattr(point, name, value)
    content: dict[str, Any] = {"changed": list(changed)}
    if "grade" in changed:
        content |= {"from": before["grade"].value, "to": point.grade.value}
    append(point, "changed", at=now, actor_id=by.person_id, content=content)
    return changed


def retire_point(point: RiskPoint, *, by: Actor, now: datetime) -> None:
    """Take it off the list: what was found there stays, its label leads to nothing any more."""
    refuse_unless_kept(by, point.enterprise_id, point.unit_id)
    if not point.active:
        raise Conflict("这个风险点已经停用。")
    point.active = False
    append(point, "retired", at=now, actor_id=by.person_id)


def restore_point(point: RiskPoint, *, by: Actor, now: datetime) -> None:
    """Put it back on the list; its label holds again."""
    refuse_unless_kept(by, point.enterprise_id, point.unit_id)
    if point.active:
        raise Conflict("这个风险点正在使用。")
    point.active = True
    append(point, "restored", at=now, actor_id=by.person_id)


# --- measures ----------------------------------------------------------------------------------------------------


def add_control(point: RiskPoint, control: ControlDetails, *, by: Actor, now: datetime) -> RiskControl:
    """Add a measure at the end of the list."""
    refuse_unless_kept(by, point.enterprise_id, point.unit_id)
    _check_control(point, control)
    of_point = RiskControl.risk_point_id == point.id
    count = select(func.count()).select_from(RiskControl).where(of_point, RiskControl.struck_at.is_(None))
    if (db.session.scalar(count) or 0) >= MOST_CONTROLS:
        raise Invalid(f"一个风险点最多 {MOST_CONTROLS} 条管控措施。请合并相近的，或者把风险点分开。")
    last = db.session.scalar(select(func.max(RiskControl.position)).where(of_point))
    made = RiskControl(
        risk_point_id=point.id,
        position=0 if last is None else last + 1,
        kind=control.kind,
        text=control.text,
        answers=control.answers,
        answers_id=control.answers_id,
    )
    db.session.add(made)
    db.session.flush()
    append(point, "control_added", at=now, actor_id=by.person_id, content={"control": made.id})
    return made


def strike_control(point: RiskPoint, control: RiskControl, *, by: Actor, now: datetime) -> None:
    """Strike a measure: it stays readable wherever it was cited."""
    refuse_unless_kept(by, point.enterprise_id, point.unit_id)
    if control.struck_at is not None:
        raise Conflict("这条管控措施已经划掉。")
    control.struck_at = now
    append(point, "control_struck", at=now, actor_id=by.person_id, content={"control": control.id})


# --- what is asked of the words ----------------------------------------------------------------------------------


def _values(details: PointDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in DETAILS}


def _check(enterprise_id: int, details: PointDetails) -> None:
    wrong = _too_long(details, LONGEST)
    if not details.name:
        wrong["name"] = "请填写风险点名称。"
    if details.unit_id is not None and not _is_of(OrgUnit, details.unit_id, enterprise_id):
        wrong["unit_id"] = "找不到这个部门或班组。请重新选择。"
    if details.responsible_id is not None and not _is_of(Person, details.responsible_id, enterprise_id):
        wrong["responsible_id"] = "找不到这个人。请重新选择，或者只写姓名。"
    if details.checklist_id is not None and not _is_open_checklist(details.checklist_id, enterprise_id):
        wrong["checklist_id"] = "找不到这张检查表。请重新选择。"
    if wrong:
        raise Invalid("风险点还不能保存：" + "".join(wrong.values()), fields=wrong)


def _check_control(point: RiskPoint, control: ControlDetails) -> None:
    wrong = _too_long(control, LONGEST_CONTROL)
    if not control.text:
        wrong["text"] = "请写明管控措施。"
    if control.answers_id is not None and not _is_of(Person, control.answers_id, point.enterprise_id):
        wrong["answers_id"] = "找不到这个人。请重新选择，或者只写姓名。"
    if wrong:
        raise Invalid("管控措施还不能保存：" + "".join(wrong.values()), fields=wrong)


def _too_long(details: Any, longest: dict[str, int]) -> dict[str, str]:
    return {
        name: f"最多 {most:,} 个字，现在 {len(getattr(details, name)):,} 个。请删减。"
        for name, most in longest.items()
        if len(getattr(details, name, "")) > most
    }


def _is_of(model: Any, row_id: int, enterprise_id: int) -> bool:
    wanted = select(model.id).where(model.id == row_id, model.enterprise_id == enterprise_id)
    return db.session.scalar(wanted) is not None


def _is_open_checklist(checklist_id: int, enterprise_id: int) -> bool:
    wanted = select(Checklist.enterprise_id).where(Checklist.id == checklist_id, Checklist.active)
    found = db.session.execute(wanted).first()
    return found is not None and found.enterprise_id in (None, enterprise_id)


def _is_taken(enterprise_id: int, code: str) -> bool:
    wanted = select(RiskPoint.id).where(RiskPoint.enterprise_id == enterprise_id, RiskPoint.code == code)
    return db.session.scalar(wanted) is not None


def _next_code(enterprise_id: int) -> str:
    """FX-0001 and on; one that somebody has given by hand is passed over."""
    while True:
        code = f"FX-{next_number(f'risk_point:{enterprise_id}'):04d}"
        if not _is_taken(enterprise_id, code):
            return code
