"""Plans as plain rows: read by the hundred for each page of tasks, so without entities."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from core.db import among, ids_text
from core.prepared import PreparedByShape
from inspections.models import InspectionPlan
from workflows.cadence import Frequency
from workflows.vocabulary import Tier


class PlanRow(NamedTuple):
    """One plan of one duty; the columns of `InspectionPlan` by the same names."""

    id: int
    duty_id: int
    enterprise_id: int
    unit_id: int | None
    risk_point_id: int | None
    tier: Tier
    frequency: Frequency
    per_day: int
    name: str
    checklist_id: int
    person_id: int | None
    substitute_id: int | None
    led: bool
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


COLUMNS = tuple(getattr(InspectionPlan, name) for name in PlanRow._fields)


def _in_force(narrowed: str, has_whole: bool) -> Any:
    wanted = select(*COLUMNS).where(
        InspectionPlan.enterprise_id == bindparam("enterprise"),
        InspectionPlan.duty_id.is_not(None),
        InspectionPlan.starts_on <= bindparam("last"),
        or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= bindparam("first")),
    )
    if narrowed == "units":
        of_units = among(InspectionPlan.unit_id, "units")
        wanted = wanted.where(or_(of_units, InspectionPlan.unit_id.is_(None)) if has_whole else of_units)
    return wanted.order_by(InspectionPlan.id)


_plans = PreparedByShape(_in_force)


def plans_between(
    enterprise_id: int, first: date, last: date, units: frozenset[int | None] | None = None
) -> list[PlanRow]:
    """The plans the viewer sees that were in force on some day from first to last; of these units, if any are given.

    None among the units means the enterprise as a whole.
    """
    given: dict[str, Any] = {"enterprise": enterprise_id, "first": first, "last": last}
    if units is None:
        return [PlanRow(*row) for row in _plans.of("", False).all(**given)]
    ids = ids_text(unit for unit in units if unit is not None)
    return [PlanRow(*row) for row in _plans.of("units", None in units).all(**given, units=ids)]
