"""Which facts a record holds, as the rules ask for them. Reads a loaded hazard; queries nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hazards.models import Evidence, Hazard
from hazards.rules import EvidenceKind
from workflows.facts import Fact

# the column that holds each fact; a fact is in place when the column is filled
COLUMNS: dict[Fact, tuple[str, ...]] = {
    Fact.PLACE: ("place",),
    Fact.DESCRIPTION: ("description",),
    Fact.FOUND_AT: ("found_on",),
    Fact.CATEGORY: ("category",),
    Fact.RESPONSIBLE_UNIT: ("responsible_unit",),
    Fact.STOP_NOTE: ("stop_note",),
    Fact.JUDGED_GRADE: ("grade",),
    Fact.CRITERION_OR_REASON: ("criterion_clause", "criterion_reason"),
    Fact.RESPONSIBLE_PERSON: ("responsible_person",),
    Fact.DEADLINE: ("deadline",),
    Fact.INTERIM_CONTROLS: ("interim_controls",),
    Fact.PLAN_DUE: ("plan_due",),
    Fact.ORDER_NUMBER: ("order_number",),
    Fact.LEGAL_BASIS: ("order_basis",),
    Fact.PLAN_MEASURES: ("plan_measures",),
    Fact.PLAN_RESPONSIBILITY: ("plan_responsibility",),
    Fact.PLAN_MONEY: ("plan_money_fen",),
    Fact.PLAN_DEADLINE: ("plan_deadline",),
    Fact.PLAN_CONTINGENCY: ("plan_contingency",),
    Fact.PLAN_SITUATION: ("plan_situation",),
    Fact.PLAN_HARM: ("plan_harm",),
    Fact.CONGRESS_TOLD: ("congress_told_on",),
    Fact.PLAN_SIGNED: ("plan_signed_at",),
    Fact.RESULT: ("result",),
    Fact.COMPLETED_ON: ("completed_on",),
    Fact.REAL_COST: ("real_cost_fen",),
    Fact.CAUSE: ("cause",),
    Fact.SIMILAR_CHECKED: ("similar_checked",),
    Fact.LASTING_MEASURE: ("lasting_measure",),
    Fact.RESUMED: ("resumed_on",),
    Fact.REINSPECTION: ("verified_at",),
}

# what a request brings with it: the key of its form, the fact it puts in place
OFFERED: dict[str, Fact] = {
    "criterion_id": Fact.CRITERION_OR_REASON,
    "criterion_reason": Fact.CRITERION_OR_REASON,
    "responsible_person": Fact.RESPONSIBLE_PERSON,
    "deadline": Fact.DEADLINE,
    "deadline_days": Fact.DEADLINE,
    "interim_controls": Fact.INTERIM_CONTROLS,
    "plan_due": Fact.PLAN_DUE,
    "order_number": Fact.ORDER_NUMBER,
    "order_basis": Fact.LEGAL_BASIS,
    "resume_checked": Fact.RESUME_CHECKED,
    "resume_from": Fact.RESUME_FROM,
    "reason": Fact.REASON,
    "new_deadline": Fact.NEW_DEADLINE,
    "duplicate_of": Fact.LIVE_ORIGINAL,
    "target_office_id": Fact.TARGET_OFFICE,
}


def _filled(value: Any) -> bool:
    return value is not None and value != ""


def facts_of(hazard: Hazard, evidence: Collection[Evidence]) -> frozenset[Fact]:
    """Every fact the record itself puts in place."""
    found = {fact for fact, names in COLUMNS.items() if any(_filled(getattr(hazard, name)) for name in names)}
    if hazard.points_done == hazard.points_total:
        found.add(Fact.POINTS)
    if not hazard.structural or hazard.co_signed_at is not None:
        found.add(Fact.CO_SIGNED)
    since = hazard.photos_after_since
    for item in evidence:
        if item.kind is EvidenceKind.BEFORE:
            found.add(Fact.PHOTO_BEFORE)
        elif item.kind is EvidenceKind.AFTER and (since is None or item.added_at > since):
            found.add(Fact.PHOTO_AFTER)
        elif item.kind is EvidenceKind.EVALUATION:
            found.add(Fact.EVALUATION_REPORT)
    return frozenset(found)


def offered_facts(offered: dict[str, Any]) -> frozenset[Fact]:
    """Every fact a request brings."""
    return frozenset(fact for key, fact in OFFERED.items() if _filled(offered.get(key)))
