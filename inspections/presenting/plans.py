"""Plans and their tasks as the pages print them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from accounts.models import OrgUnit, Person
from accounts.queries import person_labels
from core.db import db
from inspections.models import Checklist, InspectionPlan, RiskPoint
from workflows.cadence import TIERS
from workflows.vocabulary import Tier

WHOLE = "全厂"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in words."""

    id: int
    unit: str
    tier: str
    often: str
    what: str
    who: str
    substitute: str
    checklist: str
    checklist_id: int
    point: str
    led: bool
    starts_on: date
    ends_on: date | None
    end_reason: str


def plan_lines(plans: Sequence[InspectionPlan]) -> list[PlanLine]:
    """The lines of a list, with the names in four queries."""
    units = _names(OrgUnit, (plan.unit_id for plan in plans))
    checklists = _names(Checklist, (plan.checklist_id for plan in plans))
    points = _names(RiskPoint, (plan.risk_point_id for plan in plans))
    people = person_labels({one for plan in plans for one in (plan.person_id, plan.substitute_id) if one is not None})

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""

    return [
        PlanLine(
            id=plan.id,
            unit=units.get(plan.unit_id or 0, WHOLE) if plan.unit_id else WHOLE,
            tier=plan.tier.label,
            often=often(plan),
            what=plan.name or f"{plan.tier.label}排查",
            who=name(plan.person_id) or role_words(plan.tier),
            substitute=name(plan.substitute_id),
            checklist=checklists.get(plan.checklist_id, ""),
            checklist_id=plan.checklist_id,
            point=points.get(plan.risk_point_id or 0, ""),
            led=plan.led,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            end_reason=plan.end_reason,
        )
        for plan in plans
    ]


def often(plan: InspectionPlan) -> str:
    """每日, 每日 3 次, 每周 …."""
    return plan.frequency.label + (f" {plan.per_day} 次" if plan.per_day > 1 else "")


def role_words(tier: Tier) -> str:
    """班组长（按角色）."""
    return f"{TIERS[tier].inspectors[0].label}（按角色）"


def _names(model: type[OrgUnit | Checklist | RiskPoint], ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name).where(model.id.in_(wanted)))}


def people_choices(enterprise_id: int) -> list[tuple[int, str]]:
    """The active people of an enterprise with their units, by id."""
    rows = (
        select(Person.id, Person.name, OrgUnit.name.label("unit"))
        .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(Person.enterprise_id == enterprise_id, Person.active)
        .order_by(OrgUnit.id, Person.id)
    )
    return [(row.id, f"{row.name}（{row.unit}）" if row.unit else row.name) for row in db.session.execute(rows)]
