"""The usual plans of an enterprise in one step: every unit and tier as the plan of 日周月 has it.

Teams (units with none below) daily, departments (units right under the enterprise) weekly, the plant monthly, the
principal quarterly and, in high-risk industries, monthly [design: which unit is what]. What is planned already stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise, units_tree
from accounts.queries.enterprises import UnitRow
from core.refusals import Invalid
from inspections.models import Checklist, InspectionPlan
from inspections.operations.checklists import allow_keeping
from inspections.operations.plans import PlanDetails, add_all
from inspections.queries.checklists import usual_template
from inspections.queries.plans import planned
from workflows.cadence import ORDER, Frequency, usual_frequency
from workflows.vocabulary import Tier


@dataclass(frozen=True, slots=True)
class Usual:
    """One plan that would be made: for which unit (by name), how often, by whom, with which checklist."""

    unit_id: int | None
    unit: str
    depth: int
    tier: Tier
    frequency: Frequency
    checklist: Checklist

    @property
    def details(self) -> PlanDetails:
        """The same as a plan; what the principal inspects is led by them."""
        is_led = self.tier is Tier.QUARTER
        return PlanDetails(self.tier, self.frequency, self.checklist.id, self.unit_id, led=is_led)


def usual_plans(enterprise: Enterprise, starts_on: date) -> list[Usual]:
    """The usual plans that the enterprise lacks from a day on, the whole first, then unit by unit."""
    have = planned(enterprise.id, starts_on)
    templates = {tier: usual_template(enterprise.industry, tier) for tier in ORDER}
    return [
        Usual(unit_id, name, depth, tier, usual_frequency(tier, high_risk=enterprise.high_risk), checklist)
        for unit_id, name, depth, tier in _duties(units_tree(enterprise.id))
        if (unit_id, tier) not in have and (checklist := templates[tier]) is not None
    ]


def _duties(tree: list[UnitRow]) -> Iterator[tuple[int | None, str, int, Tier]]:
    """Who inspects what; without any unit the whole is team and department too."""
    for tier in (Tier.MONTH, Tier.QUARTER) if tree else ORDER:
        yield None, "全厂", 0, tier
    above = {row.unit.parent_id for row in tree}
    for unit, depth in tree:
        if depth == 0:
            yield unit.id, unit.name, depth, Tier.WEEK
        if unit.id not in above:
            yield unit.id, unit.name, depth, Tier.DAY


def set_up_usual(starts_on: date, *, by: Actor, now: datetime) -> list[InspectionPlan]:
    """Make the usual plans that are lacking; inside a unit of work. Doing it twice makes nothing twice."""
    allow_keeping(by, by.enterprise_id, "设立排查计划")
    assert by.enterprise_id is not None
    lacking = usual_plans(get_enterprise(by.enterprise_id), starts_on)
    if not lacking:
        raise Invalid("每个部门、班组都已有计划，没有新增。")
    return add_all([one.details for one in lacking], by.enterprise_id, starts_on, by=by, now=now)
