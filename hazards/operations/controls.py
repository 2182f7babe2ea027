"""Checks of interim controls: their interval, each check, and the alarm for one that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from core.db import db, unit_of_work
from core.outbox import tell
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from hazards import case as cases
from hazards.case import Loaded
from hazards.models import ControlCheck, Hazard
from hazards.operations.attaching import NewFile, attach
from hazards.operations.still_so import while_unchecked
from hazards.recording import record, record_many
from hazards.rules import EvidenceKind
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.controls import (
    ALARM_OFFICE_AFTER,
    ARRANGERS,
    CHECKERS_ABOVE,
    INTERVALS,
    TOLD_ABOVE,
    TOLD_INSIDE,
    USUAL,
    are_checked,
    missed_until,
)
from workflows.vocabulary import Grade

CHUNK: Final = 100
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody saw: do the controls hold, in words, with photos."""

    holds: bool
    note: str
    photos: tuple[NewFile, ...] = ()


def keep_checked(hazard: Hazard, now: datetime) -> None:
    """Start the checks when a major hazard begins to be put right, stop them when it no longer is.

    Called by whatever changes its state or grade; a hazard that came in a file is checked once somebody says how often.
    """
    if not are_checked(hazard.grade, hazard.state):
        hazard.control_next_at, hazard.control_missed = None, 0
    elif hazard.control_next_at is None:
        hazard.control_every_hours = hazard.control_every_hours or USUAL
        hazard.control_next_at = now + timedelta(hours=hazard.control_every_hours)


def set_interval(hazard: Hazard, hours: int, *, by: Actor, now: datetime) -> None:
    """Say how often the controls are checked; the next check is due one interval from now."""
    loaded = _load(hazard, by, now)
    if not (_may_check(loaded, by) and loaded.case.holds(by.person_id, *ARRANGERS)):
        raise NotAllowed("检查间隔由安全管理人员、主要负责人或检查人员确定。")
    if hours not in INTERVALS:
        raise Invalid("请从所列间隔中选择。", fields={"hours": "请选择。"})
    hazard.control_every_hours, hazard.control_next_at = hours, now + timedelta(hours=hours)
    hazard.control_missed = 0
    record(hazard, "control_interval", by=by.person_id, now=now, content={"hours": hours})


def check_controls(hazard: Hazard, check: Check, *, by: Actor, now: datetime) -> ControlCheck:
    """Record a check; controls that do not hold are told to the principal and the responsible office at once."""
    loaded = _load(hazard, by, now)
    if not _may_check(loaded, by):
        raise NotAllowed("管控措施由本企业人员或检查人员检查。")
    note = check.note.strip()
    if not check.holds and not note:
        raise Invalid("请写明哪项管控失效、已采取什么措施。", fields={"note": "管控失效的，须写明情况。"})
    if len(note) > LONGEST:
        raise Invalid(f"说明最多 {LONGEST} 个字。请删减。", fields={"note": f"最多 {LONGEST} 个字。"})
    for photo in check.photos:
        attach(hazard, EvidenceKind.CHECK, photo, by=by, now=now)
    made = ControlCheck(
        hazard_id=hazard.id, at=now, due_at=hazard.control_next_at, by_id=by.person_id, holds=check.holds, note=note
    )
    db.session.add(made)
    hazard.control_every_hours = hazard.control_every_hours or USUAL
    hazard.control_next_at, hazard.control_missed = now + timedelta(hours=hazard.control_every_hours), 0
    db.session.flush()
    content = {"check": made.id, "holds": check.holds, "photos": len(check.photos)}
    record(hazard, "control_check", by=by.person_id, now=now, content=content, note=note)
    if not check.holds:
        key = f"control:{hazard.id}:{made.id}"
        said = f"{hazard.number} 的管控措施失效：{note[:200]}"
        tell(_alarmed(loaded, office=True) - {by.person_id}, "control", said, now=now, url=_url(hazard), key=key)
    return made


