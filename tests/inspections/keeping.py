"""Checklists, plans and absences as those who keep them make them."""

from __future__ import annotations

from datetime import timedelta

from core.days import shanghai_day
from core.db import unit_of_work
from inspections.operations.absences import AbsenceDetails, add_absence
from inspections.operations.checklists import Details, ItemDetails, add_checklist
from inspections.operations.plans import PlanDetails, add_plan
from tests.clocks import FixedClock
from tests.hazards.city import City
from workflows.cadence import Frequency
from workflows.vocabulary import Tier


def lists_plans_and_absences(city: City, clock: FixedClock) -> None:
    """Two of each, of the plant."""
    now = clock()
    today = shanghai_day(now)
    items = [ItemDetails("安全出口畅通"), ItemDetails("灭火器在位")]
    with city.eyes("manager") as actor, unit_of_work():
        for name, away in (("日查", "leader"), ("夜查", "head")):
            made = add_checklist(Details(name, tier=Tier.DAY), items, by=actor, now=now)
            add_plan(PlanDetails(Tier.DAY, Frequency.DAY, made.id), today, by=actor, now=now)
            days = AbsenceDetails(city.people[away], today, today + timedelta(days=2))
            add_absence(days, by=actor, now=now)
