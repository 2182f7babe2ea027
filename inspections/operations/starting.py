"""Beginning an inspection: of a task, or besides (a scanned label, an extra round); whoever comes second joins in.

Two phones that begin the same task meet at the plan's row; the same beginning sent twice is one by its key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Enterprise, OrgUnit
from accounts.queries import person_labels
from accounts.roles import ENTERPRISE_ROLES, Role
from core.db import db
from core.history import append
from core.refusals import Invalid, NotAllowed, NotFound
from core.scope import current_viewer, everything
from inspections.models import Checklist, ChecklistVersion, Inspection, InspectionPerson, InspectionPlan, RiskPoint
from inspections.queries.inspecting import inspection_by_id, participants_of
from inspections.queries.tasks import Task, may_carry_out, task
from inspections.rules import InspectionState
from inspections.words import clock_text
from workflows.cadence import ORDER, TIERS
from workflows.vocabulary import Tier

# who goes on a round of one's own; whoever else sees something reports it
INSPECTORS: Final = ENTERPRISE_ROLES - {Role.WORKER}
LONGEST_NAME: Final = 120
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class ForTask:
    """A task of a plan, by its period."""

    plan_id: int
    period_key: str


@dataclass(frozen=True, slots=True)
class Besides:
    """A round that no plan asks for: a checklist, at a risk point (its unit) or in a unit."""

    checklist_id: int
    unit_id: int | None = None
    risk_point_id: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The inspection to go on with; `said` is told to whoever came second."""

    inspection: Inspection
    is_new: bool
    said: str = ""


def start(what: ForTask | Besides, *, by: Actor, client_key: str, now: datetime) -> Started:
    """Begin an inspection, or go on with the one that runs. Inside a unit of work.

    `client_key` is made by the phone or the page: the same beginning sent twice is one inspection. Raises `NotAllowed`
    for whoever may not, `Conflict` when it is too early, done, or missed for good, `NotFound` for another's.
    """
    if not _KEY.fullmatch(client_key):
        raise Invalid("这次排查没有开始：页面不完整。请刷新后再点一次。")
    if isinstance(what, Besides):
        return _again(client_key, by) or _begin_besides(what, by, client_key, now)
    with everything("the plan of a task"):  # held, so that two who begin at once meet here
        db.session.execute(select(InspectionPlan.id).where(InspectionPlan.id == what.plan_id).with_for_update())
    if (again := _again(client_key, by)) is not None:
        return again
    wanted = task(what.plan_id, what.period_key, now=now)
    instead_of = may_carry_out(wanted, by)
    if wanted.is_running and wanted.inspection_id is not None:
        return _go_on(wanted.inspection_id, by, now)
    return _begin_task(wanted, instead_of, by, client_key, now)


def _again(client_key: str, by: Actor) -> Started | None:
    found = db.session.scalar(select(Inspection).where(Inspection.client_key == client_key))
    if found is None:
        return None
    if found.inspector_id != by.person_id:
        raise Invalid("这次排查没有开始：页面不是由您打开的。请刷新后再点一次。")
    return Started(found, is_new=False)


def _go_on(inspection_id: int, by: Actor, now: datetime) -> Started:
    """The one that runs already, with whoever comes second as somebody who takes part."""
    with everything("the running inspection of a task"):
        inspection = inspection_by_id(inspection_id, lock=True)
        if inspection.inspector_id == by.person_id:
            return Started(inspection, is_new=False)
        take_part(inspection, by.person_id, by=by, now=now)
        name = person_labels((inspection.inspector_id,))[inspection.inspector_id].name
    since = clock_text(inspection.started_at, now)
    return Started(
        inspection, is_new=False, said=f"这次排查由 {name} 于 {since} 开始。您已作为参加人员加入，可以一起逐项检查。"
    )


def take_part(inspection: Inspection, person_id: int, *, by: Actor, now: datetime) -> None:
    """Put down that somebody takes part; once, however often it is asked."""
    if person_id in participants_of(inspection):
        return
    db.session.add(InspectionPerson(inspection_id=inspection.id, person_id=person_id))
    append(inspection, "join", at=now, actor_id=by.person_id, content={"person": person_id})


