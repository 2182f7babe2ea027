"""Plans and their tasks as the pages print them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from accounts.models import OrgUnit, Person
from accounts.queries import person_labels
from core.days import SHANGHAI
from core.db import db
from core.prepared import Prepared
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


def until_words(end: datetime) -> str:
    """11-23 24:00 for the end of a day, 11-24 08:00 for that of a night shift."""
    there = end.astimezone(SHANGHAI)
    if (there.hour, there.minute) == (0, 0):
        return f"{there - timedelta(days=1):%m-%d} 24:00"
    return f"{there:%m-%d %H:%M}"


def role_words(tier: Tier) -> str:
    """班组长（按角色）."""
    return f"{TIERS[tier].inspectors[0].label}（按角色）"


def _names(model: type[OrgUnit | Checklist | RiskPoint], ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name).where(model.id.in_(wanted)))}


def unit_options(enterprise_id: int) -> list[tuple[str, str]]:
    """The open units of an enterprise in the order of their tree, indented; plain rows, since there may be hundreds."""
    below: dict[int | None, list[Any]] = {}
    rows = _units.all(enterprise=enterprise_id)
    known = {row.id for row in rows}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[str, str]] = []
    stack = [(row, 0) for row in reversed(below.get(None, []))]
    while stack:
        row, depth = stack.pop()
        found.append((str(row.id), "\u3000" * depth + row.name))
        stack.extend((child, depth + 1) for child in reversed(below.get(row.id, [])))
    return found


_units = Prepared(
    lambda: (
        select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.name)
        .where(OrgUnit.enterprise_id == bindparam("enterprise"), OrgUnit.active)
        .order_by(OrgUnit.id)
    )
)


def people_choices(enterprise_id: int) -> list[tuple[int, str]]:
    """The active people of an enterprise with their units, by id."""
    rows = (
        select(Person.id, Person.name, OrgUnit.name.label("unit"))
        .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(Person.enterprise_id == enterprise_id, Person.active)
        .order_by(OrgUnit.id, Person.id)
    )
    return [(row.id, f"{row.name}（{row.unit}）" if row.unit else row.name) for row in db.session.execute(rows)]
