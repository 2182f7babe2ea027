"""Cases of 参照事故调查: opened by an office, concluded with an outcome; the hazard's own closure goes its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.roles import Role
from core.days import shanghai_day
from core.db import db
from core.refusals import Invalid, NotAllowed, NotFound
from hazards import case as cases
from hazards.case import Loaded
from hazards.models import Hazard, Investigation
from hazards.recording import record
from workflows.investigations import OFFICERS, Ground, may_be_investigated

LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens a case."""

    ground: Ground
    office: str
    number: str
    on: date
    facts: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended; `people_held` counts those held responsible, who are not named here."""

    on: date
    text: str
    people_held: int | None


def investigations_of(hazard: Hazard) -> list[Investigation]:
    """The cases of a hazard, newest first."""
    wanted = select(Investigation).where(Investigation.hazard_id == hazard.id)
    return list(db.session.scalars(wanted.order_by(Investigation.id.desc())))


def may_investigate(loaded: Loaded, actor: Actor) -> bool:
    """Whether this person may open or conclude a case: the offices' reviewers and approvers, and 安委办."""
    is_clerk = actor.regulator_id is not None and actor.holds(Role.COMMITTEE_CLERK)
    return may_be_investigated(loaded.hazard.grade) and (is_clerk or loaded.case.holds(actor.person_id, *OFFICERS))


def open_case(hazard: Hazard, opened: Opened, *, by: Actor, now: datetime) -> Investigation:
    """Record that a case was opened."""
    _check_allowed(hazard, by, now)
    wrong = {}
    if not opened.office.strip():
        wrong["office"] = "请填写立案单位。"
    if opened.on > shanghai_day(now):
        wrong["on"] = "不能晚于今天。"
    if len(opened.facts) > LONGEST:
        wrong["facts"] = f"最多 {LONGEST:,} 个字。"
    if wrong:
        raise Invalid("还没有登记：" + "".join(wrong.values()), fields=wrong)
    if any(case.concluded_on is None for case in investigations_of(hazard)):
        raise Invalid("这条隐患已有一件没有结案的调查。请先登记它的结果。")
    made = Investigation(
        hazard_id=hazard.id,
        ground=opened.ground,
        office=opened.office.strip()[:100],
        number=opened.number.strip()[:80],
        opened_on=opened.on,
        facts=opened.facts.strip(),
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    db.session.add(made)
    db.session.flush()
    content = {"investigation": made.id, "ground": made.ground.value}
    record(hazard, "investigation", by=by.person_id, now=now, content=content, note=made.facts)
    return made


def conclude(hazard: Hazard, case_id: int, outcome: Outcome, *, by: Actor, now: datetime) -> Investigation:
    """Record how a case ended."""
    _check_allowed(hazard, by, now)
    case = open_case_of(hazard, case_id)
    wrong = {}
    if not outcome.text.strip() or len(outcome.text) > LONGEST:
        wrong["text"] = f"请写明处理结果，最多 {LONGEST:,} 个字。"
    if not case.opened_on <= outcome.on <= shanghai_day(now):
        wrong["on"] = "结案日期应在立案之后、今天之前。"
    if wrong:
        raise Invalid("还没有登记：" + "".join(wrong.values()), fields=wrong)
    case.concluded_on, case.outcome = outcome.on, outcome.text.strip()
    case.people_held = outcome.people_held
    db.session.flush()
    content = {"investigation": case.id, "on": outcome.on.isoformat()}
    record(hazard, "investigated", by=by.person_id, now=now, content=content, note=case.outcome)
    return case


def open_case_of(hazard: Hazard, case_id: int) -> Investigation:
    """A case of this hazard that has no outcome yet; refused where there is none of that number, or it has one."""
    case = next((one for one in investigations_of(hazard) if one.id == case_id), None)
    if case is None:
        raise NotFound("找不到这件调查。请从隐患页面打开。")
    if case.concluded_on is not None:
        raise Invalid(f"这件调查已于 {case.concluded_on.isoformat()} 结案。")
    return case


def _check_allowed(hazard: Hazard, by: Actor, now: datetime) -> None:
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if not may_be_investigated(hazard.grade):
        raise Invalid("参照事故调查只适用于重大事故隐患。")
    if not may_investigate(loaded, by):
        raise NotAllowed("参照事故调查由监管部门的审核人、分管负责人或安委办登记。")
