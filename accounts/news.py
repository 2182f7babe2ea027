"""What this room announces to those above it, inside the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EnterpriseMoved:
    """An enterprise now lies elsewhere or is of another sector: its open steps pass to another office."""

    enterprise_id: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """A person was deactivated: given signatures stand, open work goes to the safety manager or the reviewer."""

    person_id: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """Somebody of this organisation was given a role or lost one: who may sign what is to be worked out again."""

    enterprise_id: int | None
    regulator_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ShiftsChanged:
    """An enterprise's working days or stops have changed: what is due when is worked out again."""

    enterprise_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitClosed:
    """A department or team was dissolved: its duties end, its hazards pass to whoever is above."""

    enterprise_id: int
    unit_id: int
    at: datetime