def _load(hazard: Hazard, by: Actor, now: datetime) -> Loaded:
    if hazard.grade is not Grade.MAJOR:
        raise Invalid("一般隐患不要求定时检查管控措施。")
    if not are_checked(hazard.grade, hazard.state):
        raise Invalid(f"现在是「{hazard.state.label}」，管控措施在「整改中」检查。")
    return cases.load(hazard, now=now, actor_id=by.person_id)


def _may_check(loaded: Loaded, by: Actor) -> bool:
    """The enterprise's own people, and the inspectors of the offices above it."""
    return by.enterprise_id == loaded.hazard.enterprise_id or loaded.case.holds(by.person_id, *CHECKERS_ABOVE)


def may_check(loaded: Loaded, by: Actor) -> bool:
    """Whether this person may record a check now."""
    return are_checked(loaded.hazard.grade, loaded.hazard.state) and _may_check(loaded, by)


def may_arrange(loaded: Loaded, by: Actor) -> bool:
    """Whether this person may say how often the controls are checked."""
    return may_check(loaded, by) and loaded.case.holds(by.person_id, *ARRANGERS)


def _alarmed(loaded: Loaded, *, office: bool) -> set[int]:
    """Who must know: the responsible person, safety managers and the principal; the office's inspectors too."""
    hazard = loaded.hazard
    inside = {s.person for s in loaded.case.seats if s.role in TOLD_INSIDE}
    inside |= {hazard.responsible_person_id} - {None} if hazard.responsible_person_id else set()
    above = {s.person for s in loaded.case.seats if s.role is TOLD_ABOVE and s.rung == RESPONSIBLE_OFFICE}
    return inside | (above if office else set())


def _url(hazard: Hazard) -> str:
    return f"/hazards/{hazard.number}/controls"


# --- the clock -------------------------------------------------------------------------------------------------


def watch_controls(now: datetime) -> None:
    """Tell of checks that are due, and alarm for those that were missed; twice or late does no harm."""
    last = 0
    while True:
        with everything("checks of controls that are due"), unit_of_work():
            due = select(Hazard).where(Hazard.control_next_at <= now, Hazard.id > last, Hazard.hidden.is_(False))
            rows = list(db.session.scalars(due.order_by(Hazard.id).limit(CHUNK).with_for_update(skip_locked=True)))
            loaded = cases.load_many(rows, now=now)
            missed = [entry for one in loaded if (entry := _watch(one, now)) is not None]
            record_many(missed, "control_missed", by=None, now=now)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _watch(loaded: Loaded, now: datetime) -> tuple[Hazard, dict[str, Any]] | None:
    """Tell that a check is due, or put down those that were missed; what the history says of them."""
    hazard = loaded.hazard
    assert hazard.control_next_at is not None, "only those with a next check are read"
    if not are_checked(hazard.grade, hazard.state):
        hazard.control_next_at = None
        return None
    hours, due_at = hazard.control_every_hours or USUAL, hazard.control_next_at
    missed, next_at = missed_until(due_at, hours, now)
    key = f"control:{hazard.id}:{due_at.isoformat()}"
    if not missed:
        said = f"{hazard.number} 到时间检查管控措施了（每 {hours} 小时一次）。"
        due = while_unchecked(hazard)
        tell(_alarmed(loaded, office=False), "control", said, now=now, url=_url(hazard), key=key, about=due)
        return None
    db.session.add(ControlCheck(hazard_id=hazard.id, at=now, due_at=due_at, missed=missed))
    hazard.control_missed += missed
    hazard.control_next_at = next_at
    said = f"{hazard.number} 的管控措施没有按时检查，已连续漏检 {hazard.control_missed} 次。请立即检查。"
    persons = _alarmed(loaded, office=hazard.control_missed >= ALARM_OFFICE_AFTER)
    tell(persons, "control", said, now=now, url=_url(hazard), key=f"{key}:missed")
    return hazard, {"missed": missed, "due": due_at.isoformat()}
