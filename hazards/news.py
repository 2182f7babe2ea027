"""What the register announces to the rooms above it, inside the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app

from core.announce import Announcements
from hazards.models import Hazard
from workflows.vocabulary import Tier


@dataclass(frozen=True, slots=True)
class HazardReported:
    """A hazard came in by a report (not by an import)."""

    hazard: Hazard
    at: datetime


@dataclass(frozen=True, slots=True)
class Moves:
    """How many hazards of one unit left a list for the one above on the same day."""

    enterprise_id: int
    unit_id: int | None
    on_day: date
    from_tier: Tier
    number: int


@dataclass(frozen=True, slots=True)
class HazardsMovedUp:
    """Hazards moved up the lists, a chunk of them at a time."""

    moves: Sequence[Moves]
    at: datetime


def announce(what: object) -> None:
    """Tell whoever listens; one that refuses undoes the unit of work."""
    announcements: Announcements = current_app.extensions["announcements"]
    announcements.announce(what)
