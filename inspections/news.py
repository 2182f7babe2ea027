"""What this room announces inside the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InspectionFinished:
    """An inspection was signed and finished; its hazards are in the register."""

    inspection_id: int
    at: datetime
