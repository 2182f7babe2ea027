"""Plans: as plain rows for tasks, which read them by the hundred, and as entities for their own pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from core.calendar import stamp_columns, stamp_read
from core.db import among, db, ids_text
from core.prepared import PreparedByShape
from core.refusals import NotFound
from inspections.models import InspectionPlan
from workflows.cadence import Frequency
from workflows.vocabulary import Tier

PAGE = 50
NO_PLAN = "找不到这个排查计划，或者它不属于您所在的企业。请从排查计划列表里打开。"


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
    # when they are due needs the working days: whether those have changed is read along
    return wanted.add_columns(*stamp_columns()).order_by(InspectionPlan.id)


_plans = PreparedByShape(_in_force)


def plans_between(
    enterprise_id: int, first: date, last: date, units: frozenset[int | None] | None = None
) -> list[PlanRow]:
    """The plans the viewer sees that were in force on some day from first to last; of these units, if any are given.

    None among the units means the enterprise as a whole.
    """
    given: dict[str, Any] = {"enterprise": enterprise_id, "first": first, "last": last}
    if units is None:
        rows = _plans.of("", False).all(**given)
    else:
        ids = ids_text(unit for unit in units if unit is not None)
        rows = _plans.of("units", None in units).all(**given, units=ids)
    if rows:
        stamp_read(*rows[0][-2:])
    return [PlanRow(*row[:-2]) for row in rows]


# --- for pages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WantedPlans:
    """Which plans a page shows: of an enterprise, of one unit (0: the enterprise as a whole), of a tier, ended ones."""

    enterprise_id: int
    unit_id: int | None = None
    tier: Tier | None = None
    ended: bool = False
    checklist_id: int | None = None


def plan_page(wanted: WantedPlans, *, today: date, after: int = 0, limit: int = PAGE) -> list[InspectionPlan]:
    """The plans the viewer sees, by id; one more than a page tells that there are more."""
    rows = select(InspectionPlan).where(
        InspectionPlan.enterprise_id == wanted.enterprise_id, InspectionPlan.id > after, InspectionPlan.duty_id > 0
    )
    if wanted.unit_id is not None:
        rows = rows.where(InspectionPlan.unit_id == (wanted.unit_id or None))
    if wanted.tier is not None:
        rows = rows.where(InspectionPlan.tier == wanted.tier)
    if wanted.checklist_id is not None:
        rows = rows.where(InspectionPlan.checklist_id == wanted.checklist_id)
    running = or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= today)
    rows = rows.where(InspectionPlan.ends_on < today if wanted.ended else running)
    return list(db.session.scalars(rows.order_by(InspectionPlan.id).limit(limit + 1)))


def get_plan(plan_id: int) -> InspectionPlan:
    """A plan the viewer sees, else `NotFound`."""
    found = db.session.scalar(
        select(InspectionPlan).where(InspectionPlan.id == plan_id, InspectionPlan.duty_id.is_not(None))
    )
    if found is None:
        raise NotFound(NO_PLAN)
    return found


def plans_of_duty(duty_id: int) -> list[InspectionPlan]:
    """The plans of one duty, the newest first."""
    wanted = select(InspectionPlan).where(InspectionPlan.duty_id == duty_id)
    return list(db.session.scalars(wanted.order_by(InspectionPlan.id.desc())))


def planned(enterprise_id: int, since: date) -> set[tuple[int | None, Tier]]:
    """For which units and tiers there is a plan without a risk point that has not ended before a day."""
    wanted = select(InspectionPlan.unit_id, InspectionPlan.tier).where(
        InspectionPlan.enterprise_id == enterprise_id,
        or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= since),
        InspectionPlan.risk_point_id.is_(None),
    )
    return {(row.unit_id, row.tier) for row in db.session.execute(wanted)}
