"""Plans and inspections put down directly, for tests of what is counted of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from accounts.models import Enterprise
from accounts.queries.shifts import shifts_of
from core.db import db, unit_of_work
from core.scope import everything
from inspections.models import Checklist, ChecklistItem, ChecklistVersion, Inspection, InspectionPlan
from inspections.operations.counting import count_finished
from inspections.rules import InspectionState
from tests.hazards.city import City
from workflows.cadence import Period, usual_frequency, window
from workflows.vocabulary import Grade, Tier


def a_checklist(session: Any, enterprise_id: int, now: datetime, items: int = 2) -> ChecklistVersion:
    """A checklist of a few items, with its first version."""
    checklist = Checklist(enterprise_id=enterprise_id, name="班组日查", tier=Tier.DAY, created_at=now)
    session.add(checklist)
    session.flush()
    version = ChecklistVersion(checklist_id=checklist.id, version=1, items=items, made_at=now)
    session.add(version)
    session.flush()
    for position in range(items):
        text = f"第 {position + 1} 项完好"
        session.add(ChecklistItem(version_id=version.id, position=position, text=text, grade=Grade.GENERAL))
    return version


def a_plan(city: City, starts_on: date, now: datetime, *, tier: Tier = Tier.DAY, **changes: Any) -> InspectionPlan:
    """A plan of the smelting unit, committed."""
    with everything("test duties"), unit_of_work() as session:
        enterprise = city.enterprises["plant"]
        version = a_checklist(session, enterprise, now)
        values: dict[str, Any] = {
            "enterprise_id": enterprise,
            "unit_id": city.units["smelting"],
            "tier": tier,
            "frequency": usual_frequency(tier, high_risk=False),
            "checklist_id": version.checklist_id,
            "starts_on": starts_on,
            "settle_at": now,
            "made_at": now,
        }
        plan = InspectionPlan(**(values | changes))
        session.add(plan)
        session.flush()
        plan.duty_id = plan.duty_id or plan.id
    with everything("test duties"):
        db.session.refresh(plan)
    return plan


def finish(
    city: City,
    plan: InspectionPlan,
    period: Period,
    at: datetime,
    by: str = "leader",
    found: Callable[[Any, Inspection], None] | None = None,
) -> Inspection:
    """An inspection of a duty's period that is finished at a moment, with what it found, and counted."""
    with everything("test duties"), unit_of_work() as session:
        version = session.query(ChecklistVersion).filter_by(checklist_id=plan.checklist_id).one()
        firm = session.get_one(Enterprise, plan.enterprise_id)
        frame = window(plan.tier, period, _shifts(plan))
        made = Inspection(
            client_key=uuid4().hex,
            enterprise_id=firm.id,
            region_path=firm.region_path,
            sector=firm.sector,
            unit_id=plan.unit_id,
            tier=plan.tier,
            duty_id=plan.duty_id,
            plan_id=plan.id,
            period_key=period.key,
            period_first=period.first,
            period_last=period.last,
            name="班组日查",
            checklist_version_id=version.id,
            state=InspectionState.FINISHED,
            inspector_id=city.people[by],
            started_at=at,
            finished_at=at,
            in_time=frame is None or at <= frame.ends,
            items=version.items,
            items_ok=version.items,
        )
        session.add(made)
        session.flush()
        if found is not None:
            found(session, made)
        count_finished(made)
    return made


def _shifts(plan: InspectionPlan) -> Any:

    return shifts_of(plan.enterprise_id, plan.unit_id)
