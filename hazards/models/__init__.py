"""Tables of the register: the hazard as it stands, its versions, requests and signatures, evidence, deadlines."""

from __future__ import annotations

from hazards.models.bulk_runs import BulkItem, BulkRun
from hazards.models.controls import ControlCheck
from hazards.models.criteria import Criterion, CriterionVersion
from hazards.models.following import DeadlineChange, Evidence, HazardNote, Waiting, WorkRecord
from hazards.models.hazard import Hazard, HazardVersion
from hazards.models.import_drafts import (
    DraftStage,
    HeaderTitle,
    ImportDraft,
    ImportDraftRow,
    NameDecision,
    SheetShape,
)
from hazards.models.imports import LedgerImport
from hazards.models.investigations import Investigation
from hazards.models.points import RectificationPoint
from hazards.models.saved_filters import ListPreference, SavedFilter
from hazards.models.signing import Signature, SignOffRequest
from hazards.models.standing import HazardStanding
from hazards.models.tiers import TierMove
from hazards.models.watching import Watch

__all__ = [
    "BulkItem",
    "BulkRun",
    "ControlCheck",
    "Criterion",
    "CriterionVersion",
    "DeadlineChange",
    "DraftStage",
    "Evidence",
    "Hazard",
    "HazardNote",
    "HazardStanding",
    "HazardVersion",
    "HeaderTitle",
    "ImportDraft",
    "ImportDraftRow",
    "Investigation",
    "LedgerImport",
    "ListPreference",
    "NameDecision",
    "RectificationPoint",
    "SavedFilter",
    "SheetShape",
    "SignOffRequest",
    "Signature",
    "TierMove",
    "Waiting",
    "Watch",
    "WorkRecord",
]
