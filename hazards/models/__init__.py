"""Tables of the register: the hazard as it stands, its versions, requests and signatures, evidence, deadlines."""

from __future__ import annotations

from hazards.models.criteria import Criterion
from hazards.models.following import DeadlineChange, Evidence, HazardNote, Waiting, WorkRecord
from hazards.models.hazard import Hazard, HazardVersion
from hazards.models.imports import LedgerImport
from hazards.models.signing import Signature, SignOffRequest

__all__ = [
    "Criterion",
    "DeadlineChange",
    "Evidence",
    "Hazard",
    "HazardNote",
    "HazardVersion",
    "LedgerImport",
    "SignOffRequest",
    "Signature",
    "Waiting",
    "WorkRecord",
]
