"""What the camera noted against what was reported, for the photos of one hazard."""

from __future__ import annotations

from accounts.models import Enterprise
from hazards.case import Loaded
from hazards.models import Evidence
from hazards.rules import EvidenceKind
from workflows.photos import Report, Spot, Taken, doubts

JUDGED = (EvidenceKind.BEFORE, EvidenceKind.AFTER)


def doubts_of(loaded: Loaded, item: Evidence) -> tuple[str, ...]:
    """The contradictions of one photo, in words; queries nothing."""
    if item.kind not in JUDGED:
        return ()
    hazard = loaded.hazard
    report = Report(hazard.found_on, hazard.found_at, None, _place(hazard.enterprise))
    is_after = item.kind is EvidenceKind.AFTER
    if is_after and hazard.photos_after_since is not None and item.added_at > hazard.photos_after_since:
        report = Report(hazard.found_on, hazard.found_at, hazard.photos_after_since, report.spot)
    spot = _spot(item.longitude, item.latitude)
    return doubts(Taken(is_after, item.added_at, item.taken_at, spot), report)


def photos_in_doubt(loaded: Loaded) -> int:
    """How many photos contradict the report."""
    return sum(bool(doubts_of(loaded, item)) for item in loaded.evidence)


def _place(enterprise: Enterprise) -> Spot | None:
    return _spot(enterprise.longitude, enterprise.latitude)


def _spot(longitude: float | None, latitude: float | None) -> Spot | None:
    return Spot(longitude, latitude) if longitude is not None and latitude is not None else None