def _begin_task(wanted: Task, instead_of: int | None, by: Actor, client_key: str, now: datetime) -> Started:
    plan = wanted.plan
    made = _new(plan.enterprise_id, plan.unit_id, plan.tier, plan.checklist_id, by, client_key, now)
    made.risk_point_id = plan.risk_point_id
    made.duty_id, made.plan_id, made.period_key = plan.duty_id, plan.id, wanted.period_key
    made.period_first, made.period_last = wanted.period.first, wanted.period.last
    made.led, made.instead_of_id = plan.led, instead_of
    made.name = plan.name or made.name
    content = {"duty": plan.duty_id, "period": wanted.period_key, "instead_of": instead_of}
    return _begun(made, by, now, content)


def _begin_besides(what: Besides, by: Actor, client_key: str, now: datetime) -> Started:
    if by.enterprise_id is None or not by.holds(*INSPECTORS):
        raise NotAllowed("您的角色不开展排查。发现问题请用「上报」上报隐患。")
    unit_id, point = what.unit_id, None
    if what.risk_point_id is not None:
        point = db.session.scalar(select(RiskPoint).where(RiskPoint.id == what.risk_point_id, RiskPoint.active))
        if point is None or point.enterprise_id != by.enterprise_id:
            raise NotFound("找不到这个风险点，或者它不在您的管辖范围内。请核对。")
        unit_id = point.unit_id
    _refuse_other_units(unit_id, by)
    checklist = db.session.scalar(select(Checklist).where(Checklist.id == what.checklist_id))
    if checklist is None or checklist.enterprise_id not in (None, by.enterprise_id):
        raise NotFound("找不到这张检查表，或者它不是本企业的。请核对。")
    made = _new(by.enterprise_id, unit_id, checklist.tier or _tier_of(by), checklist.id, by, client_key, now)
    if point is not None:
        made.risk_point_id, made.name = point.id, f"{point.name}：{checklist.name}"[:LONGEST_NAME]
    return _begun(made, by, now, {"checklist": checklist.id, "risk_point": made.risk_point_id})


def _refuse_other_units(unit_id: int | None, by: Actor) -> None:
    viewer = current_viewer()
    own = viewer.unit_ids if viewer is not None else None
    unit = db.session.get(OrgUnit, unit_id) if unit_id is not None else None
    if unit_id is not None and (unit is None or unit.enterprise_id != by.enterprise_id):
        raise NotFound("找不到这个部门或班组。请核对。")
    if own is not None and unit_id not in own:
        raise NotAllowed("这里不归您的班组。请由本部门的人排查；您发现的问题可以用「上报」上报。")


def _tier_of(by: Actor) -> Tier:
    """Of which tier a round of one's own is: the highest at which the person inspects."""
    return next((tier for tier in reversed(ORDER) if by.holds(*TIERS[tier].inspectors)), Tier.DAY)


def _new(
    enterprise_id: int, unit_id: int | None, tier: Tier, checklist_id: int, by: Actor, client_key: str, now: datetime
) -> Inspection:
    firm = db.session.get(Enterprise, enterprise_id)
    assert firm is not None, "one's own enterprise is there"
    version = _newest_version(checklist_id)
    unit = db.session.get(OrgUnit, unit_id) if unit_id is not None else None
    return Inspection(
        client_key=client_key,
        enterprise_id=enterprise_id,
        region_path=firm.region_path,
        sector=firm.sector,
        unit_id=unit_id,
        tier=tier,
        name=f"{tier.label}排查：{unit.name if unit else firm.name}"[:LONGEST_NAME],
        checklist_version_id=version.id,
        state=InspectionState.RUNNING,
        inspector_id=by.person_id,
        started_at=now,
        items=version.items,
    )


def _newest_version(checklist_id: int) -> ChecklistVersion:
    wanted = select(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist_id)
    found = db.session.scalar(wanted.order_by(ChecklistVersion.version.desc()).limit(1))
    if found is None or not found.items:
        raise Invalid("这张检查表还没有检查项，不能开始。请安全管理人员先编好检查表。")
    return found


def _begun(made: Inspection, by: Actor, now: datetime, content: dict[str, object]) -> Started:
    db.session.add(made)
    db.session.flush()
    kept = {key: value for key, value in content.items() if value is not None}
    append(
        made, "start", at=now, actor_id=by.person_id, content=kept | {"checklist_version": made.checklist_version_id}
    )
    return Started(made, is_new=True)
