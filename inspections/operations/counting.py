"""What is counted of inspecting: duties fulfilled, what was found, what others found, what moved up the lists.

Each duty's period is counted once, when it is settled: here by an inspection finished in time or within the grace, or
by the job that finds it passed (`settling.py`). Both hold the plan's row while they look.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from accounts.models import OrgUnit
from core.days import shanghai_day, start_of_day
from core.db import db
from core.scope import everything
from hazards.models import Hazard
from hazards.news import HazardReported, HazardsMovedUp
from inspections.models import Finding, Inspection, InspectionPlan, MissedDuty, Overlooked
from inspections.operations.figures import WHOLE, Place, add, firms, month_of
from inspections.rules import InspectionState
from workflows.cadence import USUAL, period_of
from workflows.vocabulary import Grade, Tier


def count_finished(inspection: Inspection) -> None:
    """Count an inspection that was just finished: the duty it fulfils, and what it found.

    One that comes after its period was settled as missed stays on record and changes no figure of duties.
    """
    assert inspection.finished_at is not None, "only a finished inspection is counted"
    db.session.flush()
    changes: dict[Place, Counter[str]] = {}
    if inspection.duty_id is not None and inspection.period_last is not None and not is_settled_as_missed(inspection):
        at = _place_of(inspection, month_of(inspection.period_last))
        changes.setdefault(at, Counter()).update({"due": 1, "in_time" if inspection.in_time else "late": 1})
    found = db.session.execute(
        select(Hazard.grade, Hazard.on_the_spot)
        .join(Finding, Finding.hazard_id == Hazard.id)
        .where(Finding.inspection_id == inspection.id)
    ).all()
    if found:
        here = changes.setdefault(_place_of(inspection, month_of(shanghai_day(inspection.finished_at))), Counter())
        here["found"] += len(found)
        here["found_major"] += sum(row.grade is Grade.MAJOR for row in found)
        here["on_the_spot"] += sum(row.on_the_spot for row in found)
    add(changes)


def _place_of(inspection: Inspection, month: date) -> Place:
    return Place(
        month,
        inspection.enterprise_id,
        inspection.unit_id or WHOLE,
        inspection.tier,
        inspection.region_path,
        inspection.sector,
    )


def is_settled_as_missed(inspection: Inspection) -> bool:
    """Whether the period was settled already; holds the plan's row, so that the settling job waits or was first.

    Past the scope: a stand-in may belong to another team, whose plans and missed duties are not theirs to see.
    """
    wanted = select(MissedDuty.id).where(
        MissedDuty.duty_id == inspection.duty_id, MissedDuty.period_key == inspection.period_key
    )
    with everything("whether a duty was settled"):
        db.session.execute(select(InspectionPlan.id).where(InspectionPlan.id == inspection.plan_id).with_for_update())
        return db.session.scalar(wanted) is not None


def count_reported(news: HazardReported) -> None:
    """查不出: what a regulator or the public found where a tier had inspected within the period that was running."""
    hazard = news.hazard
    if hazard.channel.is_self_found or hazard.found_on is None:
        return
    with everything("which inspections should have seen a hazard"):
        found = _should_have_seen(hazard, hazard.found_on).values()
        add({_overlook(hazard, hazard.found_on, inspection): {"overlooked": 1} for inspection in found})


def _should_have_seen(hazard: Hazard, found_on: date) -> dict[Tier, Any]:
    """Of each tier the newest inspection of the place that was finished in the period in which it was found."""
    units = _line_of(hazard)
    longest = period_of(USUAL[Tier.QUARTER], found_on).first
    wanted = (
        select(Inspection.id, Inspection.tier, Inspection.unit_id, Inspection.finished_at)
        .where(
            Inspection.enterprise_id == hazard.enterprise_id,
            Inspection.state == InspectionState.FINISHED,
            Inspection.finished_at <= (hazard.found_at or hazard.reported_at),
            Inspection.finished_at >= start_of_day(longest),
            Inspection.unit_id.is_(None) | Inspection.unit_id.in_(units),
        )
        .order_by(Inspection.finished_at)
    )
    newest = {row.tier: row for row in db.session.execute(wanted)}
    return {
        tier: row
        for tier, row in newest.items()
        if shanghai_day(row.finished_at) >= period_of(USUAL[tier], found_on).first
    }


def _line_of(hazard: Hazard) -> list[int]:
    """The hazard's unit and those above it; where none is named, the unit whose name stands in its place."""
    wanted = select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.name).where(OrgUnit.enterprise_id == hazard.enterprise_id)
    units = {row.id: row for row in db.session.execute(wanted)}
    at = hazard.unit_id
    if at is None:
        told = f"{hazard.place} {hazard.responsible_unit}"
        named = [row for row in units.values() if row.name in told]
        at = max(named, key=lambda row: len(row.name)).id if named else None
    line: list[int] = []
    while at is not None and at not in line:
        line.append(at)
        at = units[at].parent_id if at in units else None
    return line


def _overlook(hazard: Hazard, found_on: date, inspection: Any) -> Place:
    """Put down that this inspection did not see it; the figure it counts in."""
    # figures of inspecting go by the enterprise's sector, whatever the hazard itself is of (消防)
    path, sector = firms((hazard.enterprise_id,))[hazard.enterprise_id]
    unit, tier = inspection.unit_id, inspection.tier
    db.session.add(
        Overlooked(
            hazard_id=hazard.id,
            inspection_id=inspection.id,
            enterprise_id=hazard.enterprise_id,
            unit_id=unit,
            region_path=path,
            sector=sector,
            tier=tier,
            found_on=found_on,
        )
    )
    return Place(month_of(found_on), hazard.enterprise_id, unit or WHOLE, tier, path, sector)


def count_moves(news: HazardsMovedUp) -> None:
    """What was not cleared in its period counts for the list it leaves."""
    changes: dict[Place, Counter[str]] = {}
    with everything("figures of hazards that moved up"):
        where = firms({move.enterprise_id for move in news.moves})
        for move in news.moves:
            month = month_of(move.on_day - timedelta(days=1))
            at = Place(month, move.enterprise_id, move.unit_id or WHOLE, move.from_tier, *where[move.enterprise_id])
            changes.setdefault(at, Counter())["moved_up"] += move.number
        add(changes)
