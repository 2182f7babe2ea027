"""Verbs on plans: make, change from a day on, end, set up the usual ones. Called inside a unit of work.

A change ends the plan and continues its duty by another, so that nothing done is lost and nothing is asked twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from accounts.access import Actor
from accounts.models import OrgUnit, Person
from accounts.news import UnitClosed
from core.days import shanghai_day
from core.db import db
from core.history import append
from core.refusals import Conflict, Invalid
from core.scope import everything
from inspections.models import Checklist, InspectionPlan, RiskPoint
from inspections.operations.checklists import allow_keeping
from workflows.cadence import MOST_A_DAY, Frequency
from workflows.vocabulary import Tier

LONGEST_NAME: Final = 120
LONGEST_REASON: Final = 300
CHANGED: Final = "计划变更"
UNIT_CLOSED: Final = "部门、班组已关闭"
ENDED: Final = "这个计划已经结束，不能再改。请打开现在的计划，或新增一个。"


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """What is inspected, how often, with which checklist, by whom (nobody named: the tier's role in the unit)."""

    tier: Tier
    frequency: Frequency
    checklist_id: int
    unit_id: int | None = None
    risk_point_id: int | None = None
    per_day: int = 1
    name: str = ""
    person_id: int | None = None
    substitute_id: int | None = None
    led: bool = False


def details_of(plan: InspectionPlan) -> PlanDetails:
    """What a plan says, to be said again in the next one."""
    return PlanDetails(**{one.name: getattr(plan, one.name) for one in fields(PlanDetails)})


def add_plan(details: PlanDetails, starts_on: date, *, by: Actor, now: datetime) -> InspectionPlan:
    """A new duty to inspect, from today or a later day on."""
    allow_keeping(by, by.enterprise_id, "编制排查计划")
    assert by.enterprise_id is not None
    _not_before_today(starts_on, now, "starts_on")
    _check(details, by.enterprise_id)
    (made,) = add_all((details,), by.enterprise_id, starts_on, by=by, now=now)
    return made


def add_all(
    entries: Iterable[PlanDetails], enterprise_id: int, starts_on: date, *, by: Actor, now: datetime
) -> list[InspectionPlan]:
    """Several new duties of one enterprise; what they name was checked."""
    made = [
        InspectionPlan(
            **asdict(details),
            enterprise_id=enterprise_id,
            starts_on=starts_on,
            settle_at=now,
            made_at=now,
            made_by_id=by.person_id,
        )
        for details in entries
    ]
    db.session.add_all(made)
    db.session.flush()
    for plan in made:
        plan.duty_id = plan.id
        append(plan, "made", at=now, actor_id=by.person_id, content={"duty": plan.id, "from_day": str(starts_on)})
    db.session.flush()
    return made


def change_plan(
    plan: InspectionPlan, details: PlanDetails, from_on: date, *, by: Actor, now: datetime
) -> InspectionPlan:
    """Go on otherwise from a day on, today at the earliest; the same duty.

    A period is due as the plan says that is in force on its last day. Raises `Conflict` where the plan has ended.
    """
    allow_keeping(by, plan.enterprise_id, "修改排查计划")
    _in_turn(plan)
    _not_before_today(from_on, now, "from_on")
    if from_on < plan.starts_on:
        raise Invalid("日期太早。", fields={"from_on": f"这个计划从 {plan.starts_on} 起才开始。请填这天或以后。"})
    if details == details_of(plan):
        raise Invalid("没有改动，没有写入任何内容。")
    _check(details, plan.enterprise_id)
    plan.ends_on, plan.end_reason, plan.settle_at = from_on - timedelta(days=1), CHANGED, now
    db.session.flush()
    made = InspectionPlan(
        **asdict(details),
        duty_id=plan.duty_id,
        enterprise_id=plan.enterprise_id,
        starts_on=from_on,
        settle_at=now,
        made_at=now,
        made_by_id=by.person_id,
    )
    db.session.add(made)
    db.session.flush()
    changed = [one.name for one in fields(PlanDetails) if getattr(plan, one.name) != getattr(made, one.name)]
    content = {"duty": made.duty_id, "from_day": str(from_on), "changed": changed}
    append(plan, "ended", at=now, actor_id=by.person_id, content={"last_day": str(plan.ends_on)})
    append(made, "continued", at=now, actor_id=by.person_id, content=content)
    return made


def end_plan(plan: InspectionPlan, last_on: date, reason: str, *, by: Actor, now: datetime) -> None:
    """Ask for no more inspections after a day: today or later, or yesterday (today's is not due any more)."""
    allow_keeping(by, plan.enterprise_id, "结束排查计划")
    _in_turn(plan)
    if last_on < shanghai_day(now) - timedelta(days=1):
        raise Invalid("日期太早。", fields={"last_on": "最早到昨天为止（今天起不再排查）。过去该做的不能取消。"})
    if not reason.strip():
        raise Invalid("请写明理由。", fields={"reason": "请写明为什么结束。"})
    _end(plan, last_on, reason.strip()[:LONGEST_REASON], by_id=by.person_id, now=now)


def end_of_unit(news: UnitClosed) -> None:
    """A closed unit is inspected no more from today on; its duties of days before stay as they are."""
    yesterday = shanghai_day(news.at) - timedelta(days=1)
    with everything("plans of a unit that is closed"):
        wanted = select(InspectionPlan).where(
            InspectionPlan.enterprise_id == news.enterprise_id,
            InspectionPlan.unit_id == news.unit_id,
            or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on > yesterday),
        )
        for plan in db.session.scalars(wanted.order_by(InspectionPlan.id).with_for_update()).all():
            _end(plan, yesterday, UNIT_CLOSED, by_id=None, now=news.at)


