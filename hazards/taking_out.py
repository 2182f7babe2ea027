"""The list of hazards as a file: who may take it out, and its rows with the columns chosen, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from accounts.access import Actor
from accounts.models import Enterprise
from accounts.roles import EXPORTERS
from hazards.columns import Columns
from hazards.conditions import Conditions, Looking
from hazards.listing import every_row
from hazards.models import Hazard, HazardStanding

_ALWAYS: Final = (
    Hazard.number,
    Hazard.description,
    Hazard.enterprise_id,
    Hazard.place,
    Hazard.found_on,
    Hazard.grade,
    Hazard.state,
    HazardStanding.tier,
    Hazard.deadline,
    Hazard.deadline_text,
    Hazard.holder,
    Enterprise.name.label("enterprise_name"),
)


def may_take_out(actor: Actor) -> bool:
    """Whether this person takes lists out as files: as with ledgers, whoever answers for all that they cover."""
    return actor.holds(*EXPORTERS)


def rows_to_take_out(asked: Conditions, who: Looking, columns: Columns) -> Iterator[Any]:
    """Every row of the list in its order, with the whole description and what the chosen columns read."""
    return every_row(asked, who, (*_ALWAYS, *columns.reads))