def _end(plan: InspectionPlan, last_on: date, reason: str, *, by_id: int | None, now: datetime) -> None:
    plan.ends_on, plan.end_reason, plan.settle_at = last_on, reason, now
    append(plan, "ended", at=now, actor_id=by_id, content={"last_day": str(last_on)})


def _in_turn(plan: InspectionPlan) -> None:
    """Wait for whoever is changing the same plan, then go on from what stands there."""
    wanted = select(InspectionPlan).where(InspectionPlan.id == plan.id).with_for_update()
    db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    if plan.ends_on is not None:
        raise Conflict(ENDED)


def _not_before_today(day: date, now: datetime, field: str) -> None:
    if day < shanghai_day(now):
        raise Invalid("日期太早。", fields={field: "请填今天或以后的日期。"})
    if day > shanghai_day(now) + timedelta(days=731):
        raise Invalid("日期太晚。", fields={field: "最多提前两年编制。请核对日期。"})


def _check(details: PlanDetails, enterprise_id: int) -> None:
    """What a plan names is there, of this enterprise, and in use; each sentence at its field."""
    wrong = {}
    if not 1 <= details.per_day <= MOST_A_DAY:
        wrong["per_day"] = f"每天 1 到 {MOST_A_DAY} 次。"
    elif details.per_day > 1 and details.frequency is not Frequency.DAY:
        wrong["per_day"] = "只有每日的计划才能一天几次。"
    if len(details.name) > LONGEST_NAME:
        wrong["name"] = f"最多 {LONGEST_NAME} 个字。"
    if details.unit_id is not None and not _is_there(OrgUnit, details.unit_id, enterprise_id):
        wrong["unit_id"] = "这个部门、班组已关闭，或者不是本企业的。请另选。"
    if details.risk_point_id is not None and not _is_there(RiskPoint, details.risk_point_id, enterprise_id):
        wrong["risk_point_id"] = "这个风险点已停用，或者不是本企业的。请另选。"
    for field in ("person_id", "substitute_id"):
        person = getattr(details, field)
        if person is not None and not _is_there(Person, person, enterprise_id):
            wrong[field] = "这个人已离岗，或者不是本企业的。请另选。"
    if details.substitute_id is not None and details.substitute_id == details.person_id:
        wrong["substitute_id"] = "代替的人不能是本人。"
    usable = or_(Checklist.enterprise_id == enterprise_id, Checklist.enterprise_id.is_(None))
    found = select(Checklist.id).where(Checklist.id == details.checklist_id, Checklist.active, usable)
    if db.session.scalar(found) is None:
        wrong["checklist_id"] = "这份检查表已停用，或者不是本企业的。请另选。"
    if wrong:
        raise Invalid("还没有保存：" + "".join(wrong.values()), fields=wrong)


def _is_there(model: type[OrgUnit | Person | RiskPoint], key: int, enterprise_id: int) -> bool:
    wanted = select(model.id).where(model.id == key, model.enterprise_id == enterprise_id, model.active)
    return db.session.scalar(wanted) is not None
